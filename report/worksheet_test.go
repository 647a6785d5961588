package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/mlpscan/mlpscan/cloud"
)

// answered is the fixture with a person's answers.
func answered(lang string, list []Answer) *Report {
	all := fixtureChecks()
	return build(&cloud.Account{ID: fixtureAccount, Time: fixtureTime}, all, all, fixtureResults(all, 0), Options{Level: 3, Language: lang, Answers: list})
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

var someAnswers = []Answer{
	{Clause: "8.1.6.1", Verdict: Met, Note: "总体方针 v3，\"2026\" 年 <批准>", Date: day("2026-08-01"), Name: "王磊", Evidence: "制度/方针 v3.pdf"},
	{Clause: "8.1.4.1-c", Verdict: Partly, Note: "=1+1", Date: day("2026-06-01"), Name: "李娜"},
	{Clause: "8.1.1.3-a", Verdict: NotApplicable, Note: "云上部署", Date: day("2026-08-02"), Name: "张伟"},
}

// TestWorksheetRoundTrip: what is written and read back is the same, in both languages.
func TestWorksheetRoundTrip(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		path := filepath.Join(t.TempDir(), "w.xlsx")
		if err := os.WriteFile(path, render(t, WriteWorksheet, answered(lang, someAnswers)), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadWorksheet(path)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]Answer{}
		for _, a := range got {
			a.From = ""
			by[a.Clause] = a
		}
		for _, a := range someAnswers {
			if d := cmp.Diff(a, by[a.Clause]); d != "" {
				t.Errorf("%s: %s (-written +read):\n%s", lang, a.Clause, d)
			}
		}
		if len(got) != len(someAnswers) {
			t.Errorf("%s: %d answers, want %d", lang, len(got), len(someAnswers))
		}
	}
}

// TestWorksheetIsWhole: every requirement that needs a person or the provider
// stands in it once, and no other.
func TestWorksheetIsWhole(t *testing.T) {
	r := answered("zh", nil)
	f, err := excelize.OpenReader(bytes.NewReader(render(t, WriteWorksheet, r)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := map[string]int{}
	for _, name := range f.GetSheetList()[:2] {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			count[row[colClause]]++
		}
	}
	for _, c := range r.Clauses {
		want := 0
		if c.NeedsPerson() || c.FromProvider() {
			want = 1
		}
		if count[c.ID] != want {
			t.Errorf("%s (%s) stands %d times, want %d", c.ID, c.Verdict, count[c.ID], want)
		}
	}
}

// TestWorksheetMistakes: each bad cell is named as Excel names it.
func TestWorksheetMistakes(t *testing.T) {
	good := render(t, WriteWorksheet, answered("zh", nil))
	for want, cells := range map[string]map[string]string{
		"人工核查!I2":      {"I2": "大概吧", "K2": "2026-08-01", "L2": "王磊"},
		"人工核查!K2":      {"I2": "符合", "K2": "上周", "L2": "王磊"},
		"人工核查!L2":      {"I2": "符合", "K2": "2026/8/1"},
		"人工核查!J2":      {"I2": "不适用", "K2": "2026年8月1日", "L2": "王磊"},
		"人工核查!A2":      {"A2": "8.9.9.9", "I2": "符合", "K2": "46235", "L2": "王磊"},
		`I3: "" is no`: {"J3": "只写了说明", "K3": "2026-08-01", "L3": "王磊"},
	} {
		f, err := excelize.OpenReader(bytes.NewReader(good))
		if err != nil {
			t.Fatal(err)
		}
		for cell, v := range cells {
			if err := f.SetCellValue("人工核查", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "w.xlsx")
		if err := f.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		_, err = ReadWorksheet(path)
		var cell *CellError
		if !errors.As(err, &cell) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", cells, err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "no.xlsx")
	if err := os.WriteFile(path, []byte("not a workbook"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadWorksheet(path); err == nil {
		t.Error("a file that is no workbook was read")
	}
}

// TestAnswers: a person decides what is open, never talks a proven failure away, and
// an answer older than the scan is marked.
func TestAnswers(t *testing.T) {
	r := answered("zh", []Answer{
		{Clause: "8.1.6.1", Verdict: Met, Date: day("2026-08-01"), Name: "王磊"},
		{Clause: "8.1.4.8-b", Verdict: Met, Date: day("2026-08-01"), Name: "王磊"},    // the checks fail it
		{Clause: "8.2.3.3-a", Verdict: NotMet, Date: day("2026-08-01"), Name: "李娜"}, // the checks pass it
		{Clause: "8.1.7.1-a", Verdict: Met, Date: day("2020-01-01"), Name: "王磊"},
	})
	want := map[string]struct {
		v               Verdict
		conflict, stale bool
	}{"8.1.6.1": {Met, false, false}, "8.1.4.8-b": {NotMet, true, false}, "8.2.3.3-a": {NotMet, true, false}, "8.1.7.1-a": {Met, false, true}}
	for _, c := range r.Clauses {
		if w, ok := want[c.ID]; ok && (c.Verdict != w.v || c.Conflict != w.conflict || c.Stale != w.stale) {
			t.Errorf("%s: %s, conflict %v, stale %v; want %+v", c.ID, c.Verdict, c.Conflict, c.Stale, w)
		}
	}
	if e := r.Estimate; e.Worst.Value >= e.Best.Value || e.Open == 0 || e.Applicable != len(r.Clauses) {
		t.Errorf("%+v", e)
	}
}

// TestEstimate holds both rules to their edges.
func TestEstimate(t *testing.T) {
	report := func(template string, met, partly, notMet, na int, hazard bool) *Report {
		r := &Report{Run: Run{System: &System{Template: template}}}
		add := func(n int, v Verdict) {
			for i := range n {
				c := Clause{Verdict: v, Layer: Layer{Code: []string{"CES", "PSS"}[i%2]}}
				if hazard && v == NotMet {
					c.Hazards = []string{"A-18"}
				}
				r.Clauses = append(r.Clauses, c)
			}
		}
		add(met, Met)
		add(partly, Partly)
		add(notMet, NotMet)
		add(na, NotApplicable)
		return r
	}
	for _, tt := range []struct {
		template                string
		met, partly, notMet, na int
		hazard                  bool
		value                   float64
		want                    string
	}{
		{"2025", 91, 0, 9, 10, false, 91, "符合"}, {"2025", 91, 0, 9, 0, true, 91, "基本符合"}, {"2025", 90, 0, 10, 0, false, 90, "基本符合"},
		{"2025", 50, 20, 30, 0, false, 60, "基本符合"}, {"2025", 59, 0, 41, 0, false, 59, "不符合"}, {"2025", 59, 0, 41, 0, true, 59, "不符合"},
		{"2021", 100, 0, 0, 5, false, 100, "优（须无中、高风险问题）"}, {"2021", 80, 0, 20, 0, false, 80, "良"}, {"2021", 70, 0, 30, 0, false, 70, "中"},
		{"2021", 90, 0, 10, 0, true, 90, "差"}, {"2021", 60, 0, 40, 0, false, 60, "差"}, {"2021", 80, 20, 0, 0, false, 90, "优（须无中、高风险问题）"},
	} {
		e := report(tt.template, tt.met, tt.partly, tt.notMet, tt.na, tt.hazard).estimate(DefaultFactors)
		if d := e.Now.Value - tt.value; d > 1e-9 || d < -1e-9 || e.Now.Conclusion.ZH != tt.want || e.Now != e.Worst || e.Now != e.Best {
			t.Errorf("%+v: %.2f %s", tt, e.Now.Value, e.Now.Conclusion.ZH)
		}
	}
}
