package simulator

import (
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A product is one RPC service.
type product struct {
	name    string // as the folder of its answers
	version string // of its API; no two products here share one
	host    string // first label of its endpoint
}

var products = []product{
	{"ecs", "2014-05-26", "ecs"},
	{"vpc", "2016-04-28", "vpc"},
	{"rds", "2014-08-15", "rds"},
	{"actiontrail", "2020-07-06", "actiontrail"},
	{"slb", "2014-05-15", "slb"},
	{"alb", "2020-06-16", "alb"},
	{"nlb", "2022-04-30", "nlb"},
	{"sts", "2015-04-01", "sts"},
	{"ram", "2015-05-01", "ram"},
	{"ims", "2019-08-15", "ims"},
	{"kms", "2016-01-20", "kms"},
	{"resourcemanager", "2020-03-31", "resourcemanager"},
}

// An action is one API of a product: what it takes, how it pages, what it says
// of what is not there.
type action struct {
	service, name string
	// list is the path of the list in the answer; "" for an answer that is no list.
	list   string
	paging paging
	// global: the answer belongs to no region.
	global bool
	// required must be given.
	required []string
	// id are the parameters that name the file. The first is required; where
	// there is no file of all that are given, that of the first is meant.
	id []string
	// of is whom the call asks about: where that one does not exist, it says so.
	of *owner
	// absent is what is answered where the account has no file; nil means an empty list.
	absent *failure
	// otherwise is the answer of an account that has no file because nobody set anything up.
	otherwise string
	// filters select items of the list; defaults are what they ask for unless told otherwise.
	filters  []filter
	defaults map[string]string
	// ignored are parameters that change nothing of what is in the files.
	ignored []string
	// detail names a field of the items that is only there when AdditionalAttributes asks for the attribute.
	detail, attribute string
}

// Paging of several APIs alike.
var (
	byEither100  = paging{style: either, size: 10, min: 10, max: 100}
	byEither500  = paging{style: either, size: 10, min: 10, max: 500, maxNumbered: 100}
	byNumber100  = paging{style: numbered, size: 10, min: 1, max: 100}
	byNumber50   = paging{style: numbered, size: 10, min: 1, max: 50, strict: true}
	flowLogPages = paging{style: numbered, size: 20, min: 1, max: 50, strict: true, text: true}
	byToken100   = paging{style: token, size: 20, min: 1, max: 100, strict: true}
	ruleListPage = paging{style: token, size: 500, min: 10, max: 1000, bare: true}
)

var (
	region      = []string{"RegionId"}
	instanceID  = []string{"DBInstanceId"}
	noDatabase  = fail(http.StatusNotFound, "InvalidDBInstanceId.NotFound", "The DBInstanceId provided does not exist in our records.")
	noImage     = fail(http.StatusNotFound, "InvalidImageId.NotFound", "The specified ImageId does not exist.")
	noGroup     = fail(http.StatusNotFound, "InvalidSecurityGroupId.NotFound", "The specified SecurityGroupId does not exist.")
	noPrefixes  = fail(http.StatusNotFound, "InvalidPrefixListId.NotFound", "The specified prefix list was not found.")
	noPortRange = fail(http.StatusNotFound, "InvalidPortRangeListId.NotFound", "The specified port range list was not found.")
	noTrail     = fail(http.StatusNotFound, "TrailNotFoundException", "The specified Trail does not exist.")
)

// actions is every API that is answered, OSS and the log service apart.
var actions = slices.Concat(ecsActions, vpcActions, rdsActions, ramActions, imsActions, kmsActions, directoryActions, balancerActions, otherActions)

var ecsActions = []action{
	{service: "ecs", name: "DescribeRegions", list: "Regions.Region", global: true,
		ignored: []string{"InstanceChargeType", "ResourceType"}},
	{service: "ecs", name: "DescribeInstances", list: "Instances.Instance", paging: byEither100, required: region,
		detail: "MetadataOptions", attribute: "META_OPTIONS",
		filters: []filter{{"InstanceIds", "InstanceId", array}, {"VpcId", "VpcAttributes.VpcId", one}, {"VSwitchId", "VpcAttributes.VSwitchId", one},
			{"ZoneId", "ZoneId", one}, {"Status", "Status", one}, {"SecurityGroupId", "SecurityGroupIds.SecurityGroupId", one},
			{"InstanceName", "InstanceName", one}, {"ResourceGroupId", "ResourceGroupId", one}, {"ImageId", "ImageId", one},
			{"InstanceType", "InstanceType", one}, {"InstanceNetworkType", "InstanceNetworkType", one}, {"InstanceChargeType", "InstanceChargeType", one}}},
	{service: "ecs", name: "DescribeDisks", list: "Disks.Disk", paging: byEither500, required: region,
		filters: []filter{{"DiskIds", "DiskId", array}, {"InstanceId", "InstanceId", one}, {"DiskType", "Type", one}, {"Status", "Status", one},
			{"Category", "Category", one}, {"Encrypted", "Encrypted", one}, {"ZoneId", "ZoneId", one}, {"ResourceGroupId", "ResourceGroupId", one}}},
	{service: "ecs", name: "DescribeNetworkInterfaces", list: "NetworkInterfaceSets.NetworkInterfaceSet", paging: byEither500, required: region,
		filters: []filter{{"InstanceId", "InstanceId", one}, {"NetworkInterfaceId", "NetworkInterfaceId", repeated}, {"VpcId", "VpcId", one},
			{"VSwitchId", "VSwitchId", one}, {"SecurityGroupId", "SecurityGroupIds.SecurityGroupId", one}, {"Type", "Type", one}, {"Status", "Status", one}}},
	{service: "ecs", name: "DescribeSecurityGroups", list: "SecurityGroups.SecurityGroup", required: region,
		paging: paging{style: either, size: 10, min: 1, max: 100, maxNumbered: 50, untold: true},
		filters: []filter{{"SecurityGroupIds", "SecurityGroupId", array}, {"SecurityGroupId", "SecurityGroupId", one}, {"VpcId", "VpcId", one},
			{"SecurityGroupName", "SecurityGroupName", one}, {"SecurityGroupType", "SecurityGroupType", one}, {"ResourceGroupId", "ResourceGroupId", one}},
		ignored: []string{"IsQueryEcsCount"}},
	{service: "ecs", name: "DescribeSecurityGroupAttribute", list: "Permissions.Permission", paging: ruleListPage, required: []string{"RegionId", "SecurityGroupId"},
		id: []string{"SecurityGroupId", "NicType"}, absent: noGroup,
		filters: []filter{{"Direction", "Direction", one}}, ignored: []string{"NicType", "Attribute"}},
	{service: "ecs", name: "DescribePrefixListAttributes", required: []string{"RegionId", "PrefixListId"}, id: []string{"PrefixListId"}, absent: noPrefixes},
	{service: "ecs", name: "DescribePortRangeListEntries", required: []string{"RegionId", "PortRangeListId"}, id: []string{"PortRangeListId"}, absent: noPortRange},
	{service: "ecs", name: "DescribeAutoSnapshotPolicyEx", list: "AutoSnapshotPolicies.AutoSnapshotPolicy", paging: byNumber100, required: region,
		filters: []filter{{"AutoSnapshotPolicyId", "AutoSnapshotPolicyId", one}, {"AutoSnapshotPolicyName", "AutoSnapshotPolicyName", one}}},
	{service: "ecs", name: "DescribeSnapshots", list: "Snapshots.Snapshot", required: region,
		paging: paging{style: either, size: 10, min: 1, max: 100},
		filters: []filter{{"SnapshotIds", "SnapshotId", array}, {"DiskId", "SourceDiskId", one}, {"Status", "Status", one},
			{"SnapshotType", "SnapshotType", one}, {"Encrypted", "Encrypted", one}, {"Category", "Category", one}}},
	{service: "ecs", name: "DescribeImages", list: "Images.Image", paging: byNumber100, required: region,
		filters: []filter{{"ImageId", "ImageId", commas}, {"ImageOwnerAlias", "ImageOwnerAlias", one}, {"Status", "Status", commas}, {"ImageName", "ImageName", one}},
		// The cloud lists images that can be used, unless asked for others.
		defaults: map[string]string{"Status": "Available"}, ignored: []string{"ShowExpired"}},
	{service: "ecs", name: "DescribeImageSharePermission", list: "Accounts.Account", paging: byNumber100, required: []string{"RegionId", "ImageId"},
		id: []string{"ImageId"}, absent: noImage},
}

var vpcActions = []action{
	{service: "vpc", name: "DescribeRegions", list: "Regions.Region", global: true, ignored: []string{"ProductType"}},
	{service: "vpc", name: "DescribeVpcs", list: "Vpcs.Vpc", paging: byNumber50, required: region,
		filters: []filter{{"VpcId", "VpcId", commas}, {"VpcName", "VpcName", one}, {"IsDefault", "IsDefault", one}, {"ResourceGroupId", "ResourceGroupId", one}}},
	{service: "vpc", name: "DescribeVSwitches", list: "VSwitches.VSwitch", paging: byNumber50,
		filters: []filter{{"VpcId", "VpcId", one}, {"VSwitchId", "VSwitchId", one}, {"ZoneId", "ZoneId", one}, {"IsDefault", "IsDefault", one}, {"ResourceGroupId", "ResourceGroupId", one}}},
	{service: "vpc", name: "DescribeFlowLogs", list: "FlowLogs.FlowLog", paging: flowLogPages, required: region,
		filters: []filter{{"FlowLogId", "FlowLogId", one}, {"ResourceId", "ResourceId", one}, {"ResourceType", "ResourceType", one}, {"Status", "Status", one},
			{"ProjectName", "ProjectName", one}, {"LogStoreName", "LogStoreName", one}, {"TrafficType", "TrafficType", one}}},
	{service: "vpc", name: "DescribeIpv6Addresses", list: "Ipv6Addresses.Ipv6Address", paging: byNumber50, required: region,
		filters: []filter{{"Ipv6AddressId", "Ipv6AddressId", one}, {"Ipv6Address", "Ipv6Address", one}, {"VpcId", "VpcId", one}, {"VSwitchId", "VSwitchId", one},
			{"NetworkType", "NetworkType", one}, {"AssociatedInstanceId", "AssociatedInstanceId", one}, {"AssociatedInstanceType", "AssociatedInstanceType", one}}},
	{service: "vpc", name: "DescribeNatGateways", list: "NatGateways.NatGateway", paging: byNumber50, required: region,
		filters: []filter{{"NatGatewayId", "NatGatewayId", one}, {"VpcId", "VpcId", one}, {"NetworkType", "NetworkType", one}, {"NatType", "NatType", one},
			{"VSwitchId", "NatGatewayPrivateInfo.VswitchId", one}, {"ZoneId", "NatGatewayPrivateInfo.IzNo", one}, {"Status", "Status", one}, {"ResourceGroupId", "ResourceGroupId", one}}},
	{service: "vpc", name: "DescribeEipAddresses", list: "EipAddresses.EipAddress", paging: paging{style: numbered, size: 10, min: 1, max: 100, strict: true}, required: region,
		filters: []filter{{"AllocationId", "AllocationId", commas}, {"EipAddress", "IpAddress", commas}, {"Status", "Status", one}, {"AssociatedInstanceId", "InstanceId", one}, {"AssociatedInstanceType", "InstanceType", one}}},
}

// balancerActions are those of the three products of load balancers.
var balancerActions = []action{
	{service: "slb", name: "DescribeRegions", list: "Regions.Region", global: true},
	{service: "slb", name: "DescribeLoadBalancers", list: "LoadBalancers.LoadBalancer", paging: byNumber100, required: region,
		filters: []filter{{"LoadBalancerId", "LoadBalancerId", commas}, {"VpcId", "VpcId", one}, {"AddressType", "AddressType", one}, {"LoadBalancerStatus", "LoadBalancerStatus", one}}},
	{service: "alb", name: "DescribeRegions", list: "Regions", global: true},
	{service: "alb", name: "ListLoadBalancers", list: "LoadBalancers", paging: byToken100,
		filters: []filter{{"AddressType", "AddressType", one}, {"LoadBalancerStatus", "LoadBalancerStatus", one}, {"LoadBalancerIds", "LoadBalancerId", repeated}, {"VpcIds", "VpcId", repeated}}},
	{service: "nlb", name: "DescribeRegions", list: "Regions", global: true},
	{service: "nlb", name: "ListLoadBalancers", list: "LoadBalancers", paging: byToken100,
		filters: []filter{{"AddressType", "AddressType", one}, {"LoadBalancerStatus", "LoadBalancerStatus", one}, {"LoadBalancerIds", "LoadBalancerId", repeated}, {"VpcIds", "VpcId", repeated}}},
}

// ofDatabase is an API about one database.
func ofDatabase(name string, ignored ...string) action {
	return action{service: "rds", name: name, required: instanceID, id: instanceID, absent: noDatabase, ignored: ignored}
}

var rdsActions = []action{
	{service: "rds", name: "DescribeRegions", list: "Regions.RDSRegion", global: true},
	{service: "rds", name: "DescribeDBInstances", list: "Items.DBInstance", required: region,
		paging: paging{style: either, size: 30, min: 1, max: 100, strict: true, total: "TotalRecordCount"},
		filters: []filter{{"DBInstanceId", "DBInstanceId", one}, {"Engine", "Engine", one}, {"EngineVersion", "EngineVersion", one}, {"DBInstanceStatus", "DBInstanceStatus", one},
			{"DBInstanceType", "DBInstanceType", one}, {"VpcId", "VpcId", one}, {"VSwitchId", "VSwitchId", one}, {"ZoneId", "ZoneId", one}, {"PayType", "PayType", one},
			{"ResourceGroupId", "ResourceGroupId", one}, {"InstanceNetworkType", "InstanceNetworkType", one}},
		ignored: []string{"NeedVpcName"}},
	{service: "rds", name: "DescribeDBInstanceAttribute", list: "Items.DBInstanceAttribute", required: instanceID, id: instanceID, absent: noDatabase,
		ignored: []string{"Expired"}},
	ofDatabase("DescribeDBInstanceNetInfo", "DBInstanceNetRWSplitType", "Flag", "GeneralGroupName"),
	ofDatabase("DescribeDBInstanceIPArrayList", "WhitelistNetworkType"),
	ofDatabase("DescribeDBInstanceSSL"),
	ofDatabase("DescribeDBInstanceTDE"),
	ofDatabase("DescribeDBInstanceEncryptionKey"),
	{service: "rds", name: "DescribeTags", list: "Items.TagInfos", required: region, paging: paging{}},
	ofDatabase("DescribeSQLCollectorPolicy", "ResourceGroupId"),
	ofDatabase("DescribeSQLCollectorRetention", "ResourceGroupId"),
	ofDatabase("DescribeBackupPolicy", "BackupPolicyMode", "CompressType", "ReleasedKeepPolicy"),
	ofDatabase("DescribeInstanceCrossBackupPolicy"),
	ofDatabase("DescribeParameters"),
	{service: "rds", name: "DescribeAccounts", list: "Accounts.DBInstanceAccount", required: instanceID, id: instanceID, absent: noDatabase,
		paging:  paging{style: numbered, size: 30, min: 1, max: 200, total: "TotalRecordCount", uncounted: true},
		filters: []filter{{"AccountName", "AccountName", one}}},
}

var otherActions = []action{
	{service: "actiontrail", name: "DescribeTrails", list: "TrailList",
		filters: []filter{{"NameList", "Name", commas}}, ignored: []string{"IncludeShadowTrails", "IncludeOrganizationTrail"}},
	{service: "actiontrail", name: "GetTrailStatus", required: []string{"Name"}, id: []string{"Name", "IsOrganizationTrail"}, absent: noTrail},
	{service: "sts", name: "GetCallerIdentity", global: true},
	{service: "sts", name: "AssumeRole", global: true, required: []string{"RoleArn", "RoleSessionName"},
		ignored: []string{"RoleArn", "RoleSessionName", "ExternalId", "Policy", "DurationSeconds"}}, // obeyed in assumeRole
}

// regionLists is where a product's regions are listed.
var regionLists = map[string]*action{
	"ecs": findAction("ecs", "DescribeRegions"), "vpc": findAction("ecs", "DescribeRegions"), "rds": findAction("rds", "DescribeRegions"),
	"slb": findAction("slb", "DescribeRegions"), "alb": findAction("alb", "DescribeRegions"), "nlb": findAction("nlb", "DescribeRegions"),
}

func findAction(service, name string) *action {
	for i := range actions {
		if actions[i].service == service && actions[i].name == name {
			return &actions[i]
		}
	}
	return nil
}

// parameterTable lists what each action takes, by the vendor's SDK; a test
// compares the two. One line an action: service, action, then parameters, each
// with its type where it is not a string. N stands for a number in a name.
//
//go:embed parameters.txt
var parameterTable string

// takes is what each action takes, by "service action", name and type.
var takes = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for line := range strings.Lines(parameterTable) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] == "#" {
			continue
		}
		params := map[string]string{}
		for _, w := range words[2:] {
			name, kind, _ := strings.Cut(w, ":")
			params[name] = kind
		}
		out[words[0]+" "+words[1]] = params
	}
	return out
})

// harmless change nothing in any answer of ours.
var harmless = []string{"RegionId", "OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount", "ClientToken", "SecurityToken",
	"AcceptLanguage", "DryRun", "AdditionalAttributes.N", "PageNumber", "PageSize", "MaxResults", "NextToken", "MaxItems", "Marker"}

// checkParams refuses a call with a parameter that is unknown, of the wrong
// type, missing, or that the simulator could only pretend to obey.
func (a *action) checkParams(c *call) *failure {
	for _, name := range a.required {
		if c.params[name] == "" {
			return missing(name)
		}
	}
	known := takes()[a.service+" "+a.name]
	for _, name := range sorted(c.params) {
		general := generalName(name)
		kind, ok := known[general]
		if !ok && name != "RegionId" || !fits(kind, c.params[name]) {
			return invalid(name)
		}
		if c.params[name] != "" && !a.obeys(general) {
			return fail(http.StatusBadRequest, "InvalidParameter", "The parameter "+name+" is one that the simulator cannot obey.")
		}
	}
	return nil
}

// obeys reports whether the answer follows the parameter, or need not.
func (a *action) obeys(param string) bool {
	if slices.Contains(harmless, param) || slices.Contains(a.required, param) || slices.Contains(a.id, param) || slices.Contains(a.ignored, param) {
		return true
	}
	return slices.ContainsFunc(a.filters, func(f filter) bool {
		return f.param == param || f.form == repeated && f.param+".N" == param
	})
}

// generalName puts N for each number in Tag.1.Key.
func generalName(param string) string {
	if !strings.ContainsRune(param, '.') {
		return param
	}
	parts := strings.Split(param, ".")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "N"
		}
	}
	return strings.Join(parts, ".")
}

func fits(kind, value string) bool {
	var err error
	switch {
	case value == "":
	case kind == "integer":
		_, err = strconv.ParseInt(value, 10, 64)
	case kind == "boolean":
		_, err = strconv.ParseBool(value)
	}
	return err == nil
}
