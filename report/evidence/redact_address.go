package evidence

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var (
	macAddress = regexp.MustCompile(`\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b`)
	// The parts of longer words that may be addresses; parsing decides.
	ipv6Like   = regexp.MustCompile(`[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*`)
	ipv4Like   = regexp.MustCompile(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}`)
	ipv4Dashed = regexp.MustCompile(`\b[0-9]{1,3}(?:-[0-9]{1,3}){3}\b`) // in host names: ip-10-0-0-1
)

// addressesIn replaces IP and MAC addresses. A prefix length behind one stays:
// it tells how wide a door is, and nothing of where it is.
func (r *redactor) addressesIn(s string) string {
	s = macAddress.ReplaceAllStringFunc(s, func(m string) string {
		return r.pseudonym("mac", strings.ToLower(strings.ReplaceAll(m, "-", ":")))
	})
	s = ipv6Like.ReplaceAllStringFunc(s, r.ipv6)
	s = ipv4Like.ReplaceAllStringFunc(s, func(m string) string { return r.ipv4(m, ".") })
	return ipv4Dashed.ReplaceAllStringFunc(s, func(m string) string { return r.ipv4(m, "-") })
}

func (r *redactor) ipv6(m string) string {
	word := strings.TrimRight(m, ".")
	head, _, _ := strings.Cut(word, ".")
	for _, cut := range []string{word, strings.TrimPrefix(word, ":"), strings.TrimSuffix(word, ":"), head} {
		if a, err := netip.ParseAddr(cut); err == nil {
			return strings.Replace(m, cut, r.address(a, cut), 1)
		}
	}
	return m
}

func (r *redactor) ipv4(m, between string) string {
	var b [4]byte
	for i, part := range strings.Split(m, between) {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return m
		}
		b[i] = byte(n)
	}
	return r.address(netip.AddrFrom4(b), m)
}

// address is the pseudonym of an address, which tells of what sort it is.
// "Everywhere" and "this machine" stay: they are nobody's address.
func (r *redactor) address(a netip.Addr, written string) string {
	a = a.Unmap()
	switch {
	case a.IsUnspecified() || a.IsLoopback():
		return written
	case a.IsPrivate() || a.IsLinkLocalUnicast() || shared.Contains(a):
		return r.pseudonym("ip-private", a.String())
	}
	return r.pseudonym("ip-public", a.String())
}

// shared is the space that Alibaba Cloud uses for its own services (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// addressOnly reports whether a value is an address, or a prefix, and nothing else.
func addressOnly(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}
