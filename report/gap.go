package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// How many lines a sheet takes: Excel has room for 1,048,576, and nobody reads
// them. What is left out is counted in the last line.
const (
	maxProblems = 10_000
	maxAssets   = 500_000
)

// WriteXLSX writes the gap analysis (差距分析表) as consultants lay it out: a
// summary by layer, every requirement with what was found and what is to be done,
// the problems on resources, the high-risk candidates, a plan, the assets, and
// what could not be read.
func WriteXLSX(w io.Writer, r *Report) error {
	b := newBook(r.Run.Language)
	g := &gap{book: b, r: r, samples: samples(r)}
	g.summary()
	g.requirements()
	g.problems()
	g.hazards()
	g.plan()
	g.assets()
	g.unread()
	b.note(r.err)
	return b.write(w)
}

// gap is one gap analysis under way.
type gap struct {
	*book
	r       *Report
	samples map[string][]Finding
}

func (g *gap) in(t checks.Text) string { return t.In(g.lang) }

func (g *gap) summary() {
	s := g.sheet(g.say("Summary", "汇总"), column{g.say("Layer", "安全类"), 30, plain}, column{g.say("Requirements", "总项数"), 12, plain},
		column{g.in(Met.Text()), 10, plain}, column{g.in(Partly.Text()), 12, plain}, column{g.in(NotMet.Text()), 10, plain}, column{g.in(NotApplicable.Text()), 12, plain},
		column{g.say("open", "待确认"), 12, plain}, column{g.in(Inherited.Text()), 12, plain}, column{g.say("ratio", "符合率"), 12, plain})
	total := layerCount{name: g.say("all", "合计")}
	for _, c := range g.layerCounts() {
		s.add(c.values()...)
		total.merge(c)
	}
	s.add(total.values()...)
	s.close()
	about := g.sheet(g.say("About", "说明"), column{g.say("About this analysis", "关于本表"), 110, plain})
	for _, line := range g.about() {
		about.add(line)
	}
	about.close()
}

// about says what the book is of.
func (g *gap) about() []string {
	run := g.r.Run
	lines := []string{g.say("MLPS 2.0 "+levelNames[run.Level].EN+" · gap analysis of the cloud configuration", "等级保护 2.0 "+levelNames[run.Level].ZH+" · 差距分析（云上配置）")}
	if run.System != nil {
		lines = append(lines, strings.TrimSpace(g.say("grading object: ", "定级对象：")+run.System.Name+" "+run.System.grades()))
	}
	return append(lines, g.say("accounts: ", "云账号：")+strings.Join(run.Accounts, ", "), g.say("scanned: ", "扫描时间：")+beijing(run.Started)+" · mlpscan "+g.r.Tool.Version,
		g.r.Estimate.Line(g.lang), g.in(g.r.Estimate.Formula), g.in(unitNote),
		g.say("Requirements are paraphrased; the standard's own text is authoritative.", "要求项文字为概括表述，以标准原文为准。"))
}

// layerCount counts a layer's verdicts.
type layerCount struct {
	name                                          string
	all, met, partly, notMet, na, open, inherited int
}

func (c *layerCount) merge(x layerCount) {
	c.all, c.met, c.partly, c.notMet, c.na, c.open, c.inherited = c.all+x.all, c.met+x.met, c.partly+x.partly, c.notMet+x.notMet, c.na+x.na, c.open+x.open, c.inherited+x.inherited
}

// values are a row: the ratio is that of met requirements among those that apply.
func (c layerCount) values() []any {
	ratio := "–"
	if n := c.all - c.na; n > 0 {
		ratio = fmt.Sprintf("%.1f%%", 100*float64(c.met)/float64(n))
	}
	return []any{c.name, c.all, c.met, c.partly, c.notMet, c.na, c.open, c.inherited, ratio}
}

func (g *gap) layerCounts() []layerCount {
	var list []layerCount
	for _, c := range g.r.Clauses {
		name := g.in(checks.Text{EN: c.Layer.EN, ZH: c.Layer.ZH})
		i := slices.IndexFunc(list, func(l layerCount) bool { return l.name == name })
		if i < 0 {
			list, i = append(list, layerCount{name: name}), len(list)
		}
		one := layerCount{all: 1}
		switch c.Verdict {
		case Met:
			one.met = 1
		case Partly:
			one.partly = 1
		case NotMet:
			one.notMet = 1
		case NotApplicable:
			one.na = 1
		case Inherited:
			one.inherited = 1
		default:
			one.open = 1
		}
		list[i].merge(one)
	}
	return list
}

// looks are how a verdict's cell looks.
var looks = map[Verdict]style{Met: good, NotMet: bad, Partly: warn, NotAssessed: warn}

func (g *gap) requirements() {
	s := g.sheet(g.say("Gap analysis", "差距分析表"),
		column{g.say("No.", "序号"), 6, plain}, column{g.say("Clause", "条款号"), 12, plain}, column{g.say("Unit", "测评单元编号"), 14, plain},
		column{g.say("Layer", "安全类"), 16, plain}, column{g.say("Control point", "控制点"), 18, plain}, column{g.say("Requirement", "要求项"), 34, plain},
		column{g.say("Part", "适用部分"), 12, plain}, column{g.say("Method", "测评方法"), 12, plain}, column{g.say("What was found", "现状描述"), 46, plain},
		column{g.say("Verdict", "判定"), 12, plain}, column{g.say("Gap", "差距说明"), 34, plain}, column{g.say("Risk", "风险等级"), 10, plain},
		column{g.say("Remedy", "整改建议"), 46, plain}, column{g.say("Duty", "责任方"), 10, plain}, column{g.say("Evidence", "证据"), 36, plain}, column{g.say("Laws", "法律依据"), 28, plain},
		column{g.say("Department", "责任部门"), 14, input}, column{g.say("Due", "计划完成时间"), 14, date}, column{g.say("State", "整改状态"), 12, input}, column{g.say("Verified", "复测结果"), 12, input})
	for i, c := range g.r.Clauses {
		s.add(i+1, c.ID, c.markedUnit(), g.in(checks.Text{EN: c.Layer.EN, ZH: c.Layer.ZH}), g.in(c.ControlPoint), g.in(c.Requirement), g.scope(c.Scope), g.method(c),
			g.found(c), shown{looks[c.Verdict], g.in(c.Verdict.Text())}, g.gapOf(c), g.risk(c), g.remedy(c), g.in(dutyNames[c.Responsibility]), g.evidence(c), g.laws(c), "", "", "", "")
	}
	s.choice(19, g.say("open", "未开始"), g.say("under way", "整改中"), g.say("done", "已完成"), g.say("accepted", "风险接受"))
	s.choice(20, g.in(Met.Text()), g.in(Partly.Text()), g.in(NotMet.Text()))
	s.close()
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
		lines = append(lines, checks.Text(it.Question().Ask).In(g.lang))
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

func (g *gap) problems() {
	s := g.sheet(g.say("Problems", "问题清单"), column{g.say("No.", "序号"), 7, plain}, column{g.say("Problem", "安全问题"), 44, plain}, column{g.say("Object", "测评对象"), 34, plain},
		column{g.say("Type", "资源类型"), 18, plain}, column{g.say("Region", "地域"), 14, plain}, column{g.say("Account", "云账号"), 18, plain}, column{g.say("Clauses", "测评项"), 22, plain},
		column{g.say("Severity", "严重程度"), 10, plain}, column{g.say("Hazard", "隐患触发项"), 12, plain}, column{g.say("Check", "检查项"), 30, plain}, column{g.say("Remedy", "整改建议"), 46, plain})
	by := map[string]Check{}
	for _, c := range g.r.Checks {
		by[c.ID] = c
	}
	n, left := 0, 0
	for f := range g.r.Findings() {
		if f.Status != checks.Fail {
			continue
		}
		if n++; n > maxProblems {
			left++
			continue
		}
		c := by[f.Check]
		s.add(n, g.in(*f.Problem), strings.TrimSpace(f.Resource.ID+"\n"+nameOf(f.Resource)), f.Resource.Type, f.Region, f.Account, strings.Join(f.Clauses, "\n"),
			shown{severityLook(f.Severity), g.in(f.Severity.Text())}, strings.Join(f.Hazards, ", "), g.in(c.Title), g.in(c.Fix.Text))
	}
	if left > 0 {
		s.add("", fmt.Sprintf(g.say("… %d more are in the JSON report", "……另有 %d 条见 JSON 报告"), left))
	}
	s.close()
}

func nameOf(x Subject) string {
	if x.Name == x.ID {
		return ""
	}
	return x.Name
}

func severityLook(s checks.Severity) style {
	switch {
	case s >= checks.High:
		return bad
	case s == checks.Medium:
		return warn
	}
	return plain
}

// hazards lists candidates alone: whether one is a 重大风险隐患 is the assessor's to judge.
func (g *gap) hazards() {
	s := g.sheet(g.say("High risk", "高风险项候选"), column{g.say("No.", "序号"), 6, plain}, column{g.say("Layer", "安全类"), 18, plain}, column{g.say("Clause", "标准条款"), 12, plain},
		column{g.say("Requirement", "要求项"), 30, plain}, column{g.say("Trigger", "触发项"), 12, plain}, column{g.say("Case", "判例"), 34, plain}, column{g.say("What may lower it", "可降低风险的条件"), 34, plain},
		column{g.say("Found", "现状问题"), 46, plain}, column{g.say("Priority", "整改优先级"), 14, plain})
	n := 0
	for _, c := range g.r.Clauses {
		if c.Candidate() {
			n++
			s.add(n, g.in(checks.Text{EN: c.Layer.EN, ZH: c.Layer.ZH}), c.ID, g.in(c.Requirement), strings.Join(c.triggers(), ", "), g.cases(c), g.lowering(c), g.found(c), shown{bad, g.say("urgent", "紧急")})
		}
	}
	s.close()
}

// triggers are the codes of the checks that fail, and of the cases.
func (c Clause) triggers() []string {
	all := slices.Clone(c.Hazards)
	for _, x := range c.Risks {
		if x.Code != "" {
			all = append(all, x.Code)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (g *gap) cases(c Clause) string {
	var lines []string
	for _, x := range c.Risks {
		line := strings.TrimSpace(x.Case + " " + g.in(x.Name))
		if x.Availability {
			line += g.say(" (highly available systems only)", "（仅限高可用系统）")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (g *gap) lowering(c Clause) string {
	var lines []string
	for _, x := range c.Risks {
		lines = append(lines, g.in(x.Lowering))
	}
	return strings.Join(lines, "\n")
}

// laws are the articles behind a requirement.
func (g *gap) laws(c Clause) string {
	var lines []string
	for _, l := range c.Laws {
		lines = append(lines, g.in(l))
	}
	return strings.Join(lines, "\n")
}

// plan is by check, since one remedy serves many clauses.
func (g *gap) plan() {
	s := g.sheet(g.say("Plan", "整改计划"), column{g.say("Priority", "优先级"), 22, plain}, column{g.say("Problem", "问题项"), 40, plain}, column{g.say("Resources", "资源数"), 10, plain},
		column{g.say("Clauses", "涉及条款"), 24, plain}, column{g.say("Measure", "整改措施"), 50, plain}, column{"aliyun CLI", 40, plain}, column{g.say("Department", "责任部门"), 14, input}, column{g.say("Due", "计划完成时间"), 14, date}, column{g.say("State", "整改状态"), 12, input})
	list := slices.Clone(g.r.Checks)
	slices.SortStableFunc(list, func(x, y Check) int { return cmp.Compare(y.Severity, x.Severity) })
	for _, c := range list {
		if c.Fail == 0 {
			continue
		}
		priority := shown{plain, g.say("steady, within 6 months", "持续（低，6 个月内）")}
		switch {
		case c.Severity >= checks.High:
			priority = shown{bad, g.say("urgent, within a month", "紧急（高，1 个月内）")}
		case c.Severity == checks.Medium:
			priority = shown{warn, g.say("next, within 3 months", "重点（中，3 个月内）")}
		}
		s.add(priority, g.in(c.Title), c.Fail, strings.Join(clauseIDs(c), ", "), g.in(c.Fix.Text), c.Fix.CLI, "", "", "")
	}
	s.choice(9, g.say("open", "未开始"), g.say("under way", "整改中"), g.say("done", "已完成"), g.say("accepted", "风险接受"))
	s.close()
}

// tagged is a tag by any of the names that people give it, the first that is there.
func tagged(tags map[string]string, names ...string) string {
	for _, name := range names {
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			if strings.EqualFold(name, key) {
				return tags[key]
			}
		}
	}
	return ""
}

// assets is the list of assets (资产清单); owner, zone and level come from tags.
func (g *gap) assets() {
	s := g.sheet(g.say("Assets", "资产清单"), column{g.say("No.", "序号"), 8, plain}, column{g.say("Type", "资产类型"), 20, plain}, column{"ID", 30, plain}, column{g.say("Name", "名称"), 30, plain},
		column{g.say("Account", "云账号"), 18, plain}, column{g.say("Region", "地域"), 14, plain}, column{g.say("Availability zone", "可用区"), 18, plain}, column{g.say("VPC", "专有网络"), 26, plain}, column{g.say("Address", "地址"), 34, plain},
		column{g.say("Resource group", "资源组"), 22, plain}, column{g.say("Owner", "责任人"), 24, plain}, column{g.say("Security zone", "安全区域"), 16, plain}, column{g.say("Importance", "重要程度"), 12, plain}, column{g.say("Tags", "标签"), 40, plain})
	n := 0
	for x := range g.r.Inventory() {
		if n++; n > maxAssets {
			continue
		}
		s.add(n, x.Type, x.ID, x.Name, x.Account, x.Region, x.Zone, x.VPC, strings.Join(x.Addresses, "\n"), x.ResourceGroup, tagged(x.Tags, "owner", "责任人"), tagged(x.Tags, "zone", "安全区域"),
			tagged(x.Tags, "level", "importance", "重要程度", "等级"), strings.Join(visibleTags(x.Tags), "; "))
	}
	if n > maxAssets {
		s.add("", fmt.Sprintf(g.say("… %d more are in the JSON report", "……另有 %d 条见 JSON 报告"), n-maxAssets))
	}
	s.close()
}

// unread is what nobody may take for fine.
func (g *gap) unread() {
	s := g.sheet(g.say("Not read", "未能读取"), column{g.say("Call", "调用"), 36, plain}, column{g.say("Account", "云账号"), 18, plain}, column{g.say("Region", "地域"), 14, plain},
		column{g.say("Resource", "资源"), 30, plain}, column{g.say("Error", "错误"), 22, plain}, column{g.say("Message", "错误信息"), 50, plain}, column{g.say("Permission to grant", "应授权限"), 34, plain})
	for _, f := range g.r.Missing {
		s.add(f.Call(), f.Account, f.Region, f.Resource, f.Code, f.Message, f.RAMAction)
	}
	s.close()
}
