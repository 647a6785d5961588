package checks

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

const (
	typeTrail   = "actiontrail.trail"
	typeAccount = "account"
	callTrails  = "actiontrail/DescribeTrails"
	callStatus  = "actiontrail/GetTrailStatus"
)

func trails(a *cloud.Account) []*cloud.Trail { return a.ActionTrail.Trails }

// trailBucketReads are the calls of a check of trails' buckets.
func trailBucketReads(actions ...string) []string {
	return append([]string{callTrails}, bucketReads(actions...)...)
}

var actionTrailChecks = []Check{{
	ID:       "actiontrail-covers-account",
	Title:    Text{"A trail records every event of every region", "操作审计跟踪覆盖全部地域和全部事件"},
	Severity: Critical, Service: "actiontrail", resourceType: typeAccount,
	Why: Text{"ActionTrail keeps events for 90 days by itself. Without a trail of all regions and all events nobody can tell later who changed or read what in the account.",
		"操作审计默认仅保留 90 天的事件。未创建覆盖全部地域、全部读写事件的跟踪，事后无法追溯账号内的管理操作和特权命令。"},
	Fix: Fix{Text{"In the ActionTrail console, Trails > Create Trail: all regions, all events, deliver to OSS and to Log Service; then enable it.",
		"在操作审计控制台“跟踪列表 > 创建跟踪”中选择全部地域、全部事件，投递到 OSS 和日志服务，并开启跟踪。"},
		"aliyun actiontrail CreateTrail --Name <name> --TrailRegion All --EventRW All --OssBucketName <bucket> --SlsProjectArn <project arn> && aliyun actiontrail StartLogging --Name <name>",
		`resource "alicloud_actiontrail_trail": trail_region = "All", event_rw = "All", status = "Enable"`},
	Reads: []string{callTrails, callStatus},
	Clauses: direct("8.1.3.5-a", "8.1.4.3-a", "8.2.3.3-a", "7.1.3.5-a", "7.1.4.3-a", "7.2.3.3-a",
		"9.1.3.5-a", "9.1.4.3-a", "9.2.3.3-a"),
	run: once(judgeCoverage),
}, {
	ID:       "actiontrail-delivery-healthy",
	Title:    Text{"The trail delivers without errors", "操作审计跟踪投递正常"},
	Severity: High, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"A trail whose delivery fails looks enabled and records nothing: the audit has stopped, and nobody notices.",
		"投递失败的跟踪看似开启，实际未留存任何事件，审计已经中断而无人察觉。"},
	Fix: Fix{Text{"In the ActionTrail console open the trail, read the delivery error, and restore the bucket or logstore and the service role that it writes with.",
		"在操作审计控制台打开该跟踪，查看投递错误，恢复投递目标（存储空间或日志库）及其写入所用的服务角色。"},
		"aliyun actiontrail GetTrailStatus --Name <trail>",
		`resource "alicloud_actiontrail_trail": oss_bucket_name, oss_write_role_arn, sls_project_arn, sls_write_role_arn`},
	Reads:   []string{callTrails, callStatus},
	Clauses: slices.Concat(direct("8.1.4.3-d", "9.1.4.3-d"), partial("8.1.4.3-c", "7.1.4.3-c", "9.1.4.3-c")),
	run:     each(trails, enabledOnly(judgeDelivery)),
}, {
	ID:       "actiontrail-retention",
	Title:    Text{"The trail's events are kept long enough", "操作审计事件留存时间符合要求"},
	Severity: High, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Network logs must be kept for six months at the least (Cybersecurity Law, article 21).",
		"《网络安全法》第二十一条要求网络日志留存不少于六个月，审计数据的留存时间应符合法律法规。"},
	Fix: Fix{Text{"OSS console: let the lifecycle rules that cover the trail's objects expire them after 180 days or more. Log Service console: set the logstore's data retention to 180 days or more, or permanent.",
		"OSS 控制台：将覆盖跟踪投递目录的生命周期规则的过期时间设为 180 天以上。日志服务控制台：将日志库的数据保存时间设为 180 天以上或永久保存。"},
		"aliyun sls UpdateLogStore --project <project> --logstore <logstore> --ttl 180",
		`resource "alicloud_oss_bucket_lifecycle": rule.expiration.days; resource "alicloud_log_store": retention_period = 180`},
	Reads:   append(trailBucketReads("GetBucketLifecycle"), callStatus, "sls/GetLogStore"),
	Params:  []Param{{"days", Text{"days that events must be kept", "事件至少留存的天数"}, 180}},
	Clauses: slices.Concat(direct("8.1.5.4-d", "9.1.5.4-d"), partial("7.1.4.3-c")), Cases: []string{"6.5.1.2"},
	run: covering(judgeRetention),
}, {
	ID:       "actiontrail-two-destinations",
	Title:    Text{"The trail delivers to OSS and to Log Service", "操作审计同时投递到 OSS 和日志服务"},
	Severity: Low, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Audit records want a backup: two destinations do not fail, nor fall to one intruder, together.",
		"审计记录应定期备份。投递到两个相互独立的目标，可避免因单一目标故障或被入侵而丢失全部记录。"},
	Fix: Fix{Text{"In the ActionTrail console open the trail, Edit, and add the destination that is missing.",
		"在操作审计控制台编辑该跟踪，补充缺少的投递目标（OSS 或日志服务）。"},
		"aliyun actiontrail UpdateTrail --Name <trail> --OssBucketName <bucket> --SlsProjectArn <project arn>",
		`resource "alicloud_actiontrail_trail": oss_bucket_name, sls_project_arn`},
	Reads:   []string{callTrails, callStatus},
	Clauses: partial("8.1.3.5-c", "8.1.4.3-c", "7.1.3.5-c", "7.1.4.3-c", "9.1.3.5-c", "9.1.4.3-c"),
	run:     covering(judgeDestinations),
}, {
	ID:       "actiontrail-bucket-private",
	Title:    Text{"The trail's bucket is private", "操作审计投递的存储空间为私有"},
	Severity: High, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Audit records tell an attacker who may do what in the account; where everybody can write, they can be forged.",
		"审计记录会泄露账号内的人员、权限和资源信息；存储空间可公共写时，记录还会被伪造或删除。"},
	Fix: Fix{Text{"In the OSS console open the trail's bucket, set its ACL to Private, take * out of its policy, and switch Block Public Access on.",
		"在 OSS 控制台打开该存储空间，将读写权限设为私有，删除授权策略中对 * 的授权，并开启阻止公共访问。"},
		"aliyun ossutil api put-bucket-acl --bucket <bucket> --acl private",
		`resource "alicloud_oss_bucket_acl": acl = "private"`},
	Reads:   trailBucketReads("GetBucketAcl", "GetBucketPolicy", "GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
	Clauses: direct("8.1.3.5-c", "8.1.4.3-c", "7.1.3.5-c", "7.1.4.3-c", "9.1.3.5-c", "9.1.4.3-c"),
	run:     each(trails, enabledOnly(ofBucket(judgePrivate))),
}, {
	ID:       "actiontrail-bucket-tamper-proof",
	Title:    Text{"The trail's bucket keeps records from being altered", "操作审计投递的存储空间防篡改"},
	Severity: Medium, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Whoever breaks in deletes the records first. Versioning keeps what was overwritten; a locked retention policy refuses the deletion.",
		"入侵者通常首先删除审计记录。版本控制可保留被覆盖或删除的记录，已锁定的保留策略（WORM）可直接拒绝删除。"},
	Fix: Fix{Text{"In the OSS console open the trail's bucket and enable versioning, or create a retention policy (Data Security > Retention Policy) and lock it within 24 hours.",
		"在 OSS 控制台打开该存储空间，开启版本控制；或在“数据安全 > 保留策略”中创建保留策略，并在 24 小时内锁定。"},
		`aliyun ossutil api put-bucket-versioning --bucket <bucket> --versioning-configuration '{"Status":"Enabled"}'`,
		`resource "alicloud_oss_bucket_versioning": status = "Enabled", or "alicloud_oss_bucket_worm": status = "Locked"`},
	Reads:   trailBucketReads("GetBucketVersioning", "GetBucketWorm"),
	Clauses: direct("8.1.3.5-c", "8.1.4.3-c", "7.1.3.5-c", "7.1.4.3-c", "9.1.3.5-c", "9.1.4.3-c"),
	run:     each(trails, enabledOnly(ofBucket(judgeTamperProof))),
}, {
	ID:       "actiontrail-bucket-encrypted",
	Title:    Text{"The trail's bucket is encrypted", "操作审计投递的存储空间已加密"},
	Severity: Low, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Important audit data count among what must be kept confidential in storage.",
		"重要审计数据属于应保证存储保密性的数据。"},
	Fix: Fix{Text{"In the OSS console open the trail's bucket, Data Security > Server-side Encryption, and choose OSS-managed or KMS.",
		"在 OSS 控制台打开该存储空间，在“数据安全 > 服务端加密”中选择 OSS 完全托管或 KMS。"},
		`aliyun ossutil api put-bucket-encryption --bucket <bucket> --server-side-encryption-rule '{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"KMS"}}'`,
		`resource "alicloud_oss_bucket_server_side_encryption": sse_algorithm = "KMS"`},
	Reads:   trailBucketReads("GetBucketEncryption"),
	Clauses: partial("8.1.4.8-b", "9.1.4.8-b"),
	run:     each(trails, enabledOnly(ofBucket(judgeEncrypted))),
}, {
	ID:       "actiontrail-bucket-logged",
	Title:    Text{"Accesses to the trail's bucket are logged", "操作审计投递的存储空间已开启访问日志"},
	Severity: Low, Service: "actiontrail", resourceType: typeTrail,
	Why: Text{"Who read or deleted the audit records must itself be on record.",
		"对审计记录本身的读取和删除也应留下记录。"},
	Fix: Fix{Text{"In the OSS console open the trail's bucket, Logging > Log Storage, and choose another bucket.",
		"在 OSS 控制台打开该存储空间，在“日志管理 > 日志转存”中选择另一个存储空间。"},
		`aliyun ossutil api put-bucket-logging --bucket <bucket> --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"<log bucket>","TargetPrefix":"<bucket>/"}}'`,
		`resource "alicloud_oss_bucket_logging": target_bucket`},
	Reads:   trailBucketReads("GetBucketLogging"),
	Clauses: partial("8.1.4.3-c", "7.1.4.3-c", "9.1.4.3-c"),
	run:     each(trails, enabledOnly(ofBucket(judgeLogging))),
}}

// enabledOnly judges enabled trails; another records nothing that could be kept well.
func enabledOnly(judge func(s *see, t *cloud.Trail) verdict) func(s *see, t *cloud.Trail) verdict {
	return func(s *see, t *cloud.Trail) verdict {
		if !enabled(s, t) {
			return notApplicable("the trail is not enabled (%s)", "跟踪未开启（%s）", t.Status)
		}
		return judge(s, t)
	}
}

func enabled(s *see, t *cloud.Trail) bool {
	switch t.Status {
	case cloud.TrailEnabled:
		return true
	case cloud.TrailDisabled, cloud.TrailFresh:
		return false
	}
	s.unclear(t.From, "TrailList.Status", t.Status)
	return false // not reached
}

func judgeCoverage(s *see, a *cloud.Account) verdict {
	list := a.ActionTrail.Trails
	sawTrails(s, a)
	for _, t := range list {
		if t.TakesAll() && t.TrailStatus.Known() && t.TrailStatus.Value.IsLogging {
			sawCoverage(s, t)
			s.saw(t.TrailStatus.Origin(), "IsLogging of "+t.Name, need(s, t.TrailStatus).IsLogging)
			return pass()
		}
	}
	for _, t := range list { // only now: one that covers outweighs one that is not understood
		if enabled(s, t) && t.TakesAll() {
			s.saw(t.TrailStatus.Origin(), "IsLogging of "+t.Name, need(s, t.TrailStatus).IsLogging)
		}
		sawCoverage(s, t)
	}
	return fail("none of the %d trails is enabled and logging for all regions with all events",
		"%d 个跟踪中没有一个已开启且覆盖全部地域和全部读写事件", len(list))
}

// sawTrails notes the list; there is none where the service is not activated.
func sawTrails(s *see, a *cloud.Account) {
	if from := a.ActionTrail.From; from != nil {
		s.saw(from, "TrailList", len(a.ActionTrail.Trails))
	}
}

func sawCoverage(s *see, t *cloud.Trail) {
	s.saw(t.From, "TrailList.Status, TrailRegion, EventRW of "+t.Name, t.Status+", "+t.TrailRegion+", "+t.EventRW)
}

// covering makes a check's run of a function of the trails that cover the
// account; where none does, it does not apply, which is said of the account. A
// trail that covers if only its status were known is unknown.
func covering(judge func(s *see, t *cloud.Trail) verdict) func(*run) iter.Seq[Result] {
	return func(r *run) iter.Seq[Result] {
		return func(yield func(Result) bool) {
			n := 0
			for _, t := range r.account.ActionTrail.Trails {
				if !t.TakesAll() || t.TrailStatus.Known() && !t.TrailStatus.Value.IsLogging {
					continue
				}
				n++
				if !yield(r.judgeOne(t.Ref(), func(s *see) verdict {
					s.saw(t.TrailStatus.Origin(), "IsLogging", need(s, t.TrailStatus).IsLogging)
					return judge(s, t)
				})) {
					return
				}
			}
			if n > 0 || slices.ContainsFunc(r.account.Missing, r.check.hiddenBy) {
				return
			}
			ref := &cloud.Resource{Kin: &cloud.Kin{Type: typeAccount}, ID: r.account.ID, Name: r.account.ID}
			yield(r.judgeOne(ref, func(s *see) verdict {
				sawTrails(s, r.account)
				return notApplicable("no trail covers the account (see actiontrail-covers-account)", "没有覆盖账号的跟踪（见 actiontrail-covers-account）")
			}))
		}
	}
}

func judgeDestinations(s *see, t *cloud.Trail) verdict {
	s.saw(t.From, "TrailList.OssBucketName", t.OssBucketName)
	s.saw(t.From, "TrailList.SlsProjectArn", t.SlsProjectArn)
	switch {
	case t.OssBucketName == "" && t.SlsProjectArn == "":
		return fail("the trail delivers to neither OSS nor Log Service", "跟踪既未投递到 OSS，也未投递到日志服务")
	case t.OssBucketName == "":
		return fail("the trail delivers to Log Service only", "跟踪仅投递到日志服务")
	case t.SlsProjectArn == "":
		return fail("the trail delivers to OSS only", "跟踪仅投递到 OSS")
	}
	return pass()
}

// staleAfter is how old a trail's last success may be beside an error: a trail
// delivers within minutes, so that the error was not overcome.
const staleAfter = 24 * time.Hour

// delivery is how one destination fares.
type delivery struct {
	to            Text
	err           string
	last          *string
	status        *bool
	errField      string
	statusField   string
	lastTimeField string
}

func judgeDelivery(s *see, t *cloud.Trail) verdict {
	st := need(s, t.TrailStatus)
	oss := delivery{Text{"OSS", "OSS"}, st.LatestDeliveryError, st.LatestDeliveryTime, st.OssBucketStatus,
		"LatestDeliveryError", "OssBucketStatus", "LatestDeliveryTime"}
	sls := delivery{Text{"Log Service", "日志服务"}, st.LatestDeliveryLogServiceError, st.LatestDeliveryLogServiceTime, st.SlsLogStoreStatus,
		"LatestDeliveryLogServiceError", "SlsLogStoreStatus", "LatestDeliveryLogServiceTime"}
	list := []delivery{oss, sls}
	if t.OssBucketName == "" {
		// Without a bucket the general error can only tell of the logstore.
		list[0].to, list[0].status, list[0].statusField = sls.to, sls.status, sls.statusField
		if sls.last != nil {
			list[0].last, list[0].lastTimeField = sls.last, sls.lastTimeField
		}
	}
	if t.SlsProjectArn == "" {
		list = list[:1] // what it left behind does not matter any more
	}
	unclear := func() {}
	for _, d := range list {
		s.saw(t.TrailStatus.Origin(), d.errField, d.err)
		if d.err == "" {
			continue
		}
		last := ""
		if d.last != nil {
			last = *d.last
		}
		s.saw(t.TrailStatus.Origin(), d.lastTimeField, last)
		at, ok := eventTime(last)
		switch {
		case d.status != nil && !*d.status:
			s.saw(t.TrailStatus.Origin(), d.statusField, false)
			return failDelivery(d, last)
		case d.last != nil && last == "" || ok && s.run.account.Time.Sub(at) > staleAfter:
			return failDelivery(d, last)
		case !ok:
			unclear = func() { s.unclear(t.TrailStatus.Origin(), d.lastTimeField, last) }
		case d.status == nil:
			unclear = func() { s.unclear(t.TrailStatus.Origin(), d.statusField, "") }
		}
	}
	unclear()
	return pass()
}

func failDelivery(d delivery, last string) verdict {
	return fail("delivery to %[1]s fails: %[3]s (last success: %[4]s)", "向%[2]s投递失败：%[3]s（最近一次成功：%[4]s）",
		d.to.EN, d.to.ZH, d.err, cmp.Or(last, "-"))
}

// eventTime reads a time as this service writes it: RFC 3339, or milliseconds since 1970.
func eventTime(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if ms, err := time.ParseDuration(s + "ms"); err == nil && number(s) {
		return time.Unix(0, 0).Add(ms).UTC(), true
	}
	return time.Time{}, false
}

func judgeRetention(s *see, t *cloud.Trail) verdict {
	days := param[int](s, "days")
	if t.OssBucketName == "" && t.SlsProjectArn == "" {
		return fail("the trail delivers to neither OSS nor Log Service", "跟踪既未投递到 OSS，也未投递到日志服务")
	}
	// What is known to be too short fails, whatever is unknown of the other.
	if t.LogStore.Known() {
		if v := logRetention(s, t, days); v.status != Pass {
			return v
		}
	}
	if t.OssBucketName != "" {
		if v := ofBucket(func(s *see, b *cloud.Bucket) verdict { return lifecycle(s, t, b, days) })(s, t); v.status != Pass {
			return v
		}
	}
	if t.SlsProjectArn != "" && !t.LogStore.Known() {
		return logRetention(s, t, days)
	}
	return pass()
}

func logRetention(s *see, t *cloud.Trail, days int) verdict {
	name := Text{"logstore " + t.LogStoreName(), "日志库 " + t.LogStoreName()}
	_, owner, _, err := t.LogProject()
	if err == nil && owner != s.run.account.ID {
		panic(unmet{status: Unknown, why: textf("%[1]s lies in another account (%[3]s)", "%[2]s 位于其他账号（%[3]s）", name.EN, name.ZH, owner)})
	}
	store := named(s, name, func() cloud.LogStore { return need(s, t.LogStore) })
	s.saw(t.LogStore.Origin(), "ttl", store.TTL)
	if store.TTL < days {
		return fail("logstore %[1]s keeps %[2]d days, less than %[3]d", "日志库 %[1]s 仅保存 %[2]d 天，少于 %[3]d 天", store.Name, store.TTL, days)
	}
	return pass()
}

// lifecycle judges the rules that delete a trail's objects.
func lifecycle(s *see, t *cloud.Trail, b *cloud.Bucket, days int) verdict {
	rules := need(s, b.Lifecycle)
	s.saw(b.Lifecycle.Origin(), "Rule", len(rules))
	unclear := ""
	for _, r := range rules {
		e := r.Expiration
		if r.Status == "Disabled" || e == nil || !touches(r, t.OssKeyPrefix) {
			continue
		}
		limit := s.run.account.Time.Add(-time.Duration(days) * 24 * time.Hour)
		before, err := time.Parse(time.RFC3339, e.CreatedBeforeDate)
		switch {
		case r.Status != "Enabled":
			unclear = r.Status
		case e.Days > 0 && e.Days < days:
			s.saw(b.Lifecycle.Origin(), "Rule.Expiration.Days", e.Days)
			return fail("the rule %[1]q deletes objects under %[2]q after %[3]d days, less than %[4]d",
				"生命周期规则 %[1]q 在 %[3]d 天后删除前缀 %[2]q 下的文件，少于 %[4]d 天", r.ID, r.Prefix, e.Days, days)
		case e.Date != "" || e.CreatedBeforeDate != "" && err == nil && before.After(limit):
			s.saw(b.Lifecycle.Origin(), "Rule.Expiration.CreatedBeforeDate", e.CreatedBeforeDate+e.Date)
			return fail("the rule %[1]q deletes objects under %[2]q that were made before %[3]s, less than %[4]d days ago",
				"生命周期规则 %[1]q 删除前缀 %[2]q 下 %[3]s 之前的文件，距今不足 %[4]d 天", r.ID, r.Prefix, e.CreatedBeforeDate+e.Date, days)
		case e.CreatedBeforeDate != "" && err != nil:
			unclear = e.CreatedBeforeDate
		}
	}
	if unclear != "" {
		s.unclear(b.Lifecycle.Origin(), "Rule", unclear)
	}
	return pass()
}

// trailFolder is where a trail puts its objects, below its prefix.
const trailFolder = "AliyunLogs/Actiontrail/"

// touches reports whether a rule's prefix and the trail's overlap at all.
func touches(r cloud.LifecycleRule, prefix string) bool {
	object := prefix + trailFolder
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		object = prefix + "/" + trailFolder
	}
	for _, not := range r.NotPrefixes {
		if strings.HasPrefix(object, not) {
			return false
		}
	}
	return strings.HasPrefix(object, r.Prefix) || strings.HasPrefix(r.Prefix, object)
}

// ofBucket judges the bucket that a trail delivers to, and names it in whatever
// is wrong or unknown.
func ofBucket(judge func(s *see, b *cloud.Bucket) verdict) func(s *see, t *cloud.Trail) verdict {
	return func(s *see, t *cloud.Trail) verdict {
		if t.OssBucketName == "" {
			return notApplicable("the trail delivers to no bucket", "跟踪未投递到 OSS")
		}
		s.saw(t.From, "TrailList.OssBucketName", t.OssBucketName)
		name := Text{"bucket " + t.OssBucketName, "存储空间 " + t.OssBucketName}
		return named(s, name, func() verdict {
			b := need(s, t.Bucket)
			if b == nil {
				panic(unmet{status: Unknown, why: Text{"it is not among this account's buckets, so it lies in another account or is gone", "不在本账号的存储空间列表中，可能位于其他账号或已被删除"}})
			}
			v := judge(s, b)
			if v.status == Fail {
				v.problem = Text{name.EN + ": " + v.problem.EN, name.ZH + "：" + v.problem.ZH}
			}
			return v
		})
	}
}

// named puts a name before the reason of an unknown.
func named[T any](s *see, name Text, f func() T) T {
	defer func() {
		if p := recover(); p != nil {
			if u, ok := p.(unmet); ok {
				u.why = Text{name.EN + ": " + u.why.EN, name.ZH + "：" + u.why.ZH}
				p = u
			}
			panic(p)
		}
	}()
	return f()
}

func judgePrivate(s *see, b *cloud.Bucket) verdict {
	if b.Policy.Known() && len(anonymousGrants(b, b.Policy.Value)) > 0 {
		if v := judgeAnonymous(s, b); v.status != Pass {
			return v
		}
	}
	if v := judgeACL("public-read", "public-read-write")(s, b); v.status != Pass {
		return v
	}
	return judgeAnonymous(s, b)
}

func judgeTamperProof(s *see, b *cloud.Bucket) verdict {
	locked := func() bool {
		state := need(s, b.Worm)
		s.saw(b.Worm.Origin(), "State", state)
		if !slices.Contains([]string{"", "InProgress", "Locked"}, state) {
			s.unclear(b.Worm.Origin(), "State", state)
		}
		return state == "Locked"
	}
	if b.Versioning.Known() && b.Versioning.Value == "Enabled" && versioned(s, b) || b.Worm.Known() && b.Worm.Value == "Locked" && locked() ||
		versioned(s, b) || locked() {
		return pass()
	}
	v := failVersioning(b)
	v.problem.EN += ", and no retention policy is locked"
	v.problem.ZH += "，且没有已锁定的保留策略"
	return v
}
