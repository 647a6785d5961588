package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gomutex/godocx"
	"github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// How much of a report the document holds: it is read on paper. The Excel file
// and the JSON hold the rest, and the document says so.
const (
	docxProblems = 400
	docxAssets   = 400
	docxEvidence = 3 // pieces for a clause
)

// WriteDOCX writes the gap analysis as a document (差距分析报告): cover, scope,
// method, summary by layer, high-risk candidates, problems, plan by priority,
// inventory, and an annex of evidence and of what was not read.
func WriteDOCX(w io.Writer, r *Report) error {
	doc, err := godocx.NewDocument()
	if err != nil {
		return fmt.Errorf("begin document: %w", err)
	}
	d := &document{doc: doc, gap: &gap{book: &book{lang: r.Run.Language}, r: r, samples: samples(r)}}
	d.page()
	d.fonts()
	d.foot()
	d.properties()
	d.cover()
	d.scope()
	d.summary()
	d.hazards()
	d.problems()
	d.plan()
	d.inventory()
	d.annex()
	if d.err == nil {
		d.err = r.err
	}
	if d.err != nil {
		return d.err
	}
	return d.write(w)
}

// document is one under way; what it says of clauses is what the Excel file says.
type document struct {
	*gap
	doc       *docx.RootDoc
	headlines []headline
	err       error
}

func (d *document) note(err error) {
	if d.err == nil {
		d.err = err
	}
}

// title is what the document is called.
func (d *document) title() string {
	return d.say("MLPS gap analysis", "网络安全等级保护差距分析报告")
}

// The fonts of text: Western and Chinese. Programs that lack one take their own.
const (
	westernFont = "Calibri"
	chineseFont = "Microsoft YaHei"
)

// fonts gives every style a Chinese font, since the template knows Western ones only.
func (d *document) fonts() {
	if d.doc.DocStyles == nil {
		return
	}
	for i := range d.doc.DocStyles.StyleList {
		s := &d.doc.DocStyles.StyleList[i]
		if s.Type == nil || *s.Type != stypes.StyleTypeParagraph {
			continue
		}
		if s.RunProp == nil {
			s.RunProp = &ctypes.RunProperty{}
		}
		s.RunProp.Lang = &ctypes.Lang{EastAsia: ptr("zh-CN")}
		s.RunProp.Fonts = &ctypes.RunFonts{Ascii: westernFont, HAnsi: westernFont, EastAsia: chineseFont}
	}
}

// page is A4; the template has American paper.
func (d *document) page() {
	body := d.doc.Document.Body
	if body.SectPr == nil {
		body.SectPr = ctypes.NewSectionProper()
	}
	body.SectPr.PageSize = &ctypes.PageSize{Width: ptr(uint64(11906)), Height: ptr(uint64(16838))}
	body.SectPr.PageMargin = &ctypes.PageMargin{Left: ptr(1134), Right: ptr(1134), Top: ptr(1134), Bottom: ptr(1134), Header: ptr(567), Footer: ptr(567), Gutter: ptr(0)}
}

func (d *document) heading(level uint, en, zh string) {
	_, err := d.doc.AddHeading(d.say(en, zh), level)
	d.note(err)
	d.headlines = append(d.headlines, headline{level, d.say(en, zh)})
}

func (d *document) text(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		d.run(d.doc.AddParagraph(""), line, 10)
	}
}

// run puts text into a paragraph, in both fonts.
func (d *document) run(p *docx.Paragraph, s string, size uint64) *docx.Run {
	r := p.AddText(visible(s)).Size(size).Font(westernFont)
	for i := range p.GetCT().Children {
		if c := p.GetCT().Children[i].Run; c != nil && c.Property != nil && c.Property.Fonts != nil {
			c.Property.Fonts.EastAsia = chineseFont
			c.Property.Lang = &ctypes.Lang{EastAsia: ptr("zh-CN")} // or the commas of another country's script are taken
		}
	}
	return r
}

// A docxTable has columns in twentieths of a point, of a page that has 9,600.
type docxTable struct {
	d      *document
	t      *docx.Table
	widths []uint64
}

func (d *document) table(widths []uint64, heads ...string) *docxTable {
	t := d.doc.AddTable()
	t.Style("TableGrid")
	t.Layout(stypes.TableLayoutFixed)
	t.Grid(widths...)
	out := &docxTable{d, t, widths}
	out.row("1F4E78", true, heads...)
	out.last().Header = on
	return out
}

// on is a switch that is on.
var on = ctypes.OnOffFromBool(true)

// row adds a row that no page cuts.
func (t *docxTable) row(color string, bold bool, cells ...string) {
	row := t.t.AddRow()
	t.last().CantSplit = on
	for i, text := range cells {
		c := row.AddCell()
		c.Width(int(t.widths[i]), stypes.TableWidthDxa)
		if color != "" {
			c.BackgroundColor(color)
		}
		for line := range strings.SplitSeq(text, "\n") {
			r := t.d.run(c.AddEmptyPara(), line, 8)
			if bold {
				r.Bold(true).Color("FFFFFF")
			}
		}
	}
}

// last are the properties of the row that was added last.
func (t *docxTable) last() *ctypes.RowProperty {
	rows := t.t.GetCT().RowContents
	row := rows[len(rows)-1].Row
	if row.Property == nil {
		row.Property = &ctypes.RowProperty{}
	}
	return row.Property
}

func (t *docxTable) add(cells ...string) { t.row("", false, cells...) }

func (d *document) cover() {
	run := d.r.Run
	_, err := d.doc.AddHeading(d.title(), 0)
	d.note(err)
	lines := []string{levelNames[run.Level].In(d.lang) + " · GB/T 22239-2019"}
	if run.System != nil {
		lines = append([]string{strings.TrimSpace(run.System.Name + " " + run.System.grades())}, lines...)
	}
	lines = append(lines, d.say("Cloud accounts: ", "云账号：")+strings.Join(run.Accounts, "、"), d.say("Scanned: ", "扫描时间：")+beijing(run.Started), "mlpscan "+d.r.Tool.Version)
	for _, line := range lines {
		d.run(d.doc.AddParagraph(""), line, 14)
	}
	d.text(d.say("This document rests on the cloud configuration that was read and on the answers in the worksheet. It is no assessment report and no certification.",
		"本报告依据已读取的云上配置及人工核查结果编制，不等同于等级测评报告或测评结论。"))
	d.doc.AddPageBreak()
	d.run(d.doc.AddParagraph(""), d.say("Contents", "目录"), 16).Bold(true)
	d.doc.AddParagraph(contentsMark)
	d.doc.AddPageBreak()
}

func (d *document) scope() {
	run := d.r.Run
	d.heading(1, "Scope", "一、范围")
	if s := run.System; s != nil {
		d.text(d.say("Grading object: ", "定级对象：") + s.Name + " " + s.grades())
		if s.S != s.A && s.grades() != "" {
			d.text(gradeNote.In(d.lang))
		}
	}
	d.text(d.say("Regions: ", "地域：") + strings.Join(run.Regions, d.say(", ", "、")))
	d.text(d.say("Products: ", "云产品：") + strings.Join(d.r.Services(), d.say(", ", "、")))
	d.heading(1, "Method", "二、方法")
	d.text(d.say("Each requirement is judged from the answers of Alibaba Cloud's own APIs, which are kept as evidence with their request ids. A requirement is met only where the configuration decides it and nothing needed was unreadable. What could not be read is named in the annex, and is never counted as met. What the API does not tell is left to a person.",
		"各要求项依据阿里云 API 的原始返回结果判定，原始结果连同请求编号作为证据留存。仅当云上配置足以判定且所需数据全部读取成功时，才判为符合；未能读取的内容列于附录，一律不计为符合；API 无法反映的内容由人工核查。"))
	d.text(unitNote.In(d.lang))
}

func (d *document) summary() {
	d.heading(1, "Summary by layer", "三、总体情况")
	d.text(d.r.Estimate.Line(d.lang))
	d.text(d.r.Estimate.Formula.In(d.lang))
	t := d.table([]uint64{2800, 850, 850, 850, 850, 850, 850, 850, 850}, d.say("Layer", "安全层面"), d.say("all", "总项数"), Met.Text().In(d.lang), Partly.Text().In(d.lang),
		NotMet.Text().In(d.lang), d.say("n/a", "不适用"), d.say("open", "待确认"), Inherited.Text().In(d.lang), d.say("ratio", "符合率"))
	for _, c := range d.layerCounts() {
		var cells []string
		for _, v := range c.values() {
			cells = append(cells, fmt.Sprint(v))
		}
		t.add(cells...)
	}
}

func (d *document) hazards() {
	d.heading(1, "High-risk candidates", "四、高风险项候选")
	d.text(d.in(d.r.hazardNote()))
	t := d.table([]uint64{1100, 1000, 2600, 2100, 2800}, d.say("Clause", "条款"), d.say("Trigger", "触发项"), d.say("Case", "判例"), d.say("What may lower it", "可降低风险的条件"), d.say("Found", "现状"))
	for _, c := range d.r.Clauses {
		if c.Candidate() {
			t.add(c.ID, strings.Join(c.triggers(), "\n"), d.cases(c), d.lowering(c), d.found(c))
		}
	}
}

func (d *document) problems() {
	d.heading(1, "Problems", "五、问题清单")
	t := d.table([]uint64{600, 900, 3400, 2900, 1800}, d.say("No.", "序号"), d.say("Severity", "严重程度"), d.say("Problem", "问题"), d.say("Object", "对象"), d.say("Clauses", "条款"))
	n := 0
	for f := range d.r.Findings() {
		if f.Status != checks.Fail {
			continue
		}
		if n++; n <= docxProblems {
			t.add(fmt.Sprint(n), f.Severity.Text().In(d.lang), f.Problem.In(d.lang), stacked(f.Resource.ID, nameOf(f.Resource), f.Region), strings.Join(f.Clauses, "\n"))
		}
	}
	if n > docxProblems {
		d.text(fmt.Sprintf(d.say("%d more problems are in the Excel file.", "另有 %d 个问题见 Excel 文件。"), n-docxProblems))
	}
}

// stacked are the words that there are, each on a line.
func stacked(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "\n")
}

func (d *document) plan() {
	d.heading(1, "Plan", "六、整改计划")
	for _, p := range []struct {
		en, zh string
		of     func(checks.Severity) bool
	}{
		{"Urgent: within a month", "紧急（高风险，1 个月内）", func(s checks.Severity) bool { return s >= checks.High }},
		{"Next: within three months", "重点（中风险，3 个月内）", func(s checks.Severity) bool { return s == checks.Medium }},
		{"Steady: within six months", "持续（低风险，6 个月内）", func(s checks.Severity) bool { return s < checks.Medium }},
	} {
		d.heading(2, p.en, p.zh)
		t := d.table([]uint64{2800, 900, 1700, 4200}, d.say("Problem", "问题项"), d.say("Resources", "资源数"), d.say("Clauses", "条款"), d.say("Measure", "整改措施"))
		for _, c := range d.r.Checks {
			if c.Fail > 0 && p.of(c.Severity) {
				t.add(c.Title.In(d.lang), fmt.Sprint(c.Fail), strings.Join(clauseIDs(c), "\n"), c.Fix.Text.In(d.lang))
			}
		}
	}
}

func (d *document) inventory() {
	d.heading(1, "Inventory", "七、资产清单")
	t := d.table([]uint64{1400, 2500, 1900, 1600, 2200}, d.say("Type", "类型"), "ID", d.say("Name", "名称"), d.say("Region", "地域"), d.say("Address", "地址"))
	n := 0
	for x := range d.r.Inventory() {
		if n++; n <= docxAssets {
			t.add(d.in(kindName(x.Type)), x.ID, x.Name, x.Region, strings.Join(x.Addresses, "\n"))
		}
	}
	if n > docxAssets {
		d.text(fmt.Sprintf(d.say("%d more assets are in the Excel file.", "另有 %d 项资产见 Excel 文件。"), n-docxAssets))
	}
}

func (d *document) annex() {
	d.heading(1, "Annex A: every requirement", "附录 A 逐条结论与证据")
	t := d.table([]uint64{1100, 2700, 1000, 2400, 2400}, d.say("Clause", "条款"), d.say("Requirement", "要求项"), d.say("Verdict", "结论"), d.say("Why", "依据"), d.say("Evidence", "证据"))
	for _, c := range d.r.Clauses {
		lines := strings.Split(d.evidence(c), "\n")
		t.add(c.ID+"\n"+c.markedUnit(), c.ControlPoint.In(d.lang)+d.say(": ", "：")+c.Requirement.In(d.lang), c.Verdict.Text().In(d.lang), c.Reason.In(d.lang), strings.Join(lines[:min(len(lines), docxEvidence)], "\n"))
	}
	d.heading(1, "Annex B: what was not read", "附录 B 未能读取的内容")
	if len(d.r.Missing) == 0 {
		d.text(d.say("Every call that was made succeeded.", "所有调用均成功。"))
	} else {
		d.missing()
	}
	d.provider()
	d.articles()
}

// articles are the laws that the requirements which fail support.
func (d *document) articles() {
	d.heading(1, "Annex D: laws", "附录 D 法律依据")
	t := d.table([]uint64{1200, 3600, 4800}, d.say("Clause", "条款"), d.say("Requirement", "要求项"), d.say("Articles that it supports", "相关法律条款"))
	for _, c := range d.r.Clauses {
		if len(c.Laws) > 0 && (c.Verdict == NotMet || c.Verdict == Partly) {
			t.add(c.ID, c.Requirement.In(d.lang), d.gap.laws(c))
		}
	}
}

func (d *document) missing() {
	b := d.table([]uint64{3000, 2600, 2000, 2000}, d.say("Call", "调用"), d.say("Where", "位置"), d.say("Error", "错误"), d.say("Permission to grant", "应授权限"))
	for _, f := range d.r.Missing[:min(len(d.r.Missing), docxAssets)] {
		b.add(f.Call(), stacked(f.Account, f.Region, f.Resource), f.Code, f.RAMAction)
	}
}

// provider lists what the cloud provider must show.
func (d *document) provider() {
	d.heading(1, "Annex C: asked of the provider", "附录 C 需云服务商提供的证明")
	t := d.table([]uint64{1200, 3600, 4800}, d.say("Clause", "条款"), d.say("Requirement", "要求项"), d.say("Proof", "证明材料"))
	for _, c := range d.r.Clauses {
		if !c.FromProvider() {
			continue
		}
		it, _ := mlps.Find(c.ID)
		t.add(c.ID, c.Requirement.In(d.lang), checks.Text(it.Question().Evidence).In(d.lang))
	}
}
