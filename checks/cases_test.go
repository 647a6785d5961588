package checks

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mlpscan/mlpscan/cloud"
	"golang.org/x/tools/txtar"
)

// A testCase is one file testdata/<check id>.txtar, or one of several of them where
// one account cannot show all verdicts: <check id>.<word>.txtar. Its comment is a sentence or more,
// then lines of these kinds, in any order:
//
//	want: <resource id> <status> [words the problem must hold]
//	param: <name> <value as JSON>
//	time: <RFC 3339>, the scan's "now" (2026-11-23T02:00:00Z otherwise)
//	optional: <field>…  fields that the provider may leave out, so that losing one
//	          is a fact and not a damage; each wants its reason in the sentence
//
// and its files are raw API answers. GetCallerIdentity and DescribeRegions are
// added where the file has none.
type testCase struct {
	answers  fstest.MapFS
	want     map[string]string // resource id -> status
	words    map[string]string // resource id -> words in the problem
	values   map[string]any
	time     time.Time
	optional []string
}

const caseAccount = "1234567890123456"

// readCases are a check's cases by the name of the file.
func readCases(t *testing.T, c *Check) map[string]testCase {
	t.Helper()
	cases := map[string]testCase{}
	for _, pattern := range []string{c.ID + ".txtar", c.ID + ".*.txtar"} {
		files, _ := filepath.Glob(filepath.Join("testdata", pattern))
		for _, f := range files {
			cases[filepath.Base(f)] = readCase(t, c, f)
		}
	}
	if len(cases) == 0 {
		t.Fatalf("check %s has no case file", c.ID)
	}
	return cases
}

func readCase(t *testing.T, c *Check, file string) testCase {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tc := testCase{answers: fstest.MapFS{}, want: map[string]string{}, words: map[string]string{}, values: map[string]any{},
		time: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	for _, f := range ar.Files {
		if tc.answers[f.Name] != nil {
			t.Fatalf("%s stands twice", f.Name)
		}
		tc.answers[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	for line := range strings.Lines(string(ar.Comment)) {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "want":
			f := strings.SplitN(rest, " ", 3)
			if len(f) < 2 || tc.want[f[0]] != "" {
				t.Fatalf("bad or repeated line %q", line)
			}
			tc.want[f[0]] = f[1]
			if len(f) == 3 {
				tc.words[f[0]] = f[2]
			}
		case "param":
			name, value, _ := strings.Cut(rest, " ")
			tc.values[name] = paramValue(t, c, name, value)
		case "time":
			if tc.time, err = time.Parse(time.RFC3339, rest); err != nil {
				t.Fatal(err)
			}
		case "optional":
			tc.optional = append(tc.optional, strings.Fields(rest)...)
		}
	}
	tc.addBasics()
	return tc
}

func paramValue(t *testing.T, c *Check, name, value string) any {
	i := slices.IndexFunc(c.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("check %s has no parameter %s", c.ID, name)
	}
	v := reflect.New(reflect.TypeOf(c.Params[i].Default))
	if err := json.Unmarshal([]byte(value), v.Interface()); err != nil {
		t.Fatalf("parameter %s: %v", name, err)
	}
	return v.Elem().Interface()
}

// addBasics adds the calls that every scan begins with.
func (tc testCase) addBasics() {
	regions := map[string]bool{}
	for name := range tc.answers {
		if f := strings.Split(name, "/"); f[1] != "global" {
			regions[f[1]] = true
		}
	}
	var ids []map[string]string
	for _, id := range slices.Sorted(maps.Keys(regions)) {
		ids = append(ids, map[string]string{"RegionId": id})
	}
	add := func(name string, body any) {
		if b, _ := json.Marshal(body); tc.answers[name] == nil && tc.answers[strings.Replace(name, ".json", ".error.json", 1)] == nil {
			tc.answers[name] = &fstest.MapFile{Data: b}
		}
	}
	add("sts/global/GetCallerIdentity.json", map[string]string{"AccountId": caseAccount, "RequestId": "R-0"})
	add("ecs/global/DescribeRegions.json", map[string]any{"Regions": map[string]any{"Region": ids}, "RequestId": "R-1"})
	add("rds/global/DescribeRegions.json", map[string]any{"Regions": map[string]any{"RDSRegion": ids}, "RequestId": "R-2"})
	add("slb/global/DescribeRegions.json", map[string]any{"Regions": map[string]any{"Region": ids}, "RequestId": "R-3"})
	add("alb/global/DescribeRegions.json", map[string]any{"Regions": ids, "RequestId": "R-4"})
	add("nlb/global/DescribeRegions.json", map[string]any{"Regions": ids, "RequestId": "R-5"})
}

// judge reads the answers as a scan does and judges them by one check.
func (tc testCase) judge(t *testing.T, c *Check, answers fs.FS) map[string]Result {
	t.Helper()
	src, err := cloud.NewArchive(answers)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := cloud.Read(t.Context(), src, cloud.Options{Time: tc.time, Calls: Calls([]*Check{c})})
	if err != nil {
		return nil // no account at all: nothing is called fine
	}
	got := map[string]Result{}
	for r := range Run([]*Check{c}, acc, Values{c.ID: tc.values}) {
		key := r.Resource.ID
		if old, ok := got[key]; ok && (old.Resource.Type != r.Resource.Type || old.Missing == nil) {
			key = r.Resource.Type + "/" + key
		}
		got[key] = r
	}
	return got
}

func TestCases(t *testing.T) {
	for _, c := range All {
		t.Run(c.ID, func(t *testing.T) {
			cases := readCases(t, c)
			shown := map[string]bool{}
			for name, tc := range cases {
				t.Run(name, func(t *testing.T) { tc.verdicts(t, c) })
				for _, status := range tc.want {
					shown[status] = true
				}
			}
			for _, s := range []Status{Pass, Fail, Unknown} {
				if !shown[string(s)] {
					t.Errorf("the case shows no %s", s)
				}
			}
		})
	}
}

// verdicts compares a check's verdicts with the wanted ones.
func (tc testCase) verdicts(t *testing.T, c *Check) {
	got := tc.judge(t, c, tc.answers)
	statuses := map[string]string{}
	for id, r := range got {
		statuses[id] = string(r.Status)
		if r.Status == Pass && r.Problem != nil || r.Status != Pass && r.Problem == nil {
			t.Errorf("%s: status %s with problem %v", id, r.Status, r.Problem)
		}
		if r.Problem != nil && !strings.Contains(r.Problem.EN, tc.words[id]) {
			t.Errorf("%s: problem %q does not hold %q", id, r.Problem.EN, tc.words[id])
		}
		if r.Problem != nil && (r.Problem.ZH == "" || strings.Contains(r.Problem.EN+r.Problem.ZH, "%!")) {
			t.Errorf("%s: problem is badly formed: %+v", id, *r.Problem)
		}
		if (r.Status == Pass || r.Status == Fail) && len(r.Evidence) == 0 {
			t.Errorf("%s: %s without evidence", id, r.Status)
		}
	}
	if d := cmp.Diff(tc.want, statuses); d != "" {
		t.Errorf("verdicts (-want +got):\n%s", d)
	}
}

func TestNoOrphanCases(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, f := range files {
		id, _, _ := strings.Cut(filepath.Base(f), ".")
		if !slices.ContainsFunc(All, func(c *Check) bool { return c.ID == id }) {
			t.Errorf("%s belongs to no check", f)
		}
	}
}

// TestGuards damages every answer of every case in turn, and holds the check to
// the first rule of the house: what was not read may turn a verdict into
// unknown, and never into a pass, into silence, or into "does not apply".
func TestGuards(t *testing.T) {
	for _, c := range All {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			for _, tc := range readCases(t, c) {
				tc.guard(t, c)
			}
		})
	}
}

func (tc testCase) guard(t *testing.T, c *Check) {
	base := tc.judge(t, c, tc.answers)
	for name, file := range tc.answers {
		if strings.HasSuffix(name, ".error.json") {
			continue
		}
		tc.damaged(t, c, base, "deleted "+name, name, nil, "")
		denied := strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".xml") + ".error.json"
		tc.damaged(t, c, base, "denied "+name, name, []byte(`{"HTTPStatus":403,"Code":"Forbidden.RAM","Message":"denied","RequestId":"R-9"}`), denied)
		for field, body := range tc.withoutEachField(t, name, file.Data) {
			tc.damaged(t, c, base, "lost "+field+" of "+name, name, body, name)
		}
	}
}

// damaged judges again with one answer taken away (or put in its place) and
// compares with the verdicts of the whole.
func (tc testCase) damaged(t *testing.T, c *Check, base map[string]Result, what, name string, body []byte, as string) {
	t.Helper()
	answers := maps.Clone(tc.answers)
	delete(answers, name)
	if as != "" {
		answers[as] = &fstest.MapFile{Data: body}
	}
	got := tc.judge(t, c, answers)
	if got == nil {
		return
	}
	// An unknown for a region or the account covers the resources in it, one for a
	// user the user's keys.
	covered := func(r *cloud.Resource) bool {
		for _, g := range got {
			if g.Status == Unknown && (g.Resource.ID == r.Region && r.Region != "" || g.Resource.ID == caseAccount ||
				r.Type == typeKey && g.Resource.Type == typeUser && g.Resource.ID == r.Name) {
				return true
			}
		}
		return false
	}
	for id, was := range base {
		now, ok := got[id]
		switch {
		case !ok && !covered(was.Resource):
			t.Errorf("%s: %s was %s and has disappeared", what, id, was.Status)
		case ok && now.Status != was.Status && now.Status != Unknown && !(was.Status == Pass && now.Status == Fail) && !(was.Status == NotApplicable && now.Status == Fail):
			t.Errorf("%s: %s was %s and became %s", what, id, was.Status, now.Status)
		}
	}
	for id, now := range got {
		if _, ok := base[id]; !ok && now.Status != Unknown {
			t.Errorf("%s: %s appeared as %s", what, id, now.Status)
		}
	}
}

// listMarks end a list when they are lost; no reader can tell.
var listMarks = []string{"NextToken", "NextMarker", "IsTruncated", "PageNumber", "PageSize", "PageRecordCount", "MaxResults", "RequestId", "TotalCount", "TotalRecordCount"}

// withoutEachField yields the answer once for each field that it holds, with
// that field taken out.
func (tc testCase) withoutEachField(t *testing.T, name string, body []byte) map[string][]byte {
	out := map[string][]byte{}
	skip := func(key string) bool { return slices.Contains(listMarks, key) || slices.Contains(tc.optional, key) }
	if strings.HasSuffix(name, ".xml") {
		for _, el := range xmlElements(t, body) {
			if !skip(el.name) {
				out[fmt.Sprintf("%s@%d", el.name, el.from)] = slices.Concat(body[:el.from], body[el.to:])
			}
		}
		return out
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				old := v[k]
				if !skip(k) {
					delete(v, k)
					out[path+"."+k], _ = json.Marshal(doc)
					v[k] = old
				}
				walk(old, path+"."+k)
			}
		case []any:
			for i, x := range v {
				walk(x, fmt.Sprintf("%s[%d]", path, i))
			}
		}
	}
	walk(doc, "")
	return out
}

type xmlElement struct {
	name     string
	from, to int64
}

// xmlElements are the places of all elements but the root. An element that
// stands several times beside its like is an item of a list, not a field: its
// loss cannot be seen, and it is left out.
func xmlElements(t *testing.T, body []byte) []xmlElement {
	d := xml.NewDecoder(bytes.NewReader(body))
	var open, done []xmlElement
	for {
		at := d.InputOffset()
		tok, err := d.Token()
		if tok == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			open = append(open, xmlElement{name: tok.Name.Local, from: at})
		case xml.EndElement:
			el := open[len(open)-1]
			open = open[:len(open)-1]
			el.to = d.InputOffset()
			if len(open) > 0 && !slices.Contains(xmlItems, el.name) {
				done = append(done, el)
			}
		}
	}
	return done
}

// xmlItems are elements that repeat.
var xmlItems = []string{"Bucket", "Rule", "Referer", "Destination", "Prefix"}

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All {
		if seen[c.ID] {
			t.Errorf("check %s stands twice", c.ID)
		}
		seen[c.ID] = true
		for _, text := range []Text{c.Title, c.Why, c.Fix.Text} {
			if text.EN == "" || text.ZH == "" {
				t.Errorf("check %s lacks a text in one language: %+v", c.ID, text)
			}
		}
		if c.Severity == 0 || c.Service == "" || len(c.Reads) == 0 || c.resourceType == "" || c.run == nil || len(c.Clauses) == 0 {
			t.Errorf("check %s is incomplete", c.ID)
		}
	}
}
