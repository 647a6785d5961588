package cloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// ECS is what was read of Elastic Compute Service: instances, their interfaces
// and security groups, and, in Storage, what they keep data in.
type ECS struct {
	Instances         []*Instance
	NetworkInterfaces []*NetworkInterface
	SecurityGroups    []*SecurityGroup
	Storage
}

// An Instance is one virtual machine, from DescribeInstances.
type Instance struct {
	Resource
	InstanceNetworkType string   // "vpc" or "classic"; "" where the answer left it out
	OSType              string   // "linux" or "windows"
	KeyPairName         string   // "" where it logs in otherwise
	PublicIPAddress     []string // its own public addresses
	PrivateIPAddress    []string // in its VPC, or in the classic network
	EipAddress          string   // the EIP on its primary interface; "" without one
	SecurityGroupIDs    []string // of its primary interface
	// HTTPEndpoint and HTTPTokens are MetadataOptions: "enabled" and "required"
	// or "optional"; "" where the answer left them out.
	HTTPEndpoint, HTTPTokens string
	// Interfaces are its network interfaces, from DescribeNetworkInterfaces.
	Interfaces Fact[[]*NetworkInterface]
	// Groups are the rules of the security groups of its primary interface.
	Groups []Fact[*SecurityGroup]

	interfaceIDs []string // by its own word
}

// A NetworkInterface is one elastic network interface, from DescribeNetworkInterfaces.
type NetworkInterface struct {
	Resource
	InstanceID       string   // "" where it is attached to no instance
	PublicIPAddress  []string // EIPs on any of its private addresses
	IPv6             []string
	SecurityGroupIDs []string
	Groups           []Fact[*SecurityGroup]
}

// A SecurityGroup is a firewall around interfaces, from DescribeSecurityGroups.
type SecurityGroup struct {
	Resource
	// ServiceManaged: a cloud service made it and looks after it.
	ServiceManaged bool
	// Classic: it belongs to the classic network, where rules are kept apart by NIC.
	Classic bool
	// Rules, in both directions, from DescribeSecurityGroupAttribute.
	Rules Fact[[]Rule]
	// UsedBy is an instance or interface that uses it; "" where none does.
	UsedBy Fact[string]
}

// ecsNetworkCalls are the calls of this file.
const (
	callInstances  = "ecs/DescribeInstances"
	callInterfaces = "ecs/DescribeNetworkInterfaces"
	callGroups     = "ecs/DescribeSecurityGroups"
	callRules      = "ecs/DescribeSecurityGroupAttribute"
)

var ecsService = service{
	name: "ecs",
	regional: func(r *reader, region string) {
		readStorage(r, region)
		for call, read := range map[string]func(*reader, string){callInstances: readInstances, callInterfaces: readInterfaces, callGroups: readGroups} {
			if r.wants(call) {
				r.spawn(func() { read(r, region) })
			}
		}
	},
	link: func(a *Account) {
		linkStorage(a)
		linkNetwork(a)
	},
	resources: func(a *Account, all []*Resource) []*Resource {
		all = a.ECS.Storage.resources(all)
		all = refs(all, a.ECS.Instances)
		all = refs(all, a.ECS.NetworkInterfaces)
		return refs(all, a.ECS.SecurityGroups)
	},
}

func readInstances(r *reader, region string) {
	l := r.lean("ecs", region)
	req := Request{Service: "ecs", Region: region, Action: "DescribeInstances",
		Params: map[string]string{"AdditionalAttributes.1": "META_OPTIONS"}} // otherwise MetadataOptions stays empty
	r.listed(req, byToken(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeInstances(l, body, from)
		if err == nil {
			r.add(func(a *Account) { a.ECS.Instances = append(a.ECS.Instances, list...) })
		}
		return p, err
	})
}

// groupIDs is how ECS wraps the security groups of a resource.
type groupIDs struct{ SecurityGroupId *[]string }

func (l *lean) groupIDs(g groupIDs) ([]string, error) {
	if g.SecurityGroupId == nil {
		return nil, absent("SecurityGroupIds.SecurityGroupId")
	}
	return l.list(*g.SecurityGroupId), nil
}

// list is a list of strings that many resources share.
func (l *lean) list(items []string) []string {
	for i, s := range items {
		items[i] = l.text(s)
	}
	return slices.Clip(items)
}

// instanceAnswer is one instance as DescribeInstances tells it. Pointers are
// fields whose loss would let an instance look better than it is.
type instanceAnswer struct {
	InstanceId, InstanceName, ZoneId, ResourceGroupId string
	InstanceNetworkType, OSType, KeyPairName          string
	PublicIpAddress                                   struct{ IpAddress *[]string }
	EipAddress                                        struct{ IpAddress *string }
	InnerIpAddress                                    struct{ IpAddress []string } // of the classic network
	VpcAttributes                                     struct {
		VpcId            string
		PrivateIpAddress struct{ IpAddress []string }
	}
	SecurityGroupIds  groupIDs
	MetadataOptions   struct{ HttpEndpoint, HttpTokens string }
	NetworkInterfaces struct {
		NetworkInterface []struct{ NetworkInterfaceId string }
	}
	Tags ecsTags
}

func decodeInstances(l *lean, body []byte, from *Origin) ([]*Instance, page, error) {
	var doc struct {
		NextToken string
		Instances struct{ Instance *[]instanceAnswer }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Instances.Instance == nil {
		return nil, page{}, absent("Instances.Instance")
	}
	list := make([]*Instance, 0, len(*doc.Instances.Instance))
	for _, x := range *doc.Instances.Instance {
		i, err := l.instance(x, from)
		if err != nil {
			return nil, page{}, err
		}
		list = append(list, i)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

func (l *lean) instance(x instanceAnswer, from *Origin) (*Instance, error) {
	switch {
	case x.InstanceId == "":
		return nil, absent("InstanceId")
	case x.PublicIpAddress.IpAddress == nil:
		return nil, absent(x.InstanceId + " PublicIpAddress.IpAddress")
	case x.EipAddress.IpAddress == nil:
		return nil, absent(x.InstanceId + " EipAddress.IpAddress")
	}
	groups, err := l.groupIDs(x.SecurityGroupIds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", x.InstanceId, err)
	}
	i := &Instance{Resource: l.resource("ecs.instance", "instance", x.InstanceId, x.InstanceName, from),
		InstanceNetworkType: l.text(x.InstanceNetworkType), OSType: l.text(x.OSType), KeyPairName: l.text(x.KeyPairName),
		PublicIPAddress: nonEmpty(*x.PublicIpAddress.IpAddress), EipAddress: *x.EipAddress.IpAddress, SecurityGroupIDs: groups,
		HTTPEndpoint: l.text(x.MetadataOptions.HttpEndpoint), HTTPTokens: l.text(x.MetadataOptions.HttpTokens)}
	i.Zone, i.ResourceGroupID, i.VPCID, i.Tags = l.text(x.ZoneId), l.text(x.ResourceGroupId), l.text(x.VpcAttributes.VpcId), l.tags(x.Tags.Tag)
	i.PrivateIPAddress = slices.Clip(nonEmpty(append(x.VpcAttributes.PrivateIpAddress.IpAddress, x.InnerIpAddress.IpAddress...)))
	for _, n := range x.NetworkInterfaces.NetworkInterface {
		i.interfaceIDs = append(i.interfaceIDs, n.NetworkInterfaceId)
	}
	return i, nil
}

// nonEmpty drops empty strings, and the list with them where nothing is left.
func nonEmpty(list []string) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	if len(list) == 0 {
		return nil
	}
	return list
}

func readInterfaces(r *reader, region string) {
	l := r.lean("ecs", region)
	req := Request{Service: "ecs", Region: region, Action: "DescribeNetworkInterfaces"}
	ipv6 := false
	r.listed(req, byToken(500), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeInterfaces(l, body, from)
		ipv6 = ipv6 || slices.ContainsFunc(list, func(n *NetworkInterface) bool { return len(n.IPv6) > 0 })
		if err == nil {
			r.add(func(a *Account) { a.ECS.NetworkInterfaces = append(a.ECS.NetworkInterfaces, list...) })
		}
		return p, err
	})
	if ipv6 {
		readIPv6(r, region)
	}
}

// A publicIP is an EIP on a private address; empty without one.
type publicIP struct{ PublicIpAddress, AllocationId string }

type interfaceAnswer struct {
	NetworkInterfaceId, NetworkInterfaceName string
	ZoneId, VpcId, ResourceGroupId           string
	InstanceId                               *string
	SecurityGroupIds                         groupIDs
	AssociatedPublicIp                       publicIP
	PrivateIpSets                            struct {
		PrivateIpSet []struct{ AssociatedPublicIp publicIP }
	}
	Ipv6Sets struct {
		Ipv6Set []struct{ Ipv6Address string }
	}
	Tags ecsTags
}

func decodeInterfaces(l *lean, body []byte, from *Origin) ([]*NetworkInterface, page, error) {
	var doc struct {
		NextToken            string
		NetworkInterfaceSets struct{ NetworkInterfaceSet *[]interfaceAnswer }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.NetworkInterfaceSets.NetworkInterfaceSet == nil {
		return nil, page{}, absent("NetworkInterfaceSets.NetworkInterfaceSet")
	}
	var list []*NetworkInterface
	for _, x := range *doc.NetworkInterfaceSets.NetworkInterfaceSet {
		n, err := l.networkInterface(x, from)
		if err != nil {
			return nil, page{}, err
		}
		list = append(list, n)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

func (l *lean) networkInterface(x interfaceAnswer, from *Origin) (*NetworkInterface, error) {
	switch {
	case x.NetworkInterfaceId == "":
		return nil, absent("NetworkInterfaceId")
	case x.InstanceId == nil:
		return nil, absent(x.NetworkInterfaceId + " InstanceId")
	}
	groups, err := l.groupIDs(x.SecurityGroupIds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", x.NetworkInterfaceId, err)
	}
	n := &NetworkInterface{Resource: l.resource("ecs.eni", "eni", x.NetworkInterfaceId, x.NetworkInterfaceName, from),
		InstanceID: *x.InstanceId, SecurityGroupIDs: groups}
	n.Zone, n.VPCID, n.ResourceGroupID, n.Tags = l.text(x.ZoneId), l.text(x.VpcId), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
	n.addPublic(x.AssociatedPublicIp)
	for _, p := range x.PrivateIpSets.PrivateIpSet {
		n.addPublic(p.AssociatedPublicIp)
	}
	for _, v := range x.Ipv6Sets.Ipv6Set {
		n.IPv6 = append(n.IPv6, v.Ipv6Address)
	}
	return n, nil
}

// addPublic notes an EIP, by its address or, where that is not given, by its id.
func (n *NetworkInterface) addPublic(p publicIP) {
	if ip := cmp.Or(p.PublicIpAddress, p.AllocationId); ip != "" && !slices.Contains(n.PublicIPAddress, ip) {
		n.PublicIPAddress = append(n.PublicIPAddress, ip)
	}
}

// linkNetwork joins interfaces to instances, and both to their groups.
func linkNetwork(a *Account) {
	e := &a.ECS
	sortResources(e.Instances)
	sortResources(e.NetworkInterfaces)
	sortResources(e.SecurityGroups)
	groups := map[string]Fact[*SecurityGroup]{}
	for _, g := range e.SecurityGroups {
		groups[g.Region+"/"+g.ID] = known(g, g.From)
	}
	shared := map[string][]Fact[*SecurityGroup]{}
	find := func(region string, ids []string) []Fact[*SecurityGroup] {
		key := region + "/" + strings.Join(ids, ",")
		if _, ok := shared[key]; !ok {
			shared[key] = a.findGroups(groups, region, ids)
		}
		return shared[key]
	}
	for _, n := range e.NetworkInterfaces {
		n.Groups = find(n.Region, n.SecurityGroupIDs)
	}
	byInstance := interfacesByInstance(e.NetworkInterfaces)
	for _, i := range e.Instances {
		i.Groups = find(i.Region, i.SecurityGroupIDs)
		i.Interfaces = a.interfacesOf(i, byInstance[i.ID])
	}
	a.linkGroupUse()
}

// findGroups finds the groups of a resource; one that its list does not hold is missing.
func (a *Account) findGroups(groups map[string]Fact[*SecurityGroup], region string, ids []string) []Fact[*SecurityGroup] {
	var found []Fact[*SecurityGroup]
	for _, id := range ids {
		g, ok := groups[region+"/"+id]
		if !ok {
			g.Missing = a.unlisted(callGroups, region, id)
		}
		found = append(found, g)
	}
	return found
}

// unlisted is why something that must exist is not in a list: the list's own
// failure, or else that it does not hold it.
func (a *Account) unlisted(call, region, id string) *Error {
	if e := a.ListFailure(call, region); e != nil {
		return e
	}
	service, action, _ := strings.Cut(call, "/")
	req := Request{Service: service, Region: region, Action: action}
	e := req.failed(CodeBroken, "the list does not hold "+id)
	e.Resource = id
	return e
}

func interfacesByInstance(all []*NetworkInterface) map[string][]*NetworkInterface {
	list := slices.Clone(all)
	slices.SortStableFunc(list, func(x, y *NetworkInterface) int { return cmp.Compare(x.InstanceID, y.InstanceID) })
	by := map[string][]*NetworkInterface{}
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && list[end].InstanceID == list[start].InstanceID {
			end++
		}
		by[list[start].InstanceID] = list[start:end:end]
		start = end
	}
	return by
}

// interfacesOf is known only where the list was read to its end, and holds all
// the interfaces that the instance itself names.
func (a *Account) interfacesOf(i *Instance, list []*NetworkInterface) Fact[[]*NetworkInterface] {
	if e := a.ListFailure(callInterfaces, i.Region); e != nil {
		return Fact[[]*NetworkInterface]{Missing: e}
	}
	named := i.interfaceIDs
	i.interfaceIDs = nil // of no use any more, and 100,000 instances hold as many lists
	for _, id := range named {
		if !slices.ContainsFunc(list, func(n *NetworkInterface) bool { return n.ID == id }) {
			return Fact[[]*NetworkInterface]{Missing: a.unlisted(callInterfaces, i.Region, id)}
		}
	}
	if len(list) == 0 {
		// A classic instance has none; the list was read, and says so.
		return known(list, i.From)
	}
	return known(list, list[0].From)
}

// linkGroupUse finds a user of each group.
func (a *Account) linkGroupUse() {
	users := map[string]*Resource{}
	note := func(r *Resource, ids []string) {
		for _, id := range ids {
			users[r.Region+"/"+id] = r
		}
	}
	for _, n := range a.ECS.NetworkInterfaces {
		note(&n.Resource, n.SecurityGroupIDs)
	}
	for _, i := range a.ECS.Instances {
		note(&i.Resource, i.SecurityGroupIDs)
	}
	for _, g := range a.ECS.SecurityGroups {
		if u := users[g.Region+"/"+g.ID]; u != nil {
			g.UsedBy = known(u.ID, u.From)
			continue
		}
		g.UsedBy = known("", g.From)
		for _, call := range []string{callInstances, callInterfaces} {
			if e := a.ListFailure(call, g.Region); e != nil {
				g.UsedBy = Fact[string]{Missing: e}
			}
		}
	}
}
