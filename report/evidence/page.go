package evidence

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/report"
)

// How much of an index the page shows, so that a browser stays quick; index.csv
// holds all of it, and the page says what it leaves out.
const (
	maxPerCheck = 500    // findings of one check that are open, and as many that are closed
	maxFindings = 20_000 // in all
	maxEvidence = 12     // pieces of evidence of one finding
	maxValue    = 400    // characters of a value
)

//go:embed pack/index.html
var pageHTML string

//go:embed pack/README.txt
var readmeText string

// pageData is what the template shows.
type pageData struct {
	Report    *report.Report
	Scan      string // the version that read the account
	Account   string
	System    string // the grading object; "" where everything is meant
	Redaction Level
	Checks    []*pageCheck
	Resources []*pageResource
	Failed    []pageFailure
	Clauses   []report.Clause
	Layers    map[string]bool
}

// pageCheck is a check with those of its findings that are shown.
type pageCheck struct {
	report.Check
	Findings []report.Finding
	open     int
	closed   int
}

// Left is how many of its findings the page leaves out.
func (c *pageCheck) Left() int { return c.Total() - len(c.Findings) }

// pageResource is a resource with the findings about it that are shown.
type pageResource struct {
	report.Finding // the first about it: for the resource's own fields
	All            []report.Finding
}

// pageFailure is a call that failed, with its file.
type pageFailure struct {
	report.Failure
	File string
}

// page writes index.html.
func (b *builder) page() error {
	t, err := template.New("index").Funcs(pageFuncs).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("parse %s: %w", pageFile, err)
	}
	d, err := b.newPage()
	if err != nil {
		return err
	}
	return b.add(File{Name: pageFile}, func(w io.Writer) error { return t.Execute(w, d) })
}

func (b *builder) newPage() (*pageData, error) {
	r := b.Report
	d := &pageData{Report: r, Scan: b.Archive.Scan.Tool, Redaction: b.Redact, System: b.red.system(r.Run.System)}
	for _, c := range r.Clauses {
		d.Clauses = append(d.Clauses, b.red.clause(c))
	}
	if len(r.Run.Accounts) > 0 {
		d.Account = b.red.text(r.Run.Accounts[0])
	}
	at := map[string]*pageCheck{}
	for _, c := range r.Checks {
		x := &pageCheck{Check: c}
		at[c.ID], d.Checks = x, append(d.Checks, x)
	}
	shown := 0
	resources := map[string]*pageResource{}
	for f := range b.findings() {
		if shown == maxFindings || !at[f.Check].takes(f.Status) {
			continue
		}
		shown++
		at[f.Check].Findings = append(at[f.Check].Findings, f)
		key := strings.Join([]string{f.Resource.Type, f.Region, f.Resource.ID}, "\x00")
		if resources[key] == nil {
			resources[key] = &pageResource{Finding: f}
			d.Resources = append(d.Resources, resources[key])
		}
		resources[key].All = append(resources[key].All, f)
	}
	slices.SortStableFunc(d.Resources, func(x, y *pageResource) int {
		return cmp.Or(cmp.Compare(x.Resource.Type, y.Resource.Type), cmp.Compare(x.Region, y.Region), cmp.Compare(x.Resource.ID, y.Resource.ID))
	})
	var err error
	d.Failed, err = b.failed()
	return d, err
}

// takes counts a finding, and reports whether there is room for it.
func (c *pageCheck) takes(s checks.Status) bool {
	n := &c.closed
	if s == checks.Fail || s == checks.Unknown {
		n = &c.open
	}
	*n++
	return *n <= maxPerCheck
}

// failed are the calls that failed, each with the file that shows it: found by
// the request's id, or by the names of the call and its place.
func (b *builder) failed() ([]pageFailure, error) {
	files := map[string]string{}
	for _, name := range b.names {
		if !strings.HasSuffix(name, failureEnding) {
			continue
		}
		e, err := b.Archive.Entry(name)
		if err != nil {
			return nil, err
		}
		if e.RequestID != "" {
			files[e.RequestID] = FileName(b.red.entry(name))
		}
	}
	var list []pageFailure
	for _, f := range slices.Concat(b.Report.Missing, b.Report.NotHere) {
		file := files[f.RequestID]
		list = append(list, pageFailure{b.red.failure(f), file})
	}
	return list, nil
}

// findings are the report's, redacted where that was asked. Their evidence names
// the whole entry: a report leaves the ending out, which an error's differs in.
func (b *builder) findings() iter.Seq[report.Finding] {
	whole := map[string]string{}
	for _, ending := range []string{failureEnding, ".xml", ".json"} {
		for _, name := range b.names {
			if stem, ok := strings.CutSuffix(name, ending); ok {
				whole[stem] = name
			}
		}
	}
	return func(yield func(report.Finding) bool) {
		for f := range b.Report.Findings() {
			for i, e := range f.Evidence {
				f.Evidence[i].Entry = whole[e.Entry]
			}
			if !yield(b.red.finding(f)) {
				return
			}
		}
	}
}

// readme writes README.txt, which tells in both languages how to check the pack.
func (b *builder) readme() error {
	return b.addBytes(File{Name: readmeFile}, []byte(readmeText))
}

var pageFuncs = template.FuncMap{
	// href leads to a file of the pack: its name is no address until it is escaped.
	"href": func(entry string) string { return (&url.URL{Path: FileName(entry)}).String() },
	"path": func(file string) string { return (&url.URL{Path: file}).String() },
	"file": FileName,
	"both": func(zh, en string) template.HTML {
		if zh == en {
			return template.HTML(template.HTMLEscapeString(zh))
		}
		return template.HTML(`<span class="zh" lang="zh-CN">` + template.HTMLEscapeString(zh) + `</span><span class="en" lang="en">` + template.HTMLEscapeString(en) + `</span>`)
	},
	"status": func(s checks.Status) checks.Text { return statusNames[s] },
	"level":  func(l Level) checks.Text { return levelNames[l] },
	"first": func(list []report.Evidence) []report.Evidence {
		return list[:min(len(list), maxEvidence)]
	},
	"left": func(list []report.Evidence) int { return max(0, len(list)-maxEvidence) },
	"short": func(s string) string {
		if r := []rune(s); len(r) > maxValue {
			return string(r[:maxValue]) + "…"
		}
		return s
	},
}

var statusNames = map[checks.Status]checks.Text{
	checks.Pass:          {EN: "pass", ZH: "通过"},
	checks.Fail:          {EN: "fail", ZH: "不通过"},
	checks.Unknown:       {EN: "unknown", ZH: "未知"},
	checks.NotApplicable: {EN: "not applicable", ZH: "不适用"},
}
