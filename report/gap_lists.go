package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
)

func (g *gap) problems() {
	s := g.sheet(g.say("Problems", "问题清单"), column{g.say("No.", "序号"), 7, plain}, column{g.say("Problem", "安全问题"), 44, plain}, column{g.say("Object", "测评对象"), 34, plain},
		column{g.say("Type", "资源类型"), 18, plain}, column{g.say("Region", "地域"), 14, plain}, column{g.say("Account", "云账号"), 18, plain}, column{g.say("Control points", "控制点"), 24, plain}, column{g.say("Clauses", "测评项"), 22, plain},
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
		s.add(n, g.in(*f.Problem), strings.TrimSpace(f.Resource.ID+"\n"+nameOf(f.Resource)), g.in(kindName(f.Resource.Type)), f.Region, f.Account, g.points(f.Clauses), strings.Join(f.Clauses, "\n"),
			shown{severityLook(f.Severity), g.in(f.Severity.Text())}, strings.Join(f.Hazards, ", "), g.in(c.Title), g.in(c.Fix.Text))
	}
	if left > 0 {
		s.add("", fmt.Sprintf(g.say("… %d more are in the JSON report", "……另有 %d 条见 JSON 报告"), left))
	}
	s.close()
}

// claims lists what no grading object claims, what several do, and what may belong to
// one; in the report of everything alone.
func (g *gap) claims() {
	c := g.r.Claims
	if c == nil {
		return
	}
	s := g.sheet(g.say("Claims", "认领情况"), column{g.say("No.", "序号"), 8, plain}, column{g.say("Claimed", "认领情况"), 22, plain}, column{g.say("Grading objects", "定级对象"), 36, plain},
		column{g.say("Type", "资源类型"), 20, plain}, column{"ID", 30, plain}, column{g.say("Name", "名称"), 30, plain}, column{g.say("Account", "云账号"), 18, plain}, column{g.say("Region", "地域"), 16, plain})
	for i, x := range c.Examples {
		s.add(i+1, g.claimed(x), strings.Join(x.Systems, "\n"), g.in(kindName(x.Type)), x.ID, x.Name, x.Account, x.Region)
	}
	if left := c.Unclaimed + c.Shared + c.Unsure - len(c.Examples); left > 0 {
		s.add("", fmt.Sprintf(g.say("… %d more", "……另有 %d 条"), left))
	}
	s.close()
}

// claimed says how a resource is claimed.
func (g *gap) claimed(x Claimed) string {
	switch {
	case x.Unsure:
		return g.say("unsure: tags, group or VPC unread", "无法确定：标签、资源组或专有网络未能读取")
	case len(x.Systems) == 0:
		return g.say("by none", "未认领")
	}
	return g.say("by several", "被多个认领")
}

// points are the control points of some requirements.
func (g *gap) points(clauses []string) string {
	var names []string
	for _, c := range g.r.Clauses {
		if name := g.in(c.ControlPoint); slices.Contains(clauses, c.ID) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "\n")
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
			s.add(n, g.in(c.Layer.text()), c.ID, g.in(c.Requirement), strings.Join(c.triggers(), ", "), g.cases(c), g.lowering(c), g.found(c), shown{bad, g.say("urgent", "紧急")})
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
	s.choice(9, g.states()...)
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
		s.add(n, g.in(kindName(x.Type)), x.ID, x.Name, x.Account, x.Region, x.Zone, x.VPC, strings.Join(x.Addresses, "\n"), x.ResourceGroup, tagged(x.Tags, "owner", "责任人"), tagged(x.Tags, "zone", "安全区域"),
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
