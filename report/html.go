package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// How much of a report the page holds, so that a browser stays quick and a
// file small; what is left out is counted in the page, and stands in the JSON.
const (
	maxOpen      = 50_000 // failures and unknowns, most severe first
	maxClosed    = 10_000 // passes and not applicable
	maxClosedPer = 200    // of one check
	maxMissing   = 500    // failed calls
	maxSamples   = 3      // findings shown with each check of a clause
	maxEvidence  = 8      // pieces of evidence of one finding
	maxValue     = 400    // characters of a value seen
)

var (
	//go:embed html/page.html
	pageHTML string
	//go:embed html/page.css
	pageCSS string
	//go:embed html/page.js
	pageJS string
)

// WriteHTML writes one page that holds all it needs and asks no network: it opens
// from a disk, in a mail, or on a machine that is cut off.
func WriteHTML(w io.Writer, r *Report) error {
	t, err := template.New("page").Funcs(pageFuncs).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	p := newPage(r)
	if p.TopologyEN, p.TopologyZH, err = topologies(r); err != nil {
		return err
	}
	if err := t.ExecuteTemplate(w, "head", p); err != nil {
		return err
	}
	if err := writePageData(w, r); err != nil {
		return err
	}
	return errors.Join(r.err, t.ExecuteTemplate(w, "foot", p))
}

// pageView is what the template shows.
type pageView struct {
	Report             *Report
	Lang, Title        string
	CSS                template.CSS
	JS                 template.JS
	CSP                string
	Level              checks.Text
	Decided, Undecided group
	Total              int
	AllVerdicts        []Verdict
	Layers             []*layerView
	Severities         []severityCount
	Statuses           []statusOption
	First              []Check
	Grants             []string
	Missing            []Failure
	MissingLeft        int
	Kinds              []kind
	Resources          int
	CapNote, UnitNote  checks.Text
	TopologyEN         template.HTML
	TopologyZH         template.HTML
	EstimateEN         string
	EstimateZH         string
	Grades             string       // "S3A2"; "" where not given
	GradeNote          *checks.Text // where the two differ
	Systems            []systemView // of the report of everything
	Claimed            []Claimed
	ClaimedLeft        int // more than the page lists
	Hazards            []hazardView
	HazardNote         checks.Text
	Many               bool // the report tells of more than one account
	Unread             int  // accounts that could not be read
	Accounts           []accountView
}

// pageClaimed is how many resources that no system or several claim the page lists.
const pageClaimed = 200

// hazardView is a requirement that may be high risk, with the codes that say so.
type hazardView struct {
	Clause
	Triggers []string
}

// hazards are those of the report.
func hazards(r *Report) []hazardView {
	var list []hazardView
	for _, c := range r.Clauses {
		if c.Candidate() {
			list = append(list, hazardView{c, c.triggers()})
		}
	}
	return list
}

// accountView is an account's line in the roll-up.
type accountView struct {
	Account
	StatusText checks.Text
	Failures   []int  // by severity, as Severities
	Page       string // the account's own page beside this one; "" where there is none
}

// group is some verdicts with their counts.
type group struct {
	Counts []verdictCount
	Total  int
}

type verdictCount struct {
	Verdict Verdict
	Meaning checks.Text
	N       int
}

type severityCount struct {
	Severity checks.Severity
	N        int
}

type statusOption struct {
	Value checks.Status
	Text  checks.Text
}

// kind is a type of resource and how many were read.
type kind struct {
	Type string
	Name checks.Text
	N    int
}

// layerView, pointView and itemView are the clause tree.
type layerView struct {
	Layer  Layer
	Counts []verdictCount
	Points []*pointView
}

type pointView struct {
	ID    string
	Name  checks.Text
	Scope mlps.Scope
	Items []itemView
}

type itemView struct {
	Clause   Clause
	Unit     string
	Computed bool
	Duty     checks.Text
	Checks   []supportView
}

// supportView is a check as one clause sees it.
type supportView struct {
	Check
	Strength checks.Text
	Samples  []Finding
	More     int
}

func newPage(r *Report) *pageView {
	title := pageTitle(r)
	p := &pageView{Report: r, Lang: r.Run.Language, Title: title.In(r.Run.Language), CSS: template.CSS(pageCSS), JS: template.JS(pageJS), CSP: policy(),
		Level: levelNames[r.Run.Level], Total: len(r.Clauses), AllVerdicts: Verdicts, UnitNote: unitNote, CapNote: capNote(r), Hazards: hazards(r), HazardNote: r.hazardNote()}
	for _, v := range Verdicts {
		g := &p.Undecided
		if v.Decided() {
			g = &p.Decided
		}
		g.Counts = append(g.Counts, verdictCount{v, verdictMeanings[v], r.Summary.Clauses[v]})
		g.Total += r.Summary.Clauses[v]
	}
	for _, s := range severities {
		p.Severities = append(p.Severities, severityCount{s, r.Summary.BySeverity[s.String()]})
	}
	for _, s := range statusOrder {
		p.Statuses = append(p.Statuses, statusOption{s, statusNames[s]})
	}
	for _, c := range r.Checks {
		if c.Fail > 0 && len(p.First) < 8 {
			p.First = append(p.First, c)
		}
	}
	p.EstimateEN, p.EstimateZH = r.Estimate.Line("en"), r.Estimate.Line("zh")
	p.addAccounts(r)
	p.addSystems(r)
	p.Missing = r.Missing[:min(len(r.Missing), maxMissing)]
	p.MissingLeft = len(r.Missing) - len(p.Missing)
	p.Grants = grants(r.Missing)
	p.Kinds, p.Resources = kinds(r)
	if c := r.Claims; c != nil {
		p.Claimed = c.Examples[:min(len(c.Examples), pageClaimed)]
		p.ClaimedLeft = c.Unclaimed + c.Shared + c.Unsure - len(p.Claimed)
	}
	p.Layers = layers(r)
	return p
}

func (p *pageView) addAccounts(r *Report) {
	p.Many = len(r.Accounts) > 1
	for _, a := range r.Accounts {
		v := accountView{Account: a, StatusText: readingNames[a.Status]}
		if r.Pages != nil {
			v.Page = r.Pages(a.ID)
		}
		for _, s := range severities {
			v.Failures = append(v.Failures, a.Severity[s.String()])
		}
		if a.Status == Failed {
			p.Unread++
		}
		p.Accounts = append(p.Accounts, v)
	}
}

// systemView leads to a system's own page.
type systemView struct {
	System *System
	Level  checks.Text
	Page   string
}

func (p *pageView) addSystems(r *Report) {
	if s := r.Run.System; s != nil {
		p.Grades = s.grades()
		if s.S != s.A && p.Grades != "" {
			p.GradeNote = &gradeNote
		}
	}
	for _, s := range r.Systems {
		v := systemView{System: s, Level: levelNames[s.Level]}
		if r.Pages != nil {
			v.Page = r.Pages(s.Name)
		}
		p.Systems = append(p.Systems, v)
	}
}

var statusOrder = []checks.Status{checks.Fail, checks.Unknown, checks.Pass, checks.NotApplicable}

func pageTitle(r *Report) checks.Text {
	l := levelNames[r.Run.Level]
	account := strings.Join(r.Run.Accounts, ", ")
	if n := len(r.Run.Accounts); n > 1 {
		account = fmt.Sprintf("%d accounts", n)
	}
	if s := r.Run.System; s != nil {
		account = visible(s.Name)
	}
	return checks.Text{EN: "MLPS " + l.EN + " · " + account + " · mlpscan", ZH: "等保" + l.ZH + " · " + account + " · mlpscan"}
}

// policy is the page's content security policy: no network at all, and no script
// but ours. Should a name that a cloud account holds ever reach the page as markup,
// a browser runs nothing of it.
func policy() string {
	sum := sha256.Sum256([]byte(pageJS))
	return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func capNote(r *Report) checks.Text {
	open, closed := shownCounts(r)
	s := r.Summary
	return checks.Text{
		EN: fmt.Sprintf("This page lists %d of %d failures and unknowns (at most %d, most severe first), and %d of %d passes and not applicable (at most %d, %d a check). The counts are complete, and the JSON report holds every finding.",
			open, s.Fail+s.Unknown, maxOpen, closed, s.Pass+s.NotApplicable, maxClosed, maxClosedPer),
		ZH: fmt.Sprintf("本页列出不通过与未知结果 %d 条（共 %d 条，最多 %d 条，按严重程度优先），通过与不适用结果 %d 条（共 %d 条，最多 %d 条，每项检查最多 %d 条）。各项计数均为全量，JSON 报告包含全部结果。",
			open, s.Fail+s.Unknown, maxOpen, closed, s.Pass+s.NotApplicable, maxClosed, maxClosedPer),
	}
}

// shownCounts are how many findings of each kind the page lists.
func shownCounts(r *Report) (open, closed int) {
	for _, m := range roomOf(r) {
		open, closed = open+m.open, closed+m.closed
	}
	return open, closed
}

// grants are the permissions that were refused, each once.
func grants(list []Failure) []string {
	var all []string
	for _, f := range list {
		if f.RAMAction != "" {
			all = append(all, f.RAMAction)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// kinds counts the inventory by type; it is sorted by type already.
func kinds(r *Report) (list []kind, total int) {
	for x := range r.Inventory() {
		total++
		if n := len(list); n > 0 && list[n-1].Type == x.Type {
			list[n-1].N++
			continue
		}
		list = append(list, kind{x.Type, kindName(x.Type), 1})
	}
	return list, total
}

// layers makes the clause tree: a layer's general control points, then those of
// the cloud extension.
func layers(r *Report) []*layerView {
	var list []*layerView
	samples := samples(r)
	for _, c := range r.Clauses {
		i := slices.IndexFunc(list, func(l *layerView) bool { return l.Layer.Code == c.Layer.Code })
		if i < 0 {
			i = len(list)
			list = append(list, newLayer(c.Layer))
		}
		list[i].add(c, r.supports(c, samples))
	}
	return list
}

func newLayer(l Layer) *layerView {
	v := &layerView{Layer: l}
	for _, x := range Verdicts {
		v.Counts = append(v.Counts, verdictCount{Verdict: x})
	}
	return v
}

func (l *layerView) add(c Clause, support []supportView) {
	l.Counts[slices.Index(Verdicts, c.Verdict)].N++
	id, _, _ := strings.Cut(c.ID, "-")
	n := len(l.Points)
	if n == 0 || l.Points[n-1].ID != id {
		l.Points = append(l.Points, &pointView{ID: id, Name: c.ControlPoint, Scope: c.Scope})
		n++
	}
	l.Points[n-1].Items = append(l.Points[n-1].Items, itemView{Clause: c, Unit: c.Unit, Computed: c.markedUnit() != c.Unit, Duty: dutyNames[c.Responsibility], Checks: support})
}

// supports are the checks behind a clause with the findings that say most.
func (r *Report) supports(c Clause, samples map[string][]Finding) []supportView {
	var list []supportView
	for _, ch := range r.Checks {
		i := slices.IndexFunc(ch.Clauses, func(t Touch) bool { return t.ID == c.ID })
		if i < 0 {
			continue
		}
		s := supportView{Check: ch, Strength: strengthNames[ch.Clauses[i].Strength], Samples: samples[ch.ID]}
		s.More = ch.Total() - len(s.Samples)
		list = append(list, s)
	}
	return list
}

// samples takes a few findings of each check: failures first, then unknowns,
// then passes, then what does not apply.
func samples(r *Report) map[string][]Finding {
	by := map[string]*[4][]Finding{}
	for f := range r.Findings() {
		if by[f.Check] == nil {
			by[f.Check] = &[4][]Finding{}
		}
		if of := &by[f.Check][slices.Index(statusOrder, f.Status)]; len(*of) < maxSamples {
			*of = append(*of, f)
		}
	}
	list := map[string][]Finding{}
	for id, of := range by {
		all := slices.Concat(of[:]...)
		list[id] = all[:min(len(all), maxSamples)]
	}
	return list
}

// pageFuncs are what the template says in both languages. Every text stands in the page
// twice, and the page's language hides one of them, so that the switch
// works on all of it at once and without a server.
var pageFuncs = template.FuncMap{
	"pair":     pair,
	"say":      pair,
	"kind":     func(k string) template.HTML { return pair(kindName(k).EN, kindName(k).ZH) },
	"text":     func(t checks.Text) template.HTML { return pair(t.EN, t.ZH) },
	"status":   func(s checks.Status) template.HTML { return pair(statusNames[s].EN, statusNames[s].ZH) },
	"strength": func(s mlps.Strength) template.HTML { return pair(strengthNames[s].EN, strengthNames[s].ZH) },
	"legend":   func(v Verdict) checks.Text { return verdictMeanings[v] },
	"short":    short,
	"visible":  visible,
	"beijing":  func(t time.Time) string { return beijing(t) },
	"count": func(n int, one, many, zh string) template.HTML {
		if n == 1 {
			many = one
		}
		return pair(fmt.Sprintf("%d %s", n, many), fmt.Sprintf("%d %s", n, zh))
	},
}

// pair is a text in both languages, escaped.
func pair(en, zh string) template.HTML {
	return template.HTML(`<span class="t" lang="en">` + template.HTMLEscapeString(visible(en)) + `</span><span class="t" lang="zh-CN">` + template.HTMLEscapeString(visible(zh)) + `</span>`)
}

// short cuts a value that was seen: a bucket policy may be long.
func short(s string) string {
	s = visible(s)
	if r := []rune(s); len(r) > maxValue {
		return string(r[:maxValue]) + "…"
	}
	return s
}

// beijing is a time as people at the cloud's place write it.
func beijing(t time.Time) string {
	return t.In(time.FixedZone("UTC+8", 8*60*60)).Format("2006-01-02 15:04 UTC+8")
}
