package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

const typeBucket = "oss.bucket"

func buckets(a *cloud.Account) []*cloud.Bucket { return a.OSS.Buckets }

// bucketReads are the list of buckets and the calls about each that a check reads.
func bucketReads(actions ...string) []string {
	reads := []string{"oss/ListBuckets"}
	for _, a := range actions {
		reads = append(reads, "oss/"+a)
	}
	return reads
}

var ossChecks = slices.Concat(ossAccessChecks, ossDataChecks)

// ossAccessChecks ask who may reach a bucket.
var ossAccessChecks = []Check{{
	ID:       "oss-bucket-no-public-write",
	Title:    Text{"OSS bucket cannot be written by everybody", "OSS 存储空间不允许公共写"},
	Severity: Critical, Service: "oss", resourceType: typeBucket,
	Why: Text{"Anybody on the internet can put objects into a bucket that is public-read-write, replace or delete those in it, and run up its bill.",
		"读写权限为公共读写（public-read-write）时，互联网上任何人都可以上传、覆盖和删除其中的文件，造成数据被篡改、被植入违法内容和费用损失。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > ACL, and choose Private; or switch Block Public Access on (Permission Control > Block Public Access).",
		"在 OSS 控制台进入该存储空间，在“权限控制 > 读写权限”中设为“私有”；或在“权限控制 > 阻止公共访问”中开启阻止公共访问。"},
		"aliyun ossutil api put-bucket-acl --bucket <bucket> --acl private",
		`resource "alicloud_oss_bucket_acl": acl = "private"`},
	Reads:   bucketReads("GetBucketAcl", "GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
	Clauses: direct("8.1.3.1-a", "8.1.4.2-e", "7.1.3.1", "9.1.3.1-a", "9.1.4.2-e"), Hazards: []string{"A-20"},
	run: each(buckets, judgeACL("public-read-write")),
}, {
	ID:       "oss-bucket-no-public-read",
	Title:    Text{"OSS bucket cannot be read by everybody", "OSS 存储空间不允许公共读"},
	Severity: High, Service: "oss", resourceType: typeBucket,
	Why: Text{"Every object in a bucket that is public-read can be fetched without a signature by whoever knows or guesses its name.",
		"读写权限为公共读或公共读写时，任何人无需签名即可下载其中的文件，敏感数据一旦放入即等于公开。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > ACL, and choose Private; hand out signed URLs, or let a CDN domain fetch from the private bucket.",
		"在 OSS 控制台进入该存储空间，在“权限控制 > 读写权限”中设为“私有”；对外分发改用签名 URL，或由 CDN 以私有 Bucket 回源。"},
		"aliyun ossutil api put-bucket-acl --bucket <bucket> --acl private",
		`resource "alicloud_oss_bucket_acl": acl = "private"`},
	Reads:   bucketReads("GetBucketAcl", "GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
	Clauses: direct("8.1.3.1-a", "8.1.4.2-e", "7.1.3.1", "9.1.3.1-a", "9.1.4.2-e"),
	run:     each(buckets, judgeACL("public-read", "public-read-write")),
}, {
	ID:       "oss-bucket-no-anonymous-policy",
	Title:    Text{"OSS bucket policy allows nothing to everybody", "OSS 存储空间授权策略不向匿名用户授权"},
	Severity: High, Service: "oss", resourceType: typeBucket,
	Why: Text{"A policy statement for the principal * opens the bucket to the internet even where its ACL is private.",
		"授权策略（Bucket Policy）中授权用户为 * 的允许语句，会在读写权限为私有的情况下仍向互联网开放数据。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > Bucket Policy, and name the accounts, RAM users or roles in place of *, or add a condition on source addresses or VPCs; or switch Block Public Access on.",
		"在 OSS 控制台进入该存储空间，在“权限控制 > Bucket 授权策略”中把授权用户 * 改为具体的账号、RAM 用户或角色，或增加来源 IP、VPC 条件；也可开启阻止公共访问。"},
		"aliyun ossutil api put-bucket-policy --bucket <bucket> --body file://policy.json",
		`resource "alicloud_oss_bucket_policy": policy`},
	Reads:   bucketReads("GetBucketPolicy", "GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
	Clauses: direct("8.1.3.1-a", "8.1.4.2-e", "7.1.3.1", "9.1.3.1-a", "9.1.4.2-e"),
	run:     each(buckets, judgeAnonymous),
}, {
	ID:       "oss-bucket-no-foreign-account",
	Title:    Text{"OSS bucket policy grants nothing to unknown accounts", "OSS 存储空间授权策略不向其他账号授权"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Another account's users are outside of this system's management: who holds their keys, and who left, nobody here knows.",
		"其他阿里云账号的用户不受本系统的账号与权限管理约束，其密钥由谁保管、人员是否离岗均无法掌握，数据可能被未经授权的第三方管理。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > Bucket Policy, and remove the statements for other accounts; list accounts that may have access in the check's parameter.",
		"在 OSS 控制台进入该存储空间，在“权限控制 > Bucket 授权策略”中删除对其他账号的授权；经批准的账号写入本检查项的参数。"},
		"aliyun ossutil api put-bucket-policy --bucket <bucket> --body file://policy.json",
		`resource "alicloud_oss_bucket_policy": policy`},
	Reads:   bucketReads("GetBucketPolicy"),
	Params:  []Param{{"accounts", Text{"other accounts, or users of theirs, that may have access", "允许访问的其他账号或其用户的 ID"}, []string{}}},
	Clauses: partial("8.2.4.5-b", "7.2.4.3-b", "9.2.4.5-b"),
	run:     each(buckets, judgeForeign),
}, {
	ID:       "oss-bucket-block-public-access",
	Title:    Text{"Block Public Access is on for the OSS bucket", "OSS 存储空间已开启阻止公共访问"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Without Block Public Access one careless ACL or policy opens the bucket to the internet; with it, such settings are refused and existing ones ignored.",
		"未开启阻止公共访问时，一次误设的读写权限或授权策略就会把数据开放到互联网；开启后此类设置会被拒绝，已有的公共权限也不再生效。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > Block Public Access, and switch it on; or switch it on for the whole account on the console's Block Public Access page.",
		"在 OSS 控制台进入该存储空间，在“权限控制 > 阻止公共访问”中开启；或在 OSS 控制台“阻止公共访问”页面对整个账号开启。"},
		`aliyun ossutil api put-bucket-public-access-block --bucket <bucket> --public-access-block-configuration '{"BlockPublicAccess":"true"}'`,
		`resource "alicloud_oss_bucket_public_access_block": block_public_access = true`},
	Reads:   bucketReads("GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
	Clauses: partial("8.1.3.2-a", "7.1.3.2-a", "9.1.3.2-a"),
	run: each(buckets, func(s *see, b *cloud.Bucket) verdict {
		if blocked(s, b) {
			return pass()
		}
		needBlocks(s, b)
		return fail("Block Public Access is off for the bucket and for the account", "存储空间和账号均未开启阻止公共访问")
	}),
}, {
	ID:       "oss-bucket-https-only",
	Title:    Text{"OSS bucket refuses requests without TLS", "OSS 存储空间仅允许 HTTPS 访问"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"OSS answers plain HTTP as well: data and signatures then cross the network in the clear.",
		"OSS 默认同时接受 HTTP 请求，数据内容和签名会以明文在网络中传输，可能被窃听和篡改。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > Bucket Policy, and add a statement that denies oss:* on the bucket and bucket/* to * where acs:SecureTransport is false.",
		"在 OSS 控制台进入该存储空间，在“权限控制 > Bucket 授权策略”中新增拒绝语句：授权用户 *，操作 oss:*，资源为存储空间及其全部文件，条件 acs:SecureTransport 为 false。"},
		"aliyun ossutil api put-bucket-policy --bucket <bucket> --body file://policy.json",
		`resource "alicloud_oss_bucket_policy": policy`},
	Reads: bucketReads("GetBucketPolicy"),
	Clauses: slices.Concat(direct("8.1.2.2-b", "8.1.4.8-a", "7.1.2.2", "9.1.2.2-b", "9.1.4.8-a"),
		partial("8.1.4.7-a", "7.1.4.7", "9.1.4.7-a")), Hazards: []string{"A-24"},
	run: each(buckets, func(s *see, b *cloud.Bucket) verdict {
		p := need(s, b.Policy)
		for i, st := range p.Statement {
			if deniesPlainHTTP(b, st) {
				s.saw(b.Policy.Origin(), fmt.Sprintf("Statement[%d].Condition", i), keySecureTransport+" false")
				return pass()
			}
		}
		s.saw(b.Policy.Origin(), "Statement", len(p.Statement))
		return fail("no policy statement denies everybody oss:* on all objects where acs:SecureTransport is false",
			"授权策略中没有对所有用户拒绝非 HTTPS 访问（acs:SecureTransport 为 false）的语句")
	}),
}, {
	ID:       "oss-bucket-source-restricted",
	Title:    Text{"OSS bucket limits where requests come from", "OSS 存储空间限制访问来源"},
	Severity: Low, Service: "oss", resourceType: typeBucket,
	Why: Text{"A leaked key or signed URL works from anywhere in the world unless the bucket itself refuses unknown sources.",
		"未限制访问来源时，一旦访问密钥或签名 URL 泄露，攻击者可从任意网络位置读取数据。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Permission Control > Bucket Policy, and deny * every request whose acs:SourceIp or acs:SourceVpc is not yours; for websites set a referer whitelist without empty referers (Data Security > Hotlink Protection).",
		"在 OSS 控制台进入该存储空间，在“权限控制 > Bucket 授权策略”中拒绝来源 IP（acs:SourceIp）或 VPC（acs:SourceVpc）不在名单内的请求；网站类数据在“数据安全 > 防盗链”中设置 Referer 白名单并禁止空 Referer。"},
		"aliyun ossutil api put-bucket-policy --bucket <bucket> --body file://policy.json",
		`resource "alicloud_oss_bucket_policy": policy, or "alicloud_oss_bucket_referer": allow_empty_referer = false, referer_list`},
	Reads:   bucketReads("GetBucketPolicy", "GetBucketReferer"),
	Clauses: partial("8.1.3.2-c", "8.1.4.4-c", "7.1.3.2-c", "9.1.3.2-c", "9.1.4.4-c"),
	run:     each(buckets, judgeSources),
}}

// blocked reports whether Block Public Access is known to be on: for the bucket
// or the account, whatever is known of the other.
func blocked(s *see, b *cloud.Bucket) bool {
	for _, f := range []cloud.Fact[bool]{b.PublicAccessBlock, b.AccountPublicAccessBlock} {
		if f.Known() && f.Value {
			need(s, f)
			s.saw(f.Origin(), "BlockPublicAccess", true)
			return true
		}
	}
	return false
}

// needBlocks asks for both switches, of a bucket that is not known to be blocked.
func needBlocks(s *see, b *cloud.Bucket) {
	for _, f := range []cloud.Fact[bool]{b.PublicAccessBlock, b.AccountPublicAccessBlock} {
		s.saw(f.Origin(), "BlockPublicAccess", need(s, f))
	}
}

// judgeACL fails a bucket whose ACL is one of those named, unless public access is blocked.
func judgeACL(bad ...string) func(s *see, b *cloud.Bucket) verdict {
	return func(s *see, b *cloud.Bucket) verdict {
		if !b.ACL.Known() && blocked(s, b) {
			return pass()
		}
		acl := need(s, b.ACL)
		const field = "AccessControlList.Grant"
		if !slices.Contains([]string{"private", "public-read", "public-read-write"}, acl) {
			s.unclear(b.ACL.Origin(), field, acl)
		}
		s.saw(b.ACL.Origin(), field, acl)
		if !slices.Contains(bad, acl) || blocked(s, b) {
			return pass()
		}
		needBlocks(s, b)
		return fail("the ACL is %s", "读写权限（ACL）为 %s", acl)
	}
}

func judgeAnonymous(s *see, b *cloud.Bucket) verdict {
	if !b.Policy.Known() && blocked(s, b) {
		return pass()
	}
	p := need(s, b.Policy)
	grants := anonymousGrants(b, p)
	s.saw(b.Policy.Origin(), "Statement", len(p.Statement))
	if len(grants) == 0 {
		return pass()
	}
	st := p.Statement[grants[0]]
	s.saw(b.Policy.Origin(), fmt.Sprintf("Statement[%d].Principal", grants[0]), strings.Join(st.Principal, ","))
	s.saw(b.Policy.Origin(), fmt.Sprintf("Statement[%d].Action", grants[0]), strings.Join(st.Action, ","))
	if blocked(s, b) {
		return pass()
	}
	needBlocks(s, b)
	what := strings.Join(st.Action, ", ")
	if what == "" {
		what = "all but " + strings.Join(st.NotAction, ", ")
	}
	return fail("the policy allows everybody %s", "授权策略允许任何人执行 %s", what)
}

func judgeForeign(s *see, b *cloud.Bucket) verdict {
	p := need(s, b.Policy)
	s.saw(b.Policy.Origin(), "Statement", len(p.Statement))
	account, allowed := s.run.account.ID, param[[]string](s, "accounts")
	unknown, where := "", ""
	for i, st := range p.Statement {
		if st.Effect != "Allow" {
			continue
		}
		for _, who := range st.Principal {
			kind := partyOf(who, account, allowed)
			if kind == own || denied(b, p, st, who) {
				continue
			}
			field := fmt.Sprintf("Statement[%d].Principal", i)
			if kind == foreign {
				s.saw(b.Policy.Origin(), field, who)
				return fail("the policy allows %[2]s to %[1]s, which is not of this account", "授权策略向本账号以外的 %[1]s 授予了 %[2]s", who, strings.Join(st.Action, ", "))
			}
			unknown, where = who, field
		}
	}
	if unknown != "" {
		s.unclear(b.Policy.Origin(), where, unknown)
	}
	return pass()
}

func judgeSources(s *see, b *cloud.Bucket) verdict {
	if b.Policy.Known() {
		for i, st := range need(s, b.Policy).Statement {
			if deniesOtherSources(b, st) {
				s.saw(b.Policy.Origin(), fmt.Sprintf("Statement[%d].Condition", i), fmt.Sprint(st.Condition))
				return pass()
			}
		}
	}
	if b.Referer.Known() && restrictsReferer(b.Referer.Value) {
		need(s, b.Referer)
		s.saw(b.Referer.Origin(), "AllowEmptyReferer", false)
		s.saw(b.Referer.Origin(), "RefererList.Referer", strings.Join(b.Referer.Value.RefererList, ", "))
		return pass()
	}
	s.saw(b.Policy.Origin(), "Statement", len(need(s, b.Policy).Statement))
	r := need(s, b.Referer)
	s.saw(b.Referer.Origin(), "AllowEmptyReferer", r.AllowEmptyReferer)
	return fail("neither a policy that denies other sources nor a referer list limits where requests come from",
		"授权策略未拒绝其他来源的请求，防盗链（Referer）也未限制来源")
}
