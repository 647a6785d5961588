// Package report turns verdicts into an assessment and renders it.
//
// A [Report] is the whole model: what was read and what could not be, every
// check with its tallies, and every clause of the chosen level with its verdict.
// [Formats] are the ways to write it; each is one file of this package. The JSON
// format holds all of it, so that [Load] makes every other format from a saved one.
//
// A report tells of one account or of many, as a [Builder] is given them, and of
// all their resources or of those of one grading object (定级对象).
//
// An account of 100,000 instances has more than a million findings. A Report
// made by a Builder therefore holds none: [Report.Findings] judges the accounts
// anew each time it is ranged over, which costs seconds and no memory.
package report

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
)

// Schema names the model and its version, as JSON carries it.
const Schema = "mlpscan/report/v1"

// A Report is one scan, assessed at one level.
type Report struct {
	Tool     Tool
	Run      Run
	Accounts []Account // sorted by id; those too that could not be read
	Systems  []*System // of the report of everything, each of which has a report of its own
	Claims   *Claims   // how the systems share out the resources; nil where there are none
	Summary  Summary
	Estimate Estimate  // of the conclusion
	Checks   []Check   // those that ran, most severe first
	Clauses  []Clause  // every one of the level, once, in the standard's order
	Missing  []Failure // calls that failed and left something unread
	NotHere  []Failure // products and regions that are not activated: they hold nothing

	// Color asks the table for colours. It is no part of the model.
	Color bool
	// Pages is the address of an account's own page, for the roll-up to lead to;
	// nil or "" where there is none. It is no part of the model.
	Pages func(account string) string

	first     sample // of the findings, kept while they were counted; nil in a loaded report
	findings  iter.Seq[Finding]
	inventory iter.Seq[Resource]
	err       error // of reading an account again
}

// Err is what went wrong while Findings or Inventory read an account again; nil
// in most cases. What they gave is not complete where it is not nil.
func (r *Report) Err() error { return r.err }

// Tool is the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Run says what was scanned, when, and for which level.
type Run struct {
	ID       string    `json:"id"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	Level    int       `json:"level"`
	Language string    `json:"language"` // "zh" or "en": what a reader sees first
	Accounts []string  `json:"accounts"`
	Regions  []string  `json:"regions"`
	System   *System   `json:"system,omitempty"` // the grading object; none for a report of everything
	Filtered bool      `json:"filtered"`         // the user chose the regions; others are out of scope
	Partial  bool      `json:"partial"`          // the scan was stopped before its end
	Digest   string    `json:"digest,omitempty"`
}

// Summary counts findings by status, failures by severity, clauses by verdict.
type Summary struct {
	Pass          int             `json:"pass"`
	Fail          int             `json:"fail"`
	Unknown       int             `json:"unknown"`
	NotApplicable int             `json:"not_applicable"`
	Excepted      int             `json:"excepted"`
	BySeverity    map[string]int  `json:"by_severity"` // of the failures
	Clauses       map[Verdict]int `json:"clauses"`
}

// Tally counts the verdicts on resources.
type Tally struct {
	Pass          int `json:"pass"`
	Fail          int `json:"fail"`
	Unknown       int `json:"unknown"`
	NotApplicable int `json:"not_applicable"`
}

// Total is how many verdicts were counted.
func (t Tally) Total() int { return t.Pass + t.Fail + t.Unknown + t.NotApplicable }

func (t *Tally) count(s checks.Status) {
	switch s {
	case checks.Pass:
		t.Pass++
	case checks.Fail:
		t.Fail++
	case checks.Unknown:
		t.Unknown++
	case checks.NotApplicable:
		t.NotApplicable++
	}
}

func (t *Tally) add(u Tally) {
	t.Pass += u.Pass
	t.Fail += u.Fail
	t.Unknown += u.Unknown
	t.NotApplicable += u.NotApplicable
}

// A Check is a check that ran: what it asks, with the values it used, and what it found.
type Check struct {
	ID           string          `json:"id"`
	Title        checks.Text     `json:"title"`
	Why          checks.Text     `json:"why"`
	Fix          checks.Fix      `json:"fix"`
	Severity     checks.Severity `json:"severity"`
	Service      string          `json:"service"`
	ResourceType string          `json:"resource_type"`
	Params       []Param         `json:"params,omitempty"`
	Clauses      []Touch         `json:"clauses"` // of the report's level
	Hazards      []string        `json:"hazards,omitempty"`
	Cases        []string        `json:"cases,omitempty"`
	Tally
}

// A Touch is a clause that a check tells about, and how strongly.
type Touch struct {
	ID       string        `json:"id"`
	Strength mlps.Strength `json:"strength"`
}

// A Failure is a call that failed.
type Failure struct {
	Service   string `json:"service"`
	Region    string `json:"region"`
	Action    string `json:"action"`
	Account   string `json:"account"`
	Resource  string `json:"resource"`
	Class     string `json:"class"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
	RAMAction string `json:"ram_action"` // the permission to grant, where one was refused; else ""
}

// Call names the API without the place: "ecs/DescribeInstances".
func (f Failure) Call() string { return f.Service + "/" + f.Action }

// Options are what a Report takes from the command rather than from the account.
type Options struct {
	Level    int       // 2, 3 or 4
	Language string    // "zh" or "en"
	Version  string    // of this program
	RunID    string    // names the run; "" takes one from account and time
	Finished time.Time // when the scan ended; zero where it is not known
	Digest   string    // of the archive
	Color    bool      // see Report.Color
	// System is the grading object that the report is about; nil takes all that
	// was read. Its level goes before Level.
	System  *System
	Answers []Answer // of persons, from a worksheet
	Factors *Factors // of the estimate; nil takes DefaultFactors
	// Systems are those among which all resources are to be shared out; for the
	// report of everything.
	Systems []*System
}

// bySeverity sorts checks by falling severity, and those alike by id: the order of
// findings in every format.
func bySeverity(list []*checks.Check) []*checks.Check {
	return slices.SortedStableFunc(slices.Values(list), func(x, y *checks.Check) int {
		if x.Severity != y.Severity {
			return int(y.Severity) - int(x.Severity)
		}
		return cmp.Compare(x.ID, y.ID)
	})
}

func newCheck(c *checks.Check, values map[string]any, level int) Check {
	x := Check{ID: c.ID, Title: c.Title, Why: c.Why, Fix: c.Fix, Severity: c.Severity, Service: c.Service,
		ResourceType: c.ResourceType(), Hazards: c.Hazards, Cases: c.Cases, Params: newParams(c, values), Clauses: []Touch{}}
	for _, cl := range c.Clauses {
		if it, ok := mlps.Find(cl.ID); ok && it.Level == level {
			x.Clauses = append(x.Clauses, Touch{cl.ID, cl.Strength})
		}
	}
	return x
}

// failures are a list of failed calls in the account's own order.
func failures(account string, list []*cloud.Error) []Failure {
	all := []Failure{}
	for _, e := range list {
		f := Failure{Service: e.Service, Region: e.Region, Action: e.Action, Account: account, Resource: clean(e.Resource),
			Class: string(e.Class()), Code: clean(e.Code), Message: clean(e.Message), RequestID: clean(e.RequestID)}
		if e.Class() == cloud.Denied {
			f.RAMAction = e.RAMAction()
		}
		all = append(all, f)
	}
	return all
}

// notRun are the checks of the catalogue that are not in the list.
func notRun(catalogue, list []*checks.Check) []*checks.Check {
	var left []*checks.Check
	for _, c := range catalogue {
		if !slices.ContainsFunc(list, func(x *checks.Check) bool { return x.ID == c.ID }) {
			left = append(left, c)
		}
	}
	return left
}

// summarize adds up what the rows say.
func (r *Report) summarize() {
	s := Summary{BySeverity: noneBySeverity(), Clauses: map[Verdict]int{}}
	for _, v := range Verdicts {
		s.Clauses[v] = 0
	}
	for _, c := range r.Checks {
		s.Pass += c.Pass
		s.Fail += c.Fail
		s.Unknown += c.Unknown
		s.NotApplicable += c.NotApplicable
		s.BySeverity[c.Severity.String()] += c.Fail
	}
	for _, c := range r.Clauses {
		s.Clauses[c.Verdict]++
	}
	r.Summary = s
}

// noneBySeverity counts nothing yet.
func noneBySeverity() map[string]int {
	m := map[string]int{}
	for _, sev := range severities {
		m[sev.String()] = 0
	}
	return m
}

var severities = []checks.Severity{checks.Critical, checks.High, checks.Medium, checks.Low}

// Services are the products whose checks ran, sorted.
func (r *Report) Services() []string {
	var all []string
	for _, c := range r.Checks {
		all = append(all, c.Service)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
