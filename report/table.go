package report

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/mlpscan/mlpscan/checks"
)

// How much of a report the table shows. The rest is told by a line that counts it.
const (
	tableWidth   = 100 // columns
	rowsPerCheck = 5   // findings of one check
	maxChecks    = 40  // checks with findings
	maxFailures  = 12  // failed calls
	maxAccounts  = 25  // accounts of a report of several
)

// WriteTable writes the report for a terminal: what was decided and what was
// not, the calls that failed, the clauses that are not met, then findings by
// severity. It takes at most 100 columns.
func WriteTable(w io.Writer, r *Report) error {
	t := &table{out: bufio.NewWriter(w), r: r}
	t.head()
	t.clauseCounts()
	t.findingCounts()
	t.accounts()
	t.claims()
	t.failures()
	if len(t.r.Systems) == 0 { // else each grading object has a table of its own
		t.clausesNotMet()
		t.findings()
	}
	t.footer()
	if err := errors.Join(t.err, t.r.err); err != nil {
		return err
	}
	return t.out.Flush()
}

// table is one table report under way; it keeps the first error.
type table struct {
	out *bufio.Writer
	r   *Report
	err error
}

// say is the phrase in the report's language.
func (t *table) say(en, zh string) string { return checks.Text{EN: en, ZH: zh}.In(t.r.Run.Language) }

// in is a text in the report's language.
func (t *table) in(x checks.Text) string { return x.In(t.r.Run.Language) }

// line writes a line, and breaks it where it is too long.
func (t *table) line(indent, format string, args ...any) {
	for _, l := range wrap(fmt.Sprintf(format, args...), tableWidth-len(indent)) {
		t.raw(indent + l)
	}
}

func (t *table) raw(line string) {
	if t.err == nil {
		_, t.err = t.out.WriteString(line + "\n")
	}
}

// title opens a section.
func (t *table) title(format string, args ...any) {
	t.raw("")
	for _, l := range wrap(fmt.Sprintf(format, args...), tableWidth) {
		t.raw(t.paint(bold, l))
	}
}

// The colours that are used, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// paint colours a string if colours are asked for.
func (t *table) paint(sgr, s string) string {
	if !t.r.Color || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func severityColor(s checks.Severity) string {
	switch s {
	case checks.Critical, checks.High:
		return red
	case checks.Medium:
		return yellow
	}
	return cyan
}

func verdictColor(v Verdict) string {
	switch v {
	case Met:
		return green
	case NotMet:
		return red
	case Partly, NotAssessed:
		return yellow
	}
	return dim
}

// grid writes one table. Its cells are wrapped already.
func (t *table) grid(head []string, align []tw.Align, rows [][]string) {
	if t.err != nil {
		return
	}
	for i := range head {
		head[i] = t.paint(bold, head[i])
		if i >= len(align) {
			align = append(align, tw.AlignLeft)
		}
	}
	plain := tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off}
	g := tablewriter.NewTable(t.out,
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Symbols: tw.NewSymbols(tw.StyleLight)})),
		tablewriter.WithConfig(tablewriter.Config{
			Header: tw.CellConfig{Formatting: plain, Alignment: tw.CellAlignment{PerColumn: align}},
			Row:    tw.CellConfig{Formatting: plain, Alignment: tw.CellAlignment{PerColumn: align}},
		}))
	g.Header(head)
	if t.err = g.Bulk(rows); t.err == nil {
		t.err = g.Render()
	}
}

func (t *table) head() {
	run := t.r.Run
	t.title("%s", t.say("MLPS 2.0 "+levelNames[run.Level].EN+" · configuration report", "等级保护 2.0 "+levelNames[run.Level].ZH+" · 云上配置核查报告"))
	t.line("", "%s · %s · mlpscan %s",
		t.accountNames(), beijing(run.Started), t.r.Tool.Version)
	if s := run.System; s != nil {
		t.line("", "%s", strings.TrimSpace(t.say("system ", "定级对象 ")+s.Name+" "+s.grades()))
		if s.S > 0 && s.A > 0 && s.S != s.A {
			t.line("", "%s", t.in(gradeNote))
		}
	}
	t.line("", t.say("services %s · regions %s", "产品 %s · 地域 %s"), strings.Join(t.r.Services(), ", "), t.regions())
	if run.Partial {
		t.raw(t.paint(yellow, t.say("The scan was stopped before its end: what is missing is not assessed.", "扫描未完成即被中止：缺失部分一律记为未核查。")))
	}
}

// accountNames names the account, or counts them.
func (t *table) accountNames() string {
	if n := len(t.r.Run.Accounts); n > 1 {
		return fmt.Sprintf(t.say("%d accounts", "%d 个账号"), n)
	}
	return t.say("account ", "账号 ") + strings.Join(t.r.Run.Accounts, "")
}

// regions names the regions, and says whether they were chosen.
func (t *table) regions() string {
	s := strings.Join(t.r.Run.Regions, ", ")
	if len(t.r.Run.Regions) > 12 {
		s = fmt.Sprintf("%s … (%d)", strings.Join(t.r.Run.Regions[:12], ", "), len(t.r.Run.Regions))
	}
	if t.r.Run.Filtered {
		s += t.say(" (chosen; all others are out of scope)", "（由用户指定，其他地域不在范围内）")
	}
	return s
}

// clauseCounts says what was decided, and as loudly what was not.
func (t *table) clauseCounts() {
	decided := 0
	for _, v := range Verdicts {
		if v.Decided() {
			decided += t.r.Summary.Clauses[v]
		}
	}
	total := len(t.r.Clauses)
	t.title(t.say("Clauses: %d decided, %d not decided, of %d", "要求项：已判定 %d 项，未判定 %d 项，共 %d 项"), decided, total-decided, total)
	var head, row []string
	var align []tw.Align
	for _, v := range Verdicts {
		head = append(head, t.in(v.Text()))
		n := fmt.Sprint(t.r.Summary.Clauses[v])
		if t.r.Summary.Clauses[v] > 0 {
			n = t.paint(verdictColor(v), n)
		}
		row, align = append(row, n), append(align, tw.AlignCenter)
	}
	if t.r.Run.Language == "en" { // eight English names do not fit side by side
		head = []string{"met", "partly", "not met", "n/a", "not assessed", "to confirm", "manual", "inherited"}
	}
	t.grid(head, align, [][]string{row})
	t.line("", "%s", t.r.Estimate.Line(t.r.Run.Language))
	t.conflicts()
}

// conflicts names the clauses on which a person and a check disagree.
func (t *table) conflicts() {
	var ids []string
	for _, c := range t.r.Clauses {
		if c.Conflict {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > 0 {
		t.line("", "%s", t.paint(red, t.say("a person's answer contradicts a check: ", "人工结论与检查结果冲突：")+strings.Join(ids, ", ")))
	}
}

func (t *table) findingCounts() {
	s := t.r.Summary
	t.title("%s", t.say("Findings", "检查结果"))
	var by []string
	for _, sev := range severities {
		by = append(by, fmt.Sprintf("%s %d", t.in(sev.Text()), s.BySeverity[sev.String()]))
	}
	t.line("", t.say("fail %d (%s) · unknown %d · pass %d · not applicable %d", "不通过 %d（%s） · 未知 %d · 通过 %d · 不适用 %d"),
		s.Fail, strings.Join(by, " · "), s.Unknown, s.Pass, s.NotApplicable)
}

// accounts lists the accounts of a report of several: first those that could not be read.
func (t *table) accounts() {
	if len(t.r.Accounts) < 2 {
		return
	}
	list := slices.SortedStableFunc(slices.Values(t.r.Accounts), func(x, y Account) int {
		return cmp.Or(cmp.Compare(readingOrder[x.Status], readingOrder[y.Status]), y.Fail-x.Fail)
	})
	t.title(t.say("Accounts: %d", "云账号：%d 个"), len(list))
	var rows [][]string
	for _, a := range list[:min(len(list), maxAccounts)] {
		status := t.in(readingNames[a.Status])
		if a.Status != Whole {
			status = t.paint(yellow, status)
		}
		if a.Failure != nil {
			status += "\n" + cell(a.Failure.Code+" "+a.Failure.Message, 40, 3)
		}
		rows = append(rows, []string{strings.TrimSpace(a.ID + "\n" + cell(a.Name, 30, 2)), status, fmt.Sprint(a.Fail), fmt.Sprint(a.Unknown), fmt.Sprint(a.Pass)})
	}
	right := tw.AlignRight
	t.grid([]string{t.say("account", "云账号"), t.say("reading", "读取情况"), t.say("fail", "不通过"), t.say("unknown", "未知"), t.say("pass", "通过")},
		[]tw.Align{tw.AlignLeft, tw.AlignLeft, right, right, right}, rows)
	t.more(len(list) - len(rows))
}

// claims says which resources belong to no system, or to several.
func (t *table) claims() {
	c := t.r.Claims
	if c == nil {
		return
	}
	t.title("%s", t.say("Grading objects", "定级对象"))
	t.line("", t.say("resources that no system claims: %d · that several claim: %d · whose tags, group or VPC were not read: %d", "未被任何定级对象认领的资源 %d 个 · 被多个认领 %d 个 · 标签、资源组或专有网络未能读取 %d 个"), c.Unclaimed, c.Shared, c.Unsure)
	var rows [][]string
	for _, x := range c.Examples[:min(len(c.Examples), maxFailures)] {
		rows = append(rows, []string{cell(x.Type, 20, 1), cell(strings.TrimSpace(x.ID+" "+x.Name), 36, 2), cell(x.Region, 14, 1), cell(strings.Join(x.Systems, ", "), 20, 2)})
	}
	if len(rows) > 0 {
		t.grid([]string{t.say("type", "类型"), t.say("resource", "资源"), t.say("region", "地域"), t.say("claimed by", "认领方")}, nil, rows)
		t.more(c.Unclaimed + c.Shared + c.Unsure - len(rows))
	}
}

// readingOrder puts first what a reader must see to.
var readingOrder = map[ReadingStatus]int{Failed: 0, Stopped: 1, Whole: 2}

// failures lists the calls that failed, and what to grant.
func (t *table) failures() {
	if len(t.r.Missing) == 0 {
		return
	}
	t.title(t.say("Not read: failed calls: %d", "未能读取：%d 次调用失败"), len(t.r.Missing))
	var rows [][]string
	for _, f := range t.r.Missing[:min(len(t.r.Missing), maxFailures)] {
		grant := f.RAMAction
		if grant == "" {
			grant = f.Message
		}
		where := f.Region
		if len(t.r.Accounts) > 1 {
			where = strings.TrimSpace(f.Account + " " + where)
		}
		if f.Resource != "" {
			where = strings.TrimSpace(where + " " + f.Resource)
		}
		rows = append(rows, []string{cell(f.Call(), 26, 2), cell(where, 20, 3), cell(f.Code, 14, 2), cell(grant, 27, 3)})
	}
	t.grid([]string{t.say("call", "调用"), t.say("where", "位置"), t.say("error", "错误"), t.say("grant, or cause", "应授权限或原因")}, nil, rows)
	t.more(len(t.r.Missing) - len(rows))
}

// more counts what was left out and says where it is.
func (t *table) more(n int) {
	if n > 0 {
		t.line("", t.say("… %d more: write --output html=report.html, or --format json", "……另有 %d 条：可用 --output html=report.html 或 --format json 查看"), n)
	}
}

func (t *table) clausesNotMet() {
	var rows [][]string
	marked := false
	for _, c := range t.r.Clauses {
		if c.Verdict != NotMet && c.Verdict != Partly {
			continue
		}
		text := t.in(c.ControlPoint) + t.say(": ", "：") + t.in(c.Requirement)
		rows = append(rows, []string{c.ID, c.markedUnit(), t.paint(verdictColor(c.Verdict), t.in(c.Verdict.Text())), cell(text, 43, 3), fmt.Sprintf("%d/%d", c.Fail, c.Fail+c.Pass)})
		marked = marked || c.markedUnit() != c.Unit
	}
	if len(rows) == 0 {
		return
	}
	t.title(t.say("Clauses with proven failures: %d", "存在问题的要求项：%d 项"), len(rows))
	t.grid([]string{t.say("clause", "条款"), t.say("unit", "测评单元"), t.say("verdict", "结论"), t.say("requirement", "要求"), t.say("fail", "不通过")},
		[]tw.Align{tw.AlignLeft, tw.AlignLeft, tw.AlignLeft, tw.AlignLeft, tw.AlignRight}, rows)
	if marked {
		t.line("", "%s", t.in(unitNote))
	}
}

// findings lists failures and unknowns, check by check in the order of severity.
func (t *table) findings() {
	if t.r.Summary.Fail+t.r.Summary.Unknown == 0 {
		return
	}
	t.title("%s", t.say("Findings by severity", "按严重程度列出的问题"))
	shown := t.sample()
	left := 0
	listed := 0
	for _, c := range t.r.Checks {
		if c.Fail+c.Unknown == 0 {
			continue
		}
		if listed++; listed > maxChecks {
			left += c.Fail + c.Unknown
			continue
		}
		t.check(c, shown.rows(c.ID))
	}
	t.more(left)
}

// sample takes the first findings of each check, failures before unknowns.
func (t *table) sample() sample {
	if t.r.first != nil {
		return t.r.first
	}
	first := sample{}
	for f := range t.r.Findings() {
		if first.wants(f.Check, f.Status) {
			first.add(f)
		}
	}
	return first
}

// A sample holds the first failures and the first unknowns of each check: what a
// table shows of a million findings.
type sample map[string]map[checks.Status][]Finding

func (s sample) wants(check string, status checks.Status) bool {
	return (status == checks.Fail || status == checks.Unknown) && len(s[check][status]) < rowsPerCheck
}

func (s sample) add(f Finding) {
	if s[f.Check] == nil {
		s[f.Check] = map[checks.Status][]Finding{}
	}
	s[f.Check][f.Status] = append(s[f.Check][f.Status], f)
}

// merge takes in the sample of another account, and keeps those of the accounts
// that come first: the order in which accounts are added changes nothing.
func (s sample) merge(t sample) {
	for check, by := range t {
		for status, list := range by {
			if s[check] == nil {
				s[check] = map[checks.Status][]Finding{}
			}
			all := slices.Concat(s[check][status], list)
			slices.SortStableFunc(all, func(x, y Finding) int { return cmp.Compare(x.Account, y.Account) })
			s[check][status] = all[:min(len(all), rowsPerCheck)]
		}
	}
}

// rows are those of one check to show.
func (s sample) rows(check string) []Finding {
	all := slices.Concat(s[check][checks.Fail], s[check][checks.Unknown])
	return all[:min(len(all), rowsPerCheck)]
}

// check writes one check's head, remedy and rows.
func (t *table) check(c Check, rows []Finding) {
	t.raw("")
	name := t.in(c.Severity.Text())
	for i, l := range wrap(fmt.Sprintf("%s  %s  %s", name, c.ID, t.in(c.Title)), tableWidth) {
		if i == 0 {
			l = t.paint(severityColor(c.Severity)+";"+bold, name) + strings.TrimPrefix(l, name)
		}
		t.raw(l)
	}
	counts := fmt.Sprintf(t.say("fail %d · unknown %d · pass %d", "不通过 %d · 未知 %d · 通过 %d"), c.Fail, c.Unknown, c.Pass)
	if ids := clauseIDs(c); len(ids) > 0 {
		counts += t.say(" · clauses ", " · 条款 ") + strings.Join(ids, ", ")
	}
	t.line("  ", "%s", counts)
	if c.Fail > 0 {
		t.line("  ", t.say("fix: %s", "整改：%s"), t.in(c.Fix.Text))
	}
	var cells [][]string
	for _, f := range rows {
		name := f.Resource.ID
		if f.Resource.Name != "" && f.Resource.Name != f.Resource.ID {
			name += " " + f.Resource.Name
		}
		problem := ""
		if f.Problem != nil {
			problem = t.in(*f.Problem)
		}
		status := t.in(statusNames[f.Status])
		if f.Status == checks.Unknown {
			status = t.paint(yellow, status)
		}
		cells = append(cells, []string{status, cell(name, 27, 3), cell(f.Region, 14, 2), cell(problem, 37, 5)})
	}
	t.grid([]string{t.say("status", "结果"), t.say("resource", "资源"), t.say("region", "地域"), t.say("problem", "问题")}, nil, cells)
	t.more(c.Fail + c.Unknown - len(rows))
}

func clauseIDs(c Check) []string {
	var ids []string
	for _, x := range c.Clauses {
		ids = append(ids, x.ID)
	}
	return slices.Compact(ids)
}

func (t *table) footer() {
	t.raw("")
	t.line("", "%s", t.say(
		"Clauses are judged from the cloud configuration that was read; documents, interviews and guest systems are not seen. This is no certification.",
		"结论仅依据已读取的云上配置得出，不含文档、访谈与主机内部核查，不等同于等级测评结论。"))
}
