package cloud

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// readRegion reads an account of one region from answers by their names in an archive.
func readRegion(t testing.TB, answers map[string]string) *Account {
	t.Helper()
	fsys := fstest.MapFS{"sts/global/GetCallerIdentity.json": {Data: []byte(`{"AccountId":"1234567890123456","RequestId":"R"}`)}}
	for name, body := range answers {
		fsys[name] = &fstest.MapFile{Data: []byte(body)}
	}
	src, err := NewArchive(fsys)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := Read(t.Context(), src, Options{Time: when, Regions: []string{"cn-hangzhou"}})
	if err != nil {
		t.Fatal(err)
	}
	return acc
}

func TestReadStorage(t *testing.T) {
	acc := readRegion(t, map[string]string{
		"ecs/cn-hangzhou/DescribeDisks.json": `{"RequestId":"R","NextToken":"more","Disks":{"Disk":[
			{"DiskId":"d-2","DiskName":"two","Category":"cloud","Status":"In_use","Encrypted":"true","ZoneId":"cn-hangzhou-i","ResourceGroupId":"rg-1",
			 "AutoSnapshotPolicyId":"sp-1","EnableAutomatedSnapshotPolicy":true,"Tags":{"Tag":[{"TagKey":"env","TagValue":"prod"}]}}]}}`,
		"ecs/cn-hangzhou/DescribeDisks.2.json":                            `{"RequestId":"R","NextToken":"","Disks":{"Disk":[{"DiskId":"d-1","Encrypted":null,"AutoSnapshotPolicyId":"sp-gone"}]}}`,
		"ecs/cn-hangzhou/DescribeAutoSnapshotPolicyEx.json":               `{"RequestId":"R","TotalCount":1,"AutoSnapshotPolicies":{"AutoSnapshotPolicy":[{"AutoSnapshotPolicyId":"sp-1","RetentionDays":"7","DiskNums":1,"TargetCopyRegions":"[\"cn-beijing\"]"}]}}`,
		"ecs/cn-hangzhou/DescribeSnapshots.json":                          `{"RequestId":"R","Snapshots":{"Snapshot":[{"SnapshotId":"s-1","Encrypted":false}]}}`,
		"ecs/cn-hangzhou/DescribeImages.json":                             `{"RequestId":"R","TotalCount":"2","Images":{"Image":[{"ImageId":"m-1","IsPublic":true},{"ImageId":"m-2","IsPublic":false,"IsSelfShared":"True"}]}}`,
		"ecs/cn-hangzhou/DescribeImageSharePermission?ImageId=m-2.json":   `{"RequestId":"R","TotalCount":2,"Accounts":{"Account":[{"AliyunId":"11"}]},"ShareGroups":{"ShareGroup":[]}}`,
		"ecs/cn-hangzhou/DescribeImageSharePermission?ImageId=m-2.2.json": `{"RequestId":"R","TotalCount":2,"Accounts":{"Account":[{"AliyunId":22}]},"ShareGroups":{"ShareGroup":[]}}`,
	})
	s := acc.ECS.Storage
	if len(s.Disks) != 2 || len(s.AutoSnapshotPolicies) != 1 || len(s.Snapshots) != 1 || len(s.Images) != 2 {
		t.Fatalf("read %d disks, %d policies, %d snapshots, %d images", len(s.Disks), len(s.AutoSnapshotPolicies), len(s.Snapshots), len(s.Images))
	}
	one, two := s.Disks[0], s.Disks[1]
	if one.ID != "d-1" || one.Encrypted != nil || one.Policy.Known() || one.Policy.Why().Resource != "sp-gone" {
		t.Errorf("first disk: %+v", one)
	}
	if two.ARN() != "acs:ecs:cn-hangzhou:1234567890123456:disk/d-2" || two.ID != "d-2" || !*two.Encrypted || two.Tags["env"] != "prod" ||
		two.Zone != "cn-hangzhou-i" || two.ResourceGroupID != "rg-1" || two.Policy.Value.ID != "sp-1" {
		t.Errorf("second disk: %+v", two)
	}
	if p := s.AutoSnapshotPolicies[0]; *p.RetentionDays != 7 || p.VolumeNums != nil || len(p.TargetCopyRegions) != 1 {
		t.Errorf("policy: %+v", p)
	}
	if m := s.Images[0]; m.Sharing.Known() || !*m.IsPublic {
		t.Errorf("public image was asked about: %+v", m)
	}
	if m := s.Images[1]; fmt.Sprint(m.Sharing.Value.Accounts) != "[11 22]" || !m.IsSelfShared {
		t.Errorf("shared image: %+v", m)
	}
	if e := acc.ListFailure("ecs/DescribeDisks", "cn-hangzhou"); e != nil {
		t.Error(e)
	}
}

// A list that lost what tells its end, or the ids of what it holds, is broken.
func TestReadStorageBroken(t *testing.T) {
	for _, tt := range []struct{ action, body string }{
		{"DescribeDisks", `{"RequestId":"R"}`},
		{"DescribeDisks", `{"RequestId":"R","Disks":{}}`},
		{"DescribeDisks", `{"RequestId":"R","Disks":{"Disk":null}}`},
		{"DescribeDisks", `{"RequestId":"R","Disks":{"Disk":[{"Encrypted":true}]}}`},
		{"DescribeDisks", `{"RequestId":"R","Disks":{"Disk":[{"DiskId":"d-1","Encrypted":"perhaps"}]}}`},
		{"DescribeSnapshots", `{"RequestId":"R","Snapshots":[]}`},
		{"DescribeImages", `{"RequestId":"R","Images":{"Image":[]}}`},
		{"DescribeImages", `{"RequestId":"R","TotalCount":3,"Images":{"Image":[]}}`},
		{"DescribeAutoSnapshotPolicyEx", `{"RequestId":"R","AutoSnapshotPolicies":{"AutoSnapshotPolicy":[]}}`},
		{"DescribeAutoSnapshotPolicyEx", `{"RequestId":"R","TotalCount":1,"AutoSnapshotPolicies":{"AutoSnapshotPolicy":[{"AutoSnapshotPolicyId":"sp-1","RetentionDays":"seven"}]}}`},
	} {
		acc := readRegion(t, map[string]string{"ecs/cn-hangzhou/" + tt.action + ".json": tt.body})
		if e := acc.ListFailure("ecs/"+tt.action, "cn-hangzhou"); e == nil || e.Code != CodeBroken {
			t.Errorf("%s: %s: got %v, want %s", tt.action, tt.body, e, CodeBroken)
		}
	}
}

// 200,000 disks beside 100,000 instances are to fit into 300 MB with all else.
func TestStorageIsLean(t *testing.T) {
	const disks, perPage = 200_000, 500
	a := &Account{ID: "1234567890123456"}
	r := &reader{acc: a}
	l := r.lean("ecs", "cn-hangzhou")
	// Nothing of what other tests left behind may be let go of in between: the
	// collector takes two turns to free what a pool holds.
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	for n := 0; n < disks; n += perPage {
		var b strings.Builder
		for i := range perPage {
			fmt.Fprintf(&b, `,{"DiskId":"d-bp1%017d","DiskName":"his-app-%07d-0","Category":"cloud_essd","Status":"In_use","Encrypted":true,
				"ZoneId":"cn-hangzhou-i","ResourceGroupId":"rg-acfmz7q3his2wxi","AutoSnapshotPolicyId":"sp-bp1daily000000001","EnableAutomatedSnapshotPolicy":true,
				"Tags":{"Tag":[{"TagKey":"system","TagValue":"his"},{"TagKey":"owner","TagValue":"信息科"},{"TagKey":"env","TagValue":"prod"}]}}`, n+i, n+i)
		}
		list, _, err := decodeDisks(l, []byte(`{"Disks":{"Disk":[`+b.String()[1:]+`]}}`), &Origin{Call: callDisks})
		if err != nil {
			t.Fatal(err)
		}
		a.ECS.Disks = append(a.ECS.Disks, list...)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / disks
	t.Logf("%d bytes a disk", each)
	if each < 100 || each > 400 {
		t.Errorf("a disk takes %d bytes", each)
	}
	runtime.KeepAlive(a)
}

// FuzzReadStorage holds arbitrary bytes in place of each list to the rule: they
// end in a failure of that list, or name every resource they yield.
func FuzzReadStorage(f *testing.F) {
	lists := []string{"ecs/DescribeDisks", "ecs/DescribeAutoSnapshotPolicyEx", "ecs/DescribeSnapshots", "ecs/DescribeImages",
		"ecs/DescribeImageSharePermission", "vpc/DescribeVpcs", "vpc/DescribeVSwitches", "vpc/DescribeFlowLogs",
		callNATGateways, callEIPAddresses, callSLB, callALB, callNLB}
	for i, body := range []string{
		`{"Disks":{"Disk":[{"DiskId":"d-1","Encrypted":"true","Tags":{"Tag":[{"TagKey":"a"}]}}]}}`,
		`{"TotalCount":"1","AutoSnapshotPolicies":{"AutoSnapshotPolicy":[{"AutoSnapshotPolicyId":"sp-1","TargetCopyRegions":"[\"x\"]"}]}}`,
		`{"NextToken":"x","Snapshots":{"Snapshot":[{"SnapshotId":"s-1","Encrypted":0}]}}`,
		`{"TotalCount":1,"Images":{"Image":[{"ImageId":"m-1","IsSelfShared":"True"}]}}`,
		`{"TotalCount":0,"Accounts":{"Account":[{"AliyunId":1}]},"ShareGroups":{"ShareGroup":[{"Group":"all"}]}}`,
		`{"TotalCount":1,"Vpcs":{"Vpc":[{"VpcId":"vpc-1","VSwitchIds":{"VSwitchId":["vsw-1"]}}]}}`,
		`{"TotalCount":1,"VSwitches":{"VSwitch":[{"VSwitchId":"vsw-1","VpcId":"vpc-1"}]}}`,
		`{"TotalCount":"1","FlowLogs":{"FlowLog":[{"FlowLogId":"fl-1","ResourceId":"vpc-1","TrafficPath":{"TrafficPathList":["all"]}}]}}`,
		`{"TotalCount":1,"NatGateways":{"NatGateway":[{"NatGatewayId":"ngw-1","NetworkType":"internet","IpLists":{"IpList":[{"IpAddress":"203.0.113.1"}]}}]}}`,
		`{"TotalCount":1,"EipAddresses":{"EipAddress":[{"AllocationId":"eip-1","IpAddress":"203.0.113.1","InstanceId":"ngw-1"}]}}`,
		`{"TotalCount":1,"LoadBalancers":{"LoadBalancer":[{"LoadBalancerId":"lb-1","AddressType":"internet"}]}}`,
		`{"NextToken":"","LoadBalancers":[{"LoadBalancerId":"alb-1","AddressType":"Internet"}]}`,
		`{"NextToken":"x","LoadBalancers":[{"LoadBalancerId":"nlb-1","AddressType":"Intranet"}]}`,
	} {
		f.Add(byte(i), []byte(body))
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		call := lists[int(which)%len(lists)]
		answers := map[string]string{"ecs/cn-hangzhou/DescribeImages.json": `{"TotalCount":1,"Images":{"Image":[{"ImageId":"m-1"}]}}`}
		service, action, _ := strings.Cut(call, "/")
		name := service + "/cn-hangzhou/" + action + ".json"
		if action == "DescribeImageSharePermission" {
			name = service + "/cn-hangzhou/" + action + "?ImageId=m-1.json"
		}
		answers[name] = string(body)
		acc := readRegion(t, answers)
		for _, x := range acc.Resources() {
			if x.ID == "" || x.Region == "" || x.From == nil || !strings.HasSuffix(x.ARNPrefix, "/") {
				t.Errorf("a resource that cannot be named: %+v", x)
			}
		}
		for _, m := range acc.ECS.Images {
			for _, id := range append(m.Sharing.Value.Accounts, m.Sharing.Value.Groups...) {
				if id == "" {
					t.Error("shared with nobody in particular")
				}
			}
		}
	})
}
