package report

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mlpscan/mlpscan/checks"
)

// workbook is the gap analysis of a report, opened again.
func workbook(t *testing.T, r *Report) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(render(t, WriteXLSX, r)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// rowsOf are a sheet's rows below its head.
func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// TestGapIsWhole: every requirement stands once, in its layer's sheet, with its
// verdict, and the summary counts what the sheets hold.
func TestGapIsWhole(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		r := answered(lang, someAnswers)
		f := workbook(t, r)
		verdict := map[string]string{}
		bySheet := map[string]int{}
		layers := 0
		for layer := range layersOf(r) {
			layers++
			name := sheetName(layer.text().In(lang))
			for _, row := range rowsOf(t, f, name) {
				if verdict[row[1]] != "" {
					t.Errorf("%s stands twice", row[1])
				}
				verdict[row[1]] = row[6]
				bySheet[layer.text().In(lang)]++
			}
		}
		for _, c := range r.Clauses {
			if got, want := verdict[c.ID], c.Verdict.Text().In(lang); got != want {
				t.Errorf("%s: %q, want %q", c.ID, got, want)
			}
		}
		if len(verdict) != len(r.Clauses) || layers != 10 {
			t.Errorf("%d requirements in %d layers", len(verdict), layers)
		}
		summary := rowsOf(t, f, f.GetSheetList()[0])
		for _, row := range summary[:len(summary)-1] {
			if sum := rowSum(t, row[2:8]); strconv.Itoa(bySheet[row[0]]) != row[1] || strconv.Itoa(sum) != row[1] {
				t.Errorf("%s: the summary says %s, its verdicts add up to %d, the sheet has %d", row[0], row[1], sum, bySheet[row[0]])
			}
		}
		if last := summary[len(summary)-1]; last[1] != strconv.Itoa(len(r.Clauses)) {
			t.Errorf("the summary's total is %s", last[1])
		}
	}
}

func rowSum(t *testing.T, cells []string) int {
	t.Helper()
	sum := 0
	for _, c := range cells {
		n, err := strconv.Atoi(c)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// TestGapForm: every sheet has a frozen head, a filter, a print area, and no cell of
// it is a formula, whatever a resource is called.
func TestGapForm(t *testing.T) {
	r := answered("zh", someAnswers) // a note is "=1+1"
	f := workbook(t, r)
	areas := map[string]int{}
	for _, n := range f.GetDefinedName() {
		areas[n.Scope+n.Name]++
	}
	for _, name := range f.GetSheetList() {
		panes, err := f.GetPanes(name)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: panes %+v, %v", name, panes, err)
		}
		for _, area := range []string{"_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase"} {
			if areas[name+area] != 1 {
				t.Errorf("%s has %d of %s", name, areas[name+area], area)
			}
		}
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, err := f.GetCellFormula(name, cell); formula != "" || err != nil {
					t.Errorf("%s %s is the formula %q, %v", name, cell, formula, err)
				}
			}
		}
	}
	words, err := f.GetDataValidations(sheetName(r.Clauses[0].Layer.ZH))
	if err != nil || len(words) != 3 {
		t.Errorf("%d columns take words alone, %v", len(words), err)
	}
}

// TestGapProblems: what fails stands in the list of problems, and nothing else.
func TestGapProblems(t *testing.T) {
	r := fixture("en", 0)
	f := workbook(t, r)
	problems := rowsOf(t, f, "Problems")
	fails := 0
	for x := range r.Findings() {
		if x.Status == checks.Fail {
			fails++
		}
	}
	if len(problems) != fails || fails == 0 {
		t.Errorf("%d problems of %d that fail", len(problems), fails)
	}
	for _, row := range problems {
		if row[1] == "" || row[2] == "" || row[6] == "" || row[7] == "" {
			t.Errorf("a problem that says too little: %q", row)
		}
	}
	assets, n := rowsOf(t, f, "Assets"), 0
	for range r.Inventory() {
		n++
	}
	if len(assets) != n {
		t.Errorf("%d assets, want %d", len(assets), n)
	}
}

// TestKindNames: every type that a check judges or the demo account has is called
// something, in both languages.
func TestKindNames(t *testing.T) {
	kinds := map[string]bool{}
	for _, c := range checks.All {
		kinds[c.ResourceType()] = true
	}
	for _, x := range hospital(t).Resources() {
		kinds[x.Type] = true
	}
	for kind := range kinds {
		if name := kindNames[kind]; name.EN == "" || name.ZH == "" {
			t.Errorf("%s has no name", kind)
		}
	}
	for kind := range kindNames {
		if !kinds[kind] {
			t.Errorf("no resource is a %s", kind)
		}
	}
}

// TestTagged: of several tags that say the same, always the same one is taken.
func TestTagged(t *testing.T) {
	tags := map[string]string{"责任人": "王磊", "Owner": "ops", "owner": "it"}
	for range 20 {
		if got := tagged(tags, "owner", "责任人"); got != "ops" {
			t.Fatalf("took %q", got)
		}
	}
	if got := tagged(tags, "zone"); got != "" || !strings.EqualFold(tagged(tags, "OWNER"), "ops") {
		t.Errorf("zone is %q", got)
	}
}

// TestGapHeads: the Chinese workbook has Chinese heads, but for what has one name.
func TestGapHeads(t *testing.T) {
	f := workbook(t, fixture("zh", 0))
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, head := range rows[0] {
			if head != "ID" && head != "aliyun CLI" && !han.MatchString(head) {
				t.Errorf("%s: %q", name, head)
			}
		}
		if !han.MatchString(name) {
			t.Errorf("the sheet %q", name)
		}
	}
}

// TestGapClaims: the report of everything lists each resource that no grading object
// claims, that several do, or that may belong to one.
func TestGapClaims(t *testing.T) {
	his := &System{Name: "医院", Level: 3, Select: Selection{Tags: map[string][]string{"system": {"his"}}}}
	lab := &System{Name: "实验室", Level: 3, Select: Selection{VPCs: []string{"vpc-2ze3gxstr0kx8mjlxive"}}}
	r := newReport(t, hospital(t), Options{Level: 3, Language: "zh", Version: "test", Systems: []*System{his, lab}})
	rows := rowsOf(t, workbook(t, r), "认领情况")
	by := map[string]int{}
	for _, row := range rows {
		by[row[1]]++
	}
	c := r.Claims
	if by["未认领"] != c.Unclaimed || by["被多个认领"] != c.Shared || by["无法确定：标签、资源组或专有网络未能读取"] != c.Unsure || len(rows) != c.Unclaimed+c.Shared+c.Unsure || c.Shared == 0 || c.Unclaimed == 0 {
		t.Errorf("%v of %d unclaimed, %d shared, %d unsure", by, c.Unclaimed, c.Shared, c.Unsure)
	}
}
