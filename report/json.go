package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/mlpscan/mlpscan/checks"
)

// WriteJSON writes the whole model, one finding, clause or resource a line, so
// that two reports can be compared line by line. Findings are written as they are
// judged and never held.
func WriteJSON(w io.Writer, r *Report) error {
	j := newJSONWriter(w)
	j.raw("{\n")
	j.member("schema", Schema, ",\n")
	j.member("tool", r.Tool, ",\n")
	j.member("run", r.Run, ",\n")
	list(j, "accounts", slices.Values(r.Accounts), ",\n")
	if r.Claims != nil {
		j.member("systems", r.Systems, ",\n")
		j.member("claims", r.Claims, ",\n")
	}
	j.member("summary", r.Summary, ",\n")
	j.member("estimate", r.Estimate, ",\n")
	list(j, "checks", slices.Values(r.Checks), ",\n")
	list(j, "findings", r.Findings(), ",\n")
	list(j, "clauses", slices.Values(r.Clauses), ",\n")
	list(j, "missing", slices.Values(r.Missing), ",\n")
	list(j, "not_here", slices.Values(r.NotHere), ",\n")
	list(j, "inventory", r.Inventory(), "\n")
	j.raw("}\n")
	return errors.Join(r.err, j.close())
}

// jsonWriter writes piece by piece and keeps the first error.
type jsonWriter struct {
	out *bufio.Writer
	buf bytes.Buffer // one value
	enc *json.Encoder
	err error
}

func newJSONWriter(w io.Writer) *jsonWriter {
	j := &jsonWriter{out: bufio.NewWriterSize(w, 1<<16)}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}

func (j *jsonWriter) raw(s string) {
	if j.err == nil {
		_, j.err = j.out.WriteString(s)
	}
}

func (j *jsonWriter) value(v any) {
	if j.err != nil {
		return
	}
	j.buf.Reset()
	if j.err = j.enc.Encode(v); j.err == nil {
		_, j.err = j.out.Write(bytes.TrimSuffix(j.buf.Bytes(), []byte("\n")))
	}
}

func (j *jsonWriter) member(name string, v any, end string) {
	j.raw(`"` + name + `": `)
	j.value(v)
	j.raw(end)
}

// list writes a sequence as an array, one element a line. It stops asking for
// more where the writer has failed.
func list[T any](j *jsonWriter, name string, all iter.Seq[T], end string) {
	j.raw(`"` + name + `": [`)
	sep := "\n"
	for v := range all {
		j.raw(sep)
		j.value(&v)
		sep = ",\n"
		if j.err != nil {
			return
		}
	}
	j.raw("\n]" + end)
}

func (j *jsonWriter) close() error {
	if j.err != nil {
		return j.err
	}
	return j.out.Flush()
}

// Load reads what WriteJSON wrote. The report that it returns holds its findings
// in memory, and writes the same JSON again, byte for byte.
func Load(in io.Reader) (*Report, error) {
	var m struct {
		Schema    string     `json:"schema"`
		Tool      Tool       `json:"tool"`
		Run       Run        `json:"run"`
		Accounts  []Account  `json:"accounts"`
		Systems   []*System  `json:"systems"`
		Claims    *Claims    `json:"claims"`
		Summary   Summary    `json:"summary"`
		Estimate  Estimate   `json:"estimate"`
		Checks    []Check    `json:"checks"`
		Findings  []Finding  `json:"findings"`
		Clauses   []Clause   `json:"clauses"`
		Missing   []Failure  `json:"missing"`
		NotHere   []Failure  `json:"not_here"`
		Inventory []Resource `json:"inventory"`
	}
	dec := json.NewDecoder(bufio.NewReader(in))
	err := dec.Decode(&m)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errors.New("read report: the file ends before the report does")
	}
	if m.Schema != Schema && (err == nil || m.Schema != "") {
		return nil, fmt.Errorf("read report: it is of schema %q, and this version reads %q", m.Schema, Schema)
	}
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read report: something follows after its end")
	}
	r := &Report{Tool: m.Tool, Run: m.Run, Accounts: m.Accounts, Systems: m.Systems, Claims: m.Claims, Summary: m.Summary, Estimate: m.Estimate, Checks: m.Checks, Clauses: m.Clauses,
		Missing: m.Missing, NotHere: m.NotHere, findings: slices.Values(m.Findings), inventory: slices.Values(m.Inventory)}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	return r, nil
}

// check refuses a report whose words no format knows or whose numbers do not
// add up: someone changed it, and what it would show is nobody's verdict.
func (r *Report) check() error {
	if _, ok := levelNames[r.Run.Level]; !ok {
		return fmt.Errorf("no level %d", r.Run.Level)
	}
	if r.Run.Language != "zh" && r.Run.Language != "en" {
		return fmt.Errorf("no language %q", r.Run.Language)
	}
	for _, c := range r.Clauses {
		if !slices.Contains(Verdicts, c.Verdict) {
			return fmt.Errorf("clause %s has no verdict %q", c.ID, c.Verdict)
		}
	}
	return r.checkSums()
}

// checkSums counts the findings again and compares.
func (r *Report) checkSums() error {
	counted := map[string]*Tally{}
	for _, c := range r.Checks {
		counted[c.ID] = &Tally{}
	}
	for f := range r.Findings() {
		if !slices.Contains([]checks.Status{checks.Pass, checks.Fail, checks.Unknown, checks.NotApplicable}, f.Status) {
			return fmt.Errorf("finding %s has no status %q", f.ID, f.Status)
		}
		if counted[f.Check] == nil {
			return fmt.Errorf("finding %s is of check %q, which is not listed", f.ID, f.Check)
		}
		counted[f.Check].count(f.Status)
	}
	for _, c := range r.Checks {
		if *counted[c.ID] != c.Tally {
			return fmt.Errorf("check %s tells of %d verdicts, and its findings are %d", c.ID, c.Total(), counted[c.ID].Total())
		}
	}
	sum := *r
	sum.summarize()
	for v, n := range sum.Summary.Clauses {
		if r.Summary.Clauses[v] != n {
			return fmt.Errorf("the summary counts %d clauses %s, and %d are listed", r.Summary.Clauses[v], v, n)
		}
	}
	s, t := r.Summary, sum.Summary
	if s.Pass != t.Pass || s.Fail != t.Fail || s.Unknown != t.Unknown || s.NotApplicable != t.NotApplicable {
		return errors.New("the summary counts other findings than are listed")
	}
	return nil
}
