package cloud

import "encoding/json"

// A NATGateway lets machines without an address of their own out to the internet,
// and in where it forwards ports, from DescribeNatGateways.
type NATGateway struct {
	Resource
	NetworkType string   // "internet", or "intranet" for one between networks
	IPAddress   []string // its public addresses; of an intranet one, private ones
}

// An EIPAddress is an elastic public address, from DescribeEipAddresses.
type EIPAddress struct {
	Resource
	IPAddress    string
	InstanceID   string // what has it; "" where nothing does
	InstanceType string // "EcsInstance", "SlbInstance", "Nat", "NetworkInterface", …
	Status       string // "InUse", "Available", …
}

// The calls by which they are read. No check does; the inventory and the picture
// of the network have them.
const (
	callNATGateways  = "vpc/DescribeNatGateways"
	callEIPAddresses = "vpc/DescribeEipAddresses"
)

func readNATGateways(r *reader, region string) {
	readVPCList(r, region, "DescribeNatGateways", 50, decodeNATGateways, func(v *VPC, list []*NATGateway) { v.NATGateways = append(v.NATGateways, list...) })
}

func readEIPAddresses(r *reader, region string) {
	readVPCList(r, region, "DescribeEipAddresses", 100, decodeEIPAddresses, func(v *VPC, list []*EIPAddress) { v.EIPAddresses = append(v.EIPAddresses, list...) })
}

func decodeNATGateways(l *lean, body []byte, from *Origin) ([]*NATGateway, page, error) {
	var doc struct {
		TotalCount  *looseInt
		NatGateways struct {
			NatGateway *[]struct {
				NatGatewayId, Name, VpcId, NetworkType, ResourceGroupId string
				NatGatewayPrivateInfo                                   struct{ IzNo string }
				IpLists                                                 struct{ IpList []struct{ IpAddress string } }
				Tags                                                    vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.NatGateways.NatGateway == nil {
		return nil, page{}, absent("NatGateways.NatGateway")
	}
	var list []*NATGateway
	for _, x := range *doc.NatGateways.NatGateway {
		if x.NatGatewayId == "" {
			return nil, page{}, absent("NatGatewayId")
		}
		n := &NATGateway{Resource: l.resource("vpc.nat_gateway", "natgateway", x.NatGatewayId, x.Name, from), NetworkType: x.NetworkType}
		for _, ip := range x.IpLists.IpList {
			n.IPAddress = append(n.IPAddress, ip.IpAddress)
		}
		n.IPAddress = nonEmpty(n.IPAddress)
		n.VPCID, n.Zone, n.ResourceGroupID, n.Tags = l.text(x.VpcId), l.text(x.NatGatewayPrivateInfo.IzNo), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
		list = append(list, n)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

func decodeEIPAddresses(l *lean, body []byte, from *Origin) ([]*EIPAddress, page, error) {
	var doc struct {
		TotalCount   *looseInt
		EipAddresses struct {
			EipAddress *[]struct {
				AllocationId, Name, IpAddress, InstanceId, InstanceType, Status string
				VpcId, Zone, ResourceGroupId                                    string
				Tags                                                            vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.EipAddresses.EipAddress == nil {
		return nil, page{}, absent("EipAddresses.EipAddress")
	}
	var list []*EIPAddress
	for _, x := range *doc.EipAddresses.EipAddress {
		if x.AllocationId == "" || x.IpAddress == "" {
			return nil, page{}, absent("AllocationId or IpAddress")
		}
		e := &EIPAddress{Resource: l.resource("vpc.eip_address", "eip", x.AllocationId, x.Name, from),
			IPAddress: x.IpAddress, InstanceID: x.InstanceId, InstanceType: x.InstanceType, Status: x.Status}
		e.VPCID, e.Zone, e.ResourceGroupID, e.Tags = l.text(x.VpcId), l.text(x.Zone), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
		l.partOf(e.Ref(), x.InstanceId)
		list = append(list, e)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}
