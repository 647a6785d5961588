package report

import (
	"io"
	"iter"
	"slices"

	"github.com/mlpscan/mlpscan/checks"
)

// writePageData writes the findings for the page's script, as they are judged.
// The encoder turns <, > and & into escapes, so that no value can end the script
// element that holds it.
func writePageData(w io.Writer, r *Report) error {
	j := newJSONWriter(w)
	j.enc.SetEscapeHTML(true)
	d := newPageData(r)
	j.raw(`<script type="application/json" id="data">{` + "\n")
	j.member("title", pageTitle(r), ",\n")
	j.member("severities", d.severities, ",\n")
	j.member("statuses", statusNames, ",\n")
	j.member("checks", d.checks, ",\n")
	list(j, "rows", d.sorted(r), ",\n")
	j.member("regions", d.regions.names, ",\n") // known once the rows are written
	j.member("types", d.types.names, ",\n")
	j.member("accounts", d.accounts.names, ",\n")
	j.member("total", r.Summary.Pass+r.Summary.Fail+r.Summary.Unknown+r.Summary.NotApplicable, "\n")
	j.raw("}</script>\n")
	return j.close()
}

// pageData is what the rows refer to by number.
type pageData struct {
	severities map[string]checks.Text
	checks     []pageCheck
	at         map[string]int // a check's place among checks
	regions    *numbered
	types      *numbered
	accounts   *numbered
}

type pageCheck struct {
	ID        string          `json:"id"`
	Severity  checks.Severity `json:"severity"`
	Title     checks.Text     `json:"title"`
	Why       checks.Text     `json:"why"`
	Fix       checks.Text     `json:"fix"`
	CLI       string          `json:"cli,omitempty"`
	Terraform string          `json:"terraform,omitempty"`
	Clauses   []string        `json:"clauses"`
}

// numbered gives strings numbers in the order in which they come.
type numbered struct {
	names []string
	at    map[string]int
}

func newNumbered() *numbered { return &numbered{[]string{}, map[string]int{}} }

func (n *numbered) number(s string) int {
	i, ok := n.at[s]
	if !ok {
		i = len(n.names)
		n.names, n.at[s] = append(n.names, s), i
	}
	return i
}

func newPageData(r *Report) *pageData {
	d := &pageData{severities: map[string]checks.Text{}, checks: []pageCheck{}, at: map[string]int{}, regions: newNumbered(), types: newNumbered(), accounts: newNumbered()}
	for _, s := range severities {
		d.severities[s.String()] = s.Text()
	}
	for i, c := range r.Checks {
		d.at[c.ID] = i
		ids := []string{}
		for _, x := range c.Clauses {
			ids = append(ids, x.ID)
		}
		d.checks = append(d.checks, pageCheck{ID: c.ID, Severity: c.Severity, Title: c.Title, Why: c.Why, Fix: c.Fix.Text, CLI: c.Fix.CLI, Terraform: c.Fix.Terraform, Clauses: ids})
	}
	return d
}

// sorted are the page's rows, most severe first. Of one account they come so; of
// several they are put in order here: the caps bound how many there are.
func (d *pageData) sorted(r *Report) iter.Seq[[]any] {
	rows := d.rows(r)
	if len(r.Accounts) < 2 {
		return rows
	}
	return slices.Values(slices.SortedStableFunc(rows, func(x, y []any) int { return x[0].(int) - y[0].(int) }))
}

// rows are the findings that the page holds, within its caps. The order of a
// row's values is that of the constants in page.js.
func (d *pageData) rows(r *Report) iter.Seq[[]any] {
	room := roomOf(r)
	return func(yield func([]any) bool) {
		for f := range r.Findings() {
			left := room[f.Check].of(f.Status)
			if *left == 0 {
				continue
			}
			*left--
			if !yield(d.row(f)) {
				return
			}
		}
	}
}

// room is how many findings of a check the page still takes.
type room struct{ open, closed int }

// of is the room for findings of a status.
func (m *room) of(s checks.Status) *int {
	if s == checks.Fail || s == checks.Unknown {
		return &m.open
	}
	return &m.closed
}

// roomOf shares out the page's room: the most severe checks have theirs first,
// whichever account their findings are in.
func roomOf(r *Report) map[string]*room {
	open, closed := maxOpen, maxClosed
	by := map[string]*room{}
	for _, c := range r.Checks {
		m := &room{min(open, c.Fail+c.Unknown), min(closed, maxClosedPer, c.Pass+c.NotApplicable)}
		open, closed = open-m.open, closed-m.closed
		by[c.ID] = m
	}
	return by
}

func (d *pageData) row(f Finding) []any {
	var problem checks.Text
	if f.Problem != nil {
		problem = *f.Problem
	}
	evidence := [][]string{}
	for _, e := range f.Evidence[:min(len(f.Evidence), maxEvidence)] {
		at := ""
		if !e.Time.IsZero() {
			at = beijing(e.Time)
		}
		evidence = append(evidence, []string{e.Call, e.Field, short(e.Value), e.RequestID, at})
	}
	return []any{d.at[f.Check], slices.Index(statusOrder, f.Status), d.regions.number(f.Region), d.types.number(f.Resource.Type), visible(f.Resource.ID), visible(f.Resource.Name),
		short(problem.EN), short(problem.ZH), evidence, f.ID, visible(f.Resource.ARN), visibleTags(f.Resource.Tags), d.accounts.number(f.Account)}
}

func visibleTags(tags map[string]string) []string {
	list := []string{}
	for k, v := range tags {
		list = append(list, short(k+"="+v))
	}
	slices.Sort(list)
	return list
}
