package report

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// looks are how a verdict's cell looks.
var looks = map[Verdict]style{Met: good, NotMet: bad, Partly: warn, NotAssessed: warn}

// requirements has a sheet for each layer (安全类), as an assessor goes through them.
func (g *gap) requirements() {
	for layer := range layersOf(g.r) {
		g.layer(layer)
	}
}

// A sheetName takes no more than 31 characters, and not these.
func sheetName(s string) string {
	s = strings.NewReplacer("/", " ", "\\", " ", "?", " ", "*", " ", "[", " ", "]", " ", ":", " ").Replace(s)
	return string([]rune(s)[:min(31, len([]rune(s)))])
}

// layersOf are the layers of a report, in the standard's order.
func layersOf(r *Report) iter.Seq[Layer] {
	return func(yield func(Layer) bool) {
		seen := map[string]bool{}
		for _, c := range r.Clauses {
			if !seen[c.Layer.Code] {
				seen[c.Layer.Code] = true
				if !yield(c.Layer) {
					return
				}
			}
		}
	}
}

// The columns of a layer's sheet that take some words only, and how many go on paper:
// all of them would be too small to read.
const (
	layerPrinted   = 10
	measureColumn  = 18
	stateColumn    = 21
	verifiedColumn = 22
)

func (g *gap) layer(layer Layer) {
	s := g.sheet(sheetName(g.in(layer.text())),
		column{g.say("No.", "序号"), 6, plain}, column{g.say("Clause", "条款号"), 12, plain}, column{g.say("Control point", "控制点"), 16, plain},
		column{g.say("Requirement", "要求项"), 34, plain}, column{g.say("Object", "测评对象"), 20, plain}, column{g.say("What was found", "现状描述"), 42, plain},
		column{g.say("Verdict", "判定"), 11, plain}, column{g.say("Gap", "差距说明"), 32, plain}, column{g.say("Risk", "风险等级"), 9, plain}, column{g.say("Remedy", "整改建议"), 42, plain},
		column{g.say("Unit", "测评单元编号"), 14, plain}, column{g.say("Part", "适用部分"), 12, plain}, column{g.say("Method", "测评方法"), 12, plain},
		column{g.say("Duty", "责任方"), 10, plain}, column{g.say("Evidence", "证据"), 36, plain}, column{g.say("Laws", "法律依据"), 28, plain},
		column{g.say("Department", "责任部门"), 14, input}, column{g.say("Kind of measure", "整改措施类型"), 12, input}, column{g.say("Expense", "投入"), 12, input},
		column{g.say("Due", "计划完成时间"), 14, date}, column{g.say("State", "整改状态"), 12, input}, column{g.say("Verified", "复测结果"), 12, input})
	s.printed = layerPrinted
	n := 0
	for _, c := range g.r.Clauses {
		if c.Layer.Code != layer.Code {
			continue
		}
		n++
		s.add(n, c.ID, g.in(c.ControlPoint), g.in(c.Requirement), g.objects(c), g.found(c), shown{looks[c.Verdict], g.in(c.Verdict.Text())},
			g.gapOf(c), g.risk(c), g.remedy(c), c.markedUnit(), g.scope(c.Scope), g.method(c), g.in(dutyNames[c.Responsibility]), g.evidence(c), g.laws(c),
			"", g.measure(c), "", "", "", "")
	}
	s.choice(measureColumn, g.in(measures[0]), g.in(measures[1]), g.in(measures[2]))
	s.choice(stateColumn, g.states()...)
	s.choice(verifiedColumn, g.in(Met.Text()), g.in(Partly.Text()), g.in(NotMet.Text()))
	s.close()
}

// measures are the kinds that consultants tell apart.
var measures = [...]checks.Text{{EN: "settings", ZH: "配置"}, {EN: "rules", ZH: "制度"}, {EN: "product", ZH: "产品"}}

// measure is the kind of what is to be done, where the verdict tells: what a check
// found is mended by settings, what the management layers ask for by rules.
func (g *gap) measure(c Clause) string {
	switch {
	case c.Verdict != NotMet && c.Verdict != Partly:
		return ""
	case len(c.Checks) > 0:
		return g.in(measures[0])
	case slices.Contains(managementLayers, c.Layer.Code):
		return g.in(measures[1])
	}
	return ""
}

// managementLayers are those about rules, people and work.
var managementLayers = []string{"PSS", "ORS", "HRS", "CMS", "MMS"}

// states are those of a remedy.
func (g *gap) states() []string {
	return []string{g.say("open", "未开始"), g.say("under way", "整改中"), g.say("done", "已完成"), g.say("accepted", "风险接受")}
}

// objects are what was looked at, by type, with the most that a check saw of each.
func (g *gap) objects(c Clause) string {
	most := map[string]int{}
	for _, ch := range g.r.Checks {
		if slices.Contains(c.Checks, ch.ID) {
			most[ch.ResourceType] = max(most[ch.ResourceType], ch.Total())
		}
	}
	var lines []string
	for _, kind := range slices.Sorted(maps.Keys(most)) {
		lines = append(lines, fmt.Sprintf(g.say("%s: %d", "%s：%d"), g.in(kindName(kind)), most[kind]))
	}
	return strings.Join(lines, "\n")
}

func (g *gap) scope(s mlps.Scope) string {
	if s == mlps.Cloud {
		return g.say("cloud extension", "云计算扩展")
	}
	return g.say("general", "安全通用")
}

// method is how the requirement was looked at.
func (g *gap) method(c Clause) string {
	switch {
	case c.Answer != nil:
		return g.say("interview, check", "访谈、核查")
	case len(c.Checks) > 0:
		return g.say("check (API)", "核查（云 API）")
	}
	return "–"
}

// found is what the checks saw, and what a person said.
func (g *gap) found(c Clause) string {
	var lines []string
	for _, ch := range g.r.Checks {
		if slices.Contains(c.Checks, ch.ID) {
			lines = append(lines, fmt.Sprintf(g.say("%s: fail %d, unknown %d, pass %d", "%s：不通过 %d，未知 %d，通过 %d"), g.in(ch.Title), ch.Fail, ch.Unknown, ch.Pass))
		}
	}
	if c.Answer != nil {
		lines = append(lines, fmt.Sprintf(g.say("%s, %s: %s", "%s（%s）：%s"), c.Answer.Name, c.Answer.Date.Format("2006-01-02"), c.Answer.Note))
	}
	return strings.Join(lines, "\n")
}

func (g *gap) gapOf(c Clause) string {
	if c.Verdict == Met {
		return ""
	}
	text := g.in(c.Reason)
	if c.Conflict {
		text += "\n" + g.say("CONFLICT between a person and a check", "人工结论与检查结果冲突")
	}
	if c.Stale {
		text += "\n" + g.say("the answer is older than the scan", "人工结论早于本次扫描")
	}
	return text
}

// worst is the severity of the worst check that fails.
func (g *gap) worst(c Clause) (checks.Severity, bool) {
	for _, ch := range g.r.Checks { // most severe first
		if ch.Fail > 0 && slices.Contains(c.Checks, ch.ID) {
			return ch.Severity, true
		}
	}
	return checks.Low, false
}

// risk is 高, 中 or 低, as reports of assessments have it.
func (g *gap) risk(c Clause) any {
	if c.Verdict != NotMet && c.Verdict != Partly {
		return ""
	}
	switch worst, found := g.worst(c); {
	case c.Candidate(), found && worst >= checks.High:
		return shown{bad, g.say("high", "高")}
	case !found || worst == checks.Medium:
		return shown{warn, g.say("medium", "中")}
	}
	return g.say("low", "低")
}

func (g *gap) remedy(c Clause) string {
	var lines []string
	for _, ch := range g.r.Checks {
		if fix := g.in(ch.Fix.Text); ch.Fail > 0 && slices.Contains(c.Checks, ch.ID) && !slices.Contains(lines, fix) {
			lines = append(lines, fix)
		}
	}
	if len(lines) == 0 && c.NeedsPerson() {
		it, _ := mlps.Find(c.ID)
		lines = append(lines, g.say("To ask: ", "待核查：")+checks.Text(it.Question().Ask).In(g.lang))
	}
	return strings.Join(lines, "\n")
}

// evidence names the answers that the verdict rests on, and what a person keeps.
func (g *gap) evidence(c Clause) string {
	var lines []string
	for _, id := range c.Checks {
		for _, f := range g.samples[id] {
			for _, e := range f.Evidence {
				if len(lines) < 5 && e.Entry != "" {
					lines = append(lines, e.Entry+" "+e.RequestID)
				}
			}
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if c.Answer != nil && c.Answer.Evidence != "" {
		lines = append(lines, c.Answer.Evidence)
	}
	return strings.Join(lines, "\n")
}
