package checks

import (
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// notPublic are the blocks that IANA lists as special-purpose.
var notPublic = mustBlocks("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 " +
	"192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 " +
	"198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 " +
	"::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16")

func mustBlocks(list string) (blocks []netip.Prefix) {
	for _, s := range strings.Fields(list) {
		blocks = append(blocks, netip.MustParsePrefix(s))
	}
	return blocks
}

// openSources reports whether the public addresses in a union of blocks are
// 2^24 IPv4 addresses or more, or hold an IPv6 block of /32 or shorter.
func openSources(list []netip.Prefix) bool {
	var b netipx.IPSetBuilder
	for _, p := range list {
		b.AddPrefix(p)
	}
	for _, p := range notPublic {
		b.RemovePrefix(p)
	}
	set, err := b.IPSet()
	if err != nil {
		return true // better open than overlooked
	}
	var n uint64
	for _, p := range set.Prefixes() {
		if p.Addr().Is6() && p.Bits() <= 32 {
			return true
		}
		if p.Addr().Is4() {
			n += 1 << (32 - p.Bits())
		}
	}
	return n >= 1<<24
}

// parseSource reads an address or a block.
func parseSource(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
