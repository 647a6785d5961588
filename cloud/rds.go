package cloud

import (
	"encoding/json"
	"fmt"
	"strings"
)

// RDS is what was read of ApsaraDB RDS.
type RDS struct {
	Instances []*DBInstance
}

// A DBInstance is one database instance, from DescribeDBInstances. Each Fact
// took a call about this instance alone: the vendor warns that
// DescribeDBInstanceAttribute for several at once times out.
type DBInstance struct {
	Resource
	Engine       string                  // "MySQL", "SQLServer", "PostgreSQL", "MariaDB"
	InstanceType string                  // "Primary", "Readonly", "Guard", "Temp"
	Attribute    Fact[DBAttribute]       // DescribeDBInstanceAttribute
	NetInfo      Fact[[]DBEndpoint]      // DescribeDBInstanceNetInfo
	Whitelist    Fact[[]IPArray]         // DescribeDBInstanceIPArrayList
	SSLEnabled   Fact[string]            // DescribeDBInstanceSSL: "Yes", "No", "on", "off", "1", "0"
	TDE          Fact[TDE]               // DescribeDBInstanceTDE
	Keys         Fact[[]DBKey]           // DescribeDBInstanceEncryptionKey; Unset where there is no customer key
	Audit        Fact[AuditPolicy]       // DescribeSQLCollectorPolicy
	AuditDays    Fact[int]               // DescribeSQLCollectorRetention: days
	Backup       Fact[BackupPolicy]      // DescribeBackupPolicy
	CrossBackup  Fact[string]            // DescribeInstanceCrossBackupPolicy, BackupEnabled: "Enable", "Disable"
	Parameters   Fact[map[string]string] // DescribeParameters, those that are running; PostgreSQL alone is asked
	Accounts     Fact[[]DBAccount]       // DescribeAccounts
}

// DBAttribute is what DescribeDBInstanceAttribute tells beyond the list.
type DBAttribute struct {
	InstanceNetworkType     string // "VPC" or "Classic"
	Category                string // edition: "Basic", "HighAvailability", "cluster", "serverless_basic", …
	MasterZone              string
	SlaveZones              []string
	NodeZones               []string // of a cluster
	AutoUpgradeMinorVersion string   // "Auto" or "Manual"
	GuardDBInstanceID       *string  // disaster-recovery instance attached to it; "" without one; nil where left out
}

// A DBEndpoint is one connection string.
type DBEndpoint struct{ ConnectionString, IPType string } // IPType: "Public", "Private", "Inner"

// An IPArray is one whitelist group.
type IPArray struct {
	Name           string
	Hidden         bool     // the provider's own
	NetworkType    string   // "MIX", "Classic", "VPC"
	SecurityIPList []string // addresses and blocks, as written
}

// TDE is transparent data encryption.
type TDE struct {
	Status string // "Enabled" or "Disabled"
	Mode   string // "Aliyun_Generate_Key", "Customer_Provided_Key"; "" where off
	// Databases are the states of single ones, which SQL Server encrypts each by
	// itself; nil where the answer left them out.
	Databases map[string]string
}

// A DBKey is a KMS key that encrypts an instance. What was left out is "".
type DBKey struct {
	ID     string
	Status string // "Enabled", …
	Type   string // "CMK" or "ServiceKey"
	UsedBy string // "Disk" or "TDE"
}

// AuditPolicy says whether SQL audit is on.
type AuditPolicy struct {
	Status        string // "Enable" or "Disabled"
	StoragePeriod int    // days; 0 where left out
}

// BackupPolicy is the policy for data and log backups. What was left out is nil or "".
type BackupPolicy struct {
	PreferredBackupPeriod      []string // days of the week
	BackupRetentionPeriod      int      // days
	BackupLog, EnableBackupLog string   // "Enable"/"Disabled"; "1"/"0"
}

// A DBAccount is a login of the database.
type DBAccount struct{ Name, Type string } // Type: "Normal", "Super", "Sysadmin"

var rdsService = service{
	name:     "rds",
	regional: readDBInstances,
	link:     func(a *Account) { sortResources(a.RDS.Instances) },
	resources: func(a *Account, all []*Resource) []*Resource {
		return refs(all, a.RDS.Instances)
	},
}

func readDBInstances(r *reader, region string) {
	if !r.wants("rds/DescribeDBInstances") {
		return
	}
	l := r.lean("rds", region)
	var list []*DBInstance
	req := Request{Service: "rds", Region: region, Action: "DescribeDBInstances"}
	r.listed(req, byToken(100), func(body []byte, from *Origin) (page, error) {
		some, p, err := decodeDBInstances(l, body, from)
		list = append(list, some...)
		return p, err
	})
	r.all(
		func() { readDBTags(r, region, list) },
		func() { r.each(len(list), func(i int) { list[i].read(r) }) },
	)
	r.add(func(a *Account) { a.RDS.Instances = append(a.RDS.Instances, list...) })
}

func decodeDBInstances(l *lean, body []byte, from *Origin) ([]*DBInstance, page, error) {
	var doc struct {
		NextToken string
		Items     struct {
			DBInstance *[]struct {
				DBInstanceId, DBInstanceDescription, ZoneId, VpcId, ResourceGroupId string
				Engine, DBInstanceType                                              string
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Items.DBInstance == nil {
		return nil, page{}, absent("Items.DBInstance")
	}
	var list []*DBInstance
	for _, x := range *doc.Items.DBInstance {
		if x.DBInstanceId == "" {
			return nil, page{}, absent("DBInstanceId")
		}
		d := &DBInstance{Resource: l.resource("rds.instance", "dbinstance", x.DBInstanceId, x.DBInstanceDescription, from),
			Engine: x.Engine, InstanceType: x.DBInstanceType}
		d.Zone, d.VPCID, d.ResourceGroupID = x.ZoneId, x.VpcId, x.ResourceGroupId
		list = append(list, d)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

// read asks all that is told of one instance, side by side.
func (d *DBInstance) read(r *reader) {
	r.all(
		func() { askOf(r, d, "DescribeDBInstanceAttribute", &d.Attribute, decodeDBAttribute) },
		func() { askOf(r, d, "DescribeDBInstanceNetInfo", &d.NetInfo, decodeNetInfo) },
		func() { askOf(r, d, "DescribeDBInstanceIPArrayList", &d.Whitelist, decodeIPArrays) },
		func() { askOf(r, d, "DescribeDBInstanceSSL", &d.SSLEnabled, text("SSLEnabled")) },
		func() { askOf(r, d, "DescribeDBInstanceTDE", &d.TDE, decodeTDE) },
		func() { askOf(r, d, "DescribeDBInstanceEncryptionKey", &d.Keys, decodeDBKeys) },
		func() { askOf(r, d, "DescribeSQLCollectorPolicy", &d.Audit, decodeAuditPolicy) },
		func() { askOf(r, d, "DescribeSQLCollectorRetention", &d.AuditDays, decodeAuditDays) },
		func() { askOf(r, d, "DescribeBackupPolicy", &d.Backup, decodeBackupPolicy) },
		func() { askOf(r, d, "DescribeInstanceCrossBackupPolicy", &d.CrossBackup, text("BackupEnabled")) },
		func() {
			if strings.EqualFold(d.Engine, "PostgreSQL") {
				askOf(r, d, "DescribeParameters", &d.Parameters, decodeParameters)
			}
		},
		func() {
			if r.wants("rds/DescribeAccounts") {
				d.Accounts = readDBAccounts(r, d)
			}
		},
	)
}

// askOf makes one call about an instance where it is wanted.
func askOf[T any](r *reader, d *DBInstance, action string, into *Fact[T], decode func([]byte) (T, error)) {
	req := Request{Service: "rds", Region: d.Region, Action: action, Params: map[string]string{"DBInstanceId": d.ID}}
	if r.wants(req.Call()) {
		*into = ask(r, req, d.ID, decode)
	}
}

// text decodes one field that is a string, or a number standing for one, and must be there.
func text(field string) func([]byte) (string, error) {
	return func(body []byte) (string, error) {
		var doc map[string]json.RawMessage
		if err := json.Unmarshal(body, &doc); err != nil {
			return "", err
		}
		raw, ok := doc[field]
		if !ok {
			return "", absent(field)
		}
		return plain(raw), nil
	}
}

// plain is a JSON scalar as text, with quotation marks or without.
func plain(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }

func decodeDBAttribute(body []byte) (DBAttribute, error) {
	var doc struct {
		Items struct {
			DBInstanceAttribute []struct {
				InstanceNetworkType, Category, MasterZone, AutoUpgradeMinorVersion string
				GuardDBInstanceId                                                  *string
				SlaveZones                                                         struct{ SlaveZone []struct{ ZoneId string } }
				DBClusterNodes                                                     struct{ DBClusterNode []struct{ NodeZoneId string } }
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return DBAttribute{}, err
	}
	if n := len(doc.Items.DBInstanceAttribute); n != 1 {
		return DBAttribute{}, fmt.Errorf("it holds %d instances, and one was asked for", n)
	}
	x := doc.Items.DBInstanceAttribute[0]
	a := DBAttribute{InstanceNetworkType: x.InstanceNetworkType, Category: x.Category, MasterZone: x.MasterZone,
		AutoUpgradeMinorVersion: x.AutoUpgradeMinorVersion, GuardDBInstanceID: x.GuardDBInstanceId}
	for _, z := range x.SlaveZones.SlaveZone {
		a.SlaveZones = append(a.SlaveZones, z.ZoneId)
	}
	for _, n := range x.DBClusterNodes.DBClusterNode {
		a.NodeZones = append(a.NodeZones, n.NodeZoneId)
	}
	return a, nil
}

func decodeNetInfo(body []byte) ([]DBEndpoint, error) {
	var doc struct {
		DBInstanceNetInfos struct{ DBInstanceNetInfo *[]DBEndpoint }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.DBInstanceNetInfos.DBInstanceNetInfo == nil {
		return nil, absent("DBInstanceNetInfos.DBInstanceNetInfo")
	}
	return *doc.DBInstanceNetInfos.DBInstanceNetInfo, nil
}

func decodeIPArrays(body []byte) ([]IPArray, error) {
	var doc struct {
		Items struct {
			DBInstanceIPArray *[]struct {
				DBInstanceIPArrayName, DBInstanceIPArrayAttribute, WhitelistNetworkType string
				SecurityIPList                                                          *string
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Items.DBInstanceIPArray == nil {
		return nil, absent("Items.DBInstanceIPArray")
	}
	var list []IPArray
	for _, x := range *doc.Items.DBInstanceIPArray {
		if x.SecurityIPList == nil {
			return nil, absent("SecurityIPList of group " + x.DBInstanceIPArrayName)
		}
		list = append(list, IPArray{Name: x.DBInstanceIPArrayName, Hidden: x.DBInstanceIPArrayAttribute == "hidden", NetworkType: x.WhitelistNetworkType,
			SecurityIPList: strings.FieldsFunc(*x.SecurityIPList, func(c rune) bool { return c == ',' || c == ' ' })})
	}
	return list, nil
}

func decodeTDE(body []byte) (TDE, error) {
	var doc struct {
		TDEStatus *string
		TDEMode   string
		Databases struct {
			Database *[]struct{ DBName, TDEStatus string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return TDE{}, err
	}
	if doc.TDEStatus == nil {
		return TDE{}, absent("TDEStatus")
	}
	t := TDE{Status: *doc.TDEStatus, Mode: doc.TDEMode}
	if doc.Databases.Database != nil {
		t.Databases = map[string]string{}
		for _, d := range *doc.Databases.Database {
			t.Databases[d.DBName] = d.TDEStatus
		}
	}
	return t, nil
}

func decodeDBKeys(body []byte) ([]DBKey, error) {
	type key struct{ EncryptionKey, EncryptionKeyStatus, KeyType, UsedBy string }
	var doc struct {
		key
		EncryptionKeyList []key
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	list := doc.EncryptionKeyList
	if len(list) == 0 {
		list = []key{doc.key}
	}
	var keys []DBKey
	for _, k := range list {
		if k.EncryptionKey == "" {
			return nil, absent("EncryptionKey")
		}
		keys = append(keys, DBKey{k.EncryptionKey, k.EncryptionKeyStatus, k.KeyType, k.UsedBy})
	}
	return keys, nil
}

func decodeAuditPolicy(body []byte) (AuditPolicy, error) {
	var doc struct {
		SQLCollectorStatus *string
		StoragePeriod      json.RawMessage
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return AuditPolicy{}, err
	}
	if doc.SQLCollectorStatus == nil {
		return AuditPolicy{}, absent("SQLCollectorStatus")
	}
	days, _ := number(doc.StoragePeriod)
	return AuditPolicy{*doc.SQLCollectorStatus, days}, nil
}

func decodeAuditDays(body []byte) (int, error) {
	var doc struct{ ConfigValue json.RawMessage }
	if err := json.Unmarshal(body, &doc); err != nil {
		return 0, err
	}
	return numberOf("ConfigValue", doc.ConfigValue)
}

func numberOf(field string, raw json.RawMessage) (int, error) {
	if raw == nil {
		return 0, absent(field)
	}
	n, err := number(raw)
	if err != nil {
		return 0, fmt.Errorf("its %s is %s, and no number", field, raw)
	}
	return n, nil
}

func decodeBackupPolicy(body []byte) (BackupPolicy, error) {
	var doc struct {
		PreferredBackupPeriod *string
		BackupLog             string
		BackupRetentionPeriod json.RawMessage
		EnableBackupLog       json.RawMessage
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return BackupPolicy{}, err
	}
	if doc.PreferredBackupPeriod == nil {
		return BackupPolicy{}, absent("PreferredBackupPeriod")
	}
	days, err := numberOf("BackupRetentionPeriod", doc.BackupRetentionPeriod)
	if err != nil {
		return BackupPolicy{}, err
	}
	return BackupPolicy{PreferredBackupPeriod: strings.FieldsFunc(*doc.PreferredBackupPeriod, func(c rune) bool { return c == ',' || c == ' ' }),
		BackupRetentionPeriod: days, BackupLog: doc.BackupLog, EnableBackupLog: plain(doc.EnableBackupLog)}, nil
}

func decodeParameters(body []byte) (map[string]string, error) {
	var doc struct {
		RunningParameters struct {
			DBInstanceParameter *[]struct{ ParameterName, ParameterValue string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.RunningParameters.DBInstanceParameter == nil {
		return nil, absent("RunningParameters.DBInstanceParameter")
	}
	m := map[string]string{}
	for _, p := range *doc.RunningParameters.DBInstanceParameter {
		m[p.ParameterName] = p.ParameterValue
	}
	return m, nil
}

// readDBAccounts reads the logins of an instance to the list's end.
func readDBAccounts(r *reader, d *DBInstance) Fact[[]DBAccount] {
	f := Fact[[]DBAccount]{}
	req := Request{Service: "rds", Region: d.Region, Action: "DescribeAccounts", Params: map[string]string{"DBInstanceId": d.ID}}
	e := r.list(req, byNumber(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeDBAccounts(body)
		f.Value, f.From = append(f.Value, list...), from
		return p, err
	})
	if e != nil {
		e.Resource = d.ID
		r.miss(e)
		return Fact[[]DBAccount]{Missing: e}
	}
	return f
}

func decodeDBAccounts(body []byte) ([]DBAccount, page, error) {
	var doc struct {
		TotalRecordCount json.RawMessage
		Accounts         struct {
			DBInstanceAccount *[]struct{ AccountName, AccountType string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Accounts.DBInstanceAccount == nil {
		return nil, page{}, absent("Accounts.DBInstanceAccount")
	}
	total, err := numberOf("TotalRecordCount", doc.TotalRecordCount)
	if err != nil {
		return nil, page{}, err
	}
	var list []DBAccount
	for _, x := range *doc.Accounts.DBInstanceAccount {
		list = append(list, DBAccount{x.AccountName, x.AccountType})
	}
	return list, page{items: len(list), total: total}, nil
}
