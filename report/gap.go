package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
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
	g.claims()
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
		name := g.in(c.Layer.text())
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
