package checks

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
	"go4.org/netipx"
)

// A ports is a range of ports, both ends in it.
type ports struct{ from, to int }

const maxPort = 65535

var everyPort = ports{1, maxPort}

func (p ports) holds(q ports) bool { return p.from <= q.from && q.to <= p.to }

// parsePorts reads "22/22", "-1/-1" (every port), and, from a user, "137-139" and "22".
func parsePorts(s string) (ports, bool) {
	from, to, ok := strings.Cut(s, "/")
	if !ok {
		if from, to, ok = strings.Cut(s, "-"); !ok || from == "" {
			from, to = s, s
		}
	}
	a, err1 := strconv.Atoi(strings.TrimSpace(from))
	b, err2 := strconv.Atoi(strings.TrimSpace(to))
	switch {
	case err1 != nil || err2 != nil:
		return ports{}, false
	case a == -1 && b == -1:
		return everyPort, true
	}
	return ports{a, b}, 0 <= a && a <= b && b <= maxPort
}

// A filter is one ingress rule understood: whom it concerns, on which ports.
// Where a part is not known (a list that was not read, a word we do not
// understand), why says so, and the rule is weighed both ways.
type filter struct {
	rule     *cloud.Rule
	accept   bool
	priority int
	tcp, udp bool
	ports    []ports
	sources  *netipx.IPSet
	// narrow: it concerns some destinations or source ports only, so that a Drop
	// of its kind leaves others.
	narrow bool
	// either: it may accept or drop, or not be about what comes in at all.
	either bool
	why    doubt
}

// A doubt is what keeps a rule from being understood: a failed call, or a value.
type doubt struct {
	missing      *cloud.Error
	from         *cloud.Origin
	field, value string
}

func (d doubt) any() bool { return d.missing != nil || d.field != "" }

// stop ends a judgement for the doubt.
func (d doubt) stop(s *see) {
	if d.missing != nil {
		s.lack(d.missing)
	}
	s.unclear(d.from, d.field, d.value)
}

// ingress are the rules that decide what comes in from the internet, in the order
// in which the product asks them. Rules of a classic group's intranet side never
// open the internet; a group as a source is never public by itself.
func ingress(groups []*cloud.SecurityGroup, rules [][]cloud.Rule) []filter {
	var list []filter
	for i, g := range groups {
		for j := range rules[i] {
			r := &rules[i][j]
			if strings.EqualFold(r.Direction, "egress") || g.Classic && strings.EqualFold(r.NicType, "intranet") {
				continue
			}
			if f, ok := understand(r); ok {
				list = append(list, f)
			}
		}
	}
	// Lower numbers first; at the same number Drop wins.
	slices.SortStableFunc(list, func(x, y filter) int {
		return cmp.Or(cmp.Compare(x.priority, y.priority), cmp.Compare(rank(x), rank(y)))
	})
	return list
}

func rank(f filter) int {
	if f.accept {
		return 1
	}
	return 0
}

// understand reads a rule; false for one that has no ports and so opens none.
func understand(r *cloud.Rule) (filter, bool) {
	f := filter{rule: r, priority: r.Priority, narrow: r.DestCIDR != "" || r.DestIPv6 != "" || r.DestPrefixListID != "" || !anyPort(r.SourcePortRange)}
	doubtful := func(field, value string) {
		if !f.why.any() {
			f.why = doubt{from: r.From, field: "Permissions.Permission." + field, value: value}
		}
	}
	switch strings.ToUpper(r.IPProtocol) {
	case "TCP":
		f.tcp = true
	case "UDP":
		f.udp = true
	case "ALL":
		f.tcp, f.udp = true, true
	case "ICMP", "ICMPV6", "GRE":
		return f, false
	default:
		f.tcp, f.udp = true, true
		doubtful("IpProtocol", r.IPProtocol)
	}
	switch {
	case !strings.EqualFold(r.Direction, "ingress"):
		f.accept, f.either = true, true
		doubtful("Direction", r.Direction)
	case strings.EqualFold(r.Policy, "Accept"):
		f.accept = true
	case !strings.EqualFold(r.Policy, "Drop"):
		f.accept, f.either = true, true
		doubtful("Policy", r.Policy)
	}
	f.readPorts(doubtful)
	f.readSources(doubtful)
	return f, true
}

func anyPort(s string) bool { return s == "" || s == "-1/-1" || s == "0/65535" || s == "1/65535" }

// readPorts is where the rule's ports come from: a list that it names, or itself.
func (f *filter) readPorts(doubtful func(field, value string)) {
	words := []string{f.rule.PortRange}
	if f.rule.PortRangeListID != "" {
		if e := f.rule.Ports.Why(); e != nil {
			f.why.missing, f.ports = e, []ports{everyPort}
			return
		}
		words = f.rule.Ports.Value
	}
	for _, w := range words {
		p, ok := parsePorts(w)
		if !ok {
			doubtful("PortRange", w)
			p = everyPort
		}
		f.ports = append(f.ports, p)
	}
}

// readSources is whom the rule concerns.
func (f *filter) readSources(doubtful func(field, value string)) {
	r, b := f.rule, netipx.IPSetBuilder{}
	words := nonEmpty(r.SourceCIDR, r.SourceIPv6)
	if r.SourcePrefixListID != "" {
		if e := r.SourcePrefixes.Why(); e != nil {
			f.why.missing = e
		}
		words = append(words, r.SourcePrefixes.Value...)
	}
	for _, w := range words {
		p, ok := parseSource(w)
		if !ok {
			doubtful("SourceCidrIp", w)
			continue
		}
		b.AddPrefix(p)
	}
	if len(words) == 0 && r.SourceGroupID == "" && r.SourcePrefixListID == "" {
		doubtful("SourceCidrIp", "")
	}
	f.sources, _ = b.IPSet()
}

func nonEmpty(words ...string) []string {
	return slices.DeleteFunc(words, func(s string) bool { return s == "" })
}

// A stance says how rules that are not understood are taken: an Accept that may
// concern nobody or everybody, a Drop likewise.
type stance bool

const (
	atLeast stance = false // open for certain: a doubtful Accept opens nothing, a doubtful Drop closes all
	atMost  stance = true  // perhaps open: a doubtful Accept opens all, a doubtful Drop closes nothing
)

// allAddresses is the whole address space of both families.
var allAddresses = func() *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
	b.AddPrefix(netip.MustParsePrefix("::/0"))
	set, err := b.IPSet()
	if err != nil {
		panic(err)
	}
	return set
}()

// protocol is TCP or UDP.
type protocol string

const (
	tcp protocol = "TCP"
	udp protocol = "UDP"
)

func (f filter) concerns(p protocol, port int) bool {
	return (p == tcp && f.tcp || p == udp && f.udp) &&
		slices.ContainsFunc(f.ports, func(r ports) bool { return r.from <= port && port <= r.to })
}

// accepted is the set of addresses that the rules let in on a port: each rule
// decides for the addresses that no rule before it decided for.
func accepted(list []filter, p protocol, port int, how stance) []netip.Prefix {
	var open, decided netipx.IPSetBuilder
	for _, f := range list {
		if !f.concerns(p, port) {
			continue
		}
		who, accept := f.sources, f.accept && !(f.either && how == atLeast)
		if f.why.any() {
			if accept == (how == atLeast) {
				continue
			}
			who = allAddresses
		}
		if accept {
			open.AddSet(without(who, &decided))
		}
		// A narrow rule leaves other destinations or source ports undecided.
		if !f.narrow {
			decided.AddSet(who)
		}
	}
	set, _ := open.IPSet()
	return set.Prefixes()
}

// without is what is left of a set where others were decided before.
func without(who *netipx.IPSet, decided *netipx.IPSetBuilder) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddSet(who)
	before, _ := decided.IPSet()
	b.RemoveSet(before)
	left, _ := b.IPSet()
	return left
}

// families are the address families on which something is open to the internet.
type families struct{ v4, v6 bool }

func (f families) any() bool { return f.v4 || f.v6 }

// mayOpen reports whether rules could open anything at all: all that they accept
// together is much, or a rule is in doubt. Most groups are done with here.
func mayOpen(list []filter) bool {
	var all []netip.Prefix
	for _, f := range list {
		if f.why.any() {
			return true
		}
		if f.accept {
			all = append(all, f.sources.Prefixes()...)
		}
	}
	return openSources(all)
}

// openTo tells whether rules open a port to the internet, by family.
func openTo(list []filter, p protocol, port int, how stance) families {
	var four, six []netip.Prefix
	for _, x := range accepted(list, p, port, how) {
		if x.Addr().Is4() {
			four = append(four, x)
		} else {
			six = append(six, x)
		}
	}
	return families{openSources(four), openSources(six)}
}

// doubtOn is the first doubt about a rule that concerns a port.
func doubtOn(list []filter, p protocol, port int) doubt {
	for _, f := range list {
		if f.concerns(p, port) && f.why.any() {
			return f.why
		}
	}
	return doubt{}
}

// edges cut the ports into pieces on which every rule says the same.
func edges(list []filter, within []ports) []ports {
	cuts := map[int]bool{}
	for _, f := range list {
		for _, r := range f.ports {
			cuts[r.from], cuts[r.to+1] = true, true
		}
	}
	var pieces []ports
	for _, w := range within {
		at := []int{w.from}
		for c := range cuts {
			if w.from < c && c <= w.to {
				at = append(at, c)
			}
		}
		slices.Sort(at)
		for i, from := range at {
			to := w.to
			if i+1 < len(at) {
				to = at[i+1] - 1
			}
			pieces = append(pieces, ports{from, to})
		}
	}
	return pieces
}
