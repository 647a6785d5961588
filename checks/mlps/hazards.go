package mlps

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// An Edition is the template that a report of assessment follows; each has its
// own guide to high-risk cases.
type Edition string

// The editions.
const (
	// Template2025 asks for the share of requirements met and the major risk
	// hazards (重大风险隐患); high risk is judged by the trial guide of 2025
	// (公网安〔2025〕2391号).
	Template2025 Edition = "2025"
	// Template2021 has scores and four grades (优良中差); high risk is judged by
	// T/ISEAA 001-2020.
	Template2021 Edition = "2021"
)

// Editions are the editions that have a guide here, the newer first.
func Editions() []Edition { return []Edition{Template2025, Template2021} }

// A Lowering says whether measures elsewhere may lower a high risk.
type Lowering string

// The lowerings.
const (
	LoweredIf    Lowering = "condition" // where the hazard's condition holds
	NotLowered   Lowering = "never"     // it cannot be lowered
	LoweringOpen Lowering = "unknown"   // our source does not tell
)

// A Confidence says how well a fact is known which we have not from its text.
type Confidence string

// The confidences, the best first.
const (
	// Seen: a public copy or a public text that quotes it says so.
	Seen Confidence = "seen"
	// Inferred: the rest was seen, and a number or a level follows from it.
	Inferred Confidence = "inferred"
	// Known: from knowledge, compared with no source.
	Known Confidence = "known"
	// KnownMedium: as Known, and less sure.
	KnownMedium Confidence = "known-medium"
)

// A Hazard is a case that an assessor may call high risk (高风险), or a trigger
// of a major risk hazard (重大风险隐患). What a scan finds is a candidate for it;
// the assessor decides.
type Hazard struct {
	Edition Edition
	// Case is the number of the case in the guide of 2025, "6.4.3.1", and "" for
	// a trigger that is no case; for 2021 a name of ours, "device-ports".
	Case string
	Code string // trigger in appendix G of the report template of 2025: "A-21"; "" where none is given
	Name Text
	// Levels are those at which it holds.
	Levels []int
	// Clauses are the requirements it is about, of every level in Levels, by our
	// own mapping; none for triggers without a clause, as "A-29".
	Clauses []string
	// Availability says that it holds only for systems that need to be highly available.
	Availability bool
	Lowering     Lowering
	Condition    Text // what lowers the risk, where Lowering is LoweredIf
	Source       Confidence
}

// String is how a report names it: "A-21 (6.4.3.1)", "6.4.2.1", "A-29", "device-ports".
func (h Hazard) String() string {
	switch {
	case h.Code == "":
		return h.Case
	case h.Case == "":
		return h.Code
	}
	return h.Code + " (" + h.Case + ")"
}

// LoweringText is what to print in the column of the lowering condition.
func (h Hazard) LoweringText() Text {
	switch h.Lowering {
	case LoweredIf:
		return h.Condition
	case NotLowered:
		return Text{EN: "cannot be lowered", ZH: "不可降低"}
	}
	return Text{EN: "not known to this tool: see the guide", ZH: "本工具未掌握，请查阅指引"}
}

//go:embed hazards.txt
var hazardsText string

var hazards = sync.OnceValue(func() []Hazard {
	list, err := parseHazards(hazardsText)
	if err != nil {
		panic("mlps: " + err.Error())
	}
	return list
})

// Hazards are the cases of every edition, in the order of their guides.
func Hazards() []Hazard { return slices.Clone(hazards()) }

// HazardsOf returns the cases of an edition that are about a clause.
func HazardsOf(clause string, edition Edition) []Hazard {
	return filterHazards(func(h Hazard) bool { return h.Edition == edition && slices.Contains(h.Clauses, clause) })
}

// HazardsNamed returns the cases of an edition with a trigger code ("A-21") or a
// case number ("6.4.3.1"), which is how a check names what it points to.
func HazardsNamed(name string, edition Edition) []Hazard {
	return filterHazards(func(h Hazard) bool {
		return h.Edition == edition && name != "" && (h.Code == name || h.Case == name)
	})
}

func filterHazards(want func(Hazard) bool) []Hazard {
	var list []Hazard
	for _, h := range hazards() {
		if want(h) {
			list = append(list, h)
		}
	}
	return list
}

// parseHazards reads the list as strictly as parse reads the clauses.
func parseHazards(text string) ([]Hazard, error) {
	var list []Hazard
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		h, err := parseHazard(line)
		if err == nil && slices.ContainsFunc(list, func(o Hazard) bool { return o.Edition == h.Edition && o.String() == h.String() }) {
			err = fmt.Errorf("%s stands in the list twice", h)
		}
		if err != nil {
			return nil, fmt.Errorf("hazards.txt line %d: %w", i+1, err)
		}
		list = append(list, h)
	}
	return list, nil
}

var (
	caseForm  = regexp.MustCompile(`^([67]\.[0-9]+\.[0-9]\.[0-9]|[a-z]+(-[a-z]+)*)$`)
	codeForm  = regexp.MustCompile(`^A-[0-9]{2}$`)
	levelForm = regexp.MustCompile(`^([234])-([234])$`)
)

func parseHazard(line string) (Hazard, error) {
	f := strings.Split(line, "|")
	if len(f) != 6 {
		return Hazard{}, fmt.Errorf("want 6 parts between bars, have %d", len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	head := strings.Fields(f[0])
	if len(head) != 7 {
		return Hazard{}, fmt.Errorf("want edition, case, code, levels, system, lowering and source, have %q", f[0])
	}
	dash := func(s string) string { return strings.TrimPrefix(s, "-") }
	h := Hazard{Edition: Edition(head[0]), Case: dash(head[1]), Code: dash(head[2]), Availability: head[4] == "availability",
		Lowering: Lowering(head[5]), Source: Confidence(head[6]), Clauses: strings.Fields(f[1]),
		Name: Text{ZH: f[2], EN: f[3]}, Condition: Text{ZH: f[4], EN: f[5]}}
	m := levelForm.FindStringSubmatch(head[3])
	if m == nil || m[1] > m[2] {
		return h, fmt.Errorf("no levels %q", head[3])
	}
	lo, _ := strconv.Atoi(m[1])
	hi, _ := strconv.Atoi(m[2])
	for n := lo; n <= hi; n++ {
		h.Levels = append(h.Levels, n)
	}
	if !h.Availability && head[4] != "any" {
		return h, fmt.Errorf("no system %q", head[4])
	}
	return h, h.check()
}

// check holds a case to the words and numbers that the list may have.
func (h Hazard) check() error {
	switch {
	case !slices.Contains(Editions(), h.Edition):
		return fmt.Errorf("no edition %q", h.Edition)
	case h.Case == "" && h.Code == "":
		return fmt.Errorf("neither case nor code")
	case h.Case != "" && !caseForm.MatchString(h.Case):
		return fmt.Errorf("no case %q", h.Case)
	case h.Code != "" && !codeForm.MatchString(h.Code):
		return fmt.Errorf("no code %q", h.Code)
	case !slices.Contains([]Lowering{LoweredIf, NotLowered, LoweringOpen}, h.Lowering):
		return fmt.Errorf("no lowering %q", h.Lowering)
	case !slices.Contains([]Confidence{Seen, Inferred, Known, KnownMedium}, h.Source):
		return fmt.Errorf("no source %q", h.Source)
	case h.Name.ZH == "" || h.Name.EN == "":
		return fmt.Errorf("%s has no name in one language", h)
	case (h.Lowering == LoweredIf) != (h.Condition.ZH != "") || (h.Lowering == LoweredIf) != (h.Condition.EN != ""):
		return fmt.Errorf("%s: lowering %q does not fit its condition", h, h.Lowering)
	}
	return h.checkClauses()
}

// checkClauses demands clauses of all its levels and of no other, or none at all.
func (h Hazard) checkClauses() error {
	seen := map[int]bool{}
	for _, id := range h.Clauses {
		it, ok := Find(id)
		if !ok {
			return fmt.Errorf("%s: no clause %q", h, id)
		}
		if !slices.Contains(h.Levels, it.Level) {
			return fmt.Errorf("%s: clause %s is of no level of it", h, id)
		}
		seen[it.Level] = true
	}
	if len(seen) != 0 && len(seen) != len(h.Levels) {
		return fmt.Errorf("%s: a level has no clause", h)
	}
	return nil
}
