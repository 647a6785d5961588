package cloud

import (
	"iter"
	"slices"
	"strings"
)

// A belonging is a resource that belongs to another of its region and lies in that one's
// VPC: a disk to the instance it is attached to, a snapshot to its disk, a public
// address to what has it. The API names the VPC of none of them.
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
// region, since the table of a large account's resources is large itself.
func (a *Account) placeParts() {
	slices.SortFunc(a.parts, func(p, q belonging) int { return strings.Compare(p.x.Region, q.x.Region) })
	for parts := range chunksBy(a.parts, func(p belonging) string { return p.x.Region }) {
		vpcs := a.vpcsOf(parts[0].x.Region)
		for range 2 { // a snapshot's disk may come after it
			for _, p := range parts {
				if vpc := vpcs[p.of]; vpc != "" && p.x.VPCID == "" {
					p.x.VPCID, vpcs[p.x.ID] = vpc, vpc
				}
			}
		}
	}
	a.parts = nil
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

// vpcsOf are the VPCs of the resources in a region that others belong to, by id.
func (a *Account) vpcsOf(region string) map[string]string {
	vpcs := map[string]string{}
	note := func(x *Resource) {
		if x.Region == region && x.VPCID != "" {
			vpcs[x.ID] = x.VPCID
		}
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
	return vpcs
}
