package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
)

// A Reading is one account as a scan read it, or why it could not.
type Reading struct {
	ID   string // 16 digits; a name of the user's where the account did not tell it
	Name string // as the user or the Resource Directory calls it; "" where nobody said
	// Load returns what was read. It is called whenever the findings are ranged
	// over, so that a report of many accounts need not hold them all.
	Load     func() (*cloud.Account, error)
	Finished time.Time // when the scan of it ended; zero where not known
	Digest   string    // of its archive
	// Failure is why the account could not be read; Load is not called then.
	Failure *cloud.Error
}

// Loaded is a Load for an account that is held anyway.
func Loaded(acc *cloud.Account) func() (*cloud.Account, error) {
	return func() (*cloud.Account, error) { return acc, nil }
}

// An Account is what a report says of one account as a whole.
type Account struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Status   ReadingStatus  `json:"status"`
	Failure  *Failure       `json:"failure,omitempty"` // why it could not be read
	Started  time.Time      `json:"started,omitzero"`
	Finished time.Time      `json:"finished,omitzero"`
	Regions  []string       `json:"regions"`
	Digest   string         `json:"digest,omitempty"`
	Missing  int            `json:"missing"`     // calls that failed
	Severity map[string]int `json:"by_severity"` // of its failures
	Tally
}

// ReadingStatus says how the reading of an account went.
type ReadingStatus string

// How the reading of an account went.
const (
	Whole   ReadingStatus = "read"    // to its end, though single calls may have failed
	Stopped ReadingStatus = "partial" // stopped before its end
	Failed  ReadingStatus = "failed"  // not at all
)

// A Builder makes a Report of accounts that are added to it one by one. It is
// not safe for use by several goroutines.
type Builder struct {
	r         *Report
	opt       Options
	catalogue []*checks.Check
	list      []*checks.Check
	run       judge
	readings  []Reading
}

// judge runs some checks over an account.
type judge func(list []*checks.Check, acc *cloud.Account) iter.Seq[checks.Result]

// Begin starts a report by the checks of list, at a level. Checks of the
// catalogue that list leaves out count as not run: what they would tell of a
// clause is then not assessed.
func Begin(list []*checks.Check, values checks.Values, opt Options) *Builder {
	return begin(checks.All, list, values, opt, func(list []*checks.Check, acc *cloud.Account) iter.Seq[checks.Result] {
		return checks.Run(list, acc, values)
	})
}

// begin is Begin with the catalogue and the judge given, for tests.
func begin(catalogue, list []*checks.Check, values checks.Values, opt Options, run judge) *Builder {
	list = bySeverity(list)
	if opt.System != nil {
		opt.Level = opt.System.Level
	}
	r := &Report{Tool: Tool{"mlpscan", opt.Version}, Color: opt.Color, first: sample{}, Missing: []Failure{}, NotHere: []Failure{},
		Run: Run{ID: opt.RunID, System: opt.System, Level: opt.Level, Language: opt.Language, Accounts: []string{}, Regions: []string{}}}
	for _, c := range list {
		r.Checks = append(r.Checks, newCheck(c, values[c.ID], opt.Level))
	}
	if len(opt.Systems) > 0 {
		r.Systems = opt.Systems
		r.Claims = &Claims{Examples: []Claimed{}}
	}
	return &Builder{r: r, opt: opt, catalogue: catalogue, list: list, run: run}
}

// New is the report of one account.
func New(acc *cloud.Account, list []*checks.Check, values checks.Values, opt Options) *Report {
	b := Begin(list, values, opt)
	b.Add(Reading{ID: acc.ID, Load: Loaded(acc), Finished: opt.Finished, Digest: opt.Digest}, acc)
	return b.Report()
}

// Add judges one account: acc is what was read, nil where x has a Failure.
func (b *Builder) Add(x Reading, acc *cloud.Account) {
	a := Account{ID: clean(x.ID), Name: clean(x.Name), Status: Failed, Finished: x.Finished.UTC(), Regions: []string{}, Digest: x.Digest, Severity: noneBySeverity()}
	if x.Failure == nil {
		b.r.addRead(&a, acc)
		if b.r.Claims != nil {
			b.r.Claims.add(b.opt.Systems, acc)
		}
	} else {
		acc = &cloud.Account{ID: x.ID}
		a.Failure = &failures(a.ID, []*cloud.Error{x.Failure})[0]
		b.r.Missing = append(b.r.Missing, *a.Failure)
		a.Missing = 1
	}
	b.r.tally(&a, b.results(x, acc))
	b.r.Accounts = append(b.r.Accounts, a)
	b.readings = append(b.readings, x)
}

// addRead notes how an account was read.
func (r *Report) addRead(a *Account, acc *cloud.Account) {
	a.Status, a.Started, a.Regions = Whole, acc.Time.UTC(), append(a.Regions, acc.Regions...)
	if acc.Partial {
		a.Status, r.Run.Partial = Stopped, true
	}
	r.Run.Filtered = r.Run.Filtered || acc.Filtered
	r.Run.Regions = append(r.Run.Regions, acc.Regions...)
	missing := failures(acc.ID, acc.Missing)
	a.Missing = len(missing)
	r.Missing = append(r.Missing, missing...)
	r.NotHere = append(r.NotHere, failures(acc.ID, acc.NotHere)...)
}

// results are the verdicts on one account that belong to the report.
func (b *Builder) results(x Reading, acc *cloud.Account) iter.Seq[checks.Result] {
	var all iter.Seq[checks.Result]
	if x.Failure != nil {
		all = checks.Unread(b.list, x.ID, x.Failure)
	} else {
		all = b.run(b.list, acc)
	}
	if b.opt.System == nil {
		return all
	}
	holds := b.opt.System.Of(acc)
	return func(yield func(checks.Result) bool) {
		for res := range all {
			if holds(res.Resource) && !yield(res) {
				return
			}
		}
	}
}

// tally counts every verdict once, by check and account, and keeps the first of
// each kind, so that a table needs no second judging.
func (r *Report) tally(a *Account, results iter.Seq[checks.Result]) {
	at := map[string]*Tally{}
	for i := range r.Checks {
		at[r.Checks[i].ID] = &r.Checks[i].Tally
	}
	first := sample{}
	for res := range results {
		at[res.Check.ID].count(res.Status)
		a.count(res.Status)
		if res.Status == checks.Fail {
			a.Severity[res.Check.Severity.String()]++
		}
		if first.wants(res.Check.ID, res.Status) {
			first.add(newFinding(a.ID, clausesOf(res.Check, r.Run.Level), res))
		}
	}
	r.first.merge(first)
}

// Report completes the report: it is the same in whatever order the accounts
// were added. No other account may be added after it.
func (b *Builder) Report() *Report {
	r := b.r
	slices.SortFunc(r.Accounts, func(x, y Account) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.readings, func(x, y Reading) int { return cmp.Compare(x.ID, y.ID) })
	byAccount := func(x, y Failure) int { return cmp.Compare(x.Account, y.Account) }
	slices.SortStableFunc(r.Missing, byAccount)
	slices.SortStableFunc(r.NotHere, byAccount)
	slices.Sort(r.Run.Regions)
	r.Run.Regions = slices.Compact(r.Run.Regions)
	b.completeRun()
	r.findings, r.inventory = b.findings(), b.inventory()
	r.Clauses = assess(r, notRun(b.catalogue, b.list))
	r.answers(b.opt.Answers)
	f := DefaultFactors
	if b.opt.Factors != nil {
		f = *b.opt.Factors
	}
	r.Estimate = r.estimate(f)
	r.summarize()
	return r
}

// completeRun sums up the accounts' times and digests.
func (b *Builder) completeRun() {
	run := &b.r.Run
	sum := sha256.New()
	for _, a := range b.r.Accounts {
		run.Accounts = append(run.Accounts, a.ID)
		if !a.Started.IsZero() && (run.Started.IsZero() || a.Started.Before(run.Started)) {
			run.Started = a.Started
		}
		if a.Finished.After(run.Finished) {
			run.Finished = a.Finished
		}
		_, _ = io.WriteString(sum, a.Digest) // a hash takes everything
	}
	switch len(b.r.Accounts) {
	case 0:
	case 1:
		run.Digest = b.r.Accounts[0].Digest
	default:
		run.Digest = hex.EncodeToString(sum.Sum(nil))
	}
	if run.ID == "" {
		run.ID = fmt.Sprintf("%d-accounts-%s", len(run.Accounts), run.Started.Format(runTime))
		if len(run.Accounts) == 1 {
			run.ID = run.Accounts[0] + "-" + run.Started.Format(runTime)
		}
	}
}

const runTime = "20060102T150405Z"

// each goes through the accounts that were read, and loads each anew.
func (b *Builder) each(visit func(x Reading, acc *cloud.Account) bool) {
	for _, x := range b.readings {
		acc := &cloud.Account{ID: x.ID}
		if x.Failure == nil {
			var err error
			if acc, err = x.Load(); err != nil {
				b.r.err = fmt.Errorf("read account %s again: %w", x.ID, err)
				return
			}
		}
		if !visit(x, acc) {
			return
		}
	}
}

func (b *Builder) findings() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		b.each(func(x Reading, acc *cloud.Account) bool {
			for f := range findings(x.ID, b.opt.Level, b.results(x, acc)) {
				if !yield(f) {
					return false
				}
			}
			return true
		})
	}
}

func (b *Builder) inventory() iter.Seq[Resource] {
	return func(yield func(Resource) bool) {
		b.each(func(_ Reading, acc *cloud.Account) bool {
			for x := range inventory(acc, b.opt.System) {
				if !yield(x) {
					return false
				}
			}
			return true
		})
	}
}
