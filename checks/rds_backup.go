package checks

import (
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// rdsBackupChecks judge what survives a failure, and how a database is run.
var rdsBackupChecks = []Check{{
	ID:    "rds-instance-backup",
	Title: Text{"The database is backed up regularly and backups are kept", "数据库定期自动备份且备份保留足够时间"},
	Why: Text{"A database that was deleted, damaged or extorted comes back only from a backup made before.",
		"数据库被误删、损坏或勒索后，只能依靠此前的备份恢复。"},
	Fix: Fix{Text: Text{"Choose two days a week or more and keep backups for seven days or more: RDS console > the instance > Backup and Restoration > Backup Settings.",
		"每周至少备份两次，并至少保留 7 天：RDS 控制台 > 目标实例 > 备份恢复 > 备份设置。"},
		CLI:       "aliyun rds ModifyBackupPolicy --DBInstanceId <instance> --PreferredBackupPeriod Monday,Thursday --PreferredBackupTime 02:00Z-03:00Z --BackupRetentionPeriod 7",
		Terraform: "alicloud_db_backup_policy: preferred_backup_period, backup_retention_period"},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeBackupPolicy"},
	Params: []Param{{"days", Text{"days for which backups must be kept at the least", "备份最少保留天数"}, 7},
		{"per_week", Text{"backups a week at the least", "每周最少备份次数"}, 2}},
	Clauses: direct("8.1.4.9-a", "7.1.4.8-a", "9.1.4.9-a"), Hazards: []string{"A-26"},
	resourceType: "rds.instance", run: each(databases, databaseBackup),
}, {
	ID:    "rds-instance-log-backup",
	Title: Text{"Log backup is on", "数据库已启用日志备份"},
	Why: Text{"With data backups alone everything since the last one is lost; logs bring the database to any moment in between.",
		"仅有数据备份时，最近一次备份之后的数据都会丢失；日志备份可恢复到其间任意时刻。"},
	Fix: Fix{Text: Text{"Turn it on: RDS console > the instance > Backup and Restoration > Backup Settings > Log Backup.", "启用日志备份：RDS 控制台 > 目标实例 > 备份恢复 > 备份设置 > 日志备份。"},
		CLI: "aliyun rds ModifyBackupPolicy --DBInstanceId <instance> --BackupPolicyMode LogBackupPolicy --EnableBackupLog 1", Terraform: "alicloud_db_backup_policy: enable_backup_log = true"},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeBackupPolicy"},
	Clauses:      partial("8.1.4.9-a", "7.1.4.8-a", "9.1.4.9-a"),
	resourceType: "rds.instance", run: each(databases, databaseLogBackup),
}, {
	ID:    "rds-instance-cross-region-backup",
	Title: Text{"The database is backed up to another region", "数据库已异地备份"},
	Why:   Text{"When a region is lost, backups kept in it are lost with it.", "整个地域不可用时，同地域的备份也随之不可用。"},
	Fix: Fix{Text: Text{"Turn cross-region backup on: RDS console > the instance > Backup and Restoration > Cross-region Backup; or attach a disaster-recovery instance.",
		"启用跨地域备份：RDS 控制台 > 目标实例 > 备份恢复 > 跨地域备份；或挂载灾备实例。"},
		CLI: "aliyun rds ModifyInstanceCrossBackupPolicy --DBInstanceId <instance> --BackupEnabled 1 --CrossBackupRegion <region> --CrossBackupType 1 --RetentType 1 --Retention 7"},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeInstanceCrossBackupPolicy", "rds/DescribeDBInstanceAttribute"},
	Clauses:      direct("8.1.4.9-b", "7.1.4.8-b", "9.1.4.9-b"),
	resourceType: "rds.instance", run: each(databases, databaseCrossBackup),
}, {
	ID:    "rds-instance-high-availability",
	Title: Text{"The database is not of the Basic edition", "数据库不是基础版"},
	Why:   Text{"A Basic instance is one machine: its failure is an outage until it is built anew.", "基础版只有单个节点，节点故障即业务中断，直至重建完成。"},
	Fix: Fix{Text: Text{"Upgrade the edition: RDS console > the instance > Change Specifications > High-availability Edition.", "升级系列：RDS 控制台 > 目标实例 > 变更配置 > 高可用系列。"},
		CLI: "aliyun rds ModifyDBInstanceSpec --DBInstanceId <instance> --Category HighAvailability --PayType Postpaid", Terraform: `alicloud_db_instance: category = "HighAvailability"`},
	Severity: High, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceAttribute"},
	Clauses:      partial("8.1.4.9-c", "9.1.4.9-c"),
	resourceType: "rds.instance", run: each(databases, databaseHighAvailability),
}, {
	ID:    "rds-instance-multi-zone",
	Title: Text{"The database's nodes lie in different zones", "数据库节点分布在不同可用区"},
	Why:   Text{"Master and slave in one zone fail together.", "主备节点位于同一可用区时会同时失效。"},
	Fix: Fix{Text: Text{"Migrate to several zones: RDS console > the instance > Basic Information > Migrate Across Zones.", "迁移为多可用区部署：RDS 控制台 > 目标实例 > 基本信息 > 迁移可用区。"},
		CLI: "aliyun rds MigrateToOtherZone --DBInstanceId <instance> --ZoneId <zone> --ZoneIdSlave1 <other zone>", Terraform: "alicloud_db_instance: zone_id_slave_a"},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceAttribute"},
	Clauses:      slices.Concat(direct("8.1.4.9-c", "9.1.4.9-c"), partial("8.1.2.1-e", "9.1.2.1-e")),
	resourceType: "rds.instance", run: each(databases, databaseMultiZone),
}, {
	ID:    "rds-instance-connection-log",
	Title: Text{"PostgreSQL logs connections and disconnections", "PostgreSQL 记录连接与断开日志"},
	Why:   Text{"Without these lines the log does not tell who was connected, from where and how long.", "缺少这些记录，日志无法说明谁、从何处、在何时连接过数据库。"},
	Fix: Fix{Text: Text{"Set log_connections and log_disconnections to on: RDS console > the instance > Parameters.", "将 log_connections 与 log_disconnections 设为 on：RDS 控制台 > 目标实例 > 参数设置。"},
		CLI: `aliyun rds ModifyParameter --DBInstanceId <instance> --Parameters '{"log_connections":"on","log_disconnections":"on"}'`, Terraform: "alicloud_db_instance: parameters"},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeParameters"},
	Clauses:      partial("8.1.4.3-b", "7.1.4.3-b", "9.1.4.3-b"),
	resourceType: "rds.instance", run: each(databases, databaseConnectionLog),
}, {
	ID:    "rds-instance-no-super-account",
	Title: Text{"The database has no superuser account", "数据库没有高权限账号"},
	Why: Text{"An account that may do everything makes every mistake and every stolen password a disaster; duties cannot be kept apart.",
		"高权限账号使任何误操作或口令泄露都成为灾难，也无法实现权限分离。"},
	Fix: Fix{Text: Text{"Give applications accounts of their own with the rights they need, then delete the privileged account: RDS console > the instance > Accounts.", "为应用创建仅具所需权限的账号，再删除高权限账号：RDS 控制台 > 目标实例 > 账号管理。"},
		CLI: "aliyun rds DeleteAccount --DBInstanceId <instance> --AccountName <account>", Terraform: `alicloud_rds_account: account_type = "Normal"`},
	Severity: Medium, Service: "rds", Reads: []string{rdsList, "rds/DescribeAccounts"},
	Clauses:      partial("8.1.4.2-b", "8.1.4.2-d", "7.1.4.2-b", "7.1.4.2-d", "9.1.4.2-b", "9.1.4.2-d"),
	resourceType: "rds.instance", run: each(databases, databaseNoSuperAccount),
}, {
	ID:    "rds-instance-minor-upgrade",
	Title: Text{"Minor versions upgrade automatically", "数据库小版本自动升级"},
	Why:   Text{"Known vulnerabilities stay open on databases whose kernel nobody upgrades.", "内核小版本长期不升级的数据库会一直存在已知漏洞。"},
	Fix: Fix{Text: Text{"Choose automatic upgrade: RDS console > the instance > Basic Information > Minor Version Upgrade.", "设为自动升级：RDS 控制台 > 目标实例 > 基本信息 > 小版本升级方式。"},
		CLI: "aliyun rds ModifyDBInstanceAutoUpgradeMinorVersion --DBInstanceId <instance> --AutoUpgradeMinorVersion Auto", Terraform: `alicloud_db_instance: auto_upgrade_minor_version = "Auto"`},
	Severity: Low, Service: "rds", Reads: []string{rdsList, "rds/DescribeDBInstanceAttribute"},
	Clauses:      partial("8.1.4.4-e", "7.1.4.4-e", "9.1.4.4-e"),
	resourceType: "rds.instance", run: each(databases, databaseMinorUpgrade),
}}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

func databaseBackup(s *see, d *cloud.DBInstance) verdict {
	if secondary(s, d) {
		return belongsToPrimary(s, d)
	}
	b := need(s, d.Backup)
	days := map[string]bool{}
	for _, day := range b.PreferredBackupPeriod {
		if day = strings.ToLower(day); !slices.Contains(weekdays, day) {
			s.unclear(d.Backup.From, "PreferredBackupPeriod", day)
		}
		days[day] = true
	}
	s.saw(d.Backup.From, "PreferredBackupPeriod", strings.Join(b.PreferredBackupPeriod, ","))
	s.saw(d.Backup.From, "BackupRetentionPeriod", b.BackupRetentionPeriod)
	if least := param[int](s, "per_week"); len(days) < least {
		return fail("it is backed up on %d days a week, and %d are needed", "每周备份 %d 天，要求至少 %d 天", len(days), least)
	}
	if least := param[int](s, "days"); b.BackupRetentionPeriod < least {
		return fail("backups are kept for %d days, and %d are needed", "备份保留 %d 天，要求至少 %d 天", b.BackupRetentionPeriod, least)
	}
	return pass()
}

// databaseLogBackup: two fields tell the same; where they disagree nobody knows.
func databaseLogBackup(s *see, d *cloud.DBInstance) verdict {
	if secondary(s, d) {
		return belongsToPrimary(s, d)
	}
	b := need(s, d.Backup)
	s.saw(d.Backup.From, "BackupLog", b.BackupLog)
	s.saw(d.Backup.From, "EnableBackupLog", b.EnableBackupLog)
	one, two := onOff(s, d, "BackupLog", b.BackupLog), onOff(s, d, "EnableBackupLog", b.EnableBackupLog)
	switch {
	case one == nil && two == nil, one != nil && two != nil && *one != *two:
		s.unclear(d.Backup.From, "BackupLog, EnableBackupLog", b.BackupLog+", "+b.EnableBackupLog)
	case one == nil:
		one = two
	}
	if *one {
		return pass()
	}
	return fail("log backup is off", "日志备份未启用")
}

// onOff reads a switch; nil where it was left out.
func onOff(s *see, d *cloud.DBInstance, field, value string) *bool {
	on := isOneOf(value, "Enable", "Enabled", "1", "true")
	if !on && value != "" && !isOneOf(value, "Disable", "Disabled", "0", "false") {
		s.unclear(d.Backup.From, field, value)
	}
	if value == "" {
		return nil
	}
	return &on
}

// databaseCrossBackup: a policy or a disaster-recovery instance will do. A policy for
// logs alone does not bring the data back.
func databaseCrossBackup(s *see, d *cloud.DBInstance) verdict {
	if secondary(s, d) {
		return belongsToPrimary(s, d)
	}
	if d.CrossBackup.Known() {
		v := need(s, d.CrossBackup)
		s.saw(d.CrossBackup.From, "BackupEnabled", v)
		if isOneOf(v, "Enable", "Enabled", "1") {
			return pass()
		}
		if !isOneOf(v, "Disable", "Disabled", "0", "") {
			s.unclear(d.CrossBackup.From, "BackupEnabled", v)
		}
	}
	guard := need(s, d.Attribute).GuardDBInstanceID
	if guard == nil {
		s.unclear(d.Attribute.From, "GuardDBInstanceId", "")
	}
	s.saw(d.Attribute.From, "GuardDBInstanceId", *guard)
	if *guard != "" {
		return pass()
	}
	need(s, d.CrossBackup)
	return fail("no data backup goes to another region", "没有备份到其他地域的数据备份")
}

// Editions by whether one node is all there is.
var (
	singleNode   = []string{"Basic", "serverless_basic"}
	severalNodes = []string{"HighAvailability", "AlwaysOn", "Finance", "cluster", "serverless_standard", "serverless_ha", "standard"}
)

// basicEdition tells whether the instance has one node only.
func basicEdition(s *see, d *cloud.DBInstance, a cloud.DBAttribute) bool {
	s.saw(d.Attribute.From, "Category", a.Category)
	if !isOneOf(a.Category, slices.Concat(singleNode, severalNodes)...) {
		s.unclear(d.Attribute.From, "Category", a.Category)
	}
	return isOneOf(a.Category, singleNode...)
}

func databaseHighAvailability(s *see, d *cloud.DBInstance) verdict {
	if basicEdition(s, d, need(s, d.Attribute)) {
		return fail("it is of the Basic edition, a single node", "实例为基础版，仅有单个节点")
	}
	return pass()
}

func databaseMultiZone(s *see, d *cloud.DBInstance) verdict {
	if secondary(s, d) {
		return belongsToPrimary(s, d)
	}
	a := need(s, d.Attribute)
	if basicEdition(s, d, a) {
		return fail("it is of the Basic edition, a single node in one zone", "实例为基础版，单节点位于单个可用区")
	}
	zones := append([]string{a.MasterZone}, a.SlaveZones...)
	if strings.EqualFold(a.Category, "cluster") && len(a.NodeZones) > 0 {
		zones = a.NodeZones
	}
	s.saw(d.Attribute.From, "MasterZone, SlaveZones, NodeZoneId", strings.Join(zones, ", "))
	known := slices.Compact(slices.Sorted(slices.Values(nonEmpty(slices.Clone(zones)...))))
	switch {
	case len(known) >= 2:
		return pass()
	case len(zones) < 2 || slices.Contains(zones, ""):
		s.unclear(d.Attribute.From, "MasterZone, SlaveZones", strings.Join(zones, ", "))
	}
	return fail("all nodes lie in %s", "所有节点位于 %s", known[0])
}

func databaseConnectionLog(s *see, d *cloud.DBInstance) verdict {
	if !strings.EqualFold(d.Engine, "PostgreSQL") {
		if d.Engine == "" {
			s.unclear(d.From, "Engine", d.Engine)
		}
		s.saw(d.From, "Engine", d.Engine)
		return notApplicable("%s has no such parameters", "%s 没有此类参数", d.Engine)
	}
	running := need(s, d.Parameters)
	for _, name := range []string{"log_connections", "log_disconnections"} {
		s.saw(d.Parameters.From, "RunningParameters."+name, running[name])
		if !isOneOf(running[name], "on", "true", "1") {
			return fail("%s is %q", "%s 的取值为 %q", name, running[name])
		}
	}
	return pass()
}

func databaseNoSuperAccount(s *see, d *cloud.DBInstance) verdict {
	accounts := need(s, d.Accounts)
	for _, a := range accounts {
		if isOneOf(a.Type, "Super", "Sysadmin") {
			s.saw(d.Accounts.From, "AccountType of "+a.Name, a.Type)
			return fail("the account %s is of type %s", "账号 %s 的类型为 %s", a.Name, a.Type)
		}
	}
	for _, a := range accounts {
		s.saw(d.Accounts.From, "AccountType of "+a.Name, a.Type)
		if !isOneOf(a.Type, "Normal", "ReadOnly") {
			s.unclear(d.Accounts.From, "AccountType", a.Type)
		}
	}
	return pass()
}

func databaseMinorUpgrade(s *see, d *cloud.DBInstance) verdict {
	a := need(s, d.Attribute)
	s.saw(d.Attribute.From, "AutoUpgradeMinorVersion", a.AutoUpgradeMinorVersion)
	switch strings.ToLower(a.AutoUpgradeMinorVersion) {
	case "auto":
		return pass()
	case "manual":
		return fail("minor versions are upgraded by hand", "小版本需手动升级")
	}
	s.unclear(d.Attribute.From, "AutoUpgradeMinorVersion", a.AutoUpgradeMinorVersion)
	return verdict{}
}
