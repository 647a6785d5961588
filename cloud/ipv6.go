package cloud

import (
	"encoding/json"
	"net/netip"
)

// An IPv6Address is an IPv6 address of a VPC, from DescribeIpv6Addresses. Every
// one is routable; whether the internet reaches it is a setting of its own.
type IPv6Address struct {
	Resource
	Address              netip.Addr
	NetworkType          string // "Public" with internet bandwidth, "Private" without
	Bandwidth            int    // Mbit/s to the internet; 0 without
	AssociatedInstanceID string // the instance or interface that has it
}

// An ipv6Key finds an address.
type ipv6Key struct {
	region string
	ip     netip.Addr
}

// callIPv6 is the list of a region's IPv6 addresses.
const callIPv6 = "vpc/DescribeIpv6Addresses"

// readIPv6 reads the IPv6 addresses of a region. It is asked for only where an
// interface has one.
func readIPv6(r *reader, region string) {
	readVPCList(r, region, "DescribeIpv6Addresses", 50, decodeIPv6, func(v *VPC, list []*IPv6Address) { v.IPv6Addresses = append(v.IPv6Addresses, list...) })
}

func decodeIPv6(l *lean, body []byte, from *Origin) ([]*IPv6Address, page, error) {
	var doc struct {
		TotalCount    *looseInt
		Ipv6Addresses struct {
			Ipv6Address *[]struct {
				Ipv6AddressId, Ipv6AddressName, Ipv6Address, VpcId, ResourceGroupId string
				NetworkType, AssociatedInstanceId                                   string
				Ipv6InternetBandwidth                                               struct{ Bandwidth looseInt }
				Tags                                                                vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Ipv6Addresses.Ipv6Address == nil {
		return nil, page{}, absent("Ipv6Addresses.Ipv6Address")
	}
	var list []*IPv6Address
	for _, x := range *doc.Ipv6Addresses.Ipv6Address {
		if x.Ipv6AddressId == "" || x.NetworkType == "" {
			return nil, page{}, absent("Ipv6AddressId or NetworkType")
		}
		ip, err := netip.ParseAddr(x.Ipv6Address)
		if err != nil {
			return nil, page{}, err
		}
		a := &IPv6Address{Resource: l.resource("vpc.ipv6_address", "ipv6address", x.Ipv6AddressId, x.Ipv6AddressName, from), Address: ip,
			NetworkType: x.NetworkType, Bandwidth: int(x.Ipv6InternetBandwidth.Bandwidth), AssociatedInstanceID: x.AssociatedInstanceId}
		a.VPCID, a.ResourceGroupID, a.Tags = l.text(x.VpcId), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
		list = append(list, a)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

// IPv6 is what the region's list says of an address that an interface has. One
// that it does not hold, or that is no address, is not known.
func (a *Account) IPv6(region, address string) Fact[*IPv6Address] {
	if ip, err := netip.ParseAddr(address); err == nil {
		if x := a.VPC.ipv6[ipv6Key{region, ip}]; x != nil {
			return known(x, x.From)
		}
	}
	return Fact[*IPv6Address]{Missing: a.unlisted(callIPv6, region, address)}
}
