package mlps

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parse reads the list, strictly: a line that is not understood, an item outside
// its control point, a letter out of turn or a unit that does not count on is an
// error that names the line. An auditor's slip must not become a silent hole.
func parse(text string) ([]Item, error) {
	var p parser
	for i, line := range strings.Split(text, "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("clauses.txt line %d: %w", i+1, err)
		}
	}
	return p.items, p.closePoint()
}

// parser is where in the list we are: the headings above, and the items so far.
type parser struct {
	level   int
	scope   Scope
	layer   Layer
	layerID string // "8.1.4"
	point   ControlPoint
	items   []Item
}

func (p *parser) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || word == "#":
		return nil
	case word == "level":
		return p.openLevel(rest)
	case word == "layer":
		return p.openLayer(rest)
	case word == "point":
		return p.openPoint(rest)
	}
	return p.item(line)
}

// sections are the chapters of GB/T 22239 that hold each level and part.
var sections = map[string]string{"2 general": "7.1", "2 cloud": "7.2", "3 general": "8.1", "3 cloud": "8.2", "4 general": "9.1", "4 cloud": "9.2"}

func (p *parser) openLevel(rest string) error {
	section, ok := sections[rest]
	if !ok {
		return fmt.Errorf("no level and part %q", rest)
	}
	if err := p.closePoint(); err != nil {
		return err
	}
	level, scope, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(level)
	*p = parser{level: n, scope: Scope(scope), layerID: section + ".0", items: p.items}
	return nil
}

var layerCodes = []string{"PES", "CNS", "ABS", "CES", "SMC", "PSS", "ORS", "HRS", "CMS", "MMS"}

func (p *parser) openLayer(rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	if err := p.closePoint(); err != nil {
		return err
	}
	id, code, _ := strings.Cut(f[0], " ")
	if !follows(p.layerID, id) {
		return fmt.Errorf("layer %s comes after %s", id, p.layerID)
	}
	if !slices.Contains(layerCodes, code) {
		return fmt.Errorf("no layer code %q", code)
	}
	p.layerID, p.layer = id, Layer{Code: code, Name: Text{ZH: f[1], EN: f[2]}}
	p.point = ControlPoint{ID: id + ".0"}
	return nil
}

func (p *parser) openPoint(rest string) error {
	f, err := fields(rest, 3)
	if err != nil {
		return err
	}
	if err := p.closePoint(); err != nil {
		return err
	}
	if !follows(p.point.ID, f[0]) {
		return fmt.Errorf("control point %s comes after %q", f[0], p.point.ID)
	}
	p.point = ControlPoint{ID: f[0], Name: Text{ZH: f[1], EN: f[2]}}
	return nil
}

// closePoint demands that the control point which ends here had an item, and a
// single one no letter.
func (p *parser) closePoint() error {
	if p.point.Name == (Text{}) {
		return nil
	}
	switch of := p.ofPoint(); {
	case len(of) == 0:
		return fmt.Errorf("control point %s has no item", p.point.ID)
	case len(of) == 1 && strings.HasSuffix(of[0].ID, "-a"):
		return fmt.Errorf("control point %s has one item, which bears a letter", p.point.ID)
	}
	return nil
}

// ofPoint are the items of the control point that is open.
func (p *parser) ofPoint() []Item {
	for i, it := range slices.Backward(p.items) {
		if it.ControlPoint.ID != p.point.ID {
			return p.items[i+1:]
		}
	}
	return p.items
}

func (p *parser) item(line string) error {
	f, err := fields(line, 4)
	if err != nil {
		return err
	}
	head := strings.Fields(f[0])
	if len(head) != 5 {
		return fmt.Errorf("want id, unit, unit-source, class and responsibility, have %q", f[0])
	}
	it := Item{ID: head[0], Level: p.level, Scope: p.scope, Layer: p.layer, ControlPoint: p.point,
		Unit: head[1], UnitSource: UnitSource(head[2]), Class: Class(head[3]), Responsibility: Responsibility(head[4]),
		Requirement: Text{ZH: f[1], EN: f[2]}, Hint: f[3]}
	if err := cmp.Or(p.checkID(it), p.checkUnit(it), checkWords(it)); err != nil {
		return err
	}
	p.items = append(p.items, it)
	return nil
}

// checkID holds an item to its control point, and its letter to its turn.
func (p *parser) checkID(it Item) error {
	if p.point.Name == (Text{}) {
		return fmt.Errorf("item %s stands under no control point", it.ID)
	}
	before := p.ofPoint()
	want := p.point.ID + "-" + string(rune('a'+len(before)))
	if it.ID == want || (it.ID == p.point.ID && len(before) == 0) {
		if len(before) == 0 || strings.Contains(before[0].ID, "-") {
			return nil
		}
	}
	return fmt.Errorf("item %s where %s is due", it.ID, want)
}

var unitForm = regexp.MustCompile(`^L([234])-([A-Z]{3})([12])-([0-9]{2})$`)

// checkUnit holds a unit to its level, layer and part, and its number to its turn.
func (p *parser) checkUnit(it Item) error {
	m := unitForm.FindStringSubmatch(it.Unit)
	part := map[Scope]string{General: "1", Cloud: "2"}[it.Scope]
	if m == nil || m[1] != strconv.Itoa(it.Level) || m[2] != it.Layer.Code || m[3] != part {
		return fmt.Errorf("unit %q does not belong to a %s item of layer %s at level %d", it.Unit, it.Scope, it.Layer.Code, it.Level)
	}
	due := 1
	if n := len(p.items); n > 0 && p.items[n-1].Layer == it.Layer && p.items[n-1].Scope == it.Scope {
		due, _ = strconv.Atoi(p.items[n-1].Unit[len("L3-CES1-"):])
		due++
	}
	if it.Level == 3 && it.Layer.Code == "CES" && it.Scope == General && due == 16 {
		due++ // the standard itself leaves this number out
	}
	if n, _ := strconv.Atoi(m[4]); n != due {
		return fmt.Errorf("unit %s where number %02d is due", it.Unit, due)
	}
	return nil
}

func checkWords(it Item) error {
	switch {
	case it.UnitSource != CrossChecked && it.UnitSource != Computed:
		return fmt.Errorf("no unit-source %q", it.UnitSource)
	case !slices.Contains([]Class{API, APIPart, Host, Provider, ProviderPart, Document, DocumentPart}, it.Class):
		return fmt.Errorf("no class %q", it.Class)
	case !slices.Contains([]Responsibility{TenantDuty, ProviderDuty, SharedDuty}, it.Responsibility):
		return fmt.Errorf("no responsibility %q", it.Responsibility)
	}
	return nil
}

// fields cuts a line at its bars. Only the last of four, the hint, may be empty.
func fields(line string, n int) ([]string, error) {
	f := strings.Split(line, "|")
	if len(f) != n {
		return nil, fmt.Errorf("want %d parts between bars, have %d", n, len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
		if f[i] == "" && i < 3 {
			return nil, fmt.Errorf("part %d is empty", i+1)
		}
	}
	return f, nil
}

// follows reports whether a number such as "8.1.4" is the next after "8.1.3".
func follows(before, id string) bool {
	i := strings.LastIndexByte(before, '.')
	n, err := strconv.Atoi(before[i+1:])
	return err == nil && id == before[:i+1]+strconv.Itoa(n+1)
}
