package checks

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

const rdsList = "rds/DescribeDBInstances"

// rdsChecks judge databases: first who reaches them, then what is kept, then
// (rds_backup.go) what survives.
var rdsChecks = slices.Concat([]Check{{
	ID:    "rds-instance-in-vpc",
	Title: Text{"The database is in a VPC", "数据库实例位于专有网络"},
	Why: Text{"The classic network is one network for all customers: a database in it cannot be put into a zone of its own.",
		"经典网络由所有用户共用，位于其中的数据库无法划入独立的网络区域。"},
	Fix: Fix{Text: Text{"Switch the network type: RDS console > the instance > Database Connection > Switch to VPC.", "切换网络类型：RDS 控制台 > 目标实例 > 数据库连接 > 切换为专有网络。"},
		CLI: "aliyun rds ModifyDBInstanceNetworkType --DBInstanceId <instance> --InstanceNetworkType VPC", Terraform: "alicloud_db_instance: vswitch_id"},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceAttribute"},
	Clauses:      partial("8.1.2.1-c", "7.1.2.1-a", "9.1.2.1-c"),
	resourceType: "rds.instance", run: each(databases, databaseInVPC),
}, {
	ID:    "rds-instance-no-public-endpoint",
	Title: Text{"The database has no public endpoint", "数据库实例没有公网连接地址"},
	Why: Text{"A database with a public connection string can be tried by everybody who gets past its whitelist, or guesses that there is one.",
		"开放公网连接地址的数据库，只要白名单稍有疏漏，任何人都可以尝试连接。"},
	Fix: Fix{Text: Text{"Release the public endpoint: RDS console > the instance > Database Connection > Release Public Endpoint. Reach it through a VPN or a bastion host.",
		"释放公网地址：RDS 控制台 > 目标实例 > 数据库连接 > 释放外网地址。运维经 VPN 或堡垒机访问。"},
		CLI: "aliyun rds ReleaseInstancePublicConnection --DBInstanceId <instance> --CurrentConnectionString <string>", Terraform: "alicloud_db_connection: delete"},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceNetInfo"},
	Clauses:      slices.Concat(partial("8.1.2.1-d", "7.1.2.1-b", "9.1.2.1-d"), direct("8.1.3.1-a", "7.1.3.1", "9.1.3.1-a")),
	resourceType: "rds.instance", run: each(databases, databaseNoPublicEndpoint),
}, {
	ID:    "rds-instance-whitelist",
	Title: Text{"The database's whitelist is not open to the internet", "数据库白名单未向互联网开放"},
	Why: Text{"The whitelist is the database's own wall. Where it lets everybody in, one new endpoint is enough to expose the data.",
		"白名单是数据库自身的访问控制。若允许所有地址，只要新增一个公网地址，数据即告暴露。"},
	Fix: Fix{Text: Text{"Name the addresses of the applications alone: RDS console > the instance > Whitelist and SecGroup.", "仅保留应用所需的地址：RDS 控制台 > 目标实例 > 白名单与安全组。"},
		CLI: "aliyun rds ModifySecurityIps --DBInstanceId <instance> --DBInstanceIPArrayName default --SecurityIps 10.0.0.0/24", Terraform: "alicloud_db_instance: security_ips"},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceIPArrayList"},
	Clauses: direct("8.1.3.1-a", "8.1.3.2-a", "8.1.4.4-c", "7.1.3.1", "7.1.3.2-a", "7.1.4.4-c", "9.1.3.1-a", "9.1.3.2-a", "9.1.4.4-c"),
	Hazards: []string{"A-09", "A-11"}, resourceType: "rds.instance", run: each(databases, databaseWhitelist),
}, {
	ID:    "rds-instance-not-exposed",
	Title: Text{"The internet does not reach the database", "互联网无法访问数据库"},
	Why: Text{"A public endpoint behind a whitelist for everybody is a database on the internet: only its passwords are left to guess.",
		"公网地址加上对所有人开放的白名单，等于把数据库放在互联网上，只剩口令可猜。"},
	Fix: Fix{Text: Text{"Release the public endpoint, and narrow the whitelist: RDS console > the instance > Database Connection; Whitelist and SecGroup.", "释放公网地址并收紧白名单：RDS 控制台 > 目标实例 > 数据库连接；白名单与安全组。"},
		CLI: "aliyun rds ReleaseInstancePublicConnection --DBInstanceId <instance> --CurrentConnectionString <string>", Terraform: "alicloud_db_instance: security_ips"},
	Severity: Critical, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceNetInfo", "rds/DescribeDBInstanceIPArrayList"},
	Clauses: direct("8.1.3.1-a", "7.1.3.1", "9.1.3.1-a"), Hazards: []string{"A-09", "A-21"},
	resourceType: "rds.instance", run: each(databases, databaseNotExposed),
}, {
	ID:    "rds-instance-tls",
	Title: Text{"The database offers TLS", "数据库已启用 SSL 加密"},
	Why: Text{"Without TLS passwords and data cross the network in clear text, for everyone on the way to read and change.",
		"未启用 SSL 时，口令和数据以明文传输，途经者均可读取和篡改。"},
	Fix: Fix{Text: Text{"Turn SSL on: RDS console > the instance > Data Security > SSL.", "启用 SSL：RDS 控制台 > 目标实例 > 数据安全性 > SSL。"},
		CLI: "aliyun rds ModifyDBInstanceSSL --DBInstanceId <instance> --SSLEnabled 1 --ConnectionString <string>", Terraform: `alicloud_db_instance: ssl_action = "Open"`},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceSSL"},
	Clauses: direct("8.1.2.2-b", "8.1.4.8-a", "8.1.4.7-a", "7.1.2.2", "7.1.4.7", "9.1.2.2-b", "9.1.4.8-a", "9.1.4.7-a"), Hazards: []string{"A-24"},
	resourceType: "rds.instance", run: each(databases, databaseTLS),
}, {
	ID:    "rds-instance-encrypted-at-rest",
	Title: Text{"The database is encrypted at rest", "数据库存储已加密"},
	Why: Text{"Whoever gets hold of files, backups or the medium of a database that is not encrypted reads its data.",
		"未加密的数据库，其文件、备份或存储介质一旦被取得，数据即可被读取。"},
	Fix: Fix{Text: Text{"Turn TDE on (RDS console > the instance > Data Security > TDE), or cloud disk encryption (Data Security > Cloud Disk Encryption; some editions only at creation).",
		"启用透明数据加密（RDS 控制台 > 目标实例 > 数据安全性 > TDE），或云盘加密（数据安全性 > 云盘加密；部分版本仅可在创建时启用）。"},
		CLI: "aliyun rds ModifyDBInstanceTDE --DBInstanceId <instance> --TDEStatus Enabled", Terraform: `alicloud_db_instance: tde_status = "Enabled", encryption_key`},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceTDE", "rds/DescribeDBInstanceEncryptionKey"},
	Clauses: direct("8.1.4.8-b", "9.1.4.8-b"), Hazards: []string{"A-25"},
	resourceType: "rds.instance", run: each(databases, databaseEncrypted),
}, {
	ID:    "rds-instance-own-key",
	Title: Text{"The database is encrypted with a key of the customer", "数据库使用用户自有密钥加密"},
	Why: Text{"A key of one's own can be disabled and its use audited; a key of the provider's cannot.",
		"自有密钥可由用户停用并审计其使用情况，云服务商的默认密钥则不能。"},
	Fix: Fix{Text: Text{"Choose a KMS key when TDE or disk encryption is turned on: RDS console > the instance > Data Security.", "启用 TDE 或云盘加密时选择自有 KMS 密钥：RDS 控制台 > 目标实例 > 数据安全性。"},
		CLI: "aliyun rds ModifyDBInstanceTDE --DBInstanceId <instance> --TDEStatus Enabled --EncryptionKey <key>", Terraform: "alicloud_db_instance: encryption_key"},
	Severity: Low, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceTDE", "rds/DescribeDBInstanceEncryptionKey"},
	Clauses:      partial("8.2.4.5-d", "9.2.4.5-d"),
	resourceType: "rds.instance", run: each(databases, databaseOwnKey),
}, {
	ID:    "rds-instance-sql-audit",
	Title: Text{"SQL audit is on", "数据库已启用 SQL 审计"},
	Why: Text{"Without an audit nobody can tell afterwards who read or changed which data.",
		"没有审计记录，事后无法查明谁读取或修改了哪些数据。"},
	Fix: Fix{Text: Text{"Turn it on: RDS console > the instance > Autonomy Services > SQL Explorer and Audit.", "启用审计：RDS 控制台 > 目标实例 > 自治服务 > SQL 洞察和审计。"},
		CLI: "aliyun rds ModifySQLCollectorPolicy --DBInstanceId <instance> --SQLCollectorStatus Enable", Terraform: `alicloud_db_instance: sql_collector_status = "Enabled"`},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeSQLCollectorPolicy"},
	Clauses:      direct("8.1.4.3-a", "7.1.4.3-a", "9.1.4.3-a"),
	resourceType: "rds.instance", run: each(databases, databaseAudit),
}, {
	ID:    "rds-instance-sql-audit-retention",
	Title: Text{"SQL audit records are kept long enough", "SQL 审计日志保留时间足够长"},
	Why: Text{"The Cybersecurity Law asks for network logs of six months at the least; an intrusion is often found only after months.",
		"《网络安全法》要求网络日志留存不少于六个月；入侵往往数月后才被发现。"},
	Fix: Fix{Text: Text{"Lengthen the storage period to 6 months or more: RDS console > the instance > SQL Explorer and Audit > Service Settings. Where the engine keeps 30 days and no more, deliver the audit to Log Service.",
		"将存储时长设为 6 个月及以上：RDS 控制台 > 目标实例 > SQL 洞察和审计 > 服务设置。若该引擎固定保留 30 天，请将审计日志投递到日志服务。"},
		CLI: "aliyun rds ModifySQLCollectorRetention --DBInstanceId <instance> --ConfigValue 180", Terraform: "alicloud_db_instance: sql_collector_config_value = 180"},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeSQLCollectorPolicy", "rds/DescribeSQLCollectorRetention"},
	Params:       []Param{{"days", Text{"days for which records must be kept at the least", "日志最少保留天数"}, 180}},
	Clauses:      slices.Concat(direct("8.1.5.4-d", "9.1.5.4-d"), partial("8.1.4.3-c", "7.1.4.3-c", "9.1.4.3-c")),
	resourceType: "rds.instance", run: each(databases, databaseAuditRetention),
}}, rdsBackupChecks)

func databases(a *cloud.Account) []*cloud.DBInstance { return a.RDS.Instances }

func databaseInVPC(s *see, d *cloud.DBInstance) verdict {
	a := need(s, d.Attribute)
	s.saw(d.Attribute.From, "InstanceNetworkType", a.InstanceNetworkType)
	switch strings.ToLower(a.InstanceNetworkType) {
	case "vpc":
		return pass()
	case "classic":
		return fail("the database is in the classic network", "数据库位于经典网络")
	}
	s.unclear(d.Attribute.From, "InstanceNetworkType", a.InstanceNetworkType)
	return verdict{}
}

func databaseNoPublicEndpoint(s *see, d *cloud.DBInstance) verdict {
	if p, ok := publicEndpoint(s, need(s, d.NetInfo), d.NetInfo.From); ok {
		return fail("it has the public endpoint %s", "拥有公网连接地址 %s", p)
	}
	return pass()
}

// publicEndpoint is the first public connection string; false where all are
// known to be private.
func publicEndpoint(s *see, list []cloud.DBEndpoint, from *cloud.Origin) (string, bool) {
	for _, e := range list {
		s.saw(from, "DBInstanceNetInfo.IPType of "+e.ConnectionString, e.IPType)
		if strings.EqualFold(e.IPType, "Public") {
			return e.ConnectionString, true
		}
	}
	for _, e := range list {
		if !isOneOf(e.IPType, "Private", "Inner") {
			s.unclear(from, "DBInstanceNetInfo.IPType", e.IPType)
		}
	}
	return "", false
}

func databaseWhitelist(s *see, d *cloud.DBInstance) verdict {
	groups := need(s, d.Whitelist)
	if openWhitelist(s, d, groups) {
		return fail("the whitelist is open to the internet: %s", "白名单向互联网开放：%s", whitelistText(groups))
	}
	return pass()
}

// openWhitelist weighs all groups together. A word that is neither address nor
// block leaves it unknown, unless the others are open without it.
func openWhitelist(s *see, d *cloud.DBInstance, groups []cloud.IPArray) bool {
	var sources []netip.Prefix
	odd := ""
	for _, g := range groups {
		if g.Hidden {
			continue
		}
		s.saw(d.Whitelist.From, "DBInstanceIPArray.SecurityIPList of "+g.Name, strings.Join(g.SecurityIPList, ","))
		for _, word := range g.SecurityIPList {
			p, ok := parseSource(word)
			switch {
			case !ok:
				odd = word
			case p.Addr().IsUnspecified() && p.IsSingleIP():
				// A bare 0.0.0.0 (or ::) is everybody.
				sources = append(sources, netip.PrefixFrom(p.Addr(), 0))
			default:
				sources = append(sources, p)
			}
		}
	}
	open := openSources(sources)
	if !open && odd != "" {
		s.unclear(d.Whitelist.From, "DBInstanceIPArray.SecurityIPList", odd)
	}
	return open
}

func whitelistText(groups []cloud.IPArray) string {
	var words []string
	for _, g := range groups {
		if !g.Hidden {
			words = append(words, g.Name+" "+strings.Join(g.SecurityIPList, ","))
		}
	}
	return strings.Join(words, "; ")
}

// databaseNotExposed passes on whichever half is known to be closed; it takes
// both to fail.
func databaseNotExposed(s *see, d *cloud.DBInstance) verdict {
	if d.NetInfo.Known() && endpointsPrivate(d.NetInfo.Value) {
		need(s, d.NetInfo)
		publicEndpoint(s, d.NetInfo.Value, d.NetInfo.From)
		return pass()
	}
	groups := need(s, d.Whitelist)
	// A group for the network type VPC alone opens no public endpoint.
	groups = slices.DeleteFunc(slices.Clone(groups), func(g cloud.IPArray) bool { return strings.EqualFold(g.NetworkType, "VPC") })
	if !openWhitelist(s, d, groups) {
		return pass()
	}
	p, _ := publicEndpoint(s, need(s, d.NetInfo), d.NetInfo.From)
	return fail("everybody reaches the public endpoint %s", "任何人都可访问公网地址 %s", p)
}

func endpointsPrivate(list []cloud.DBEndpoint) bool {
	return !slices.ContainsFunc(list, func(e cloud.DBEndpoint) bool { return !isOneOf(e.IPType, "Private", "Inner") })
}

func databaseTLS(s *see, d *cloud.DBInstance) verdict {
	v := need(s, d.SSLEnabled)
	s.saw(d.SSLEnabled.From, "SSLEnabled", v)
	switch strings.ToLower(v) {
	case "yes", "on", "1", "true":
		return pass()
	case "no", "off", "0", "false", "":
		return fail("SSL is off", "SSL 未启用")
	}
	s.unclear(d.SSLEnabled.From, "SSLEnabled", v)
	return verdict{}
}

// transparent tells whether TDE encrypts all of an instance. SQL Server encrypts each
// database by itself; off are those that it does not.
func transparent(s *see, d *cloud.DBInstance) (on bool, off []string) {
	t, from := need(s, d.TDE), d.TDE.From
	s.saw(from, "TDEStatus", t.Status)
	switch {
	case isOneOf(t.Status, "Disabled", ""):
		return false, nil
	case !strings.EqualFold(t.Status, "Enabled"):
		s.unclear(from, "TDEStatus", t.Status)
	case t.Databases == nil && strings.EqualFold(d.Engine, "SQLServer"):
		s.unclear(from, "Databases.Database", "")
	}
	odd := ""
	for name, status := range t.Databases {
		switch {
		case strings.EqualFold(status, "Disabled"):
			off = append(off, name)
		case !strings.EqualFold(status, "Enabled"):
			odd = name + " " + status
		}
	}
	if len(off) == 0 && odd != "" {
		s.unclear(from, "Databases.Database.TDEStatus", odd)
	}
	slices.Sort(off)
	return len(off) == 0, off
}

// diskKeys are the keys that encrypt the disk; those of TDE encrypt nothing by themselves.
func diskKeys(s *see, d *cloud.DBInstance) []cloud.DBKey {
	var list []cloud.DBKey
	for _, k := range need(s, d.Keys) {
		s.saw(d.Keys.From, "EncryptionKeyList.UsedBy of "+k.ID, k.UsedBy)
		if strings.EqualFold(k.UsedBy, "Disk") {
			list = append(list, k)
		}
	}
	for _, k := range d.Keys.Value {
		if len(list) == 0 && !isOneOf(k.UsedBy, "Disk", "TDE") {
			s.unclear(d.Keys.From, "EncryptionKeyList.UsedBy", k.UsedBy)
		}
	}
	return list
}

func unsupported(e *cloud.Error) bool { return e != nil && e.Class() == cloud.Unsupported }

// databaseEncrypted: TDE or a key on the disk will do. Where one of them cannot be
// had, or was not read, the other may still prove it.
func databaseEncrypted(s *see, d *cloud.DBInstance) verdict {
	var off []string
	if d.TDE.Known() {
		var on bool
		if on, off = transparent(s, d); on {
			return pass()
		}
	}
	if !unsupported(d.Keys.Why()) && len(diskKeys(s, d)) > 0 {
		return pass()
	}
	if !d.TDE.Known() && (!unsupported(d.TDE.Why()) || unsupported(d.Keys.Why())) {
		need(s, d.TDE)
	}
	if len(off) > 0 {
		return fail("TDE is off for %s", "以下数据库未启用 TDE：%s", strings.Join(off, ", "))
	}
	return fail("neither TDE nor cloud disk encryption is on", "未启用 TDE，也未启用云盘加密")
}

// databaseOwnKey: any key of the customer that is active and enabled will do. It
// takes both answers to say that there is none.
func databaseOwnKey(s *see, d *cloud.DBInstance) verdict {
	if v := databaseEncrypted(s, d); v.status == Fail {
		return notApplicable("the database is not encrypted", "数据库未加密")
	}
	tde := false
	if d.TDE.Known() {
		tde, _ = transparent(s, d)
	}
	customer := tde && strings.EqualFold(d.TDE.Value.Mode, "Customer_Provided_Key")
	if tde {
		s.saw(d.TDE.From, "TDEMode", d.TDE.Value.Mode)
		if !isOneOf(d.TDE.Value.Mode, "Customer_Provided_Key", "Aliyun_Generate_Key") {
			s.unclear(d.TDE.From, "TDEMode", d.TDE.Value.Mode)
		}
	}
	var keys []cloud.DBKey
	if !unsupported(d.Keys.Why()) {
		keys = need(s, d.Keys)
	}
	listed, odd := false, ""
	for _, k := range keys {
		s.saw(d.Keys.From, "EncryptionKeyList.KeyType, EncryptionKeyStatus, UsedBy of "+k.ID, strings.Join([]string{k.Type, k.Status, k.UsedBy}, ", "))
		active := strings.EqualFold(k.UsedBy, "Disk") || strings.EqualFold(k.UsedBy, "TDE") && tde
		listed = listed || !strings.EqualFold(k.UsedBy, "Disk")
		switch {
		case !isOneOf(k.UsedBy, "Disk", "TDE"):
			odd = "used by " + k.UsedBy
		case !active:
		case strings.EqualFold(k.Type, "CMK") && strings.EqualFold(k.Status, "Enabled"):
			return pass()
		case !isOneOf(k.Type, "CMK", "ServiceKey"):
			odd = k.Type
		}
	}
	switch {
	case customer && !listed:
		return pass() // the mode itself says so, and no list says that the key is disabled
	case odd != "" || slices.ContainsFunc(keys, func(k cloud.DBKey) bool { return k.Type == "" }):
		s.unclear(d.Keys.From, "EncryptionKeyList", odd)
	case !d.TDE.Known() && !unsupported(d.TDE.Why()):
		need(s, d.TDE)
	}
	return fail("no enabled key of the customer encrypts it", "没有处于启用状态的自有密钥对其加密")
}

// secondary reports that audit and backups belong to the primary instance.
func secondary(s *see, d *cloud.DBInstance) bool {
	if !isOneOf(d.InstanceType, "Primary", "Readonly", "Guard", "Temp") {
		s.unclear(d.From, "DBInstanceType", d.InstanceType)
	}
	return isOneOf(d.InstanceType, "Readonly", "Guard")
}

func belongsToPrimary(s *see, d *cloud.DBInstance) verdict {
	s.saw(d.From, "DBInstanceType", d.InstanceType)
	return notApplicable("a %s instance: this belongs to its primary", "%s 实例：该项由主实例负责", d.InstanceType)
}

func databaseAudit(s *see, d *cloud.DBInstance) verdict {
	if secondary(s, d) {
		return belongsToPrimary(s, d)
	}
	v := need(s, d.Audit).Status
	s.saw(d.Audit.From, "SQLCollectorStatus", v)
	switch strings.ToLower(v) {
	case "enable", "enabled":
		return pass()
	case "disable", "disabled", "":
		return fail("SQL audit is off", "SQL 审计未启用")
	}
	s.unclear(d.Audit.From, "SQLCollectorStatus", v)
	return verdict{}
}

func databaseAuditRetention(s *see, d *cloud.DBInstance) verdict {
	v := databaseAudit(s, d)
	if v.status == NotApplicable {
		return v
	}
	if v.status == Fail {
		return notApplicable("SQL audit is off", "SQL 审计未启用")
	}
	n, least := auditDays(s, d), param[int](s, "days")
	if n < least {
		return fail("records are kept for %d days, and %d are needed", "日志保留 %d 天，要求至少 %d 天", n, least)
	}
	return pass()
}

// auditDays is how long records are kept: what was set, or, where the engine lets
// nothing be set, the period that the policy names.
func auditDays(s *see, d *cloud.DBInstance) int {
	if period := d.Audit.Value.StoragePeriod; unsupported(d.AuditDays.Why()) {
		s.saw(d.Audit.From, "StoragePeriod", period)
		if period <= 0 {
			s.unclear(d.Audit.From, "StoragePeriod", strconv.Itoa(period))
		}
		return period
	}
	n := need(s, d.AuditDays)
	s.saw(d.AuditDays.From, "ConfigValue", n)
	if n < 0 {
		s.unclear(d.AuditDays.From, "ConfigValue", strconv.Itoa(n))
	}
	return n
}
