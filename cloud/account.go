package cloud

import (
	"cmp"
	"slices"
	"time"
)

// An Account is what a scan learned of one Alibaba Cloud account: its
// resources in plain typed form, and everything that could not be read.
// It is complete when Missing is empty.
type Account struct {
	ID   string    // 16 digits, from sts GetCallerIdentity
	Time time.Time // when the scan began; what checks take for "now"
	// Regions are those that were read, sorted.
	Regions []string
	// Filtered: the user chose Regions, so that resources elsewhere are out of scope.
	Filtered bool

	ECS         ECS
	VPC         VPC
	RDS         RDS
	OSS         OSS
	ActionTrail ActionTrail
	RAM         RAM
	Balancers   Balancers

	// Missing are the calls that failed and left something unread, sorted.
	Missing []*Error
	// NotHere are products and regions that are not activated, sorted.
	NotHere []*Error
	// Partial: the scan was stopped before its end.
	Partial bool

	parts []belonging // until they are placed
}

// A Kin is what all resources of one list have in common. They share it: an account
// of 100,000 instances has 600,000 resources, in a few hundred lists.
type Kin struct {
	Type      string // "ecs.instance", "oss.bucket", …
	ARNPrefix string // the ARN as far as the ID: acs:<service>:<region>:<account>:<kind>/
	Region    string // "" for what belongs to no region
}

// A Resource is what every resource has, whatever its type: enough to name it,
// to list it, and to say to which system it belongs.
type Resource struct {
	*Kin
	ID              string // the id a user knows it by; see docs/archive.md
	Name            string
	Zone            string
	ResourceGroupID string
	VPCID           string
	Tags            map[string]string
	TagsUnread      bool    // they could not be read: Tags says nothing then
	GroupUnread     bool    // ResourceGroupID could not be read
	VPCUnread       bool    // what it belongs to was not read, whose VPC is its own
	From            *Origin // the list answer it was found in
}

// ARN is the name that policies know the resource by. It is put together when it
// is asked for: an account of 100,000 instances has 600,000 of them.
func (r *Resource) ARN() string { return r.ARNPrefix + r.ID }

// Ref is the resource itself; it lets types that embed Resource be handled alike.
func (r *Resource) Ref() *Resource { return r }

// A Referrer is any typed resource.
type Referrer interface{ Ref() *Resource }

// Resources lists every resource of the account, sorted by type, region and id.
func (a *Account) Resources() []*Resource {
	var all []*Resource
	for _, s := range services {
		all = s.resources(a, all)
	}
	slices.SortFunc(all, compareResources)
	return all
}

func compareResources(x, y *Resource) int {
	if x.Kin == y.Kin {
		return cmp.Compare(x.ID, y.ID)
	}
	return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Region, y.Region), cmp.Compare(x.ID, y.ID))
}

// refs appends the Resource of each typed resource to all.
func refs[R Referrer](all []*Resource, list []R) []*Resource {
	for _, r := range list {
		all = append(all, r.Ref())
	}
	return all
}

// sortResources puts a typed list in the order of region and id, whatever the
// order in which the answers arrived.
func sortResources[R Referrer](list []R) {
	slices.SortFunc(list, func(x, y R) int { return compareResources(x.Ref(), y.Ref()) })
}

// ListFailure is the failure of the call that lists resources in a region:
// nil when the list was read to its end (or the product is not here).
func (a *Account) ListFailure(call, region string) *Error {
	for _, e := range a.Missing {
		if e.Call() == call && e.Region == region && e.Resource == "" {
			return e
		}
	}
	return nil
}

func sortErrors(list []*Error) {
	slices.SortFunc(list, func(x, y *Error) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), cmp.Compare(x.Region, y.Region),
			cmp.Compare(x.Action, y.Action), cmp.Compare(x.Resource, y.Resource), cmp.Compare(x.Code, y.Code))
	})
}
