package report

import (
	"time"

	"github.com/mlpscan/mlpscan/checks"
)

// An Answer is what a person found out about one requirement, from a worksheet.
type Answer struct {
	Clause string `json:"clause"`
	// System is the grading object that it is about: what somebody found in one
	// proves nothing of another. "" is for the report of everything.
	System  string  `json:"system,omitempty"`
	Verdict Verdict `json:"verdict"` // met, partly, not_met or not_applicable
	Note    string  `json:"note"`
	// Date is when the person looked, and Name who it was: an answer without
	// them is no evidence, and is refused when a worksheet is read.
	Date     time.Time `json:"date"`
	Name     string    `json:"name"`
	Evidence string    `json:"evidence,omitempty"` // where the proof is kept
	From     string    `json:"from,omitempty"`     // sheet and row of the worksheet
}

// answer puts a person's answer to a clause. It decides what the machine could
// not, and goes before what the machine decided, unless a check has proven a
// shortcoming and the person saw none or less: that conflict is shown, and the
// proof stands until somebody removes its cause.
func (c *Clause) answer(a Answer, scanned time.Time) {
	c.Machine, c.Answer = c.Verdict, &a
	c.Conflict = c.Verdict.Decided() && c.Verdict != a.Verdict
	c.Stale = a.Date.Before(scanned.Truncate(24 * time.Hour))
	if proven := c.Verdict == NotMet || c.Verdict == Partly; proven && rank(a.Verdict) > rank(c.Verdict) {
		c.Reason = checks.Text{EN: c.Reason.EN + "; " + a.Name + " answered otherwise: settle the conflict", ZH: c.Reason.ZH + "；" + a.Name + "的人工结论与此不一致，须先消除冲突"}
		return
	}
	c.Verdict = a.Verdict
	c.Reason = checks.Text{EN: "answered by " + a.Name + " on " + a.Date.Format(time.DateOnly), ZH: a.Name + " 于 " + a.Date.Format(time.DateOnly) + " 人工判定"}
	if a.Note != "" {
		c.Reason.EN, c.Reason.ZH = c.Reason.EN+": "+a.Note, c.Reason.ZH+"："+a.Note
	}
}

// rank orders verdicts by how well a requirement comes off.
func rank(v Verdict) int {
	return map[Verdict]int{NotMet: 1, Partly: 2, NotApplicable: 3, Met: 3}[v]
}

// answers puts every answer to its clause.
func (r *Report) answers(list []Answer) {
	by := map[string]Answer{}
	for _, a := range list {
		by[a.Clause] = a
	}
	for i := range r.Clauses {
		if a, ok := by[r.Clauses[i].ID]; ok {
			r.Clauses[i].answer(a, r.Run.Started)
		}
	}
}

// NeedsPerson reports whether a person must still look at a requirement.
func (c Clause) NeedsPerson() bool {
	switch c.machine() {
	case Manual, ToConfirm, NotAssessed, Partly:
		return true
	}
	return c.Conflict
}

// FromProvider reports whether the provider's certificate and report are asked for.
func (c Clause) FromProvider() bool { return c.machine() == Inherited }

// machine is the verdict before any person's.
func (c Clause) machine() Verdict {
	if c.Machine != "" {
		return c.Machine
	}
	return c.Verdict
}
