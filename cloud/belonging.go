package cloud

import (
	"iter"
	"slices"
	"strings"
)

// A belonging is a resource that belongs to another of its region and lies in that one's
// VPC: a disk to the instance it is attached to, a snapshot to its disk, a public
// address to what has it. The API names the VPC of few of them.
type belonging struct {
	x  *Resource
	of string // the other's id
}

// partOf notes that x belongs to another resource; "" for none.
func (l *lean) partOf(x *Resource, of string) {
	if of != "" {
		l.parts = append(l.parts, belonging{x, of})
	}
}

// keepParts moves what a list told of them to the account.
func (l *lean) keepParts(a *Account) {
	a.parts, l.parts = append(a.parts, l.parts...), nil
}

// placeParts gives each part the VPC of what it belongs to. It goes region by
// region, since the table of a large account's resources is large itself. Where the
// list that would hold the other was not read, the part's VPC is not known.
func (a *Account) placeParts(wanted func(call string) bool) {
	slices.SortFunc(a.parts, func(p, q belonging) int { return strings.Compare(p.x.Region, q.x.Region) })
	for parts := range chunksBy(a.parts, func(p belonging) string { return p.x.Region }) {
		region := parts[0].x.Region
		owners, hidden := a.ownersOf(region, parts), a.hidesOwners(region, wanted)
		for range 2 { // a snapshot's disk may come after it
			for _, p := range parts {
				if p.x.VPCID == "" {
					p.place(owners[p.of], hidden)
				}
			}
		}
	}
	a.parts = nil
}

// place puts a part where its owner lies; hidden says that owners may be unread.
func (p belonging) place(owner *Resource, hidden bool) {
	if owner == nil {
		p.x.VPCUnread = hidden
		return
	}
	p.x.VPCID, p.x.VPCUnread = owner.VPCID, owner.VPCUnread
}

// ownerCalls are the lists of what others belong to.
var ownerCalls = []string{callInstances, callInterfaces, callDisks, callNATGateways, callSLB, callALB, callNLB}

// hidesOwners reports whether a list of them was not read to its end in a region.
func (a *Account) hidesOwners(region string, wanted func(call string) bool) bool {
	return slices.ContainsFunc(ownerCalls, func(call string) bool {
		return !wanted(call) || slices.ContainsFunc(a.Missing, func(e *Error) bool { return (e.Region == region || e.Region == "") && Hides(e, call) })
	})
}

// chunksBy cuts a sorted list where the key changes.
func chunksBy[T any](list []T, key func(T) string) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := slices.IndexFunc(list, func(x T) bool { return key(x) != key(list[0]) })
			if n < 0 {
				n = len(list)
			}
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// ownersOf are the resources of a region that others belong to, by id, the parts that
// have parts of their own among them.
func (a *Account) ownersOf(region string, parts []belonging) map[string]*Resource {
	owners := map[string]*Resource{}
	note := func(x *Resource) {
		if x.Region == region {
			owners[x.ID] = x
		}
	}
	for _, p := range parts {
		note(p.x)
	}
	for _, x := range a.ECS.Instances {
		note(x.Ref())
	}
	for _, x := range a.ECS.NetworkInterfaces {
		if x.InstanceID == "" || len(x.PublicIPAddress) > 0 { // the others are found by their instances
			note(x.Ref())
		}
	}
	for _, x := range a.VPC.NATGateways {
		note(x.Ref())
	}
	for _, x := range a.Balancers.LoadBalancers {
		note(x.Ref())
	}
	return owners
}
