package report

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
)

var fixtureTime = time.Date(2026, 7, 1, 2, 30, 0, 0, time.UTC)

// The checks of the fixture, in the words of real ones.
func fixtureChecks() []*checks.Check {
	d, p := mlps.Direct, mlps.Partial
	return []*checks.Check{
		{ID: "ecs-security-group-admin-ports", Severity: checks.High, Service: "ecs",
			Title:   checks.Text{EN: "SSH and RDP are not open to the internet", ZH: "安全组未向互联网开放 SSH 与 RDP 端口"},
			Why:     checks.Text{EN: "Open administration ports are scanned within minutes and attacked by password guessing.", ZH: "管理端口一旦暴露，数分钟内即会被扫描并遭受口令爆破。"},
			Fix:     checks.Fix{Text: checks.Text{EN: "ECS console > Security Groups > inbound rules: allow only the office or bastion addresses.", ZH: "ECS 控制台 > 安全组 > 入方向规则：仅允许办公网或堡垒机地址访问。"}, CLI: "aliyun ecs RevokeSecurityGroup --SecurityGroupId sg-… --PortRange 22/22 --SourceCidrIp 0.0.0.0/0", Terraform: `cidr_ip = "203.0.113.0/24"`},
			Params:  []checks.Param{{Name: "ports", Text: checks.Text{EN: "administration ports", ZH: "管理端口"}, Default: []string{"22", "3389"}}},
			Clauses: []checks.Clause{{ID: "8.1.3.2-a", Strength: d}, {ID: "8.1.3.2-c", Strength: d}, {ID: "8.1.4.4-c", Strength: d}, {ID: "7.1.3.2-a", Strength: d}}, Hazards: []string{"A-11", "A-21"}},
		{ID: "ecs-disk-encrypted", Severity: checks.High, Service: "ecs",
			Title:   checks.Text{EN: "The disk is encrypted", ZH: "云盘已加密"},
			Why:     checks.Text{EN: "Data on a disk can be read by whoever gets a copy.", ZH: "未加密的云盘一旦被复制，其中的数据即可被读取。"},
			Fix:     checks.Fix{Text: checks.Text{EN: "Copy the disk by an encrypted snapshot and replace it.", ZH: "通过加密快照创建加密云盘并替换原云盘。"}},
			Clauses: []checks.Clause{{ID: "8.1.4.8-b", Strength: d}}, Hazards: []string{"A-25"}},
		{ID: "oss-bucket-no-public-write", Severity: checks.Critical, Service: "oss",
			Title:   checks.Text{EN: "The public cannot write to the bucket", ZH: "存储空间不允许公共写"},
			Why:     checks.Text{EN: "Anybody could store or overwrite objects at your cost.", ZH: "任何人都可以写入或覆盖文件，并由您承担费用。"},
			Fix:     checks.Fix{Text: checks.Text{EN: "OSS console > bucket > Permission Control > Block Public Access: on.", ZH: "OSS 控制台 > Bucket > 权限控制 > 阻止公共访问：开启。"}, CLI: "aliyun oss put-bucket-public-access-block …"},
			Clauses: []checks.Clause{{ID: "8.1.3.1-a", Strength: d}, {ID: "8.1.4.2-e", Strength: d}}, Hazards: []string{"A-20"}},
		{ID: "oss-bucket-own-key", Severity: checks.Low, Service: "oss",
			Title:   checks.Text{EN: "The bucket is encrypted with a key of your own", ZH: "存储空间使用自有 KMS 密钥加密"},
			Why:     checks.Text{EN: "Only your own key can be revoked by you.", ZH: "只有自有密钥才能由您自行吊销。"},
			Fix:     checks.Fix{Text: checks.Text{EN: "OSS console > bucket > Server-side Encryption: KMS, with a key.", ZH: "OSS 控制台 > Bucket > 服务器端加密：选择 KMS 并指定密钥。"}},
			Clauses: []checks.Clause{{ID: "8.2.4.5-d", Strength: p}}},
		{ID: "rds-instance-sql-audit", Severity: checks.High, Service: "rds",
			Title:   checks.Text{EN: "SQL audit is on", ZH: "已开启 SQL 审计"},
			Why:     checks.Text{EN: "Without it nobody can tell who read the data.", ZH: "未开启则无法追溯谁访问过数据。"},
			Fix:     checks.Fix{Text: checks.Text{EN: "RDS console > instance > SQL Explorer and Audit: enable.", ZH: "RDS 控制台 > 实例 > SQL 洞察和审计：开启。"}},
			Clauses: []checks.Clause{{ID: "8.1.4.3-a", Strength: d}}},
		{ID: "rds-instance-connection-log", Severity: checks.Medium, Service: "rds",
			Title:   checks.Text{EN: "Connections are logged", ZH: "已记录连接日志"},
			Fix:     checks.Fix{Text: checks.Text{EN: "RDS console > parameters: log_connections = on.", ZH: "RDS 控制台 > 参数设置：log_connections = on。"}},
			Clauses: []checks.Clause{{ID: "8.1.4.3-b", Strength: p}}},
		{ID: "actiontrail-covers-account", Severity: checks.Critical, Service: "actiontrail",
			Title:   checks.Text{EN: "A trail records all events of all regions", ZH: "操作审计跟踪覆盖全部地域与全部事件"},
			Fix:     checks.Fix{Text: checks.Text{EN: "ActionTrail console > create a trail for all regions and events.", ZH: "操作审计控制台 > 创建覆盖全部地域、全部事件的跟踪。"}},
			Clauses: []checks.Clause{{ID: "8.2.3.3-a", Strength: d}}},
	}
}

const fixtureAccount = "1234567890123456"

// fixtureFailure is a call that was refused.
var fixtureFailure = &cloud.Error{Service: "rds", Region: "cn-beijing", Action: "DescribeSQLCollectorPolicy", Resource: "pgm-2ze8patients", Code: "Forbidden.RAM", HTTPStatus: 403,
	Message: "User not authorized to operate on the specified resource.", RequestID: "8D0B5F2A-0000-0000-0000-000000000003"}

// hostile is a name that nobody should trust.
const hostile = `"><script>document.title='owned'</script>` + "\x1b[31m\u202e"

// fixtureResults are verdicts of every kind; more adds so many failed disks.
func fixtureResults(list []*checks.Check, more int) judge {
	byID := map[string][]checks.Result{}
	at := &cloud.Origin{Call: "ecs/DescribeSecurityGroupAttribute", Region: "cn-hangzhou", Entry: "ecs/cn-hangzhou/DescribeSecurityGroupAttribute?SecurityGroupId=sg-bp1web.json", RequestID: "8D0B5F2A-0000-0000-0000-000000000001", Time: fixtureTime.Add(time.Second)}
	find := func(id string) *checks.Check {
		return list[slices.IndexFunc(list, func(c *checks.Check) bool { return c.ID == id })]
	}
	add := func(id string, s checks.Status, typ, resource, name, region string, problem *checks.Text, missing *cloud.Error) {
		ref := &cloud.Resource{Kin: &cloud.Kin{Type: typ, Region: region, ARNPrefix: "acs:" + typ + ":" + region + ":" + fixtureAccount + ":"}, ID: resource, Name: name, From: at}
		byID[id] = append(byID[id], checks.Result{Check: find(id), Resource: ref, Status: s, Problem: problem, Missing: missing,
			Evidence: []checks.Evidence{{From: at, Field: "Permissions.Permission[0].SourceCidrIp", Value: "0.0.0.0/0"}}})
	}
	text := func(en, zh string) *checks.Text { return &checks.Text{EN: en, ZH: zh} }
	sg := "ecs-security-group-admin-ports"
	add(sg, checks.Fail, "ecs.security_group", "sg-bp1web", "门诊挂号系统-前端", "cn-hangzhou", text("0.0.0.0/0 may reach 22/tcp", "0.0.0.0/0 可访问 22/tcp"), nil)
	add(sg, checks.Fail, "ecs.security_group", "sg-bp1evil", hostile, "cn-hangzhou", text("0.0.0.0/0 may reach 3389/tcp through "+hostile, "0.0.0.0/0 可访问 3389/tcp，规则说明："+hostile), nil)
	add(sg, checks.Pass, "ecs.security_group", "sg-2zedb", "数据库", "cn-beijing", nil, nil)
	for i := range 8 + more {
		name := fmt.Sprintf("影像归档 PACS 数据盘 %05d", i)
		add("ecs-disk-encrypted", checks.Fail, "ecs.disk", fmt.Sprintf("d-bp%08d", i), name, []string{"cn-beijing", "cn-hangzhou"}[i%2], text("the disk is not encrypted", "云盘未加密"), nil)
	}
	add("oss-bucket-no-public-write", checks.Pass, "oss.bucket", "his-backup", "his-backup", "cn-hangzhou", nil, nil)
	add("oss-bucket-no-public-write", checks.Pass, "oss.bucket", "his-images", "his-images", "cn-beijing", nil, nil)
	add("oss-bucket-own-key", checks.Fail, "oss.bucket", "his-backup", "his-backup", "cn-hangzhou", text("encrypted with the service's key (AES256)", "使用 OSS 托管密钥（AES256）加密"), nil)
	add("oss-bucket-own-key", checks.Pass, "oss.bucket", "his-images", "his-images", "cn-beijing", nil, nil)
	add("rds-instance-sql-audit", checks.Unknown, "rds.instance", "pgm-2ze8patients", "患者主索引", "cn-beijing", text("rds/DescribeSQLCollectorPolicy failed: Forbidden.RAM; grant rds:DescribeSQLCollectorPolicy", "rds/DescribeSQLCollectorPolicy 调用失败：Forbidden.RAM；请授予权限 rds:DescribeSQLCollectorPolicy"), fixtureFailure)
	add("rds-instance-sql-audit", checks.Pass, "rds.instance", "rm-bp1orders", "订单库", "cn-hangzhou", nil, nil)
	add("rds-instance-connection-log", checks.NotApplicable, "rds.instance", "rm-bp1orders", "订单库", "cn-hangzhou", text("only PostgreSQL logs connections", "仅 PostgreSQL 支持记录连接日志"), nil)
	add("actiontrail-covers-account", checks.Pass, "actiontrail.trail", fixtureAccount, fixtureAccount, "", nil, nil)
	byID["actiontrail-covers-account"][0].Evidence = nil // lists in JSON are empty, and never null
	return func(list []*checks.Check, _ *cloud.Account) iter.Seq[checks.Result] {
		return func(yield func(checks.Result) bool) {
			for _, c := range list {
				for _, res := range byID[c.ID] {
					if !yield(res) {
						return
					}
				}
			}
		}
	}
}

// build is the report of one account, with the catalogue and the judge given.
func build(acc *cloud.Account, catalogue, list []*checks.Check, run judge, opt Options) *Report {
	b := begin(catalogue, list, nil, opt, run)
	b.Add(Reading{ID: acc.ID, Load: Loaded(acc), Finished: opt.Finished, Digest: opt.Digest}, acc)
	return b.Report()
}

// fixture is a report of the fixture's checks, with some more failed disks.
func fixture(lang string, more int) *Report {
	list := fixtureChecks()
	acc := &cloud.Account{ID: fixtureAccount, Time: fixtureTime, Regions: []string{"cn-beijing", "cn-hangzhou", "ap-southeast-1"}, Missing: []*cloud.Error{fixtureFailure},
		NotHere: []*cloud.Error{{Service: "rds", Region: "ap-southeast-1", Action: "DescribeDBInstances", Code: "ServiceNotOpen", HTTPStatus: 403}}}
	r := build(acc, list, list, fixtureResults(list, more), Options{Level: 3, Language: lang, Version: "1.0.0-test", Finished: fixtureTime.Add(42 * time.Second)})
	r.inventory = slices.Values([]Resource{
		{Type: "oss.bucket", ID: "his-backup", Name: "his-backup", Region: "cn-hangzhou", Account: fixtureAccount, Tags: map[string]string{"系统": hostile}},
		{Type: "rds.instance", ID: "pgm-2ze8patients", Name: "患者主索引", Region: "cn-beijing", Account: fixtureAccount, Zone: "cn-beijing-h"},
	})
	return r
}
