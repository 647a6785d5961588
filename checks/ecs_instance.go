package checks

import (
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// ecsInstanceChecks judge how an instance is set up, apart from its network.
var ecsInstanceChecks = []Check{{
	ID:    "ecs-instance-metadata-token",
	Title: Text{"Instance metadata needs a token", "访问实例元数据须携带令牌（加固模式）"},
	Why: Text{"The metadata service hands out the credentials of the instance's RAM role. Without a token any program that can be made to fetch a URL (SSRF) fetches them too.",
		"元数据服务会下发实例 RAM 角色的临时凭证。未强制令牌时，任何可被诱导发起请求的程序（SSRF）都可能泄露该凭证。"},
	Fix: Fix{Text: Text{"Make sure that the programs on the instance ask for a token, then require it: ECS console > Instances > the instance > All Operations > Instance Settings > Modify Instance Metadata Options > Security hardening mode. An instance without a RAM role may have the service disabled.",
		"确认实例内程序已支持加固模式后强制启用：ECS 控制台 > 实例 > 全部操作 > 实例设置 > 修改实例元数据配置 > 仅加固模式。无需元数据的实例可关闭元数据访问通道。"},
		CLI:       "aliyun ecs ModifyInstanceMetadataOptions --RegionId <region> --InstanceId <instance> --HttpEndpoint enabled --HttpTokens required",
		Terraform: `alicloud_instance: http_endpoint = "enabled", http_tokens = "required"`},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeInstances"},
	Clauses:      partial("8.1.4.4-b", "7.1.4.4-b", "9.1.4.4-b"),
	resourceType: "ecs.instance", run: each(machines, instanceMetadataToken),
}, {
	ID:    "ecs-instance-key-pair",
	Title: Text{"Linux instances log in by key pair", "Linux 实例使用密钥对登录"},
	Why: Text{"A password can be guessed, reused and told on; the private key of a pair cannot be guessed and need not leave its owner.",
		"口令可能被猜解、复用或转述；密钥对的私钥无法猜解，也无需离开持有者。"},
	Fix: Fix{Text: Text{"Bind a key pair, restart the instance, and turn password login off in sshd: ECS console > Network & Security > Key Pairs > Bind Key Pair.",
		"绑定密钥对并重启实例，同时在 sshd 中关闭口令登录：ECS 控制台 > 网络与安全 > 密钥对 > 绑定密钥对。"},
		CLI:       `aliyun ecs AttachKeyPair --RegionId <region> --KeyPairName <key pair> --InstanceIds '["<instance>"]'`,
		Terraform: "alicloud_instance: key_name (or alicloud_ecs_key_pair_attachment)"},
	Severity: Low, Service: "ecs", Reads: []string{"ecs/DescribeInstances"},
	Clauses:      partial("8.1.4.1-a", "7.1.4.1-a", "9.1.4.1-a"),
	resourceType: "ecs.instance", run: each(machines, instanceKeyPair),
}}

func machines(a *cloud.Account) []*cloud.Instance { return a.ECS.Instances }

// instanceMetadataToken passes where the service is off, or wants a token. The
// fields are empty for some instances whatever is asked: that says nothing.
func instanceMetadataToken(s *see, i *cloud.Instance) verdict {
	const path = "Instances.Instance.MetadataOptions."
	if strings.EqualFold(i.HTTPEndpoint, "disabled") {
		s.saw(i.From, path+"HttpEndpoint", i.HTTPEndpoint)
		return pass()
	}
	switch strings.ToLower(i.HTTPTokens) {
	case "required":
		s.saw(i.From, path+"HttpTokens", i.HTTPTokens)
		return pass()
	case "optional":
		if !strings.EqualFold(i.HTTPEndpoint, "enabled") {
			s.unclear(i.From, path+"HttpEndpoint", i.HTTPEndpoint)
		}
		s.saw(i.From, path+"HttpEndpoint", i.HTTPEndpoint)
		s.saw(i.From, path+"HttpTokens", i.HTTPTokens)
		return fail("instance metadata can be read without a token", "无需令牌即可读取实例元数据")
	}
	s.unclear(i.From, path+"HttpTokens", i.HTTPTokens)
	return verdict{}
}

func instanceKeyPair(s *see, i *cloud.Instance) verdict {
	switch strings.ToLower(i.OSType) {
	case "windows":
		s.saw(i.From, "Instances.Instance.OSType", i.OSType)
		return notApplicable("a Windows instance has no key pair to log in by", "Windows 实例不使用密钥对登录")
	case "linux":
		s.saw(i.From, "Instances.Instance.OSType", i.OSType)
		s.saw(i.From, "Instances.Instance.KeyPairName", i.KeyPairName)
		if i.KeyPairName != "" {
			return pass()
		}
		return fail("no key pair is bound; it logs in by password", "未绑定密钥对，使用口令登录")
	}
	s.unclear(i.From, "Instances.Instance.OSType", i.OSType)
	return verdict{}
}
