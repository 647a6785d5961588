package report

import "github.com/mlpscan/mlpscan/checks"

// kindNames are what the types of resources are called, as the consoles have it.
var kindNames = map[string]checks.Text{
	"account":             {EN: "Alibaba Cloud account", ZH: "云账号"},
	"resource":            {EN: "any resource", ZH: "各类资源"},
	"ecs.instance":        {EN: "ECS instance", ZH: "ECS 实例"},
	"ecs.disk":            {EN: "Disk", ZH: "云盘"},
	"ecs.eni":             {EN: "Network interface", ZH: "弹性网卡"},
	"ecs.security_group":  {EN: "Security group", ZH: "安全组"},
	"ecs.snapshot":        {EN: "Snapshot", ZH: "快照"},
	"ecs.snapshot_policy": {EN: "Automatic snapshot policy", ZH: "自动快照策略"},
	"ecs.image":           {EN: "Custom image", ZH: "自定义镜像"},
	"vpc.vpc":             {EN: "VPC", ZH: "专有网络"},
	"vpc.vswitch":         {EN: "vSwitch", ZH: "交换机"},
	"vpc.flow_log":        {EN: "Flow log", ZH: "流日志"},
	"vpc.nat_gateway":     {EN: "NAT gateway", ZH: "NAT 网关"},
	"vpc.eip_address":     {EN: "Elastic public address", ZH: "弹性公网 IP"},
	"vpc.ipv6_address":    {EN: "IPv6 address", ZH: "IPv6 地址"},
	"slb.load_balancer":   {EN: "Classic load balancer", ZH: "传统型负载均衡"},
	"alb.load_balancer":   {EN: "Application load balancer", ZH: "应用型负载均衡"},
	"nlb.load_balancer":   {EN: "Network load balancer", ZH: "网络型负载均衡"},
	"rds.instance":        {EN: "RDS instance", ZH: "RDS 实例"},
	"oss.bucket":          {EN: "OSS bucket", ZH: "OSS 存储空间"},
	"actiontrail.trail":   {EN: "Trail", ZH: "操作审计跟踪"},
	"ram.user":            {EN: "RAM user", ZH: "RAM 用户"},
	"ram.group":           {EN: "RAM group", ZH: "RAM 用户组"},
	"ram.role":            {EN: "RAM role", ZH: "RAM 角色"},
	"ram.policy":          {EN: "RAM policy", ZH: "权限策略"},
	"ram.access_key":      {EN: "AccessKey", ZH: "访问密钥"},
}

// kindName is what a type is called; its own word where nobody said.
func kindName(kind string) checks.Text {
	if t, ok := kindNames[kind]; ok {
		return t
	}
	return checks.Text{EN: kind, ZH: kind}
}
