package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
)

// Text is a sentence in the two languages of every report.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// In is the sentence in one language: "zh", or English for anything else.
func (t Text) In(lang string) string { return mlps.Text(t).In(lang) }

// textf fills the same values into both sentences.
func textf(en, zh string, args ...any) Text {
	return Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}

// Severity says how much a failed check matters, from Low to Critical.
type Severity int

// The severities.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severityNames = map[Severity]Text{
	Low: {EN: "low", ZH: "低"}, Medium: {EN: "medium", ZH: "中"}, High: {EN: "high", ZH: "高"}, Critical: {EN: "critical", ZH: "严重"},
}

// String is the severity as flags and JSON spell it: "low" … "critical".
func (s Severity) String() string { return severityNames[s].EN }

// Text is the severity's name in both languages.
func (s Severity) Text() Text { return severityNames[s] }

// ParseSeverity reads what String writes.
func ParseSeverity(name string) (Severity, error) {
	for s, t := range severityNames {
		if t.EN == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("no severity %q", name)
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the severity's name.
func (s *Severity) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSeverity(string(b))
	return err
}

// Status is the verdict on one resource.
type Status string

// The four verdicts. Unknown is made by the machinery alone, never by a check.
const (
	Pass          Status = "pass"
	Fail          Status = "fail"
	Unknown       Status = "unknown"
	NotApplicable Status = "not_applicable"
)

// A Fix says how to put a failed resource right.
type Fix struct {
	Text      Text   `json:"text"`      // what to do, with the path in the console
	CLI       string `json:"cli"`       // an aliyun command; "" where there is none
	Terraform string `json:"terraform"` // the argument to set; "" where there is none
}

// A Clause is one requirement that a check touches, and how strongly.
type Clause struct {
	ID       string // "8.1.3.2-a"
	Strength mlps.Strength
}

// direct and partial name the clauses that a check decides, and supports.
func direct(ids ...string) []Clause  { return clauses(mlps.Direct, ids) }
func partial(ids ...string) []Clause { return clauses(mlps.Partial, ids) }

func clauses(s mlps.Strength, ids []string) []Clause {
	var list []Clause
	for _, id := range ids {
		list = append(list, Clause{id, s})
	}
	return list
}

// A Param is a number or list that a check compares with, which a user can change.
type Param struct {
	Name    string // "days"
	Text    Text   // what it means, with its unit
	Default any    // int or []string (ports as "22", ranges as "137-139")
}

// A Check says whether resources of one kind are in the good state that its ID names.
type Check struct {
	ID       string   // public and for ever
	Title    Text     // the good state in a sentence
	Why      Text     // what goes wrong otherwise
	Fix      Fix      // how to get there
	Severity Severity // how much a failure matters
	Service  string   // "ecs", "rds", …: what --service selects
	// Reads are the calls that the verdict may depend on, as "ecs/DescribeDisks".
	// The first is the list in which its resources are found: where that failed
	// in a region, the verdict on that region is unknown.
	Reads  []string
	Params []Param
	// Clauses are the requirements of every level that it touches; the clause
	// id tells the level (7.… level 2, 8.… level 3, 9.… level 4).
	Clauses []Clause
	Hazards []string // codes of 重大风险隐患 triggers it may point to: "A-21"
	Cases   []string // high-risk cases of the 2025 trial guide: "6.5.1.2"

	resourceType string // what it judges: "oss.bucket"; of a region's unknown too
	run          func(r *run) iter.Seq[Result]
}

// ResourceType is the type of resource it judges: "oss.bucket".
func (c *Check) ResourceType() string { return c.resourceType }

// Evidence is one field of one answer that a verdict rests on.
type Evidence struct {
	From  *cloud.Origin
	Field string // as the API names it, with its path; "" for the answer as a whole
	Value string // what was seen
}

// A Result is a check's verdict on one resource.
type Result struct {
	Check    *Check
	Resource *cloud.Resource
	Status   Status
	// Problem is what is wrong (fail), what could not be read (unknown), or why
	// the check does not apply (not applicable). nil for a pass.
	Problem  *Text
	Evidence []Evidence
	// Missing is the failed call that made the verdict unknown; nil otherwise.
	Missing *cloud.Error
}

// All is every check, in the order of the catalogue.
var All = catalogue()

// Digest is a sum over the ids, clauses and parameters of a list of checks: two
// scans with the same digest were asked the same questions.
func Digest(list []*Check) string {
	h := sha256.New()
	for _, c := range list {
		fmt.Fprintln(h, c.ID, c.Severity, c.Clauses, c.Reads)
		for _, p := range c.Params {
			fmt.Fprintln(h, p.Name, p.Default)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
