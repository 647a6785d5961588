package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// The calls that tell what a security group lets in.
var groupReads = []string{"ecs/DescribeSecurityGroups", "ecs/DescribeSecurityGroupAttribute", "ecs/DescribePrefixListAttributes", "ecs/DescribePortRangeListEntries"}

// narrowRule is how every open group is put right.
var narrowRule = Fix{
	Text: Text{"Replace the rule by one for the addresses that need it: ECS console > Network & Security > Security Groups > the group > Inbound. Let administrators come in through Bastionhost or a VPN.",
		"将该规则改为仅允许确有需要的地址：ECS 控制台 > 网络与安全 > 安全组 > 目标安全组 > 入方向。运维人员应经堡垒机或 VPN 接入。"},
	CLI:       "aliyun ecs RevokeSecurityGroup --RegionId <region> --SecurityGroupId <group> --SecurityGroupRuleId.1 <rule>",
	Terraform: "alicloud_security_group_rule: cidr_ip",
}

// ecsNetworkChecks judge what the internet reaches.
var ecsNetworkChecks = []Check{{
	ID:    "ecs-instance-in-vpc",
	Title: Text{"The instance is in a VPC", "实例位于专有网络"},
	Why: Text{"The classic network is one network for all customers: it cannot be divided into zones of one's own.",
		"经典网络由所有用户共用，无法按自身需要划分网络区域。"},
	Fix: Fix{Text: Text{"Migrate the instance: ECS console > Instances > the instance > Migrate to VPC.", "迁移实例：ECS 控制台 > 实例 > 目标实例 > 迁移至专有网络。"},
		Terraform: "alicloud_instance: vswitch_id"},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeInstances"},
	Clauses:      partial("8.1.2.1-c", "7.1.2.1-a", "9.1.2.1-c"),
	resourceType: "ecs.instance", run: each(instances, instanceInVPC),
}, {
	ID:    "ecs-instance-no-public-address",
	Title: Text{"The instance has no public address", "实例没有公网地址"},
	Why: Text{"A machine with an address of its own stands at the border, outside of every controlled entrance.",
		"拥有公网地址的主机直接暴露在网络边界，绕过了受控的统一入口。"},
	Fix: Fix{Text: Text{"Put a load balancer or a NAT gateway before it and release the address: VPC console > Elastic IP Addresses > Disassociate.",
		"在其前部署负载均衡或 NAT 网关，并释放公网地址：专有网络控制台 > 弹性公网 IP > 解绑。"},
		CLI:       "aliyun vpc UnassociateEipAddress --RegionId <region> --AllocationId <eip>",
		Terraform: "alicloud_instance: internet_max_bandwidth_out = 0"},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeInstances", "ecs/DescribeNetworkInterfaces"},
	Clauses:      partial("8.1.2.1-d", "8.1.3.1-a", "7.1.2.1-b", "7.1.3.1", "9.1.2.1-d", "9.1.3.1-a"),
	resourceType: "ecs.instance", run: each(instances, instanceNoPublicAddress),
}, {
	ID:    "ecs-instance-admin-ports-unreachable",
	Title: Text{"The internet does not reach the instance's administration ports", "互联网无法访问实例的管理端口"},
	Why: Text{"Remote login that everybody can knock at is found within minutes and tried with stolen and guessed passwords without pause.",
		"任何人都能访问的远程登录端口会在数分钟内被发现，并持续遭受口令猜测和撞库。"},
	Fix: narrowRule, Severity: Critical, Service: "ecs",
	Reads:        slices.Concat([]string{"ecs/DescribeInstances", "ecs/DescribeNetworkInterfaces", "vpc/DescribeIpv6Addresses"}, groupReads),
	Params:       []Param{{"ports", Text{"administration ports (22 TCP, 3389 TCP or UDP, others TCP)", "管理端口（22 按 TCP，3389 按 TCP 或 UDP，其他按 TCP）"}, []string{"22", "3389"}}},
	Clauses:      direct("8.1.4.4-c", "8.1.3.2-a", "7.1.4.4-c", "7.1.3.2-a", "9.1.4.4-c", "9.1.3.2-a"),
	Hazards:      []string{"A-11", "A-21"},
	resourceType: "ecs.instance", run: each(instances, instanceAdminPorts),
}, {
	ID:    "ecs-security-group-admin-ports",
	Title: Text{"The security group opens no administration port to the internet", "安全组未向互联网开放管理端口"},
	Why: Text{"Every machine that gets a public address with this group is open for attacks on its remote login from then on.",
		"任何使用该安全组并获得公网地址的主机，其远程登录端口即刻面临攻击。"},
	Fix: narrowRule, Severity: High, Service: "ecs", Reads: groupReads,
	Params:       []Param{{"ports", Text{"administration ports (22 TCP, 3389 TCP or UDP, others TCP)", "管理端口（22 按 TCP，3389 按 TCP 或 UDP，其他按 TCP）"}, []string{"22", "3389"}}},
	Clauses:      direct("8.1.3.2-a", "8.1.3.2-c", "8.1.4.4-c", "7.1.3.2-a", "7.1.3.2-c", "7.1.4.4-c", "9.1.3.2-a", "9.1.3.2-c", "9.1.4.4-c"),
	Hazards:      []string{"A-11", "A-21"},
	resourceType: "ecs.security_group", run: each(securityGroups, groupPorts(adminProtocols)),
}, {
	ID:    "ecs-security-group-database-ports",
	Title: Text{"The security group opens no database port to the internet", "安全组未向互联网开放数据库端口"},
	Why: Text{"Databases that the internet reaches are copied, deleted and held for ransom, often within hours.",
		"互联网可达的数据库往往数小时内即遭拖库、删除或勒索。"},
	Fix: narrowRule, Severity: High, Service: "ecs", Reads: groupReads,
	Params: []Param{{"ports", Text{"database ports (TCP; 11211 TCP or UDP)", "数据库端口（TCP；11211 按 TCP 或 UDP）"},
		[]string{"1433", "1521", "3306", "5432", "6379", "9200", "9300", "11211", "27017"}}},
	Clauses:      direct("8.1.3.2-a", "8.1.4.4-b", "7.1.3.2-a", "7.1.4.4-b", "9.1.3.2-a", "9.1.4.4-b"),
	Hazards:      []string{"A-21"},
	resourceType: "ecs.security_group", run: each(securityGroups, groupPorts(databaseProtocols)),
}, {
	ID:    "ecs-security-group-high-risk-ports",
	Title: Text{"The security group opens no high-risk port to the internet", "安全组未向互联网开放高危端口"},
	Why: Text{"File shares, remote procedure calls, unauthenticated daemons and consoles behind these ports are what worms and intruders look for first.",
		"这些端口背后的文件共享、远程调用、无认证守护进程和控制台，是蠕虫和入侵者最先寻找的目标。"},
	Fix: narrowRule, Severity: High, Service: "ecs", Reads: groupReads,
	Params: []Param{{"ports", Text{"high-risk ports (TCP or UDP)", "高危端口（TCP 或 UDP）"},
		[]string{"20", "21", "23", "69", "111", "135", "137-139", "161", "389", "445", "512-514", "873", "1099", "2049", "2375", "2376", "4505", "4506", "5900", "5901", "8020", "9870", "50070"}}},
	Clauses:      direct("8.1.4.4-b", "8.1.3.2-a", "7.1.4.4-b", "7.1.3.2-a", "9.1.4.4-b", "9.1.3.2-a"),
	Hazards:      []string{"A-21"},
	resourceType: "ecs.security_group", run: each(securityGroups, groupPorts(bothProtocols)),
}, {
	ID:    "ecs-security-group-no-open-range",
	Title: Text{"The security group does not open every port to the internet", "安全组未向互联网开放全部端口"},
	Why: Text{"A group that lets everything in controls nothing: each service that is ever started on its machines is public.",
		"放行一切的安全组等于没有访问控制：主机上启动的任何服务都会直接暴露到互联网。"},
	Fix: narrowRule, Severity: Critical, Service: "ecs", Reads: groupReads,
	Clauses:      direct("8.1.3.2-a", "8.1.3.2-c", "7.1.3.2-a", "7.1.3.2-c", "9.1.3.2-a", "9.1.3.2-c"),
	Hazards:      []string{"A-11"},
	resourceType: "ecs.security_group", run: each(securityGroups, groupOpenRange),
}, {
	ID:    "ecs-security-group-no-redundant-rules",
	Title: Text{"The security group has no redundant rule", "安全组没有冗余规则"},
	Why: Text{"Rules that never decide anything hide those that do, and come to life when the rule before them is deleted.",
		"从不生效的规则会掩盖真正起作用的规则，并在其前置规则被删除后意外生效。"},
	Fix: Fix{Text: Text{"Delete the rule that is covered: ECS console > Network & Security > Security Groups > the group.", "删除被覆盖的规则：ECS 控制台 > 网络与安全 > 安全组 > 目标安全组。"},
		CLI:       "aliyun ecs RevokeSecurityGroup --RegionId <region> --SecurityGroupId <group> --SecurityGroupRuleId.1 <rule>",
		Terraform: "alicloud_security_group_rule: delete"},
	Severity: Low, Service: "ecs", Reads: groupReads,
	Clauses:      direct("8.1.3.2-b", "7.1.3.2-b", "9.1.3.2-b"),
	resourceType: "ecs.security_group", run: each(securityGroups, groupRedundant),
}, {
	ID:    "ecs-security-group-in-use",
	Title: Text{"The security group is in use", "安全组正在使用"},
	Why: Text{"Groups that nothing uses are forgotten, with whatever they let in; the next machine that takes one inherits it.",
		"无人使用的安全组会被遗忘，其中放行的内容也无人审视；之后使用它的主机将继承这些规则。"},
	Fix: Fix{Text: Text{"Delete the group: ECS console > Network & Security > Security Groups > Delete.", "删除该安全组：ECS 控制台 > 网络与安全 > 安全组 > 删除。"},
		CLI: "aliyun ecs DeleteSecurityGroup --RegionId <region> --SecurityGroupId <group>"},
	Severity: Low, Service: "ecs", Reads: []string{"ecs/DescribeSecurityGroups", "ecs/DescribeInstances", "ecs/DescribeNetworkInterfaces"},
	Clauses:      partial("8.1.3.2-b", "7.1.3.2-b", "9.1.3.2-b"),
	resourceType: "ecs.security_group", run: each(securityGroups, groupInUse),
}}

func instances(a *cloud.Account) []*cloud.Instance           { return a.ECS.Instances }
func securityGroups(a *cloud.Account) []*cloud.SecurityGroup { return a.ECS.SecurityGroups }

func instanceInVPC(s *see, i *cloud.Instance) verdict {
	s.saw(i.From, "InstanceNetworkType", i.InstanceNetworkType)
	switch strings.ToLower(i.InstanceNetworkType) {
	case "vpc":
		return pass()
	case "classic":
		return fail("the instance is in the classic network", "实例位于经典网络")
	}
	s.unclear(i.From, "InstanceNetworkType", i.InstanceNetworkType)
	return verdict{}
}

func instanceNoPublicAddress(s *see, i *cloud.Instance) verdict {
	own := slices.Concat(i.PublicIPAddress, nonEmpty(i.EipAddress))
	if len(own) > 0 {
		s.saw(i.From, "PublicIpAddress, EipAddress", strings.Join(own, ", "))
		return fail("it has the public address %s", "拥有公网地址 %s", strings.Join(own, ", "))
	}
	s.saw(i.From, "PublicIpAddress, EipAddress", "")
	for _, n := range need(s, i.Interfaces) {
		if len(n.PublicIPAddress) > 0 {
			s.saw(n.From, "AssociatedPublicIp.PublicIpAddress", n.PublicIPAddress[0])
			return fail("its interface %s has the public address %s", "其网卡 %s 拥有公网地址 %s", n.ID, n.PublicIPAddress[0])
		}
	}
	return pass()
}

// A question is a port, and the protocols by which it is dangerous.
type question struct {
	ports     ports
	protocols []protocol
}

// adminProtocols: SSH is TCP alone, remote desktop UDP too.
func adminProtocols(p ports) []protocol {
	if p.from == 3389 {
		return []protocol{tcp, udp}
	}
	return []protocol{tcp}
}

// databaseProtocols: memcached answers UDP too.
func databaseProtocols(p ports) []protocol {
	if p.from == 11211 {
		return []protocol{tcp, udp}
	}
	return []protocol{tcp}
}

func bothProtocols(ports) []protocol { return []protocol{tcp, udp} }

// questions are those of the parameter "ports". A word that is no port is a
// mistake of the user's, and unknown rather than overlooked.
func questions(s *see, of func(ports) []protocol) []question {
	var list []question
	for _, w := range param[[]string](s, "ports") {
		p, ok := parsePorts(w)
		if !ok {
			s.unclear(nil, "parameter ports", w)
		}
		list = append(list, question{p, of(p)})
	}
	return list
}

// openPorts are the ports in question that rules open to the internet for
// certain, as "22/TCP", and the doubt that hides whether others are.
func openPorts(list []filter, asked []question, concern func(families) bool) (open []string, why doubt) {
	if !mayOpen(list) {
		return nil, doubt{}
	}
	for _, q := range asked {
		for _, proto := range q.protocols {
			for _, piece := range edges(list, []ports{q.ports}) {
				if concern(openTo(list, proto, piece.from, atLeast)) {
					open = append(open, piece.String()+"/"+string(proto))
				} else if concern(openTo(list, proto, piece.from, atMost)) && !why.any() {
					why = doubtOn(list, proto, piece.from)
				}
			}
		}
	}
	return open, why
}

// String is the range as people write it: "22", "137-139".
func (p ports) String() string {
	if p.from == p.to {
		return strconv.Itoa(p.from)
	}
	return fmt.Sprintf("%d-%d", p.from, p.to)
}

// groupPorts judges a group by the ports that it opens to the internet.
func groupPorts(of func(ports) []protocol) func(s *see, g *cloud.SecurityGroup) verdict {
	return func(s *see, g *cloud.SecurityGroup) verdict {
		list := ingress([]*cloud.SecurityGroup{g}, [][]cloud.Rule{need(s, g.Rules)})
		open, why := openPorts(list, questions(s, of), families.any)
		if len(open) > 0 {
			sawOpening(s, list)
			return fail("open to the internet: %s", "向互联网开放：%s", strings.Join(open, ", "))
		}
		if why.any() {
			why.stop(s)
		}
		return pass()
	}
}

// sawOpening notes the rules that let many public addresses in.
func sawOpening(s *see, list []filter) {
	for _, f := range list {
		if f.accept && openSources(f.sources.Prefixes()) {
			r := f.rule
			s.saw(r.From, "Permissions.Permission "+r.ID,
				strings.Join(nonEmpty(r.Policy, r.IPProtocol, r.PortRange, r.PortRangeListID, r.SourceCIDR, r.SourceIPv6, r.SourcePrefixListID, "priority "+strconv.Itoa(r.Priority)), " "))
			s.from(r.SourcePrefixes.Origin())
			s.from(r.Ports.Origin())
		}
	}
}

// openRange is how many ports of one protocol make a group that opens them all.
const openRange = 65000

func groupOpenRange(s *see, g *cloud.SecurityGroup) verdict {
	list := ingress([]*cloud.SecurityGroup{g}, [][]cloud.Rule{need(s, g.Rules)})
	for _, proto := range []protocol{tcp, udp} {
		if n := countOpen(list, proto, atLeast); n >= openRange {
			sawOpening(s, list)
			return fail("%d of 65,535 %s ports are open to the internet", "65,535 个 %[2]s 端口中有 %[1]d 个向互联网开放", n, proto)
		}
	}
	for _, proto := range []protocol{tcp, udp} {
		if countOpen(list, proto, atMost) >= openRange {
			for _, f := range list {
				if f.why.any() {
					f.why.stop(s)
				}
			}
		}
	}
	return pass()
}

func countOpen(list []filter, proto protocol, how stance) int {
	n := 0
	if !mayOpen(list) {
		return n
	}
	for _, piece := range edges(list, []ports{everyPort}) {
		if openTo(list, proto, piece.from, how).any() {
			n += piece.to - piece.from + 1
		}
	}
	return n
}

func groupRedundant(s *see, g *cloud.SecurityGroup) verdict {
	if g.ServiceManaged {
		return notApplicable("a cloud service manages the group", "该安全组由云服务托管")
	}
	rules := need(s, g.Rules)
	covered, cover := redundantRule(g, rules)
	if covered == nil {
		for _, r := range rules {
			needLists(s, r) // a list that was not read may be covered
		}
		return pass()
	}
	s.saw(covered.From, "Permissions.Permission.SecurityGroupRuleId", covered.ID+" ("+covered.PortRange+" "+covered.SourceCIDR+")")
	return fail("rule %s is covered whole by rule %s", "规则 %s 被规则 %s 完全覆盖", covered.ID, cover.ID)
}

func groupInUse(s *see, g *cloud.SecurityGroup) verdict {
	if g.ServiceManaged {
		return notApplicable("a cloud service manages the group", "该安全组由云服务托管")
	}
	if user := need(s, g.UsedBy); user != "" {
		s.saw(g.UsedBy.Origin(), "SecurityGroupIds of", user)
		return pass()
	}
	return fail("no instance and no network interface uses it", "没有实例或网卡使用该安全组")
}

// needLists asks for the lists that a rule names.
func needLists(s *see, r cloud.Rule) {
	if r.SourcePrefixListID != "" {
		need(s, r.SourcePrefixes)
	}
	if r.DestPrefixListID != "" {
		need(s, r.DestPrefixes)
	}
	if r.PortRangeListID != "" {
		need(s, r.Ports)
	}
}
