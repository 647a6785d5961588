package checks

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// An entrance is a public address of an instance, and the groups that guard it.
type entrance struct {
	address string
	v6      bool
	region  string // of an IPv6 address, whose bandwidth is told elsewhere
	groups  []cloud.Fact[*cloud.SecurityGroup]
	from    *cloud.Origin
}

// instanceAdminPorts judges whether the internet reaches an administration port:
// through a public address, and the merged rules of the groups on its interface.
func instanceAdminPorts(s *see, i *cloud.Instance) verdict {
	asked := questions(s, adminProtocols)
	var own []entrance
	for _, ip := range slices.Concat(i.PublicIPAddress, nonEmpty(i.EipAddress)) {
		own = append(own, entrance{address: ip, groups: i.Groups, from: i.From})
	}
	if why := i.Interfaces.Why(); why != nil {
		// What the instance itself says may prove the exposure alone.
		if v := reached(s, own, asked, false); v.status == Fail {
			return v
		}
		s.lack(why)
	}
	all := own
	for _, n := range need(s, i.Interfaces) {
		for _, ip := range n.PublicIPAddress {
			all = append(all, entrance{address: ip, groups: n.Groups, from: n.From})
		}
		for _, ip := range n.IPv6 {
			all = append(all, entrance{address: ip, v6: true, groups: n.Groups, from: n.From, region: n.Region})
		}
	}
	if len(all) == 0 {
		s.saw(i.From, "PublicIpAddress, EipAddress", "")
		return pass()
	}
	return reached(s, all, asked, true)
}

// reached asks each entrance. Where complete is false, only a failure is meant.
func reached(s *see, all []entrance, asked []question, complete bool) verdict {
	var hidden doubt
	for _, e := range all {
		g := s.run.guard(e, asked)
		list, missing, open, why := g.list, g.missing, g.open, g.why
		if e.v6 && (len(open) > 0 || missing != nil || why.any()) {
			internet, unread := ipv6Internet(s, e)
			if unread.any() {
				hidden = unread
			}
			if !internet {
				continue
			}
		}
		// A group that was not read might hold a Drop that closes the port, so that only
		// complete groups prove an exposure.
		if len(open) > 0 && missing == nil {
			s.saw(e.from, "public address", e.address)
			sawOpening(s, list)
			return fail("the internet reaches %s on %s", "互联网可访问 %[2]s 的 %[1]s", strings.Join(open, ", "), e.address)
		}
		switch {
		case missing != nil:
			hidden = doubt{missing: missing}
		case why.any():
			hidden = why
		}
	}
	if complete && hidden.any() {
		hidden.stop(s)
	}
	return pass()
}

// ipv6Internet tells whether an IPv6 address has internet bandwidth. Where it
// has none, no rule opens it to anybody outside.
func ipv6Internet(s *see, e entrance) (bool, doubt) {
	f := s.run.account.IPv6(e.region, e.address)
	if why := f.Why(); why != nil {
		return false, doubt{missing: why}
	}
	switch x := f.Value; {
	case x.NetworkType == "Public" || x.Bandwidth > 0:
		s.saw(x.From, "NetworkType", x.NetworkType)
		return true, doubt{}
	case x.NetworkType == "Private":
		s.saw(x.From, "NetworkType", x.NetworkType)
		return false, doubt{}
	default:
		return false, doubt{from: x.From, field: "NetworkType", value: x.NetworkType}
	}
}

// A guardKey names the groups on an interface, by the list that all interfaces with
// the same groups share, and the address family in question.
type guardKey struct {
	groups *cloud.Fact[*cloud.SecurityGroup]
	v6     bool
}

// guarded is what the groups on an interface let in.
type guarded struct {
	list    []filter
	missing *cloud.Error
	open    []string
	why     doubt
}

// guard works out what the groups of an entrance let in, once for all that share them.
func (r *run) guard(e entrance, asked []question) guarded {
	key := guardKey{v6: e.v6}
	if len(e.groups) > 0 {
		key.groups = &e.groups[0]
	}
	g, ok := r.guarded[key]
	if ok {
		return g
	}
	g.list, g.missing = guards(e)
	g.open, g.why = openPorts(g.list, asked, func(f families) bool { return f.v4 && !e.v6 || f.v6 && e.v6 })
	if r.guarded == nil {
		r.guarded = map[guardKey]guarded{}
	}
	r.guarded[key] = g
	return g
}

// guards are the merged rules of all groups on an interface, and the failure that
// hides some of them.
func guards(e entrance) (list []filter, missing *cloud.Error) {
	var groups []*cloud.SecurityGroup
	var rules [][]cloud.Rule
	for _, g := range e.groups {
		if why := g.Why(); why != nil {
			missing = why
			continue
		}
		if why := g.Value.Rules.Why(); why != nil {
			missing = why
			continue
		}
		groups, rules = append(groups, g.Value), append(rules, g.Value.Rules.Value)
	}
	if len(e.groups) == 0 && missing == nil {
		missing = &cloud.Error{Service: "ecs", Action: "DescribeInstances", Code: cloud.CodeBroken, Message: "an interface without a security group"}
	}
	return ingress(groups, rules), missing
}
