package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
)

// A Finding is one check's verdict on one resource.
type Finding struct {
	ID       string          `json:"id"` // the same in every scan: of check, account, region and resource
	Check    string          `json:"check"`
	Status   checks.Status   `json:"status"`
	Severity checks.Severity `json:"severity"`
	Account  string          `json:"account"`
	Region   string          `json:"region"`
	Resource Subject         `json:"resource"`
	Problem  *checks.Text    `json:"problem,omitempty"` // none for a pass
	Evidence []Evidence      `json:"evidence"`
	Clauses  []string        `json:"clauses"` // of the report's level
	Hazards  []string        `json:"hazards,omitempty"`
}

// A Subject is the resource that a finding is about.
type Subject struct {
	Type string            `json:"type"`
	ID   string            `json:"id"`
	Name string            `json:"name"`
	ARN  string            `json:"arn"`
	Tags map[string]string `json:"tags,omitempty"`
}

// Evidence is a field of an answer that a verdict rests on.
type Evidence struct {
	Call      string    `json:"call"`
	Field     string    `json:"field"`
	Value     string    `json:"value"`
	RequestID string    `json:"request_id"`
	Time      time.Time `json:"time,omitzero"`
	Entry     string    `json:"entry,omitempty"` // the answer's name in the archive
}

// A Resource is a line of the inventory.
type Resource struct {
	Type          string            `json:"type"`
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	Region        string            `json:"region"`
	Account       string            `json:"account"`
	Zone          string            `json:"zone,omitempty"`
	ResourceGroup string            `json:"resource_group,omitempty"`
	VPC           string            `json:"vpc,omitempty"`
	Addresses     []string          `json:"addresses,omitempty"` // IP addresses and host names, public ones first
	Internet      bool              `json:"internet,omitempty"`  // one of them is on the internet
	ARN           string            `json:"arn,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
}

// A Param is a number or list that a check compared with.
type Param struct {
	Name  string          `json:"name"`
	Text  checks.Text     `json:"text"`
	Value json.RawMessage `json:"value"`
}

// Findings are all verdicts, account by account, by falling severity, then check,
// then in the account's order of resources. Ranging over them judges anew; see the
// package comment, and Err.
func (r *Report) Findings() iter.Seq[Finding] { return r.findings }

// Inventory are all resources, account by account, sorted by type, region and id.
func (r *Report) Inventory() iter.Seq[Resource] { return r.inventory }

// findings makes findings of results.
func findings(account string, level int, results iter.Seq[checks.Result]) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		clauses := map[string][]string{}
		for res := range results {
			ids, ok := clauses[res.Check.ID]
			if !ok {
				ids = clausesOf(res.Check, level)
				clauses[res.Check.ID] = ids
			}
			if !yield(newFinding(account, ids, res)) {
				return
			}
		}
	}
}

// clausesOf are the clauses of a level that a check touches, in its own order.
func clausesOf(c *checks.Check, level int) []string {
	ids := []string{}
	for _, cl := range c.Clauses {
		if it, ok := mlps.Find(cl.ID); ok && it.Level == level {
			ids = append(ids, cl.ID)
		}
	}
	return ids
}

func newFinding(account string, clauses []string, res checks.Result) Finding {
	ref := res.Resource
	f := Finding{ID: findingID(account, res), Check: res.Check.ID, Status: res.Status, Severity: res.Check.Severity,
		Account: account, Region: ref.Region, Clauses: clauses, Hazards: res.Check.Hazards, Evidence: newEvidence(res.Evidence),
		Resource: Subject{Type: ref.Type, ID: clean(ref.ID), Name: clean(ref.Name), ARN: clean(ref.ARN()), Tags: cleanTags(ref.Tags)}}
	if res.Problem != nil {
		f.Problem = &checks.Text{EN: clean(res.Problem.EN), ZH: clean(res.Problem.ZH)}
	}
	return f
}

// findingID names a finding in every scan alike, so that two scans can be
// compared and an exception can name it. What stands for a whole list that was
// not read bears the call's name too, since several lists may be missing at one place.
func findingID(account string, res checks.Result) string {
	ref := res.Resource
	parts := []string{res.Check.ID, account, ref.Region, ref.Type + "/" + ref.ID}
	wholeList := ref.From == nil && ref.Name != ref.ID && (ref.ID == ref.Region || ref.ID == account)
	if wholeList && res.Missing != nil {
		parts = append(parts, res.Missing.Call())
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:8])
}

func newEvidence(list []checks.Evidence) []Evidence {
	all := make([]Evidence, 0, len(list))
	for _, e := range list {
		x := Evidence{Field: clean(e.Field), Value: clean(e.Value)}
		if e.From != nil {
			x.Call, x.RequestID, x.Time, x.Entry = e.From.Call, clean(e.From.RequestID), e.From.Time.UTC(), e.From.Entry
		}
		all = append(all, x)
	}
	return all
}

func newParams(c *checks.Check, values map[string]any) []Param {
	var all []Param
	for _, p := range c.Params {
		v, ok := values[p.Name]
		if !ok {
			v = p.Default
		}
		raw, err := json.Marshal(v)
		if err != nil {
			panic("check " + c.ID + ": parameter " + p.Name + ": " + err.Error()) // a type no JSON can hold: an error of ours
		}
		all = append(all, Param{p.Name, p.Text, raw})
	}
	return all
}

func inventory(acc *cloud.Account, system *System) iter.Seq[Resource] {
	return func(yield func(Resource) bool) {
		for _, x := range acc.Resources() {
			if system != nil && !system.claims(acc.ID, x) {
				continue
			}
			at := acc.Reach(x)
			r := Resource{Type: x.Type, ID: clean(x.ID), Name: clean(x.Name), Region: x.Region, Account: acc.ID, Zone: x.Zone,
				ResourceGroup: x.ResourceGroupID, VPC: x.VPCID, ARN: clean(x.ARN()),
				Addresses: cleanList(at.Addresses), Internet: at.Internet, Tags: cleanTags(x.Tags)}
			if !yield(r) {
				return
			}
		}
	}
}

// clean makes a string valid UTF-8: what is not would come back from JSON as
// another string, and a report loaded again would differ.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func cleanList(list []string) []string {
	for i, s := range list {
		list[i] = clean(s)
	}
	return list
}

func cleanTags(tags map[string]string) map[string]string {
	for k, v := range tags {
		if clean(k) != k || clean(v) != v {
			return cleanedTags(tags)
		}
	}
	return tags
}

func cleanedTags(tags map[string]string) map[string]string {
	m := make(map[string]string, len(tags))
	for k, v := range tags {
		m[clean(k)] = clean(v)
	}
	return m
}
