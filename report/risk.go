package report

import (
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// A Risk is a high-risk case (高风险判例) that is about a requirement: of the trial
// guide of 2025, or of T/ISEAA 001-2020 for the 2021 template.
type Risk struct {
	Case string      `json:"case,omitempty"` // "6.4.3.1"
	Code string      `json:"code,omitempty"` // trigger of the 2025 template: "A-21"
	Name checks.Text `json:"name"`
	// Lowering is what may lower the risk, or that nothing can.
	Lowering checks.Text `json:"lowering"`
	// Availability says that it holds only for systems that need to be highly available.
	Availability bool            `json:"availability,omitempty"`
	Source       mlps.Confidence `json:"source"` // how well the case is known
}

// edition is that of the report's template.
func (r *Report) edition() mlps.Edition {
	if s := r.Run.System; s != nil && s.Template == string(mlps.Template2021) {
		return mlps.Template2021
	}
	return mlps.Template2025
}

// hazardNote says by which cases candidates are listed, and who decides.
func (r *Report) hazardNote() checks.Text {
	if r.edition() == mlps.Template2021 {
		return checks.Text{EN: "High-risk cases of T/ISEAA 001-2020, which go with the 2021 template. Whether one applies is the assessor's to judge.",
			ZH: "依据 T/ISEAA 001-2020（适用于 2021 版模板）列出高风险判例候选，是否成立由测评机构判定。"}
	}
	return checks.Text{EN: "Candidates for major risk hazards (重大风险隐患) by the trigger codes of the 2025 trial guide. Whether one is a hazard is the assessor's to judge.",
		ZH: "依据 2025 年试行指引的触发项列出重大风险隐患候选，是否构成隐患由测评机构判定。"}
}

// risks are the cases about a requirement.
func risks(clause string, edition mlps.Edition) []Risk {
	var list []Risk
	for _, h := range mlps.HazardsOf(clause, edition) {
		list = append(list, Risk{h.Case, h.Code, checks.Text(h.Name), checks.Text(h.LoweringText()), h.Availability, h.Source})
	}
	return list
}

// laws are the articles that a requirement supports, as they are numbered on a day.
func laws(clause string, on time.Time) []checks.Text {
	var list []checks.Text
	for _, a := range mlps.LawsOf(clause) {
		list = append(list, checks.Text(a.Cite(on)))
	}
	return list
}

// Candidate reports whether the requirement may be high risk, or a major risk
// hazard (重大风险隐患): it fails, the guide has a case about it, and a check that
// points to a trigger or a person says so. Whether it is one is the assessor's to judge.
func (c Clause) Candidate() bool {
	return (c.Verdict == NotMet || c.Verdict == Partly) && (len(c.Hazards) > 0 || c.Answer != nil && c.Answer.Verdict != Met && len(c.Risks) > 0)
}
