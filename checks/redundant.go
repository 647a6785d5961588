package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
	"go4.org/netipx"
)

// redundantRule finds a rule that another one, which comes before it, covers whole:
// it never decides anything. Ingress and egress are apart, and so are the NICs
// of a classic group. A rule that names a list which was not read is compared with nothing here.
func redundantRule(g *cloud.SecurityGroup, rules []cloud.Rule) (covered, cover *cloud.Rule) {
	list := make([]*cloud.Rule, len(rules))
	for i := range rules {
		list[i] = &rules[i]
	}
	slices.SortStableFunc(list, func(x, y *cloud.Rule) int {
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), cmp.Compare(dropFirst(x), dropFirst(y)))
	})
	for i, later := range list {
		for j, earlier := range list {
			tie := earlier.Priority == later.Priority && dropFirst(earlier) == dropFirst(later)
			if i != j && (j < i || tie) && ruleCovers(g, earlier, later) {
				return later, earlier
			}
		}
	}
	return nil, nil
}

func dropFirst(r *cloud.Rule) int {
	if strings.EqualFold(r.Policy, "Drop") {
		return 0
	}
	return 1
}

// ruleCovers reports whether everything that b concerns, a concerns too.
func ruleCovers(g *cloud.SecurityGroup, a, b *cloud.Rule) bool {
	if !strings.EqualFold(a.Direction, b.Direction) || g.Classic && !strings.EqualFold(a.NicType, b.NicType) {
		return false
	}
	if !strings.EqualFold(a.IPProtocol, b.IPProtocol) && !strings.EqualFold(a.IPProtocol, "ALL") {
		return false
	}
	if !anyPort(a.SourcePortRange) && a.SourcePortRange != b.SourcePortRange {
		return false
	}
	return portsCover(a, b) &&
		sideCovers(side{a.SourceCIDR, a.SourceIPv6, a.SourcePrefixListID, a.SourceGroupID, a.SourcePrefixes},
			side{b.SourceCIDR, b.SourceIPv6, b.SourcePrefixListID, b.SourceGroupID, b.SourcePrefixes}) &&
		sideCovers(side{a.DestCIDR, a.DestIPv6, a.DestPrefixListID, a.DestGroupID, a.DestPrefixes},
			side{b.DestCIDR, b.DestIPv6, b.DestPrefixListID, b.DestGroupID, b.DestPrefixes})
}

func portsCover(a, b *cloud.Rule) bool {
	pa, oka := rulePorts(a)
	pb, okb := rulePorts(b)
	if !oka || !okb {
		return false
	}
	for _, x := range pb {
		if !slices.ContainsFunc(pa, func(y ports) bool { return y.holds(x) }) {
			return false
		}
	}
	return true
}

// rulePorts are the ports of a rule; false where they are not known. Protocols
// without ports have all of them, so that -1/-1 covers -1/-1.
func rulePorts(r *cloud.Rule) ([]ports, bool) {
	words := []string{r.PortRange}
	if r.PortRangeListID != "" {
		if !r.Ports.Known() {
			return nil, false
		}
		words = r.Ports.Value
	}
	var list []ports
	for _, w := range words {
		p, ok := parsePorts(w)
		if !ok {
			return nil, false
		}
		list = append(list, p)
	}
	return list, true
}

// A side of a rule is where traffic comes from, or where it goes.
type side struct {
	cidr, ipv6, list, group string
	prefixes                cloud.Fact[[]string]
}

// sideCovers reports whether all that b names is named by a. A side that names
// nothing sets no limit; it covers all.
func sideCovers(a, b side) bool {
	if a.cidr+a.ipv6+a.list+a.group == "" {
		return true
	}
	if a.group != "" || b.group != "" {
		return a.group == b.group
	}
	as, oka := a.set()
	bs, okb := b.set()
	if !oka || !okb {
		return false
	}
	for _, p := range bs.Prefixes() {
		if !as.ContainsPrefix(p) {
			return false
		}
	}
	return len(bs.Prefixes()) > 0
}

// set are the addresses of a side; false where they are not known.
func (p side) set() (*netipx.IPSet, bool) {
	words := nonEmpty(p.cidr, p.ipv6)
	if p.list != "" {
		if !p.prefixes.Known() {
			return nil, false
		}
		words = append(words, p.prefixes.Value...)
	}
	var b netipx.IPSetBuilder
	for _, w := range words {
		x, ok := parseSource(w)
		if !ok {
			return nil, false
		}
		b.AddPrefix(x)
	}
	set, err := b.IPSet()
	return set, err == nil
}
