package config

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write docs/mlpscan.schema.json anew")

const docs = "../../../docs/"

// TestMistakes: each is told with its place, and what to write instead.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ text, want, hint string }{
		{"level: 3\nacounts: []\n", `m.yaml:2:1: unknown key "acounts"`, "did you mean accounts?"},
		{"accounts:\n  - id: \"1000000000000001\"\n    rolearn: x\n", `m.yaml:3:5: unknown key "rolearn"`, "did you mean role-arn?"},
		{"level: three\n", "m.yaml:1:8: ", ""},
		{"level: 5\n", "m.yaml:1:8: no MLPS level 5", "choose 2, 3 or 4"},
		{"level: 3\nlevel: 2\n", "m.yaml:2:1: ", ""},
		{"level: [\n", "m.yaml:1:", ""},
		{"timeout: soon\n", "m.yaml:1:10: ", ""},
		{"lang: fr\n", `m.yaml:1:7: no lang "fr"`, "choose zh, en"},
		{"regions: [Hangzhou]\n", `m.yaml:1:11: no region "Hangzhou"`, "cn-hangzhou"},
		{"checks: {skip: [ecs-disk-encryptd]}\n", `m.yaml:1:17: no check "ecs-disk-encryptd"`, "did you mean ecs-disk-encrypted?"},
		{"services: [ess]\n", `no service "ess"`, "did you mean"},
		{"parameters:\n  nothing: {days: 3}\n", `m.yaml:2:12: no check "nothing"`, ""},
		{"parameters:\n  rds-instance-sql-audit-retention: {hours: 3}\n", `has no parameter "hours"`, "it has days"},
		{"parameters:\n  rds-instance-sql-audit-retention: {days: 0}\n", "m.yaml:2:44: days is a whole number above 0, and not 0", "the default is 180"},
		{"parameters:\n  rds-instance-sql-audit-retention: {days: long}\n", "not long", ""},
		{"parameters:\n  ecs-security-group-admin-ports: {ports: []}\n", "ports is a list, and not []", "22"},
		{"accounts:\n  - id: \"1000000000000001\"\n  - id: \"1000000000000001\"\n", "m.yaml:3:9: account 1000000000000001 is named in line 2 already", "once"},
		{"accounts:\n  - id: \"17\"\n", `m.yaml:2:9: no account id "17"`, "16 digits"},
		{"accounts:\n  - profile: x\n", "an account without id and name", "give it"},
		{"accounts:\n  - name: x\n    role-arn: admin\n", `m.yaml:3:15: no role "admin"`, "acs:ram::"},
		{"systems:\n  - name: a\n    level: 2\n    s: 3\n    a: 1\n    select: {accounts: [\"1000000000000001\"]}\n", "S3A1 is level 3", "the higher"},
		{"systems:\n  - name: a\n    level: 2\n", `m.yaml:2:9: system "a" selects nothing`, "select by"},
		{"estimate: {partly-weight: 2}\n", "m.yaml:1:27: 2 is not within 0 and 1", ""},
		{"accounts:\n  - {id: \"1\", name: x, regions: [x]}\n", "m.yaml:2:34: no region", ""},
	} {
		_, err := Parse("m.yaml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
			continue
		}
		if hint := Hint(err); !strings.Contains(hint, tt.hint) {
			t.Errorf("%q: hint %q, want %q", tt.text, hint, tt.hint)
		}
	}
}

// TestAllAtOnce: what is not syntax is told in one go, in the order of lines.
func TestAllAtOnce(t *testing.T) {
	_, err := Parse("m.yaml", []byte("level: 7\nlang: fr\nchecks: {only: [nope]}\n"))
	if n := strings.Count(err.Error(), "m.yaml:"); n != 3 {
		t.Errorf("%d mistakes are told, of 3:\n%v", n, err)
	}
}

// TestEmpty: an empty file says nothing, which is no mistake.
func TestEmpty(t *testing.T) {
	for _, text := range []string{"", "# nothing\n"} {
		if _, err := Parse("m.yaml", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestExample: the example of the docs is read as it says, and shows every key.
func TestExample(t *testing.T) {
	c, err := Load(docs + "mlpscan.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"days": 365}
	if d := cmp.Diff(want, c.Values()["rds-instance-sql-audit-retention"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"22", "3389", "5900"}, c.Values()["ecs-security-group-admin-ports"]["ports"]); d != "" {
		t.Error(d)
	}
	if c.Deadline() != 6*time.Hour || c.Systems[0].Select.Tags["system"][0] != "his" || c.Accounts[1].Via[0] == "" || c.Organization.Folders[0] != "fd-his" {
		t.Errorf("%+v", c)
	}
	text, err := os.ReadFile(docs + "mlpscan.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range allKeys() {
		if !strings.Contains(string(text), key+":") && !strings.Contains(string(text), key+": ") {
			t.Errorf("the example does not show the key %s", key)
		}
	}
}

// TestSchema: the schema is fresh, takes the example, and refuses what Parse refuses.
func TestSchema(t *testing.T) {
	var now bytes.Buffer
	if err := WriteSchema(&now); err != nil {
		t.Fatal(err)
	}
	path := docs + "mlpscan.schema.json"
	if *update {
		if err := os.WriteFile(path, now.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(path); err != nil || !bytes.Equal(was, now.Bytes()) {
		t.Fatalf("%s is stale (%v): go test ./cmd/mlpscan/config -update", path, err)
	}
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(docs + "mlpscan.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		good bool
	}{
		{string(text), true},
		{"acounts: []", false}, {"level: 5", false}, {"parameters: {rds-instance-sql-audit-retention: {days: 0}}", false},
		{"parameters: {nothing: {}}", false}, {"timeout: soon", false}, {"systems: [{name: a, select: {tags: {a: [b, c], d: e}}}]", true},
	} {
		var v any
		if err := yaml.Unmarshal([]byte(tt.text), &v); err != nil {
			t.Fatal(err)
		}
		j, err := yaml.YAMLToJSON([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != tt.good {
			t.Errorf("%.60q: %v", tt.text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile(docs + "mlpscan.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("accounts:\n - id: \"1\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("m.yaml", data)
		if (c == nil) == (err == nil) {
			t.Errorf("%v and %v", c, err)
		}
	})
}
