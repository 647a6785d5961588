package config

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// TestDocsAreFresh holds the files of docs to what they are made from.
func TestDocsAreFresh(t *testing.T) {
	for file, write := range map[string]func(io.Writer) error{"mlpscan.example.yaml": WriteExample, "mlpscan.schema.json": WriteSchema} {
		var want bytes.Buffer
		if err := write(&want); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("../../../docs/" + file)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("docs/%s is stale (%v): run make docs", file, err)
		}
	}
}

// example is the example as it stands.
func example(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteExample(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var off = regexp.MustCompile(`(?m)^#(\S| {2})`)

// enabled is the example with everything that it switches off switched on.
func enabled(t *testing.T) []byte {
	t.Helper()
	return off.ReplaceAll(example(t), []byte("$1"))
}

// TestExample: it is right as it stands and with everything switched on, and then
// has every key there is.
func TestExample(t *testing.T) {
	if _, err := Parse("example", example(t)); err != nil {
		t.Error(err)
	}
	c, err := Parse("example", enabled(t))
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	index := regexp.MustCompile(`\[\d+\]`)
	for path := range c.where {
		has[index.ReplaceAllString(path, "")] = true
	}
	for _, path := range keys(reflect.TypeFor[Config](), "") {
		if !has[path] {
			t.Errorf("the example does not show %s", path)
		}
	}
	for _, check := range checks.All {
		for _, p := range check.Params {
			if path := "parameters." + check.ID + "." + p.Name; !has[path] {
				t.Errorf("the example does not show %s", path)
			}
		}
	}
}

// keys are the paths of every key there is.
func keys(t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var list []string
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("yaml"); name != "" {
			p := below(path, name)
			list = append(append(list, p), keys(f.Type, p)...)
		}
	}
	return list
}

// TestTexts: every key is explained in both languages, and nothing else is.
func TestTexts(t *testing.T) {
	want := map[string]bool{}
	for _, path := range keys(reflect.TypeFor[Config](), "") {
		for _, which := range []string{"systems.select.", "systems.exclude."} {
			path = strings.Replace(path, which, "systems.*.", 1)
		}
		want[path] = true
		if x := texts[path]; x.EN == "" || x.ZH == "" {
			t.Errorf("%s is not explained", path)
		}
	}
	for path := range texts {
		if !want[path] {
			t.Errorf("%s is explained, and is no key", path)
		}
	}
}

// TestTags: every single value follows a rule that there is.
func TestTags(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for _, f := range reflect.VisibleFields(typ) {
			if f.Tag.Get("yaml") == "" {
				continue
			}
			elem := f.Type
			for k := elem.Kind(); k == reflect.Slice || k == reflect.Map || k == reflect.Pointer; k = elem.Kind() {
				elem = elem.Elem()
			}
			_, ok := rules[f.Tag.Get("is")]
			_, keyed := rules[f.Tag.Get("key")]
			switch {
			case f.Type == valuesType:
			case elem.Kind() == reflect.Struct:
				walk(elem)
			case !ok && elem.Kind() != reflect.Bool, f.Type.Kind() == reflect.Map && !keyed:
				t.Errorf("%s.%s names no rule", typ, f.Name)
			}
		}
	}
	walk(reflect.TypeFor[Config]())
}

// schema is the compiled schema.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSchema(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchema: the schema takes what Parse takes, and refuses what a single value
// shows to be wrong.
func TestSchema(t *testing.T) {
	s := schema(t)
	good := []string{string(example(t)), string(enabled(t)), "accounts: [{id: 1234567890123456}]", "level: 2", "timeout: 1h30m", "organization: {}", "accounts: [{name: x}, {name: y}]",
		"systems: [{name: 3, level: 2, select: {tags: {a: 1, b: [x, 2]}}}]", "parameters: {rds-instance-backup: {}}", "endpoints: {ecs: 'http://ecs.{region}.x:80/'}"}
	for _, data := range good {
		if _, err := Parse("f", []byte(data)); err != nil {
			t.Errorf("Parse: %v", err)
		}
		if err := s.Validate(tree(t, data)); err != nil {
			t.Errorf("%.60s: %v", data, err)
		}
	}
	bad := []string{"acounts: []", "level: 5", "level: '3'", "level: three", "lang: fr", "regions: all", "regions: [Hangzhou]", "regions: []", "concurrency: 0", "concurrency: 1001",
		"timeout: 90", "timeout: soon", "checks: {only: [nonsense]}", "services: [s3]", "endpoints: {s3: https://x}", "endpoints: {ecs: x}", "endpoint-url: ftp://x",
		"accounts: [{id: abc}]", "accounts: [{name: x, role-arn: x}]", "accounts: [{name: x, disabled: maybe}]", "organization: {role-name: a b}", "systems: [{name: x, level: 3}]", "systems: [{level: 3, select: {ids: [a]}}]", "systems: [{name: x, s: 3, select: {ids: [a]}}]", "accounts: [{profile: x}]", "level: 3.9", "level:",
		"systems: [{name: x, level: 3, select: {}}]", "systems: [{name: x, level: 4, s: 5, select: {ids: [a]}}]", "systems: [{name: '', level: 3, select: {ids: [a]}}]", "estimate: {partly-weight: 2}", "systems: [{name: x, level: 3, template: 2019, select: {ids: [a]}}]",
		"regions: [a-b, a-b]", "parameters: {x: {days: 1}}", "parameters: {ecs-security-group-admin-ports: {prots: ['22']}}"}
	for _, data := range append(bad, badParameters()...) {
		if _, err := Parse("f", []byte(data)); err == nil {
			t.Errorf("Parse takes %s", data)
		}
		if s.Validate(tree(t, data)) == nil {
			t.Errorf("the schema takes %s", data)
		}
	}
}

// badParameters are a wrong value of every parameter there is.
func badParameters() []string {
	var list []string
	for _, c := range checks.All {
		for _, p := range c.Params {
			wrong := map[reflect.Kind][]string{reflect.Int: {"-1", "many", "1.5", "[1]"}, reflect.Slice: {"22", "['']"}, reflect.Bool: {"1"}, reflect.String: {"[]"}}[reflect.TypeOf(p.Default).Kind()]
			if p.Name == "ports" {
				wrong = append(wrong, "['0']", "[ssh]", "['99999x']", "['22/22']", "[]", "['22', '22']")
			}
			for _, w := range wrong {
				list = append(list, "parameters: {"+c.ID+": {"+p.Name+": "+w+"}}")
			}
		}
	}
	return list
}

// tree is a file as a validator of JSON sees it.
func tree(t *testing.T, data string) any {
	t.Helper()
	var v any
	if err := yaml.Load([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
