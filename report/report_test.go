package report

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
)

// TestTotals: every total is the sum of the rows below it.
func TestTotals(t *testing.T) {
	r := fixture("zh", 100)
	var sum Summary
	byCheck := map[string]*Tally{}
	for _, c := range r.Checks {
		byCheck[c.ID] = &Tally{}
	}
	ids := map[string]bool{}
	fails := map[string]int{"critical": 0, "high": 0, "medium": 0, "low": 0}
	for f := range r.Findings() {
		if ids[f.ID] {
			t.Errorf("two findings have the id %s", f.ID)
		}
		ids[f.ID] = true
		byCheck[f.Check].count(f.Status)
		if f.Status == checks.Fail {
			fails[f.Severity.String()]++
		}
	}
	for _, c := range r.Checks {
		if *byCheck[c.ID] != c.Tally {
			t.Errorf("check %s counts %v, its findings are %v", c.ID, c.Tally, *byCheck[c.ID])
		}
		sum.Pass, sum.Fail = sum.Pass+c.Pass, sum.Fail+c.Fail
		sum.Unknown, sum.NotApplicable = sum.Unknown+c.Unknown, sum.NotApplicable+c.NotApplicable
	}
	sum.BySeverity, sum.Clauses = fails, map[Verdict]int{}
	for _, v := range Verdicts {
		sum.Clauses[v] = 0
	}
	for _, c := range r.Clauses {
		sum.Clauses[c.Verdict]++
	}
	if d := cmp.Diff(sum, r.Summary); d != "" {
		t.Errorf("the summary differs from its rows (-rows +summary):\n%s", d)
	}
}

// TestEveryClauseOnce: each clause of the level, in the standard's order, once.
func TestEveryClauseOnce(t *testing.T) {
	for _, level := range mlps.Levels() {
		r := build(&cloud.Account{ID: "1"}, nil, nil, none, Options{Level: level, Language: "zh"})
		var got, want []string
		for _, c := range r.Clauses {
			got = append(got, c.ID)
		}
		for _, it := range mlps.Level(level) {
			want = append(want, it.ID)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("level %d (-standard +report):\n%s", level, d)
		}
	}
}

// none is an account in which no check finds anything.
func none([]*checks.Check, *cloud.Account) iter.Seq[checks.Result] {
	return func(func(checks.Result) bool) {}
}

// TestVerdicts holds decide to its rule, line by line.
func TestVerdicts(t *testing.T) {
	pass, fail, unknown, na := Tally{Pass: 2}, Tally{Fail: 2}, Tally{Unknown: 1}, Tally{NotApplicable: 3}
	both := func(list ...Tally) (t Tally) {
		for _, x := range list {
			t.add(x)
		}
		return t
	}
	for name, tt := range map[string]struct {
		class mlps.Class
		b     basis
		want  Verdict
	}{
		"direct fail alone":                      {mlps.API, basis{direct: fail, checks: 1}, NotMet},
		"direct fail and pass":                   {mlps.API, basis{direct: both(fail, pass), checks: 1}, Partly},
		"direct fail and unknown":                {mlps.API, basis{direct: both(fail, unknown), checks: 1}, NotMet},
		"direct fail, pass and unknown":          {mlps.API, basis{direct: both(fail, pass, unknown), checks: 1}, Partly},
		"direct fail, partial pass":              {mlps.API, basis{direct: fail, partial: pass, checks: 2}, NotMet},
		"direct fail of a stopped scan":          {mlps.API, basis{direct: fail, checks: 1, stopped: true}, NotMet},
		"direct fail, checks left out":           {mlps.API, basis{direct: fail, checks: 1, notRun: 1}, NotMet},
		"direct pass, partial fail":              {mlps.API, basis{direct: pass, partial: fail, checks: 2}, Partly},
		"partial fail alone":                     {mlps.APIPart, basis{partial: fail, checks: 1}, Partly},
		"partial fail, direct unknown":           {mlps.API, basis{direct: unknown, partial: fail, checks: 2}, Partly},
		"fail of what is the provider's":         {mlps.Provider, basis{partial: fail, checks: 1}, Partly},
		"direct pass and unknown":                {mlps.API, basis{direct: both(pass, unknown), checks: 1}, NotAssessed},
		"direct pass, partial unknown":           {mlps.API, basis{direct: pass, partial: unknown, checks: 2}, NotAssessed},
		"partial pass and unknown":               {mlps.APIPart, basis{partial: both(pass, unknown), checks: 1}, NotAssessed},
		"unknown alone":                          {mlps.API, basis{direct: unknown, checks: 1}, NotAssessed},
		"unknown of a document":                  {mlps.DocumentPart, basis{partial: unknown, checks: 1}, NotAssessed},
		"unknown of the provider's":              {mlps.Provider, basis{partial: unknown, checks: 1}, NotAssessed},
		"pass, a check left out":                 {mlps.API, basis{direct: pass, checks: 1, notRun: 1}, NotAssessed},
		"all checks left out":                    {mlps.API, basis{notRun: 2}, NotAssessed},
		"pass of a stopped scan":                 {mlps.API, basis{direct: pass, checks: 1, stopped: true}, NotAssessed},
		"nothing found by a stopped scan":        {mlps.API, basis{checks: 1, stopped: true}, NotAssessed},
		"no check, stopped scan":                 {mlps.Document, basis{stopped: true}, Manual},
		"direct pass":                            {mlps.API, basis{direct: pass, checks: 1}, Met},
		"direct and partial pass":                {mlps.API, basis{direct: pass, partial: pass, checks: 2}, Met},
		"direct pass and not applicable":         {mlps.API, basis{direct: both(pass, na), checks: 1}, Met},
		"partial pass where the API decides":     {mlps.API, basis{partial: pass, checks: 1}, ToConfirm},
		"partial pass, direct found nothing":     {mlps.API, basis{partial: pass, direct: na, checks: 2}, ToConfirm},
		"direct pass where the API tells a part": {mlps.APIPart, basis{direct: pass, checks: 1}, ToConfirm},
		"pass of a document":                     {mlps.DocumentPart, basis{direct: pass, checks: 1}, ToConfirm},
		"pass of a guest's":                      {mlps.Host, basis{direct: pass, checks: 1}, ToConfirm},
		"pass of the provider's":                 {mlps.Provider, basis{direct: pass, checks: 1}, Inherited},
		"pass of mainly the provider's":          {mlps.ProviderPart, basis{direct: pass, checks: 1}, ToConfirm},
		"not applicable alone":                   {mlps.API, basis{direct: na, checks: 1}, Manual},
		"no resource at all":                     {mlps.API, basis{checks: 2}, Manual},
		"API without a check":                    {mlps.API, basis{}, Manual},
		"API~ without a check":                   {mlps.APIPart, basis{}, Manual},
		"HOST without a check":                   {mlps.Host, basis{}, Manual},
		"DOC without a check":                    {mlps.Document, basis{}, Manual},
		"CSP without a check":                    {mlps.Provider, basis{}, Inherited},
		"CSP~ without a check":                   {mlps.ProviderPart, basis{}, Manual},
	} {
		got, why := decide(tt.class, tt.b)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if why.EN == "" || why.ZH == "" || strings.Contains(why.EN+why.ZH, "%!") {
			t.Errorf("%s: reason %q", name, why)
		}
	}
}

// TestNeverMetInPart tries every small basis: met needs a passing check that
// decides, and nothing failed, unread or left out.
func TestNeverMetInPart(t *testing.T) {
	classes := []mlps.Class{mlps.API, mlps.APIPart, mlps.Host, mlps.Provider, mlps.ProviderPart, mlps.Document, mlps.DocumentPart}
	met := 0
	for bits := range 1 << 10 {
		bit := func(n int) int { return bits >> n & 1 }
		b := basis{direct: Tally{bit(0), bit(1), bit(2), bit(3)}, partial: Tally{bit(4), bit(5), bit(6), bit(7)}, checks: 2, notRun: bit(8), stopped: bit(9) == 1}
		for _, class := range classes {
			got, _ := decide(class, b)
			failed, unread := b.direct.Fail+b.partial.Fail > 0, b.direct.Unknown+b.partial.Unknown+b.notRun > 0 || b.stopped
			whole := class == mlps.API && b.direct.Pass > 0 && !failed && !unread
			if (got == Met) != whole {
				t.Fatalf("%s of class %s is %s", got, class, got)
			}
			if !failed && unread && got != NotAssessed {
				t.Fatalf("%+v of class %s is %s though something was not read", b, class, got)
			}
			if failed && got != NotMet && got != Partly {
				t.Fatalf("%+v of class %s is %s though something failed", b, class, got)
			}
			if got == Met {
				met++
			}
		}
	}
	if met == 0 {
		t.Error("nothing is ever met")
	}
}

// TestLeftOut: a clause whose other checks were not selected is not assessed.
func TestLeftOut(t *testing.T) {
	all := fixtureChecks()
	list := all[4:] // rds-instance-sql-audit and what follows
	acc := &cloud.Account{ID: fixtureAccount, Time: fixtureTime}
	r := build(acc, all, list, fixtureResults(all, 0), Options{Level: 3, Language: "zh"})
	want := map[string]Verdict{"8.2.3.3-a": Met, "8.1.4.8-b": NotAssessed, "8.1.3.2-a": NotAssessed, "8.1.1.1-a": Inherited, "8.1.6.1": Manual}
	for _, c := range r.Clauses {
		if v, ok := want[c.ID]; ok && c.Verdict != v {
			t.Errorf("%s is %s, want %s", c.ID, c.Verdict, v)
		}
	}
}

// TestFindingID: a finding keeps its id when its verdict or name changes; two
// lists that are missing at one place are two findings.
func TestFindingID(t *testing.T) {
	c := &checks.Check{ID: "x"}
	ref := &cloud.Resource{Kin: &cloud.Kin{Type: "oss.bucket", Region: "cn-hangzhou"}, ID: "b", Name: "b", From: &cloud.Origin{}}
	renamed := *ref
	renamed.Name = "other"
	list := func(action string) checks.Result {
		return checks.Result{Check: c, Status: checks.Unknown, Missing: &cloud.Error{Service: "ecs", Region: "cn-hangzhou", Action: action},
			Resource: &cloud.Resource{Kin: &cloud.Kin{Type: "ecs.disk", Region: "cn-hangzhou"}, ID: "cn-hangzhou", Name: "all in cn-hangzhou"}}
	}
	a := findingID("1", checks.Result{Check: c, Resource: ref, Status: checks.Pass})
	b := findingID("1", checks.Result{Check: c, Resource: &renamed, Status: checks.Unknown, Missing: fixtureFailure})
	if a != b {
		t.Errorf("the id changes from %s to %s with name and verdict", a, b)
	}
	if a == findingID("2", checks.Result{Check: c, Resource: ref}) {
		t.Error("two accounts share an id")
	}
	if findingID("1", list("DescribeDisks")) == findingID("1", list("DescribeSnapshots")) {
		t.Error("two lists that were not read share an id")
	}
}

// TestJSONRoundTrip: what is loaded writes the same bytes, and every other format the same too.
func TestJSONRoundTrip(t *testing.T) {
	r := fixture("zh", 3)
	r.Run.ID = "bad \xff bytes"
	r.Run.ID = clean(r.Run.ID)
	first := render(t, WriteJSON, r)
	loaded, err := Load(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	for name, format := range Formats {
		if d := cmp.Diff(string(render(t, format, r)), string(render(t, format, loaded))); d != "" {
			t.Errorf("%s differs after a round trip (-first +again):\n%s", name, d)
		}
	}
}

// TestJSONIsPlain: the JSON parses, and has one line for each finding and clause.
func TestJSONIsPlain(t *testing.T) {
	r := fixture("en", 3)
	out := render(t, WriteJSON, r)
	var m map[string]json.RawMessage
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte(":null")) {
		t.Error("a list is null where it should be empty")
	}
	lines := strings.Count(string(out), "\n")
	want := r.Summary.Pass + r.Summary.Fail + r.Summary.Unknown + r.Summary.NotApplicable + len(r.Clauses) + len(r.Checks) + len(r.Missing) + len(r.NotHere) + len(r.Accounts) + 2
	if lines < want || lines > want+23 {
		t.Errorf("%d lines for %d rows", lines, want)
	}
}

// TestLoadRefuses plants one change at a time in a saved report.
func TestLoadRefuses(t *testing.T) {
	good := string(render(t, WriteJSON, fixture("zh", 0)))
	for _, tt := range []struct{ old, new, err string }{
		{Schema, "mlpscan/report/v9", `schema "mlpscan/report/v9", and this version reads "mlpscan/report/v1"`},
		{`"level":3`, `"level":5`, "no level 5"},
		{`"language":"zh"`, `"language":"fr"`, `no language "fr"`},
		{`"verdict":"inherited"`, `"verdict":"fine"`, `has no verdict "fine"`},
		{`"verdict":"not_met"`, `"verdict":"met"`, "the summary counts"},
		{`"status":"fail"`, `"status":"pass"`, "and its findings are"},
		{`"status":"fail"`, `"status":"ok"`, `has no status "ok"`},
		{`"summary": {"pass":6`, `"summary": {"pass":8`, "the summary counts other findings"},
	} {
		bad := strings.Replace(good, tt.old, tt.new, 1)
		if bad == good {
			t.Errorf("%s is not in the report", tt.old)
		}
		if _, err := Load(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s for %s: error %v, want %s", tt.new, tt.old, err, tt.err)
		}
	}
	for _, cut := range []int{0, 1, len(good) / 2, len(good) - 3} {
		if _, err := Load(strings.NewReader(good[:cut])); err == nil || !strings.Contains(err.Error(), "the file ends before the report does") {
			t.Errorf("cut after %d bytes: error %v", cut, err)
		}
	}
	if _, err := Load(strings.NewReader(good + "{}")); err == nil {
		t.Error("a second value after the report is not refused")
	}
	if _, err := Load(strings.NewReader("<html>")); err == nil {
		t.Error("an HTML page is not refused")
	}
}

func render(t *testing.T, format Format, r *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestMemory: half a million verdicts pass through every format and none of them stays.
func TestMemory(t *testing.T) {
	const n = 500_000
	list := fixtureChecks()[:2]
	at := &cloud.Origin{Call: "ecs/DescribeDisks", Region: "cn-hangzhou", Entry: "ecs/cn-hangzhou/DescribeDisks", Time: fixtureTime}
	problem := &checks.Text{EN: "the disk is not encrypted", ZH: "云盘未加密"}
	var base, peak uint64
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	run := func([]*checks.Check, *cloud.Account) iter.Seq[checks.Result] {
		return func(yield func(checks.Result) bool) {
			for i := range n {
				if i%20_000 == 0 {
					peak = max(peak, heap())
				}
				res := checks.Result{Check: list[1], Status: checks.Fail, Problem: problem, Evidence: []checks.Evidence{{From: at, Field: "Encrypted", Value: "false"}},
					Resource: &cloud.Resource{Kin: &cloud.Kin{Type: "ecs.disk", Region: "cn-hangzhou"}, ID: "d-" + strconv.Itoa(i), Name: "数据盘", From: at}}
				if i%3 == 0 {
					res.Status, res.Problem = checks.Pass, nil
				}
				if !yield(res) {
					return
				}
			}
		}
	}
	runtime.GC()
	base = heap()
	r := build(&cloud.Account{ID: fixtureAccount, Time: fixtureTime}, list, list, run, Options{Level: 3, Language: "zh"})
	for _, format := range Formats {
		if err := format(io.Discard, r); err != nil {
			t.Fatal(err)
		}
	}
	if grown := (peak - base) >> 20; peak > base && grown > 48 {
		t.Errorf("the heap grows by %d MB for %d verdicts", grown, n)
	}
}

// TestManyAccounts: a report of several accounts is the same in whatever order
// they come, adds up account by account, and holds one that could not be read as unknown.
func TestManyAccounts(t *testing.T) {
	list := fixtureChecks()
	reading := func(id string) Reading {
		return Reading{ID: id, Load: Loaded(&cloud.Account{ID: id, Time: fixtureTime, Regions: []string{"cn-beijing"}}), Digest: id}
	}
	failed := Reading{ID: "3000000000000003", Name: "合作医院", Failure: &cloud.Error{Service: "sts", Action: "AssumeRole", Code: "NoPermission", HTTPStatus: 403, Message: "no trust"}}
	all := []Reading{reading("1000000000000001"), reading("2000000000000002"), failed}
	make := func(order ...int) *Report {
		b := begin(list, list, nil, Options{Level: 3, Language: "zh"}, fixtureResults(list, 0))
		for _, i := range order {
			acc := (*cloud.Account)(nil)
			if all[i].Failure == nil {
				acc, _ = all[i].Load()
			}
			b.Add(all[i], acc)
		}
		return b.Report()
	}
	r, other := make(0, 1, 2), make(2, 1, 0)
	for name, format := range Formats {
		if !bytes.Equal(render(t, format, r), render(t, format, other)) {
			t.Errorf("%s: the order of the accounts changes the report", name)
		}
	}
	one := build(&cloud.Account{ID: "1"}, list, list, fixtureResults(list, 0), Options{Level: 3, Language: "zh"})
	if r.Summary.Fail != 2*one.Summary.Fail || r.Summary.Unknown != 2*one.Summary.Unknown+len(list) {
		t.Errorf("two accounts and an unread one: %+v; one: %+v", r.Summary, one.Summary)
	}
	if a := r.Accounts[2]; a.Status != Failed || a.Unknown != len(list) || a.Pass != 0 || a.Failure.Code != "NoPermission" {
		t.Errorf("the unread account: %+v", a)
	}
	for _, c := range r.Clauses {
		if c.Verdict == Met || c.Verdict == ToConfirm {
			t.Errorf("%s is %s though an account was not read", c.ID, c.Verdict)
		}
	}
	if again, err := Load(bytes.NewReader(render(t, WriteJSON, r))); err != nil || len(again.Accounts) != 3 {
		t.Errorf("loaded again: %v", err)
	}
	if table := string(render(t, WriteTable, r)); !strings.Contains(table, "合作医院") || !strings.Contains(table, "NoPermission") {
		t.Error("the table does not say which account was not read, and why")
	}
}
