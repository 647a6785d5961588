package cloud

import (
	"encoding/json"
	"strings"
)

// RDS is what was read of ApsaraDB RDS.
type RDS struct {
	// Instances are the account's database instances, sorted.
	Instances []*DBInstance
}

// A DBInstance is one RDS instance, from DescribeDBInstances; its Facts took a
// call of their own each.
type DBInstance struct {
	Resource
	Engine         string // MySQL, SQLServer, PostgreSQL or MariaDB; "" where the list left it out
	DBInstanceType string // Primary, Readonly, Guard or Temp; "" where the list left it out

	Attribute     Fact[DBInstanceAttribute] // DescribeDBInstanceAttribute
	NetInfo       Fact[[]DBInstanceNetInfo] // DescribeDBInstanceNetInfo
	IPArrays      Fact[[]DBInstanceIPArray] // DescribeDBInstanceIPArrayList
	SSLEnabled    Fact[string]              // DescribeDBInstanceSSL: Yes or No, on or off, by engine
	TDE           Fact[TDE]                 // DescribeDBInstanceTDE
	EncryptionKey Fact[[]EncryptionKey]     // DescribeDBInstanceEncryptionKey; Unset where no key is active
	SQLCollector  Fact[SQLCollector]        // DescribeSQLCollectorPolicy
	// SQLRetention is for how many days SQL audit logs are kept: DescribeSQLCollectorRetention.
	SQLRetention Fact[int]
	BackupPolicy Fact[BackupPolicy] // DescribeBackupPolicy
	CrossBackup  Fact[CrossBackup]  // DescribeInstanceCrossBackupPolicy
	// RunningParameters are read of PostgreSQL alone: DescribeParameters.
	RunningParameters Fact[map[string]string]
	Accounts          Fact[[]DBAccount] // DescribeAccounts
}

// DBInstanceAttribute is what DescribeDBInstanceAttribute tells of an instance.
// What the answer left out is "" or nil.
type DBInstanceAttribute struct {
	InstanceNetworkType     string // VPC or Classic
	Category                string // Basic, HighAvailability, cluster, AlwaysOn, Finance, serverless_…
	AutoUpgradeMinorVersion string // Auto or Manual
	GuardDBInstanceID       string // the disaster-recovery instance; "" where there is none
	MasterZone              string
	SlaveZones              []string // nil where the answer left them out
	NodeZones               []string // of each node of a cluster
}

// A DBInstanceNetInfo is one connection string.
type DBInstanceNetInfo struct {
	ConnectionString string
	IPType           string // Public; Inner or Private
}

// A DBInstanceIPArray is one group of an instance's whitelist.
type DBInstanceIPArray struct {
	DBInstanceIPArrayName      string
	DBInstanceIPArrayAttribute string   // hidden for those that the provider keeps for itself
	WhitelistNetworkType       string   // Classic, VPC or MIX; "" where the answer left it out
	SecurityIPList             []string // addresses and blocks
}

// TDE is an instance's transparent data encryption.
type TDE struct {
	TDEStatus string // Enabled or Disabled
	TDEMode   string // Aliyun_Generate_Key or Customer_Provided_Key; "" with most engines
	// Databases hold the TDEStatus of each database of SQL Server; nil where the answer left them out.
	Databases []TDEDatabase
}

// A TDEDatabase is one database of SQL Server.
type TDEDatabase struct{ DBName, TDEStatus string }

// An EncryptionKey is one key that an instance is encrypted with. What the
// answer left out is "".
type EncryptionKey struct {
	EncryptionKey       string // its id
	EncryptionKeyStatus string // Enabled or Disabled
	KeyType             string // CMK for a customer's own, ServiceKey
	UsedBy              string // Disk, TDE
}

// SQLCollector is an instance's SQL audit (SQL Explorer).
type SQLCollector struct {
	SQLCollectorStatus string // Enable or Disabled
	StoragePeriod      *int   // days; nil where the answer left it out
}

// A BackupPolicy is when an instance is backed up, and for how long it is kept.
type BackupPolicy struct {
	PreferredBackupPeriod string // days of the week with commas between: "Monday,Friday"
	BackupRetentionPeriod int    // days
	BackupLog             string // Enable or Disabled; "" where the answer left it out
	EnableBackupLog       string // the same as 1 or 0
}

// CrossBackup is an instance's backup to another region.
type CrossBackup struct {
	BackupEnabled     string // data: Enable or Disable
	CrossBackupRegion string
}

// A DBAccount is one account in a database.
type DBAccount struct {
	AccountName string
	AccountType string // Normal, Super or Sysadmin; "" where the answer left it out
}

var rdsService = service{
	name:      "rds",
	regional:  readRDS,
	link:      func(a *Account) { sortResources(a.RDS.Instances) },
	resources: func(a *Account, all []*Resource) []*Resource { return refs(all, a.RDS.Instances) },
}

func readRDS(r *reader, region string) {
	if !r.wants("rds/DescribeDBInstances") {
		return
	}
	l := r.lean("rds", region)
	var found []*DBInstance
	r.listed(Request{Service: "rds", Region: region, Action: "DescribeDBInstances"}, byToken(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeDBInstances(l, body, from)
		if err == nil {
			found = append(found, list...)
		}
		return p, err
	})
	r.each(len(found), func(i int) { r.readDBInstance(found[i]) })
	r.add(func(a *Account) { a.RDS.Instances = append(a.RDS.Instances, found...) })
}

func (r *reader) readDBInstance(x *DBInstance) {
	x.Attribute = askDB(r, x, "DescribeDBInstanceAttribute", decodeDBInstanceAttribute)
	x.NetInfo = askDB(r, x, "DescribeDBInstanceNetInfo", decodeNetInfo)
	x.IPArrays = askDB(r, x, "DescribeDBInstanceIPArrayList", decodeIPArrays)
	x.SSLEnabled = askDB(r, x, "DescribeDBInstanceSSL", decodeSSL)
	x.TDE = askDB(r, x, "DescribeDBInstanceTDE", decodeTDE)
	x.EncryptionKey = askDB(r, x, "DescribeDBInstanceEncryptionKey", decodeEncryptionKeys)
	x.SQLCollector = askDB(r, x, "DescribeSQLCollectorPolicy", decodeSQLCollector)
	x.SQLRetention = askDB(r, x, "DescribeSQLCollectorRetention", decodeSQLRetention)
	x.BackupPolicy = askDB(r, x, "DescribeBackupPolicy", decodeBackupPolicy)
	x.CrossBackup = askDB(r, x, "DescribeInstanceCrossBackupPolicy", decodeCrossBackup)
	if x.Engine == "" || strings.EqualFold(x.Engine, "PostgreSQL") {
		x.RunningParameters = askDB(r, x, "DescribeParameters", decodeRunningParameters)
	}
	x.Accounts = r.readDBAccounts(x)
}

func dbRequest(x *DBInstance, action string) Request {
	return Request{Service: "rds", Region: x.Region, Action: action, Params: map[string]string{"DBInstanceId": x.ID}}
}

// askDB asks about one instance, where a check wants to know.
func askDB[T any](r *reader, x *DBInstance, action string, decode func([]byte) (T, error)) Fact[T] {
	if !r.wants("rds/" + action) {
		return Fact[T]{}
	}
	return ask(r, dbRequest(x, action), x.ID, decode)
}

// readDBAccounts reads the accounts of an instance, which come in pages.
func (r *reader) readDBAccounts(x *DBInstance) Fact[[]DBAccount] {
	req := dbRequest(x, "DescribeAccounts")
	if !r.wants(req.Call()) {
		return Fact[[]DBAccount]{}
	}
	var all []DBAccount
	var last *Origin
	e := r.list(req, byNumber(200), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeDBAccounts(body)
		all, last = append(all, list...), from
		return p, err
	})
	if e != nil {
		e.Resource = x.ID
		r.miss(e)
		return Fact[[]DBAccount]{Missing: e}
	}
	return known(all, last)
}

func decodeDBInstances(l *lean, body []byte, from *Origin) ([]*DBInstance, page, error) {
	var doc struct {
		NextToken string
		Items     struct {
			DBInstance *[]struct {
				DBInstanceId, DBInstanceDescription, Engine, DBInstanceType string
				ZoneId, VpcId, ResourceGroupId                              string
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
	for _, d := range *doc.Items.DBInstance {
		if d.DBInstanceId == "" {
			return nil, page{}, absent("DBInstanceId")
		}
		x := &DBInstance{Resource: l.resource("rds.instance", "dbinstance", d.DBInstanceId, d.DBInstanceDescription, from),
			Engine: l.text(d.Engine), DBInstanceType: l.text(d.DBInstanceType)}
		x.Zone, x.VPCID, x.ResourceGroupID = l.text(d.ZoneId), l.text(d.VpcId), l.text(d.ResourceGroupId)
		list = append(list, x)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}
