package report

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
)

// A System is one grading object (定级对象): what MLPS assesses. It has a report
// of its own, at its own level, about its own resources.
type System struct {
	Name  string `json:"name"`
	Level int    `json:"level"`
	// S and A are the grades of business information and of system service; 0 where not given.
	S int `json:"s,omitempty"`
	A int `json:"a,omitempty"`
	// Template is the edition of the report template: "2025" or "2021".
	Template string `json:"template"`
	// Select chooses its resources, and Exclude takes some of them out again.
	Select  Selection `json:"select"`
	Exclude Selection `json:"exclude"`
}

// A Selection is a choice of resources. Each criterion that is given must hold;
// within one, any of its values.
type Selection struct {
	Accounts       []string            `json:"accounts,omitempty"`
	Regions        []string            `json:"regions,omitempty"`
	ResourceGroups []string            `json:"resource_groups,omitempty"`
	Tags           map[string][]string `json:"tags,omitempty"`
	VPCs           []string            `json:"vpcs,omitempty"` // a resource lies in one, or is one
	IDs            []string            `json:"ids,omitempty"`
}

func (s Selection) empty() bool {
	return len(s.Accounts)+len(s.Regions)+len(s.ResourceGroups)+len(s.Tags)+len(s.VPCs)+len(s.IDs) == 0
}

// takes reports whether a resource is chosen. unread is the answer where its
// tags, its resource group or its VPC decide and could not be read.
func (s Selection) takes(account string, x *cloud.Resource, unread bool) bool {
	among := func(list []string, values ...string) bool {
		return len(list) == 0 || slices.ContainsFunc(values, func(v string) bool { return v != "" && slices.Contains(list, v) })
	}
	if s.empty() || !among(s.Accounts, account) || !among(s.Regions, x.Region) || !among(s.IDs, x.ID) ||
		!x.VPCUnread && !among(s.VPCs, x.VPCID, x.ID) || !x.GroupUnread && !among(s.ResourceGroups, x.ResourceGroupID) {
		return false
	}
	for key, values := range s.Tags {
		if v, ok := x.Tags[key]; !x.TagsUnread && (!ok || !slices.Contains(values, v)) {
			return false
		}
	}
	return unread || !s.unsure(x)
}

// unsure reports whether what decides of a resource was not read.
func (s Selection) unsure(x *cloud.Resource) bool {
	return len(s.Tags) > 0 && x.TagsUnread || len(s.ResourceGroups) > 0 && x.GroupUnread || len(s.VPCs) > 0 && x.VPCUnread
}

// claims reports whether a resource belongs to the system. One whose tags, group or
// VPC were not read may: it is taken in, so that nothing goes unassessed.
func (s *System) claims(account string, x *cloud.Resource) bool {
	return s.Select.takes(account, x, true) && !s.Exclude.takes(account, x, false)
}

// Of is the system's part of an account. What concerns an account as a whole
// (its trails, its users, its settings) counts for every system that has a part in
// it; so does a list that was not read, since it may hold some of the system.
func (s *System) Of(acc *cloud.Account) func(*cloud.Resource) bool {
	part := s.partOf(acc)
	return func(x *cloud.Resource) bool {
		switch {
		case x.ID == acc.ID || accountWide(x):
			return part
		case x.From == nil && x.ID == x.Region: // a list of that region that was not read
			return part && (len(s.Select.Regions) == 0 || slices.Contains(s.Select.Regions, x.Region))
		}
		return s.claims(acc.ID, x)
	}
}

// partOf reports whether the system has anything in an account. Of an account of
// which something was not read it must be assumed, unless other accounts are named.
func (s *System) partOf(acc *cloud.Account) bool {
	if len(s.Select.Accounts) > 0 {
		return slices.Contains(s.Select.Accounts, acc.ID)
	}
	all := acc.Resources()
	return len(all) == 0 || len(acc.Missing) > 0 || slices.ContainsFunc(all, func(x *cloud.Resource) bool { return s.claims(acc.ID, x) })
}

// accountWide reports whether a resource serves the account as a whole, whatever
// its tags say.
func accountWide(x *cloud.Resource) bool {
	return strings.HasPrefix(x.Type, "ram.") || strings.HasPrefix(x.Type, "actiontrail.")
}

// Claims say how the systems share out the resources.
type Claims struct {
	Unclaimed int       `json:"unclaimed"` // resources of no system
	Shared    int       `json:"shared"`    // resources of several
	Unsure    int       `json:"unsure"`    // resources whose tags, group or VPC decide and were not read
	Examples  []Claimed `json:"examples"`  // which ones: all of them, up to maxClaimed
}

// A Claimed resource is one that no system, or more than one, or perhaps one claims.
type Claimed struct {
	Account string   `json:"account"`
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Region  string   `json:"region"`
	Systems []string `json:"systems"` // that claim it
	Unsure  bool     `json:"unsure,omitempty"`
}

// maxClaimed bounds the examples of Claims: who has more has not begun to tag.
const maxClaimed = 10_000

// add counts an account's resources.
func (c *Claims) add(systems []*System, acc *cloud.Account) {
	for _, x := range acc.Resources() {
		if accountWide(x) {
			continue
		}
		names := []string{}
		for _, s := range systems {
			if s.claims(acc.ID, x) {
				names = append(names, s.Name)
			}
		}
		unsure := slices.ContainsFunc(systems, func(s *System) bool { return s.Select.unsure(x) || s.Exclude.unsure(x) })
		switch {
		case unsure:
			c.Unsure++
		case len(names) == 0:
			c.Unclaimed++
		case len(names) > 1:
			c.Shared++
		default:
			continue
		}
		c.Examples = append(c.Examples, Claimed{acc.ID, x.Type, clean(x.ID), clean(x.Name), x.Region, names, unsure})
	}
	slices.SortStableFunc(c.Examples, func(x, y Claimed) int { return strings.Compare(x.Account, y.Account) })
	c.Examples = c.Examples[:min(len(c.Examples), maxClaimed)]
}

// gradeNote is what a reader must know where the two grades differ.
var gradeNote = checks.Text{EN: "S and A differ: appendix A of GB/T 22239-2019 takes some requirements of each kind from the lower level. This report lists all requirements of the level; strike out those that do not apply.",
	ZH: "S 与 A 等级不同：按 GB/T 22239-2019 附录 A，部分要求项按较低等级执行。本报告列出该等级的全部要求项，请自行剔除不适用的要求项。"}

// grades is "S3A2", or "" where they are not given.
func (s *System) grades() string {
	if s.S == 0 || s.A == 0 {
		return ""
	}
	return "S" + string(rune('0'+s.S)) + "A" + string(rune('0'+s.A))
}
