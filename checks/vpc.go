package checks

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// vpcChecks judge virtual private clouds.
var vpcChecks = []Check{{
	ID:    "vpc-flow-log",
	Title: Text{"An active flow log covers all traffic of the VPC", "专有网络的全部流量由已启用的流日志记录"},
	Why: Text{"After an intrusion, only flow logs tell which machine talked to whom, and how much it sent. Traffic that was not recorded cannot be looked up later.",
		"发生入侵后，只有流日志能够说明哪台主机与谁通信、传出了多少数据；未被记录的流量事后无从查证。"},
	Fix: Fix{Text: Text{"Create a flow log on the VPC with traffic type All and keep it started: VPC console > Operations and Monitoring > Flow Logs > Create Flow Log. Where the VPC has IPv6, let it take IPv6 too.",
		"为专有网络创建流量类型为“全部流量”的流日志并保持启动：专有网络控制台 > 运维与监控 > 流日志 > 创建流日志。启用了 IPv6 的专有网络，还应同时采集 IPv6 流量。"},
		CLI:       "aliyun vpc CreateFlowLog --RegionId <region> --ResourceType VPC --ResourceId <vpc> --TrafficType All --ProjectName <project> --LogStoreName <logstore>",
		Terraform: `alicloud_vpc_flow_log: resource_type = "VPC", resource_id, traffic_type = "All", status = "Active"`},
	Severity: Medium, Service: "vpc", Reads: []string{"vpc/DescribeVpcs", "vpc/DescribeFlowLogs"},
	Clauses:      partial("8.1.3.5-a", "8.1.3.3-c", "7.1.3.5-a", "9.1.3.5-a", "9.1.3.3-c"),
	resourceType: "vpc.vpc", run: each(networks, vpcFlowLog),
}, {
	ID:    "vpc-two-zones",
	Title: Text{"The VPC has vSwitches in two zones or more", "专有网络的交换机分布在两个及以上可用区"},
	Why: Text{"A VPC that lives in one zone stops with that zone: there is no place to fail over to.",
		"交换机集中于单个可用区的专有网络会随该可用区故障而整体中断，业务无处切换。"},
	Fix: Fix{Text: Text{"Create a vSwitch in a second zone and spread machines, databases and load balancers over both: VPC console > vSwitch > Create vSwitch.",
		"在第二个可用区创建交换机，并将实例、数据库和负载均衡分布到两个可用区：专有网络控制台 > 交换机 > 创建交换机。"},
		CLI:       "aliyun vpc CreateVSwitch --RegionId <region> --VpcId <vpc> --ZoneId <zone> --CidrBlock <cidr>",
		Terraform: "alicloud_vswitch: zone_id (another one than that of the VPC's other vSwitches)"},
	Severity: Medium, Service: "vpc", Reads: []string{"vpc/DescribeVpcs", "vpc/DescribeVSwitches"},
	Clauses:      partial("8.1.2.1-e", "9.1.2.1-e"),
	resourceType: "vpc.vpc", run: each(networks, vpcTwoZones),
}}

func networks(a *cloud.Account) []*cloud.Network { return a.VPC.Networks }

func vpcFlowLog(s *see, n *cloud.Network) verdict {
	logs := need(s, n.FlowLogs)
	for _, f := range logs {
		s.saw(f.From, "FlowLogs.FlowLog", flowLogWords(f))
	}
	accepted, rejected := flowLogsTake(n, logs, "Allow"), flowLogsTake(n, logs, "Drop")
	how := min(accepted, rejected)
	switch {
	case how == certain:
		return pass()
	case how == unsure:
		s.unclear(n.FlowLogs.Origin(), "FlowLogs.FlowLog", joinWords(logs))
	case n.VSwitchIDs == nil && switchesLogged(s.run.account, n.Region):
		// logs on vSwitches may be enough, and which it has was not said
		s.unclear(n.From, "Vpcs.Vpc.VSwitchIds", "")
	case len(logs) == 0:
		return fail("no flow log is on the VPC or its vSwitches", "专有网络及其交换机均未配置流日志")
	case accepted != surelyNot:
		return fail("its flow logs do not record all rejected traffic", "现有流日志未完整记录被拒绝的流量")
	case rejected != surelyNot:
		return fail("its flow logs do not record all accepted traffic", "现有流日志未完整记录被允许的流量")
	}
	return fail("none of its flow logs is in effect for all of the VPC", "现有流日志均未在整个专有网络范围内生效")
}

// flowLogsTake tells whether flow logs record all traffic of one kind ("Allow" or
// "Drop"): by one on the VPC, or by one on each of its vSwitches.
func flowLogsTake(n *cloud.Network, logs []*cloud.FlowLog, kind string) certainty {
	on := func(id string) certainty {
		best := surelyNot
		for _, f := range logs {
			if f.ResourceID == id {
				best = max(best, flowLogTakes(n, f, kind))
			}
		}
		return best
	}
	if len(n.VSwitchIDs) == 0 {
		return on(n.ID)
	}
	least := certain
	for _, id := range n.VSwitchIDs {
		least = min(least, on(id))
	}
	return max(on(n.ID), least)
}

// switchesLogged reports whether any vSwitch of a region has a flow log.
func switchesLogged(a *cloud.Account, region string) bool {
	return slices.ContainsFunc(a.VPC.FlowLogs, func(f *cloud.FlowLog) bool {
		return f.Region == region && !strings.EqualFold(f.ResourceType, "VPC")
	})
}

// A certainty says how sure it is that a flow log records some traffic.
type certainty int

const (
	surelyNot certainty = iota
	unsure
	certain
)

// flowLogTakes tells whether a flow log records all traffic of one kind ("Allow"
// or "Drop") of what it is on.
func flowLogTakes(n *cloud.Network, f *cloud.FlowLog, kind string) certainty {
	all := []certainty{
		oneOf(f.Status, []string{"Active"}, []string{"Inactive"}),
		oneOf(f.TrafficType, []string{"All", kind}, []string{"Allow", "Drop"}),
		oneOf(f.BusinessStatus, []string{"Normal", ""}, []string{"FinancialLocked", "SecurityLocked", "Expired"}),
		deliveryOf(f),
		pathOf(f),
	}
	if n.IPv6 {
		all = append(all, oneOf(f.IPVersion, []string{"DualStack"}, []string{"IPv4", "IPv6", ""}))
	}
	return slices.Min(all)
}

func oneOf(value string, good, bad []string) certainty {
	same := func(x string) bool { return strings.EqualFold(x, value) }
	switch {
	case slices.ContainsFunc(good, same):
		return certain
	case slices.ContainsFunc(bad, same):
		return surelyNot
	}
	return unsure
}

// deliveryOf: a log that does not arrive records nothing.
func deliveryOf(f *cloud.FlowLog) certainty {
	if strings.HasPrefix(strings.ToLower(f.FlowLogDeliverStatus), "fail") {
		return surelyNot
	}
	return oneOf(f.FlowLogDeliverStatus, []string{"success", ""}, nil)
}

// pathOf: a log made for some paths (the internet gateway, …) leaves out the
// others; where no path is named it takes them all.
func pathOf(f *cloud.FlowLog) certainty {
	if len(f.TrafficPath) == 0 || slices.Contains(f.TrafficPath, "all") {
		return certain
	}
	return surelyNot
}

// flowLogWords is what a flow log is, as evidence.
func flowLogWords(f *cloud.FlowLog) string {
	words := []string{f.ID, f.ResourceID, f.TrafficType, f.Status}
	for _, w := range slices.Concat([]string{f.BusinessStatus, f.FlowLogDeliverStatus, f.IPVersion}, f.TrafficPath) {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

func joinWords(logs []*cloud.FlowLog) string {
	var all []string
	for _, f := range logs {
		all = append(all, flowLogWords(f))
	}
	return strings.Join(all, "; ")
}

func vpcTwoZones(s *see, n *cloud.Network) verdict {
	switches := need(s, n.VSwitches)
	var zones []string
	for _, x := range switches {
		if x.Zone != "" && !slices.Contains(zones, x.Zone) {
			zones = append(zones, x.Zone)
			s.saw(x.From, "VSwitches.VSwitch.ZoneId", x.Zone)
		}
	}
	if len(zones) >= 2 {
		return pass()
	}
	for _, x := range switches {
		if x.Zone == "" {
			s.unclear(x.From, "VSwitches.VSwitch.ZoneId", "")
		}
	}
	switch {
	case len(switches) == 0 && len(n.VSwitchIDs) > 0:
		s.unclear(n.From, "Vpcs.Vpc.VSwitchIds", strings.Join(n.VSwitchIDs, ", "))
	case len(switches) == 0:
		return notApplicable("the VPC has no vSwitch", "该专有网络没有交换机")
	}
	return fail("all vSwitches lie in zone %s", "所有交换机均位于可用区 %s", zones[0])
}
