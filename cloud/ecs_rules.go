package cloud

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
)

// A Rule is one rule of a security group, from DescribeSecurityGroupAttribute,
// in the API's own words. What the answer left out is "".
type Rule struct {
	ID         string // SecurityGroupRuleId
	Direction  string // "ingress" or "egress"
	Policy     string // "Accept" or "Drop"
	IPProtocol string // "TCP", "UDP", "ICMP", "ICMPv6", "GRE", "ALL"
	PortRange  string // "22/22"; "-1/-1" is every port
	Priority   int    // 1 to 100; the lower number wins
	NicType    string // "internet" or "intranet"; means something in classic groups only

	SourceCIDR, SourceIPv6, SourcePrefixListID, SourceGroupID string
	DestCIDR, DestIPv6, DestPrefixListID, DestGroupID         string
	SourcePortRange                                           string

	PortRangeListID string
	// SourcePrefixes, DestPrefixes and Ports are what the lists hold that the
	// rule names; asked only where it names one.
	SourcePrefixes, DestPrefixes Fact[[]string]
	Ports                        Fact[[]string]
	// From is the answer it stands in.
	From *Origin
}

func readGroups(r *reader, region string) {
	l := r.lean("ecs", region)
	var groups []*SecurityGroup
	req := Request{Service: "ecs", Region: region, Action: "DescribeSecurityGroups"}
	r.listed(req, byToken(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeGroups(l, body, from)
		groups = append(groups, list...)
		return p, err
	})
	if r.wants(callRules) {
		r.each(len(groups), func(i int) { groups[i].Rules = readRules(r, groups[i]) })
		readRuleLists(r, region, groups)
	}
	r.add(func(a *Account) { a.ECS.SecurityGroups = append(a.ECS.SecurityGroups, groups...) })
}

func decodeGroups(l *lean, body []byte, from *Origin) ([]*SecurityGroup, page, error) {
	var doc struct {
		NextToken      string
		SecurityGroups struct {
			SecurityGroup *[]struct {
				SecurityGroupId, SecurityGroupName, VpcId, ResourceGroupId string
				ServiceManaged                                             looseBool
				Tags                                                       ecsTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.SecurityGroups.SecurityGroup == nil {
		return nil, page{}, absent("SecurityGroups.SecurityGroup")
	}
	var list []*SecurityGroup
	for _, x := range *doc.SecurityGroups.SecurityGroup {
		if x.SecurityGroupId == "" {
			return nil, page{}, absent("SecurityGroupId")
		}
		g := &SecurityGroup{Resource: l.resource("ecs.security_group", "securitygroup", x.SecurityGroupId, x.SecurityGroupName, from),
			ServiceManaged: bool(x.ServiceManaged), Classic: x.VpcId == ""}
		g.VPCID, g.ResourceGroupID, g.Tags = l.text(x.VpcId), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
		list = append(list, g)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

// readRules reads all rules of a group. A classic group answers for one NIC a
// call; a group of a VPC for both directions at once.
func readRules(r *reader, g *SecurityGroup) Fact[[]Rule] {
	nics := []string{""}
	if g.Classic {
		nics = []string{"internet", "intranet"}
	}
	all := Fact[[]Rule]{}
	for _, nic := range nics {
		req := Request{Service: "ecs", Region: g.Region, Action: "DescribeSecurityGroupAttribute", Params: map[string]string{"SecurityGroupId": g.ID}}
		if nic != "" {
			req.Params["NicType"] = nic
		}
		e := r.list(req, byToken(1000), func(body []byte, from *Origin) (page, error) {
			rules, p, err := decodeRules(body, from)
			all.Value = append(all.Value, rules...)
			all.From = from
			return p, err
		})
		if e != nil {
			e.Resource = g.ID
			r.miss(e)
			return Fact[[]Rule]{Missing: e}
		}
	}
	return all
}

func decodeRules(body []byte, from *Origin) ([]Rule, page, error) {
	var doc struct {
		NextToken   string
		Permissions struct {
			Permission *[]struct {
				SecurityGroupRuleId, Direction, Policy, IpProtocol, PortRange, NicType string
				Priority                                                               json.RawMessage
				SourceCidrIp, Ipv6SourceCidrIp, SourcePrefixListId, SourceGroupId      string
				DestCidrIp, Ipv6DestCidrIp, DestPrefixListId, DestGroupId              string
				SourcePortRange, PortRangeListId                                       string
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Permissions.Permission == nil {
		return nil, page{}, absent("Permissions.Permission")
	}
	var rules []Rule
	for _, x := range *doc.Permissions.Permission {
		priority, err := number(x.Priority)
		if err != nil {
			return nil, page{}, errors.New("Permission.Priority of " + x.SecurityGroupRuleId + " is no number")
		}
		rules = append(rules, Rule{ID: x.SecurityGroupRuleId, Direction: x.Direction, Policy: x.Policy, IPProtocol: x.IpProtocol,
			PortRange: x.PortRange, Priority: priority, NicType: x.NicType,
			SourceCIDR: x.SourceCidrIp, SourceIPv6: x.Ipv6SourceCidrIp, SourcePrefixListID: x.SourcePrefixListId, SourceGroupID: x.SourceGroupId,
			DestCIDR: x.DestCidrIp, DestIPv6: x.Ipv6DestCidrIp, DestPrefixListID: x.DestPrefixListId, DestGroupID: x.DestGroupId,
			SourcePortRange: x.SourcePortRange, PortRangeListID: x.PortRangeListId, From: from})
	}
	return rules, page{items: len(rules), next: doc.NextToken}, nil
}

// number reads a whole number, in quotation marks or not.
func number(b json.RawMessage) (int, error) {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	return strconv.Atoi(s)
}

// readRuleLists reads each prefix list and port range list that a rule of the
// region names, once, and joins it to those rules.
func readRuleLists(r *reader, region string, groups []*SecurityGroup) {
	prefixes, ports := map[string]Fact[[]string]{}, map[string]Fact[[]string]{}
	eachRule(groups, func(x *Rule) {
		for _, id := range []string{x.SourcePrefixListID, x.DestPrefixListID} {
			if id != "" {
				prefixes[id] = Fact[[]string]{}
			}
		}
		if x.PortRangeListID != "" {
			ports[x.PortRangeListID] = Fact[[]string]{}
		}
	})
	readEach(r, prefixes, func(id string) Fact[[]string] {
		req := Request{Service: "ecs", Region: region, Action: "DescribePrefixListAttributes", Params: map[string]string{"PrefixListId": id}}
		return ask(r, req, id, decodePrefixList)
	})
	readEach(r, ports, func(id string) Fact[[]string] {
		req := Request{Service: "ecs", Region: region, Action: "DescribePortRangeListEntries", Params: map[string]string{"PortRangeListId": id}}
		return ask(r, req, id, decodePortRangeList)
	})
	eachRule(groups, func(x *Rule) {
		x.SourcePrefixes, x.DestPrefixes, x.Ports = prefixes[x.SourcePrefixListID], prefixes[x.DestPrefixListID], ports[x.PortRangeListID]
	})
}

func eachRule(groups []*SecurityGroup, f func(x *Rule)) {
	for _, g := range groups {
		for i := range g.Rules.Value {
			f(&g.Rules.Value[i])
		}
	}
}

// readEach fills a map of facts, side by side.
func readEach(r *reader, facts map[string]Fact[[]string], read func(id string) Fact[[]string]) {
	var ids []string
	for id := range facts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	found := make([]Fact[[]string], len(ids))
	r.each(len(ids), func(i int) { found[i] = read(ids[i]) })
	for i, id := range ids {
		facts[id] = found[i]
	}
}

func decodePrefixList(body []byte) ([]string, error) {
	var doc struct {
		Entries struct{ Entry *[]struct{ Cidr string } }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Entries.Entry == nil {
		return nil, absent("Entries.Entry")
	}
	var list []string
	for _, e := range *doc.Entries.Entry {
		if e.Cidr == "" {
			return nil, absent("Entry.Cidr")
		}
		list = append(list, e.Cidr)
	}
	return list, nil
}

func decodePortRangeList(body []byte) ([]string, error) {
	var doc struct {
		Entries *[]struct{ PortRange string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Entries == nil {
		return nil, absent("Entries")
	}
	var list []string
	for _, e := range *doc.Entries {
		if e.PortRange == "" {
			return nil, absent("Entries.PortRange")
		}
		list = append(list, e.PortRange)
	}
	return list, nil
}
