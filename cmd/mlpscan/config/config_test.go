package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mlpscan/mlpscan/checks"
)

// TestBadFiles reads the files of testdata/bad: each line of a file that ends in
// "#! text" holds what is wrong at the place that the text names by its column,
// and nothing else is wrong with the file.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("f", data)
			if diff := cmp.Diff(expected(string(data)), told(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// expected are the problems that a file's own comments foretell.
func expected(data string) []string {
	var list []string
	for i, line := range strings.Split(data, "\n") {
		if _, want, ok := strings.Cut(line, "#! "); ok {
			for _, w := range strings.Split(want, " #! ") {
				list = append(list, fmt.Sprintf("f:%d:%s", i+1, w))
			}
		}
	}
	return list
}

func told(err error) []string {
	var one *Error
	if !errors.As(err, &one) {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// TestNotYAML: the library's own words, at the place where they help.
func TestNotYAML(t *testing.T) {
	for data, want := range map[string]string{
		"level: 3\nregions: [a,\nlang: zh\n": "f:2:10: not YAML: while parsing a flow sequence",
		"lang: \"zh\n":                       "f:1:7: not YAML: while scanning a quoted scalar",
		"a: b: c\n":                          "f:1:5: not YAML: mapping values are not allowed in this context",
		"lang: *x\n":                         "f:1:7: not YAML: unknown anchor",
		"\tlevel: 3":                         "f:1:1: not YAML: ",
		"level: 3\n---\nlevel: 2\n":          "f:2:1: a second document begins here",
		"- level: 3\n":                       "f:1:1: the file must have keys of its own",
		"lang: \x00":                         "f: not YAML: ",
		strings.Repeat("#", largest+1):       "f: it is larger than 8 MiB",
	} {
		_, err := Parse("f", []byte(data))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %s", data, err, want)
		}
	}
}

// TestEmpty: a file that says nothing changes nothing.
func TestEmpty(t *testing.T) {
	for _, data := range []string{"", "# level: 3\n", "---\n", "{}"} {
		c, err := Parse("f", []byte(data))
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if diff := cmp.Diff(new(Config), c, cmp.AllowUnexported(Config{}, position{}), cmp.FilterPath(unsaid, cmp.Ignore())); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	}
}

func unsaid(p cmp.Path) bool { s := p.String(); return s == "where" || s == "file" || s == "timeout" }

// TestParse reads a file of everything, and finds its values and their places.
func TestParse(t *testing.T) {
	c, err := Parse("f", enabled(t))
	if err != nil {
		t.Fatal(err)
	}
	half := 0.5
	want := &Config{
		Level: 3, Lang: "zh", Regions: []string{"cn-hangzhou", "cn-shanghai", "cn-beijing-finance-1"},
		Services: []string{"ecs", "rds", "oss"}, Checks: Selection{[]string{"ecs-disk-encrypted", "rds-instance-tls"}, []string{"oss-bucket-versioning"}},
		FailOn: "low", Concurrency: 16, Timeout: "4h", EndpointURL: "http://127.0.0.1:8080",
		Endpoints: map[string]string{"ecs": "https://ecs-vpc.{region}.aliyuncs.com", "oss": "https://oss-{region}-internal.aliyuncs.com"},
		Accounts: []Account{{ID: "1234567890123456", Name: "production · 生产", Profile: "hub", RoleARN: "acs:ram::1234567890123456:role/mlpscan-audit",
			ExternalID: "hospital-2026", SessionName: "mlpscan", Via: []string{"acs:ram::1111111111111111:role/hub"}, Regions: []string{"cn-hangzhou"}},
			{Name: "test · 测试", Profile: "test", Disabled: true}},
		Organization: &Organization{RoleName: "ResourceDirectoryAccountAccessRole", Profile: "management", ExternalID: "hospital-2026", SessionName: "mlpscan",
			Folders: []string{"fd-4XwebR8kLm"}, Include: []string{"1234567890123456", "2345678901234567"}, Exclude: []string{"3456789012345678"}},
		Systems: []System{{Name: "医院信息系统", Level: 3, S: 3, A: 2, Template: "2025",
			Select: Select{[]string{"1234567890123456"}, []string{"cn-hangzhou"}, []string{"rg-acfmxazb4ph****"},
				map[string]Values{"system": {"his"}, "env": {"prod", "dr"}}, []string{"vpc-bp1opxu1zkhn00gzv****"}, []string{"i-bp67acfmxazb4ph****", "his-backup-bucket"}},
			Exclude: Select{[]string{"2345678901234567"}, []string{"cn-shanghai"}, []string{"rg-aekz3wes3h****"},
				map[string]Values{"lifecycle": {"retired"}}, []string{"vpc-bp1aevy8sofi8mh1q****"}, []string{"i-bp1j4i2jdf3owlhe****"}}},
			{Name: "门户网站", Level: 2, Select: Select{Tags: map[string]Values{"system": {"website"}}}}},
		Estimate: Estimate{&half, &half}, Parameters: defaultValues(),
	}
	if c.Deadline() != 4*time.Hour {
		t.Errorf("deadline %v", c.Deadline())
	}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(Config{}, position{}), cmp.FilterPath(unsaid, cmp.Ignore())); diff != "" {
		t.Error(diff)
	}
	if got := c.At("nothing.here"); got != "f" {
		t.Errorf("At of nothing: %s", got)
	}
}

// defaultValues are the parameters of the example: each its default.
func defaultValues() map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, c := range checks.All {
		for _, p := range c.Params {
			if all[c.ID] == nil {
				all[c.ID] = map[string]any{}
			}
			all[c.ID][p.Name] = p.Default
		}
	}
	return all
}

// TestGrades fills in what follows from the rest.
func TestGrades(t *testing.T) {
	for grades, want := range map[string][3]int{
		"level: 3":             {3, 0, 0},
		"s: 3, a: 2":           {3, 3, 2},
		"s: 1, a: 4":           {4, 1, 4},
		"level: 3, s: 2":       {3, 2, 0},
		"level: 3, a: 3":       {3, 0, 3},
		"level: 2, s: 1, a: 2": {2, 1, 2},
	} {
		c, err := Parse("f", []byte("systems: [{name: x, select: {ids: [y]}, "+grades+"}]"))
		if err != nil {
			t.Errorf("%s: %v", grades, err)
			continue
		}
		if s := c.Systems[0]; [3]int{s.Level, s.S, s.A} != want {
			t.Errorf("%s: level %d, s %d, a %d; want %v", grades, s.Level, s.S, s.A, want)
		}
	}
}

// TestAlias: a value may be written once and used again, and its place is where it is used.
func TestAlias(t *testing.T) {
	c, err := Parse("f", []byte("regions: &r [cn-hangzhou]\naccounts:\n  - {name: a, regions: *r}\n"))
	if err != nil || c.Accounts[0].Regions[0] != "cn-hangzhou" || c.At("accounts[0].regions") != "f:3:24" {
		t.Errorf("%+v, %v, %v", c, err, c.At("accounts[0].regions"))
	}
	bomb := "regions: &a [" + strings.Repeat("x-y,", 4000) + "]\naccounts: [" + strings.Repeat("{regions: *a},", 4000) + "]"
	if _, err = Parse("f", []byte(bomb)); err == nil {
		t.Error("a file of sixteen million values was read")
	}
}

// TestLoad: a file that is not there is an error of the file system.
func TestLoad(t *testing.T) {
	if _, err := Load("no/such/file"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "mlpscan.yaml")
	if err := os.WriteFile(path, []byte("level: 9"), 0o600); err != nil {
		t.Fatal(err)
	}
	var one *Error
	if _, err := Load(path); !errors.As(err, &one) || one.File != path || one.Column != 8 {
		t.Error(err)
	}
}

// FuzzParse: whatever stands in a file, it ends in a Config or in mistakes with their places.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{template, "a: &x [*x]", "accounts: [{id: 1}, {id: 1}]", "systems: [{name: x, s: 3}]", "parameters: {ecs-security-group-admin-ports: {ports: []}}", "? [a]\n: 2", "<<: {level: 3}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
		var one *Error
		if err != nil && !errors.As(err, &one) {
			t.Fatalf("%T %v", err, err)
		}
	})
}
