package checks

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/cloud"
)

// letsIn is the product's own way, one packet at a time: the first rule in order
// that matches decides, and nothing is let in without one.
func letsIn(rules []cloud.Rule, from netip.Addr, p protocol, port int) bool {
	best := -1
	for i, r := range rules {
		if !packetMatches(r, from, p, port) {
			continue
		}
		if best < 0 || r.Priority < rules[best].Priority ||
			r.Priority == rules[best].Priority && strings.EqualFold(r.Policy, "drop") {
			best = i
		}
	}
	return best >= 0 && strings.EqualFold(rules[best].Policy, "accept")
}

func packetMatches(r cloud.Rule, from netip.Addr, p protocol, port int) bool {
	var lo, hi int
	if r.PortRange == "-1/-1" {
		lo, hi = 1, 65535
	} else if _, err := fmt.Sscanf(r.PortRange, "%d/%d", &lo, &hi); err != nil {
		panic(err)
	}
	block := r.SourceCIDR + r.SourceIPv6
	return (strings.EqualFold(r.IPProtocol, string(p)) || strings.EqualFold(r.IPProtocol, "all")) &&
		lo <= port && port <= hi && netip.MustParsePrefix(block).Contains(from)
}

// TestRulesAgainstPackets holds the sets to the packets, on random rules.
func TestRulesAgainstPackets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	for round := range 3000 {
		var rules []cloud.Rule
		for range 1 + r.IntN(7) {
			x := cloud.Rule{Direction: "ingress", Policy: pick("Accept", "accept", "Drop", "drop"), IPProtocol: pick("TCP", "tcp", "UDP", "ALL"),
				PortRange: pick("22/22", "1/100", "-1/-1", "20/22", "23/65535"), Priority: 1 + r.IntN(4)}
			if r.IntN(4) == 0 {
				x.SourceIPv6 = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x24, byte(r.IntN(4))}), 1+r.IntN(32)).Masked().String()
			} else {
				x.SourceCIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.IntN(256)), byte(r.IntN(2))}), r.IntN(12)).Masked().String()
			}
			rules = append(rules, x)
		}
		list := ingress([]*cloud.SecurityGroup{{}}, [][]cloud.Rule{rules})
		for range 20 {
			from := netip.AddrFrom4([4]byte{byte(r.IntN(256)), byte(r.IntN(256)), 1, 2})
			if r.IntN(4) == 0 {
				from = netip.AddrFrom16([16]byte{0x24, byte(r.IntN(4)), 7})
			}
			proto, port := []protocol{tcp, udp}[r.IntN(2)], []int{1, 20, 21, 22, 23, 101, 65535}[r.IntN(7)]
			set := accepted(list, proto, port, atLeast)
			got := slices.ContainsFunc(set, func(p netip.Prefix) bool { return p.Contains(from) })
			if want := letsIn(rules, from, proto, port); got != want {
				t.Fatalf("round %d: %s %d from %s: sets say %v (%v), packets %v: %+v", round, proto, port, from, got, set, want, rules)
			}
		}
	}
}

// TestEdges holds the pieces to the whole: they meet, and no rule changes its mind within one.
func TestEdges(t *testing.T) {
	list := ingress([]*cloud.SecurityGroup{{}}, [][]cloud.Rule{{
		{Direction: "ingress", Policy: "Accept", IPProtocol: "TCP", PortRange: "20/30", SourceCIDR: "0.0.0.0/0"},
		{Direction: "ingress", Policy: "Accept", IPProtocol: "TCP", PortRange: "25/25", SourceCIDR: "0.0.0.0/0"},
	}})
	got := edges(list, []ports{{22, 40}, {50, 50}})
	if want := []ports{{22, 24}, {25, 25}, {26, 30}, {31, 40}, {50, 50}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
