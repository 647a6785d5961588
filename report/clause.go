package report

import (
	"fmt"
	"slices"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// A Verdict is what a report says of one clause.
type Verdict string

// The verdicts.
const (
	Met           Verdict = "met"            // 符合
	Partly        Verdict = "partly"         // 部分符合
	NotMet        Verdict = "not_met"        // 不符合
	NotApplicable Verdict = "not_applicable" // 不适用
	NotAssessed   Verdict = "not_assessed"   // 未核查
	ToConfirm     Verdict = "to_confirm"     // 待确认
	Manual        Verdict = "manual"         // 人工
	Inherited     Verdict = "inherited"      // 云平台侧
)

// Verdicts are all verdicts: first the decided ones, then those that are not.
var Verdicts = []Verdict{Met, Partly, NotMet, NotApplicable, NotAssessed, ToConfirm, Manual, Inherited}

// Decided reports whether a verdict answers its clause.
func (v Verdict) Decided() bool {
	return v == Met || v == Partly || v == NotMet || v == NotApplicable
}

// A Clause is one requirement of the level, with its verdict.
type Clause struct {
	ID             string              `json:"id"`
	Unit           string              `json:"unit"`
	UnitSource     mlps.UnitSource     `json:"unit_source"` // how sure the unit's number is
	Scope          mlps.Scope          `json:"scope"`
	Layer          Layer               `json:"layer"`
	ControlPoint   checks.Text         `json:"control_point"`
	Requirement    checks.Text         `json:"requirement"`
	Verdict        Verdict             `json:"verdict"`
	Reason         checks.Text         `json:"reason"` // why this verdict
	Responsibility mlps.Responsibility `json:"responsibility"`
	Class          mlps.Class          `json:"class"`
	Hint           string              `json:"hint,omitempty"`
	Checks         []string            `json:"checks"`            // those that touch it and ran
	NotRun         []string            `json:"not_run,omitempty"` // those that touch it and did not run
	Hazards        []string            `json:"hazards,omitempty"` // trigger codes of the checks that fail
	// Risks are the high-risk cases that are about the requirement, by the edition of
	// the template; see Candidate.
	Risks []Risk `json:"risks,omitempty"`
	// Laws are the articles that meeting it supports.
	Laws []checks.Text `json:"laws,omitempty"`
	// Answer is a person's, and Machine the verdict before it.
	Answer   *Answer `json:"answer,omitempty"`
	Machine  Verdict `json:"machine,omitempty"`
	Conflict bool    `json:"conflict,omitempty"` // the person and the machine decided differently
	Stale    bool    `json:"stale,omitempty"`    // the answer is older than the scan
	Tally
}

// Layer is one of the standard's ten layers (安全层面).
type Layer struct {
	Code string `json:"code"`
	EN   string `json:"en"`
	ZH   string `json:"zh"`
}

// text is its name in both languages.
func (l Layer) text() checks.Text { return checks.Text{EN: l.EN, ZH: l.ZH} }

// assess gives every clause of the level its verdict.
func assess(r *Report, notRun []*checks.Check) []Clause {
	items := mlps.Level(r.Run.Level)
	list := make([]Clause, 0, len(items))
	for _, it := range items {
		c := Clause{ID: it.ID, Unit: it.Unit, UnitSource: it.UnitSource, Scope: it.Scope,
			Layer:        Layer{it.Layer.Code, it.Layer.Name.EN, it.Layer.Name.ZH},
			ControlPoint: checks.Text(it.ControlPoint.Name), Requirement: checks.Text(it.Requirement),
			Responsibility: it.Responsibility, Class: it.Class, Hint: it.Hint, Checks: []string{},
			Risks: risks(it.ID, r.edition()), Laws: laws(it.ID, r.Run.Started)}
		b := r.basisOf(it, notRun, &c)
		c.Verdict, c.Reason = decide(it.Class, b)
		list = append(list, c)
	}
	return list
}

// basis is what the checks of one clause tell of it.
type basis struct {
	direct  Tally // of the checks that decide the cloud's part
	partial Tally // of those that only support it
	checks  int   // how many ran
	notRun  int   // how many the user left out
	stopped bool  // the scan did not come to its end
}

// basisOf collects it, and notes checks and tallies in the clause.
func (r *Report) basisOf(it mlps.Item, notRun []*checks.Check, c *Clause) basis {
	b := basis{stopped: r.Run.Partial}
	for _, ch := range r.Checks {
		i := slices.IndexFunc(ch.Clauses, func(t Touch) bool { return t.ID == it.ID })
		if i < 0 {
			continue
		}
		b.checks++
		c.Checks = append(c.Checks, ch.ID)
		c.Tally.add(ch.Tally)
		if ch.Fail > 0 {
			c.Hazards = append(c.Hazards, ch.Hazards...)
		}
		if ch.Clauses[i].Strength == mlps.Direct {
			b.direct.add(ch.Tally)
		} else {
			b.partial.add(ch.Tally)
		}
	}
	for _, ch := range notRun {
		if slices.ContainsFunc(ch.Clauses, func(x checks.Clause) bool { return x.ID == it.ID }) {
			b.notRun++
			c.NotRun = append(c.NotRun, ch.ID)
		}
	}
	slices.Sort(c.NotRun)
	slices.Sort(c.Hazards)
	c.Hazards = slices.Compact(c.Hazards)
	return b
}

// decide is the whole rule by which a clause gets its verdict. The first line
// that applies decides:
//
//  1. A failure that was proven stays, whatever else was not read. Where a check
//     that decides the clause fails: not met, or partly met when others that
//     decide it pass. Where only a supporting check fails: partly met, since a
//     shortcoming is shown, and the rest is for a person to judge.
//  2. Where anything that a check needs was not read, a check that tells of the
//     clause was left out, or the scan was stopped: not assessed. So nothing is
//     ever met, or up for confirmation, on a part of the evidence.
//  3. What is the provider's is inherited, whether or not something of the
//     tenant's supports it.
//  4. Where nothing passed either, because no check tells of the clause or no
//     resource of its kind was found, a person must answer. Not finding such a
//     resource in the products that are read does not prove that the clause does not
//     apply, so that this rule never says "not applicable"; only a person does.
//  5. Where the API decides the tenant's part (class API), and a check that
//     decides it passed: met.
//  6. Everything else that passed supports the clause; a person must confirm it.
func decide(class mlps.Class, b basis) (Verdict, checks.Text) {
	all := b.direct
	all.add(b.partial)
	switch {
	case b.direct.Fail > 0 && b.direct.Pass == 0:
		return NotMet, reason("%d of %d verdicts fail, and none that decides the clause passes", "%[2]d 项判定中 %[1]d 项不通过，起决定作用的判定无一通过", all.Fail, all.Total())
	case b.direct.Fail > 0:
		return Partly, reason("%d verdicts fail, %d pass", "%d 项判定不通过，%d 项通过", all.Fail, all.Pass)
	case all.Fail > 0:
		return Partly, reason("%d supporting verdicts fail; a person must judge the rest", "%d 项佐证判定不通过；其余部分需人工判断", all.Fail)
	case all.Unknown > 0:
		return NotAssessed, reason("%d of %d verdicts could not be reached: something needed was not read", "%[2]d 项判定中 %[1]d 项因所需数据未能读取而无法得出", all.Unknown, all.Total())
	case b.notRun > 0:
		return NotAssessed, reason("%d checks that tell of it were left out of this scan", "本次扫描未执行相关的 %d 项检查", b.notRun)
	case b.stopped && b.checks > 0:
		return NotAssessed, reason("the scan was stopped before its end", "扫描未完成即被中止")
	case class == mlps.Provider:
		return Inherited, reason("the provider's duty: ask for its certificate and assessment report", "属云平台责任：请向云服务商索取备案证明与测评报告")
	case b.checks == 0 && class == mlps.ProviderPart:
		return Manual, reason("mainly the provider's duty; a person must answer the tenant's part", "主要属云平台责任；租户侧部分需人工核查")
	case b.checks == 0:
		return Manual, reason("the configuration does not tell; a person must answer", "无法由云上配置得出，需人工核查")
	case all.Pass == 0:
		return Manual, reason("nothing of its kind was found in the products that are read; a person must say whether it applies", "所读取的产品中未发现相关资源；是否适用需人工确认")
	case class == mlps.API && b.direct.Pass > 0:
		return Met, reason("all %d verdicts pass", "%d 项判定全部通过", all.Pass)
	}
	return ToConfirm, reason("%d verdicts support it; a person must confirm the rest", "%d 项判定予以佐证；其余部分需人工确认", all.Pass)
}

// reason fills the same numbers into both sentences.
func reason(en, zh string, args ...any) checks.Text {
	if len(args) == 0 {
		return checks.Text{EN: en, ZH: zh}
	}
	return checks.Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}
