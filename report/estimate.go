package report

import (
	"fmt"

	"github.com/mlpscan/mlpscan/checks"
)

// An Estimate is what the conclusion of an assessment may come to (估算). It is no
// assessment and no certification: only a licensed body gives a conclusion, and
// neither the official weights nor the exact formula of the 2025 template are
// public. So the formula is shown, its factors are the user's to change, and the
// best and the worst case say how far the open requirements can move it.
type Estimate struct {
	Template   string      `json:"template"` // "2025" or "2021"
	Formula    checks.Text `json:"formula"`
	Applicable int         `json:"applicable"` // requirements that count
	Open       int         `json:"open"`       // of those, not decided yet
	Hazards    int         `json:"hazards"`    // requirements that fail and may be a 重大风险隐患 or high risk
	// Now counts what is decided alone; Worst and Best take every open
	// requirement for not met, and for met.
	Now   Outcome `json:"now"`
	Worst Outcome `json:"worst"`
	Best  Outcome `json:"best"`
}

// An Outcome is one result of the formula.
type Outcome struct {
	Value      float64     `json:"value"` // ratio in percent (2025), or score (2021)
	Conclusion checks.Text `json:"conclusion"`
}

// Factors are what the user may change of the formula.
type Factors struct {
	PartlyWeight float64 // what 部分符合 counts, from 0 to 1
	Attention    float64 // share of the technical layers in the 2021 score
}

// DefaultFactors are those in common use.
var DefaultFactors = Factors{PartlyWeight: 0.5, Attention: 0.5}

// Estimate works out the conclusion of a report by the edition of its system's
// template, 2025 where there is none.
func (r *Report) estimate(f Factors) Estimate {
	e := Estimate{Template: string(r.edition())}
	var now, worst, best sums
	for _, c := range r.Clauses {
		v := c.Verdict
		if v == NotApplicable {
			continue
		}
		e.Applicable++
		if v.Decided() {
			now.add(c, v, f)
		} else {
			e.Open++
		}
		worst.add(c, orElse(v, NotMet), f)
		best.add(c, orElse(v, Met), f)
		if c.Candidate() {
			e.Hazards++
		}
	}
	score := score2025
	if e.Template == "2021" {
		score = score2021
	}
	e.Now, e.Worst, e.Best = score(now, e.Hazards, f), score(worst, e.Hazards, f), score(best, e.Hazards, f)
	e.Formula = formulas[e.Template]
	return e
}

func orElse(v, open Verdict) Verdict {
	if v.Decided() {
		return v
	}
	return open
}

// sums of one case: requirements and what they lose, technical and managerial.
type sums struct {
	n, technical, managerial int
	got                      float64 // of n
	lost                     [2]float64
}

// managerialLayers are the five of management; the others are technical.
var managerialLayers = map[string]bool{"PSS": true, "ORS": true, "HRS": true, "CMS": true, "MMS": true}

func (s *sums) add(c Clause, v Verdict, f Factors) {
	value := map[Verdict]float64{Met: 1, Partly: f.PartlyWeight}[v]
	s.n++
	s.got += value
	if managerialLayers[c.Layer.Code] {
		s.managerial++
		s.lost[1] += 1 - value
	} else {
		s.technical++
		s.lost[0] += 1 - value
	}
}

var formulas = map[string]checks.Text{
	"2025": {EN: "ratio = (met + weight × partly met) ÷ (all − not applicable); above 90 % and no major hazard: met; 60 to 90 %, or a hazard: basically met; below 60 %: not met",
		ZH: "符合率 =（符合项数 + 权重 × 部分符合项数）÷（总项数 − 不适用项数）；符合率 > 90% 且无重大风险隐患为“符合”，> 90% 但有重大风险隐患或 60%～90% 为“基本符合”，< 60% 为“不符合”"},
	"2021": {EN: "M = Vt + Vm; Vt = max(0, 100·y − Σ(1 − x)·100/n) over the technical requirements, Vm = max(0, 100·(1 − y) − Σ(1 − x)·100/n) over the managerial ones; every weight taken as 1, since the official table is not public",
		ZH: "M = Vt + Vm；Vt = max(0, 100·y − Σ(1 − x)·100/n)（技术要求），Vm = max(0, 100·(1 − y) − Σ(1 − x)·100/n)（管理要求）；官方权重表未公开，各项权重按 1 计"},
}

// score2025 is the rule of the 2025 template.
func score2025(s sums, hazards int, _ Factors) Outcome {
	if s.n == 0 {
		return Outcome{Conclusion: undecided}
	}
	o := Outcome{Value: 100 * s.got / float64(s.n)}
	switch {
	case o.Value < 60:
		o.Conclusion = checks.Text{EN: "not met", ZH: "不符合"}
	case o.Value <= 90 || hazards > 0:
		o.Conclusion = checks.Text{EN: "basically met", ZH: "基本符合"}
	default:
		o.Conclusion = checks.Text{EN: "met", ZH: "符合"}
	}
	return o
}

// score2021 is the rule of the 2021 template: one high risk is enough for 差.
func score2021(s sums, hazards int, f Factors) Outcome {
	if s.n == 0 {
		return Outcome{Conclusion: undecided}
	}
	each := 100 / float64(s.n)
	o := Outcome{Value: max(0, 100*f.Attention-each*s.lost[0]) + max(0, 100*(1-f.Attention)-each*s.lost[1])}
	switch {
	case hazards > 0 || o.Value < 70:
		o.Conclusion = checks.Text{EN: "poor", ZH: "差"}
	case o.Value < 80:
		o.Conclusion = checks.Text{EN: "fair", ZH: "中"}
	case o.Value < 90:
		o.Conclusion = checks.Text{EN: "good", ZH: "良"}
	default:
		o.Conclusion = checks.Text{EN: "excellent, where no medium risk is left", ZH: "优（须无中、高风险问题）"}
	}
	return o
}

var undecided = checks.Text{EN: "nothing is decided yet", ZH: "尚无已判定项"}

// Line is the estimate in a sentence.
func (e Estimate) Line(lang string) string {
	unit := "%"
	if e.Template == "2021" {
		unit = ""
	}
	return fmt.Sprintf(checks.Text{
		EN: "estimate by the %s template, no conclusion of an assessment: worst case %.1f%s (%s), best case %.1f%s (%s); %d of %d requirements are open, %d may be hazards",
		ZH: "按 %s 版模板估算（不等同于测评结论）：最差 %.1f%s（%s），最好 %.1f%s（%s）；%[9]d 项中 %[8]d 项待定，%[10]d 项可能构成重大风险隐患"}.In(lang),
		e.Template, e.Worst.Value, unit, e.Worst.Conclusion.In(lang), e.Best.Value, unit, e.Best.Conclusion.In(lang), e.Open, e.Applicable, e.Hazards)
}
