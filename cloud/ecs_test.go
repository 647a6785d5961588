package cloud

import (
	"testing"
)

// named demands that what a decoder took for good names every resource.
func named[R Referrer](t *testing.T, list []R, err error) {
	t.Helper()
	if err != nil {
		return
	}
	for _, x := range list {
		if x.Ref().ID == "" {
			t.Errorf("a resource without an id: %+v", x.Ref())
		}
	}
}

func FuzzReadNetwork(f *testing.F) {
	f.Add([]byte(`{"Instances":{"Instance":[{"InstanceId":"i-1","PublicIpAddress":{"IpAddress":[]},"EipAddress":{"IpAddress":""},"SecurityGroupIds":{"SecurityGroupId":["sg-1"]}}]}}`))
	f.Add([]byte(`{"NetworkInterfaceSets":{"NetworkInterfaceSet":[{"NetworkInterfaceId":"eni-1","InstanceId":"","SecurityGroupIds":{"SecurityGroupId":[]}}]}}`))
	f.Add([]byte(`{"SecurityGroups":{"SecurityGroup":[{"SecurityGroupId":"sg-1","VpcId":""}]}}`))
	f.Add([]byte(`{"Permissions":{"Permission":[{"Priority":"1","SourceCidrIp":"0.0.0.0/0"},{"Priority":2}]}}`))
	f.Add([]byte(`{"Entries":{"Entry":[{"Cidr":"10.0.0.0/8"}]}}`))
	f.Add([]byte(`{"Entries":[{"PortRange":"80/80"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		l := (&reader{acc: &Account{ID: "1"}}).lean("ecs", "cn-x")
		instances, _, err := decodeInstances(l, body, nil)
		named(t, instances, err)
		interfaces, _, err := decodeInterfaces(l, body, nil)
		named(t, interfaces, err)
		groups, _, err := decodeGroups(l, body, nil)
		named(t, groups, err)
		_, _, _ = decodeRules(body, nil)
		for _, decode := range []func([]byte) ([]string, error){decodePrefixList, decodePortRangeList} {
			list, err := decode(body)
			for _, s := range list {
				if err == nil && s == "" {
					t.Error("an empty entry")
				}
			}
		}
	})
}

func FuzzReadRDS(f *testing.F) {
	f.Add([]byte(`{"Items":{"DBInstance":[{"DBInstanceId":"rm-1","Engine":"MySQL"}]}}`))
	f.Add([]byte(`{"Items":{"DBInstanceAttribute":[{"Category":"Basic","SlaveZones":{"SlaveZone":[{"ZoneId":"a"}]}}]}}`))
	f.Add([]byte(`{"Items":{"DBInstanceIPArray":[{"SecurityIPList":"0.0.0.0/0"}]},"TDEStatus":"Enabled","SSLEnabled":1}`))
	f.Add([]byte(`{"EncryptionKey":"k","EncryptionKeyList":[{"EncryptionKey":""}],"ConfigValue":"180","BackupRetentionPeriod":7,"PreferredBackupPeriod":"Monday"}`))
	f.Add([]byte(`{"RunningParameters":{"DBInstanceParameter":[]},"TotalRecordCount":1,"Accounts":{"DBInstanceAccount":[{"AccountType":"Super"}]},"DBInstanceNetInfos":{"DBInstanceNetInfo":[]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		l := (&reader{acc: &Account{ID: "1"}}).lean("rds", "cn-x")
		list, _, err := decodeDBInstances(l, body, nil)
		named(t, list, err)
		_, _ = decodeDBAttribute(body)
		_, _ = decodeNetInfo(body)
		_, _ = decodeIPArrays(body)
		_, _ = decodeTDE(body)
		if keys, err := decodeDBKeys(body); err == nil && len(keys) == 0 {
			t.Error("no key and no error: the database would look as if it had one")
		}
		_, _ = decodeAuditDays(body)
		_, _ = decodeBackupPolicy(body)
		_, _ = decodeParameters(body)
		_, _, _ = decodeDBAccounts(body)
		_, _ = text("SSLEnabled")(body)
	})
}
