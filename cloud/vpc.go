package cloud

import (
	"encoding/json"
	"slices"
)

// VPC holds what was read of the service.
type VPC struct {
	Networks  []*Network
	VSwitches []*VSwitch
	FlowLogs  []*FlowLog
	// IPv6Addresses are those of the regions where an interface has one.
	IPv6Addresses []*IPv6Address
	NATGateways   []*NATGateway
	EIPAddresses  []*EIPAddress

	ipv6 map[ipv6Key]*IPv6Address
	// begun is the first answer of each region's lists, by call and region: the
	// evidence of what a list does not hold.
	begun map[[2]string]*Origin
}

// A Network is one VPC, from DescribeVpcs.
type Network struct {
	Resource
	// VSwitchIDs are its vSwitches by its own word; nil where the answer left them out.
	VSwitchIDs []string
	// IPv6: it has IPv6 addresses.
	IPv6 bool
	// VSwitches are those of DescribeVSwitches that lie in it.
	VSwitches Fact[[]*VSwitch]
	// FlowLogs are those of DescribeFlowLogs on it or on one of its vSwitches.
	FlowLogs Fact[[]*FlowLog]
}

// A VSwitch is a subnet of a VPC in one zone, from DescribeVSwitches.
type VSwitch struct {
	Resource
}

// A FlowLog records traffic of a VPC, a vSwitch or a network interface, from
// DescribeFlowLogs.
type FlowLog struct {
	Resource
	ResourceType string // "VPC", "VSwitch", "NetworkInterface"
	ResourceID   string // what it is on
	TrafficType  string // "All", "Allow", "Drop"
	Status       string // "Active", "Inactive"
	// BusinessStatus is other than "Normal" where the account is locked; "" where not said.
	BusinessStatus string
	// FlowLogDeliverStatus is "success" where the log arrives; "" where not said.
	FlowLogDeliverStatus string
	IPVersion            string // "IPv4", or "DualStack" for IPv6 too; "" where not said
	// TrafficPath are the paths that it records, "all" among them for every one;
	// nil where not said, which is every one too.
	TrafficPath []string
}

// The calls by which networks are read.
const (
	callVpcs      = "vpc/DescribeVpcs"
	callVSwitches = "vpc/DescribeVSwitches"
	callFlowLogs  = "vpc/DescribeFlowLogs"
)

var vpcService = service{
	name: "vpc",
	regional: func(r *reader, region string) {
		r.spawn(func() { readNetworks(r, region) })
		r.spawn(func() { readVSwitches(r, region) })
		r.spawn(func() { readFlowLogs(r, region) })
		r.spawn(func() { readNATGateways(r, region) })
		r.spawn(func() { readEIPAddresses(r, region) })
	},
	link: linkVPC,
	resources: func(a *Account, all []*Resource) []*Resource {
		all = refs(all, a.VPC.Networks)
		all = refs(all, a.VPC.VSwitches)
		all = refs(all, a.VPC.FlowLogs)
		all = refs(all, a.VPC.NATGateways)
		all = refs(all, a.VPC.EIPAddresses)
		return refs(all, a.VPC.IPv6Addresses)
	},
}

// vpcTags is how VPC wraps tags.
type vpcTags struct{ Tag []tag }

// readVPCList reads one of the lists, in pages of the size that the API takes at most.
func readVPCList[T any](r *reader, region, action string, size int, decode func(*lean, []byte, *Origin) ([]T, page, error), keep func(*VPC, []T)) {
	req := Request{Service: "vpc", Region: region, Action: action}
	if !r.wants(req.Call()) {
		return
	}
	l := r.lean("vpc", region)
	r.listed(req, byNumber(size), func(body []byte, from *Origin) (page, error) {
		list, p, err := decode(l, body, from)
		if err == nil {
			r.add(func(a *Account) {
				a.VPC.begin(from)
				keep(&a.VPC, list)
				l.keepParts(a)
			})
		}
		return p, err
	})
}

func readNetworks(r *reader, region string) {
	readVPCList(r, region, "DescribeVpcs", 50, decodeNetworks, func(v *VPC, list []*Network) { v.Networks = append(v.Networks, list...) })
}

func readVSwitches(r *reader, region string) {
	readVPCList(r, region, "DescribeVSwitches", 50, decodeVSwitches, func(v *VPC, list []*VSwitch) { v.VSwitches = append(v.VSwitches, list...) })
}

func readFlowLogs(r *reader, region string) {
	readVPCList(r, region, "DescribeFlowLogs", 50, decodeFlowLogs, func(v *VPC, list []*FlowLog) { v.FlowLogs = append(v.FlowLogs, list...) })
}

// begin remembers a list's first answer.
func (v *VPC) begin(from *Origin) {
	if v.begun == nil {
		v.begun = map[[2]string]*Origin{}
	}
	if key := [2]string{from.Call, from.Region}; v.begun[key] == nil {
		v.begun[key] = from
	}
}

func decodeNetworks(l *lean, body []byte, from *Origin) ([]*Network, page, error) {
	var doc struct {
		TotalCount *looseInt
		Vpcs       struct {
			Vpc *[]struct {
				VpcId, VpcName, ResourceGroupId, Ipv6CidrBlock string
				EnabledIpv6                                    looseBool
				VSwitchIds                                     struct{ VSwitchId []string }
				Tags                                           vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Vpcs.Vpc == nil {
		return nil, page{}, absent("Vpcs.Vpc")
	}
	var list []*Network
	for _, v := range *doc.Vpcs.Vpc {
		if v.VpcId == "" {
			return nil, page{}, absent("VpcId")
		}
		x := &Network{Resource: l.resource("vpc.vpc", "vpc", v.VpcId, v.VpcName, from),
			VSwitchIDs: v.VSwitchIds.VSwitchId, IPv6: bool(v.EnabledIpv6) || v.Ipv6CidrBlock != ""}
		x.VPCID, x.ResourceGroupID, x.Tags = x.ID, l.text(v.ResourceGroupId), l.tags(v.Tags.Tag)
		list = append(list, x)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

func decodeVSwitches(l *lean, body []byte, from *Origin) ([]*VSwitch, page, error) {
	var doc struct {
		TotalCount *looseInt
		VSwitches  struct {
			VSwitch *[]struct {
				VSwitchId, VSwitchName, VpcId, ZoneId, ResourceGroupId string
				Tags                                                   vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.VSwitches.VSwitch == nil {
		return nil, page{}, absent("VSwitches.VSwitch")
	}
	var list []*VSwitch
	for _, v := range *doc.VSwitches.VSwitch {
		if v.VSwitchId == "" || v.VpcId == "" {
			return nil, page{}, absent("VSwitchId or VpcId")
		}
		x := &VSwitch{Resource: l.resource("vpc.vswitch", "vswitch", v.VSwitchId, v.VSwitchName, from)}
		x.VPCID, x.Zone, x.ResourceGroupID, x.Tags = l.text(v.VpcId), l.text(v.ZoneId), l.text(v.ResourceGroupId), l.tags(v.Tags.Tag)
		list = append(list, x)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

func decodeFlowLogs(l *lean, body []byte, from *Origin) ([]*FlowLog, page, error) {
	var doc struct {
		TotalCount *looseInt
		FlowLogs   struct {
			FlowLog *[]struct {
				FlowLogId, FlowLogName, ResourceGroupId         string
				ResourceType, ResourceId, TrafficType, Status   string
				BusinessStatus, FlowLogDeliverStatus, IpVersion string
				TrafficPath                                     *struct{ TrafficPathList *[]string }
				Tags                                            vpcTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.FlowLogs.FlowLog == nil {
		return nil, page{}, absent("FlowLogs.FlowLog")
	}
	var list []*FlowLog
	for _, f := range *doc.FlowLogs.FlowLog {
		if f.FlowLogId == "" || f.ResourceId == "" {
			return nil, page{}, absent("FlowLogId or ResourceId")
		}
		x := &FlowLog{Resource: l.resource("vpc.flow_log", "flowlog", f.FlowLogId, f.FlowLogName, from),
			ResourceType: f.ResourceType, ResourceID: f.ResourceId, TrafficType: f.TrafficType, Status: f.Status,
			BusinessStatus: f.BusinessStatus, FlowLogDeliverStatus: f.FlowLogDeliverStatus, IPVersion: f.IpVersion}
		if f.TrafficPath != nil {
			if f.TrafficPath.TrafficPathList == nil {
				return nil, page{}, absent("TrafficPath.TrafficPathList")
			}
			x.TrafficPath = *f.TrafficPath.TrafficPathList
		}
		x.ResourceGroupID, x.Tags = l.text(f.ResourceGroupId), l.tags(f.Tags.Tag)
		list = append(list, x)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

// linkVPC sorts the lists and gives each VPC its vSwitches and flow logs.
func linkVPC(a *Account) {
	sortResources(a.VPC.Networks)
	sortResources(a.VPC.VSwitches)
	sortResources(a.VPC.FlowLogs)
	sortResources(a.VPC.IPv6Addresses)
	sortResources(a.VPC.NATGateways)
	sortResources(a.VPC.EIPAddresses)
	a.VPC.ipv6 = map[ipv6Key]*IPv6Address{}
	for _, x := range a.VPC.IPv6Addresses {
		a.VPC.ipv6[ipv6Key{x.Region, x.Address}] = x
	}
	switches := map[[2]string][]*VSwitch{} // by region and VPC
	for _, s := range a.VPC.VSwitches {
		key := [2]string{s.Region, s.VPCID}
		switches[key] = append(switches[key], s)
	}
	logs := map[[2]string][]*FlowLog{} // by region and what they are on
	for _, f := range a.VPC.FlowLogs {
		key := [2]string{f.Region, f.ResourceID}
		logs[key] = append(logs[key], f)
	}
	for _, n := range a.VPC.Networks {
		mine := switches[[2]string{n.Region, n.ID}]
		n.VSwitches = inList(a, callVSwitches, n.Region, mine)
		on := slices.Clone(logs[[2]string{n.Region, n.ID}])
		for _, id := range n.switchIDs(mine) {
			on = append(on, logs[[2]string{n.Region, id}]...)
		}
		sortResources(on)
		n.FlowLogs = inList(a, callFlowLogs, n.Region, on)
	}
}

// switchIDs are the ids of the VPC's vSwitches by either word.
func (n *Network) switchIDs(listed []*VSwitch) []string {
	ids := slices.Clone(n.VSwitchIDs)
	for _, s := range listed {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// inList is what a region's list says of one resource: known only where the
// list was read to its end.
func inList[T any](a *Account, call, region string, v T) Fact[T] {
	if e := a.ListFailure(call, region); e != nil {
		return Fact[T]{Missing: e}
	}
	if from := a.VPC.begun[[2]string{call, region}]; from != nil {
		return known(v, from)
	}
	for _, e := range a.NotHere {
		if e.Call() == call && e.Region == region {
			return Fact[T]{Missing: e}
		}
	}
	return Fact[T]{}
}
