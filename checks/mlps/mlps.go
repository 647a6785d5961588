// Package mlps is the standard: every requirement of China's Multi-Level
// Protection Scheme 2.0 (网络安全等级保护, 等保2.0) at levels 2, 3 and 4, the
// general ones and those of the extension for cloud computing.
//
// GB/T 22239-2019 orders its requirements in ten layers (安全层面), from the
// machine room to daily operation; each layer holds control points (控制点), and
// each control point one or more items (要求项). An assessor answers every item
// of the system's level: there are 164 at level 2, 257 at level 3 and 277 at
// level 4. An [Item] is one of them, and [Level] returns them in the standard's
// order.
//
// # Numbers
//
// The id of an item is the number of its clause and its letter, as "8.1.4.8-b":
// 8 is level 3 (7 level 2, 9 level 4), 1 the general part (2 the cloud
// extension), 4 the layer, 8 the control point. Where a control point has but one
// item the standard gives it no letter: "8.1.4.5". Letters differ between levels,
// so that an id is never carried over from one level to another.
//
// GB/T 28448-2019 gives each item an evaluation unit (测评单元), as "L3-CES1-28".
// For the technical layers of level 3 public sources agree with our numbers
// ([CrossChecked]); the others follow from the standard's rule and were compared
// with nothing ([Computed]): whoever prints a unit prints which of the two it
// is. L3-CES1-16 does not exist, which is no error of ours.
//
// # Whose duty, and who can tell
//
// [Item.Responsibility] says whose duty an item is in a public cloud: the
// tenant's, the provider's, or both. [Item.Class] says how it can be assessed: a
// class of [API] means that the configuration which the cloud's API returns
// decides the tenant's part, [APIPart] that it supports it; the other classes
// need a look into the guest ([Host]), the provider's own certificate and report
// ([Provider]), or documents and interviews ([Document]). Class and
// responsibility are this project's judgement, not the standard's.
//
// # Where the list is
//
// The items stand in clauses.txt, one a line, for an auditor to read and to
// compare with a licensed copy. The wording of each is our own short paraphrase;
// the standard's sentences are not copied. Which check touches which item is not
// known here: the checks say so themselves.
//
// # What hangs on it
//
// Three more texts of the same kind hang on the ids: hazards.txt, the cases that an
// assessor may call high risk ([HazardsOf]); laws.txt, the articles of law that an
// item supports ([LawsOf]); questions.txt, what a person must still answer and
// show ([Item.Question]). Where a fact in them was not read in its own text, a
// [Confidence] says how well it is known, for a report to print.
package mlps

import (
	_ "embed"
	"slices"
	"sync"
)

// Text is a sentence in the two languages of every report.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// In is the sentence in one language: "zh", or English for anything else.
func (t Text) In(lang string) string {
	if lang == "zh" {
		return t.ZH
	}
	return t.EN
}

// An Item is one requirement (要求项) at one level.
type Item struct {
	ID             string // "8.1.4.8-b"; "8.1.4.5" where the standard has no letter
	Level          int    // 2, 3 or 4
	Scope          Scope
	Layer          Layer
	ControlPoint   ControlPoint
	Unit           string // evaluation unit of GB/T 28448-2019: "L3-CES1-28"
	UnitSource     UnitSource
	Requirement    Text // our paraphrase
	Class          Class
	Responsibility Responsibility
	Hint           string // where in the cloud to look; "" where nothing is to be said
}

// A Layer is one of the ten parts (安全层面) of the standard.
type Layer struct {
	Code string // "CES"
	Name Text   // "Secure computing environment", "安全计算环境"
}

// A ControlPoint (控制点) is a group of items under one clause number.
type ControlPoint struct {
	ID   string // "8.1.4.8"
	Name Text   // "Data confidentiality", "数据保密性"
}

// Scope says which part of the standard an item belongs to.
type Scope string

// The parts that concern a tenant of a public cloud.
const (
	General Scope = "general" // 安全通用要求
	Cloud   Scope = "cloud"   // 云计算安全扩展要求
)

// UnitSource says how well the number of an evaluation unit is known.
type UnitSource string

// How well a unit's number is known.
const (
	CrossChecked UnitSource = "cross-checked" // independent public sources have the same number
	Computed     UnitSource = "computed"      // by the standard's rule alone
)

// A Class says how an item can be assessed.
type Class string

// The classes.
const (
	API          Class = "API"  // the configuration read from the API decides the tenant's part
	APIPart      Class = "API~" // it tells a part; a person must tell the rest
	Host         Class = "HOST" // it takes a look into the guest or the application
	Provider     Class = "CSP"  // the cloud provider's: its certificate and assessment report are the evidence
	ProviderPart Class = "CSP~" // mainly the provider's, with a part of the tenant's
	Document     Class = "DOC"  // documents and interviews
	DocumentPart Class = "DOC~" // documents, supported by what a scan finds
)

// Responsibility says whose duty an item is.
type Responsibility string

// The responsibilities.
const (
	TenantDuty   Responsibility = "T"
	ProviderDuty Responsibility = "P"
	SharedDuty   Responsibility = "B"
)

//go:embed clauses.txt
var clauses string

// items is the list as the file has it: levels in turn, each in the standard's
// order. A file that does not parse cannot be shipped: a test reads it.
var items = sync.OnceValue(func() []Item {
	list, err := parse(clauses)
	if err != nil {
		panic("mlps: " + err.Error())
	}
	return list
})

// Levels are the levels that the list holds.
func Levels() []int { return []int{2, 3, 4} }

// Level returns every item of a level in the standard's order, the general ones
// first; none for a level that is not in [Levels].
func Level(n int) []Item {
	var list []Item
	for _, it := range items() {
		if it.Level == n {
			list = append(list, it)
		}
	}
	return list
}

// Find returns the item with an id, of whatever level.
func Find(id string) (Item, bool) {
	all := items()
	if i := slices.IndexFunc(all, func(it Item) bool { return it.ID == id }); i >= 0 {
		return all[i], true
	}
	return Item{}, false
}
