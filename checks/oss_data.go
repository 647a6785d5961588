package checks

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// ossDataChecks ask how a bucket's data are kept: encrypted, logged, twice, at home.
var ossDataChecks = []Check{{
	ID:       "oss-bucket-encrypted",
	Title:    Text{"OSS bucket encrypts its objects by default", "OSS 存储空间已开启服务端加密"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Without default encryption objects are stored as they come; important data must be kept confidential in storage.",
		"未设置默认的服务端加密时，文件以明文落盘，不满足重要数据存储保密性的要求。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Data Security > Server-side Encryption, and choose OSS-managed (AES256 or SM4) or KMS. Objects already stored stay as they are: copy them onto themselves.",
		"在 OSS 控制台进入该存储空间，在“数据安全 > 服务端加密”中选择 OSS 完全托管（AES256 或 SM4）或 KMS。已存在的文件不会自动加密，需覆盖写一次。"},
		`aliyun ossutil api put-bucket-encryption --bucket <bucket> --server-side-encryption-rule '{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"KMS"}}'`,
		`resource "alicloud_oss_bucket_server_side_encryption": sse_algorithm = "KMS"`},
	Reads:   bucketReads("GetBucketEncryption"),
	Clauses: direct("8.1.4.8-b", "9.1.4.8-b"), Hazards: []string{"A-25"},
	run: each(buckets, judgeEncrypted),
}, {
	ID:       "oss-bucket-own-key",
	Title:    Text{"OSS bucket is encrypted with a key of the customer", "OSS 存储空间使用自有 KMS 密钥加密"},
	Severity: Low, Service: "oss", resourceType: typeBucket,
	Why: Text{"Only a key of your own can be disabled, rotated and audited by you, and keeps the provider from deciding over your data.",
		"只有自有密钥才能由租户自行停用、轮换和审计，从而由租户自主掌握数据的加解密。"},
	Fix: Fix{Text{"Create a key in KMS in the bucket's region, then in the OSS console Data Security > Server-side Encryption choose KMS and that key.",
		"在存储空间所在地域的 KMS 中创建密钥，然后在 OSS 控制台“数据安全 > 服务端加密”中选择 KMS 并指定该密钥。"},
		`aliyun ossutil api put-bucket-encryption --bucket <bucket> --server-side-encryption-rule '{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"KMS","KMSMasterKeyID":"<key id>"}}'`,
		`resource "alicloud_oss_bucket_server_side_encryption": sse_algorithm = "KMS", kms_master_key_id`},
	Reads:   bucketReads("GetBucketEncryption"),
	Clauses: partial("8.2.4.5-d", "9.2.4.5-d"),
	run:     each(buckets, judgeOwnKey),
}, {
	ID:       "oss-bucket-logging",
	Title:    Text{"OSS bucket logs accesses into another bucket", "OSS 存储空间已开启访问日志并转存到其他存储空间"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Without an access log nobody can tell who read or deleted which object; a log within the same bucket falls with it.",
		"未开启访问日志时，无法追溯谁读取或删除了哪些文件；日志与业务数据存放在同一存储空间则会一同丢失或被篡改。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Logging > Log Storage, and choose a bucket of the same region that holds nothing but logs.",
		"在 OSS 控制台进入该存储空间，在“日志管理 > 日志转存”中选择同地域、专用于存放日志的另一个存储空间。"},
		`aliyun ossutil api put-bucket-logging --bucket <bucket> --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"<log bucket>","TargetPrefix":"<bucket>/"}}'`,
		`resource "alicloud_oss_bucket_logging": target_bucket, target_prefix`},
	Reads:   bucketReads("GetBucketLogging"),
	Clauses: slices.Concat(direct("8.1.4.3-a", "7.1.4.3-a", "9.1.4.3-a"), partial("8.1.3.5-a", "9.1.3.5-a")),
	run:     each(buckets, judgeLogging),
}, {
	ID:       "oss-bucket-versioning",
	Title:    Text{"OSS bucket keeps earlier versions of its objects", "OSS 存储空间已开启版本控制"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Without versioning an object that is overwritten or deleted, by mistake or by ransomware, is gone.",
		"未开启版本控制时，被误删、覆盖或勒索加密的文件无法恢复。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Content Security > Versioning (Data Security > Versioning), and enable it; let a lifecycle rule remove old versions in time.",
		"在 OSS 控制台进入该存储空间，在“数据安全 > 版本控制”中开启，并用生命周期规则清理过旧的历史版本。"},
		`aliyun ossutil api put-bucket-versioning --bucket <bucket> --versioning-configuration '{"Status":"Enabled"}'`,
		`resource "alicloud_oss_bucket_versioning": status = "Enabled"`},
	Reads:   bucketReads("GetBucketVersioning"),
	Clauses: slices.Concat(direct("8.1.4.9-a", "7.1.4.8-a", "9.1.4.9-a"), partial("8.1.4.7-b", "9.1.4.7-b")),
	run: each(buckets, func(s *see, b *cloud.Bucket) verdict {
		if versioned(s, b) {
			return pass()
		}
		return failVersioning(b)
	}),
}, {
	ID:       "oss-bucket-cross-region-replication",
	Title:    Text{"OSS bucket is replicated to another region", "OSS 存储空间已开启跨区域复制"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"A disaster that takes a region takes the only copy of the data with it.",
		"数据仅存于单一地域时，地域级灾难会造成数据全部丢失，不满足异地备份的要求。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Data Management > Data Replication, and replicate to a bucket in another region of mainland China.",
		"在 OSS 控制台进入该存储空间，在“数据管理 > 数据复制”中配置到中国内地另一地域存储空间的跨区域复制。"},
		`aliyun ossutil api put-bucket-replication --bucket <bucket> --replication-configuration file://replication.json`,
		`resource "alicloud_oss_bucket_replication": destination`},
	Reads:   bucketReads("GetBucketReplication"),
	Clauses: direct("8.1.4.9-b", "7.1.4.8-b", "9.1.4.9-b"),
	run:     each(buckets, judgeReplicated),
}, {
	ID:       "oss-bucket-replicates-inside-mainland",
	Title:    Text{"OSS bucket replicates no data out of mainland China", "OSS 存储空间的数据不复制到境外"},
	Severity: High, Service: "oss", resourceType: typeBucket,
	Why: Text{"Customer data must be stored in mainland China; a replication rule takes them abroad without a further question.",
		"客户数据应存储于中国境内；复制规则会在无人过问的情况下持续把数据传到境外。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Data Management > Data Replication, close the rule, wait until it is gone, and delete the copies abroad; replicate to a region of mainland China.",
		"在 OSS 控制台进入该存储空间，在“数据管理 > 数据复制”中关闭该规则直至完全消失，清理境外副本，改为复制到中国内地地域。"},
		`aliyun ossutil api delete-bucket-replication --bucket <bucket> --replication-rules '{"ID":"<rule id>"}'`,
		`resource "alicloud_oss_bucket_replication": destination.location`},
	Reads:   bucketReads("GetBucketReplication"),
	Clauses: direct("8.2.4.5-a", "7.2.4.3-a", "9.2.4.5-a"),
	run:     each(buckets, judgeReplicationAbroad),
}, {
	ID:       "oss-bucket-zone-redundant",
	Title:    Text{"OSS bucket stores its data in several zones", "OSS 存储空间使用同城冗余存储"},
	Severity: Medium, Service: "oss", resourceType: typeBucket,
	Why: Text{"Locally redundant storage (LRS) lives in one zone: when that fails, the data cannot be reached.",
		"本地冗余存储（LRS）只存放在一个可用区，该可用区故障时数据不可访问，不满足重要数据处理系统热冗余的要求。"},
	Fix: Fix{Text{"In the OSS console open the bucket, Data Security > Redundancy Type Change (or create the bucket anew with zone-redundant storage), and change LRS to ZRS.",
		"在 OSS 控制台进入该存储空间，在“数据安全 > 存储冗余转换”中由本地冗余（LRS）转换为同城冗余（ZRS），或新建同城冗余的存储空间。"},
		`aliyun ossutil api create-bucket-data-redundancy-transition --bucket <bucket> --target-type ZRS`,
		`resource "alicloud_oss_bucket": redundancy_type = "ZRS"`},
	Reads:   bucketReads("GetBucketInfo"),
	Clauses: direct("8.1.4.9-c", "9.1.4.9-c"),
	run: each(buckets, func(s *see, b *cloud.Bucket) verdict {
		const field = "Bucket.DataRedundancyType"
		kind := need(s, b.Info).DataRedundancyType
		s.saw(b.Info.Origin(), field, kind)
		switch kind {
		case "ZRS":
			return pass()
		case "LRS":
			return fail("the data redundancy type is %s", "数据冗余类型为 %s", kind)
		}
		s.unclear(b.Info.Origin(), field, kind)
		return pass() // not reached
	}),
}}

// encryption is the bucket's default encryption; false where it has none.
func encryption(s *see, b *cloud.Bucket) (cloud.Encryption, bool) {
	e := need(s, b.Encryption)
	if b.Encryption.Unset || e.SSEAlgorithm == "None" {
		return e, false
	}
	const field = "ApplyServerSideEncryptionByDefault.SSEAlgorithm"
	if !slices.Contains([]string{"AES256", "SM4", "KMS"}, e.SSEAlgorithm) {
		s.unclear(b.Encryption.Origin(), field, e.SSEAlgorithm)
	}
	s.saw(b.Encryption.Origin(), field, e.SSEAlgorithm)
	return e, true
}

func judgeEncrypted(s *see, b *cloud.Bucket) verdict {
	if _, on := encryption(s, b); on {
		return pass()
	}
	return fail("no default server-side encryption is set", "未设置服务端加密")
}

func judgeOwnKey(s *see, b *cloud.Bucket) verdict {
	e, on := encryption(s, b)
	switch {
	case !on:
		return notApplicable("the bucket is not encrypted by default", "存储空间未设置服务端加密")
	case e.SSEAlgorithm != "KMS":
		return fail("encryption by %s uses a key of OSS", "%s 加密使用的是 OSS 托管的密钥", e.SSEAlgorithm)
	}
	s.saw(b.Encryption.Origin(), "ApplyServerSideEncryptionByDefault.KMSMasterKeyID", e.KMSMasterKeyID)
	if e.KMSMasterKeyID == "" || strings.HasPrefix(e.KMSMasterKeyID, "alias/acs/") {
		return fail("encryption by KMS names no key of the customer", "KMS 加密未指定自有密钥，使用的是服务默认密钥")
	}
	return pass()
}

func judgeLogging(s *see, b *cloud.Bucket) verdict {
	target := need(s, b.LogTarget)
	s.saw(b.LogTarget.Origin(), "LoggingEnabled.TargetBucket", target)
	switch target {
	case "":
		return fail("access logging is off", "未开启访问日志转存")
	case b.Name:
		return fail("the access log goes to the bucket itself", "访问日志转存到了存储空间自身")
	}
	return pass()
}

// versioned reports whether the bucket keeps earlier versions.
func versioned(s *see, b *cloud.Bucket) bool {
	status := need(s, b.Versioning)
	s.saw(b.Versioning.Origin(), "Status", status)
	if !slices.Contains([]string{"", "Enabled", "Suspended"}, status) {
		s.unclear(b.Versioning.Origin(), "Status", status)
	}
	return status == "Enabled"
}

func failVersioning(b *cloud.Bucket) verdict {
	if b.Versioning.Value == "" {
		return fail("versioning was never enabled", "未开启版本控制")
	}
	return fail("versioning is %s", "版本控制状态为 %s", b.Versioning.Value)
}

func judgeReplicated(s *see, b *cloud.Bucket) verdict {
	rules := need(s, b.Replication)
	unclear := ""
	for _, r := range rules {
		if r.Location == b.Region || r.Status == "closing" {
			continue
		}
		if r.Status != "starting" && r.Status != "doing" {
			unclear = r.Status
			continue
		}
		s.saw(b.Replication.Origin(), "Rule.Destination.Location", r.Location)
		s.saw(b.Replication.Origin(), "Rule.Status", r.Status)
		if len(r.Prefixes) > 0 {
			s.saw(b.Replication.Origin(), "Rule.PrefixSet.Prefix", strings.Join(r.Prefixes, ", "))
		}
		return pass()
	}
	if unclear != "" {
		s.unclear(b.Replication.Origin(), "Rule.Status", unclear)
	}
	s.saw(b.Replication.Origin(), "Rule", len(rules))
	if len(rules) == 0 {
		return fail("no replication rule is set", "未配置数据复制规则")
	}
	return fail("no enabled replication rule leads to another region", "没有已启用的、复制到其他地域的规则")
}

func judgeReplicationAbroad(s *see, b *cloud.Bucket) verdict {
	switch placeOf(b.Region) {
	case outside:
		return notApplicable("the bucket lies outside of mainland China, in %s", "存储空间不在中国内地（%s）", b.Region)
	case unknownPlace:
		s.unclear(b.From, "Region", b.Region)
	}
	rules := need(s, b.Replication)
	s.saw(b.Replication.Origin(), "Rule", len(rules))
	const field = "Rule.Destination.Location"
	odd := ""
	for _, r := range rules {
		s.saw(b.Replication.Origin(), field, r.Location)
		switch placeOf(r.Location) {
		case outside:
			s.saw(b.Replication.Origin(), "Rule.Status", r.Status)
			return fail("a rule (%[3]s) replicates to the bucket %[1]s in %[2]s", "存在复制到 %[2]s 地域存储空间 %[1]s 的规则（%[3]s）", r.Bucket, r.Location, r.Status)
		case unknownPlace:
			odd = r.Location
		}
	}
	if odd != "" {
		s.unclear(b.Replication.Origin(), field, odd)
	}
	return pass()
}
