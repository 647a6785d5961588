package cloud

import (
	"encoding/json"
	"errors"
	"strings"
)

func decodeDBInstanceAttribute(body []byte) (DBInstanceAttribute, error) {
	var doc struct {
		Items struct {
			DBInstanceAttribute []struct {
				InstanceNetworkType, Category, AutoUpgradeMinorVersion string
				GuardDBInstanceId, MasterZone                          string
				SlaveZones                                             struct{ SlaveZone *[]struct{ ZoneId string } }
				DBClusterNodes                                         struct{ DBClusterNode []struct{ NodeZoneId string } }
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return DBInstanceAttribute{}, err
	}
	if len(doc.Items.DBInstanceAttribute) != 1 {
		return DBInstanceAttribute{}, errors.New("Items.DBInstanceAttribute is not one instance")
	}
	d := doc.Items.DBInstanceAttribute[0]
	x := DBInstanceAttribute{InstanceNetworkType: d.InstanceNetworkType, Category: d.Category,
		AutoUpgradeMinorVersion: d.AutoUpgradeMinorVersion, GuardDBInstanceID: d.GuardDBInstanceId, MasterZone: d.MasterZone}
	if d.SlaveZones.SlaveZone != nil {
		x.SlaveZones = []string{}
		for _, z := range *d.SlaveZones.SlaveZone {
			if z.ZoneId == "" {
				return x, absent("ZoneId of a SlaveZone")
			}
			x.SlaveZones = append(x.SlaveZones, z.ZoneId)
		}
	}
	for _, n := range d.DBClusterNodes.DBClusterNode {
		if n.NodeZoneId == "" {
			return x, absent("NodeZoneId of a DBClusterNode")
		}
		x.NodeZones = append(x.NodeZones, n.NodeZoneId)
	}
	return x, nil
}

func decodeNetInfo(body []byte) ([]DBInstanceNetInfo, error) {
	var doc struct {
		DBInstanceNetInfos struct{ DBInstanceNetInfo *[]DBInstanceNetInfo }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.DBInstanceNetInfos.DBInstanceNetInfo == nil {
		return nil, absent("DBInstanceNetInfos.DBInstanceNetInfo")
	}
	return *doc.DBInstanceNetInfos.DBInstanceNetInfo, nil
}

func decodeIPArrays(body []byte) ([]DBInstanceIPArray, error) {
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
	var list []DBInstanceIPArray
	for _, d := range *doc.Items.DBInstanceIPArray {
		if d.SecurityIPList == nil {
			return nil, absent("SecurityIPList of " + d.DBInstanceIPArrayName)
		}
		list = append(list, DBInstanceIPArray{DBInstanceIPArrayName: d.DBInstanceIPArrayName,
			DBInstanceIPArrayAttribute: d.DBInstanceIPArrayAttribute, WhitelistNetworkType: d.WhitelistNetworkType,
			SecurityIPList: strings.FieldsFunc(*d.SecurityIPList, func(c rune) bool { return strings.ContainsRune(",; \t\r\n", c) })})
	}
	return list, nil
}

func decodeSSL(body []byte) (string, error) {
	var doc struct{ SSLEnabled *looseText }
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", err
	}
	if doc.SSLEnabled == nil {
		return "", absent("SSLEnabled")
	}
	return string(*doc.SSLEnabled), nil
}

func decodeTDE(body []byte) (TDE, error) {
	var doc struct {
		TDEStatus, TDEMode string
		Databases          struct{ Database []TDEDatabase }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return TDE{}, err
	}
	status, err := required("TDEStatus", doc.TDEStatus)
	return TDE{TDEStatus: status, TDEMode: doc.TDEMode, Databases: doc.Databases.Database}, err
}

func decodeEncryptionKeys(body []byte) ([]EncryptionKey, error) {
	var doc struct{ EncryptionKeyList *[]EncryptionKey }
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.EncryptionKeyList == nil {
		return nil, absent("EncryptionKeyList")
	}
	return *doc.EncryptionKeyList, nil
}

func decodeSQLCollector(body []byte) (SQLCollector, error) {
	var doc struct {
		SQLCollectorStatus string
		StoragePeriod      *looseInt
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return SQLCollector{}, err
	}
	status, err := required("SQLCollectorStatus", doc.SQLCollectorStatus)
	return SQLCollector{SQLCollectorStatus: status, StoragePeriod: (*int)(doc.StoragePeriod)}, err
}

func decodeSQLRetention(body []byte) (int, error) {
	var doc struct{ ConfigValue *looseInt }
	if err := json.Unmarshal(body, &doc); err != nil {
		return 0, err
	}
	if doc.ConfigValue == nil {
		return 0, absent("ConfigValue")
	}
	return int(*doc.ConfigValue), nil
}

func decodeBackupPolicy(body []byte) (BackupPolicy, error) {
	var doc struct {
		PreferredBackupPeriod      *string
		BackupRetentionPeriod      *looseInt
		BackupLog, EnableBackupLog looseText
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return BackupPolicy{}, err
	}
	if doc.PreferredBackupPeriod == nil || doc.BackupRetentionPeriod == nil {
		return BackupPolicy{}, absent("PreferredBackupPeriod or BackupRetentionPeriod")
	}
	return BackupPolicy{PreferredBackupPeriod: *doc.PreferredBackupPeriod, BackupRetentionPeriod: int(*doc.BackupRetentionPeriod),
		BackupLog: string(doc.BackupLog), EnableBackupLog: string(doc.EnableBackupLog)}, nil
}

func decodeCrossBackup(body []byte) (CrossBackup, error) {
	var doc CrossBackup
	if err := json.Unmarshal(body, &doc); err != nil {
		return CrossBackup{}, err
	}
	_, err := required("BackupEnabled", doc.BackupEnabled)
	return doc, err
}

func decodeRunningParameters(body []byte) (map[string]string, error) {
	var doc struct {
		RunningParameters struct {
			DBInstanceParameter *[]struct {
				ParameterName  string
				ParameterValue *looseText
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.RunningParameters.DBInstanceParameter == nil {
		return nil, absent("RunningParameters.DBInstanceParameter")
	}
	set := map[string]string{}
	for _, p := range *doc.RunningParameters.DBInstanceParameter {
		if p.ParameterName == "" || p.ParameterValue == nil {
			return nil, absent("ParameterName or ParameterValue")
		}
		set[p.ParameterName] = string(*p.ParameterValue)
	}
	return set, nil
}

func decodeDBAccounts(body []byte) ([]DBAccount, page, error) {
	var doc struct {
		TotalRecordCount *looseInt
		Accounts         struct{ DBInstanceAccount *[]DBAccount }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Accounts.DBInstanceAccount == nil {
		return nil, page{}, absent("Accounts.DBInstanceAccount")
	}
	list := *doc.Accounts.DBInstanceAccount
	p, err := counted(len(list), doc.TotalRecordCount)
	return list, p, err
}
