package cloud

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestLoadBalancers: the three products' lists are one, in whatever way they page
// and spell, and a list that broke is missing.
func TestLoadBalancers(t *testing.T) {
	const (
		classic = `{"RequestId":"R","TotalCount":1,"LoadBalancers":{"LoadBalancer":[{"LoadBalancerId":"lb-1","AddressType":"internet","Address":"203.0.113.1","Tags":{"Tag":[{"TagKey":"a","TagValue":"b"}]}}]}}`
		first   = `{"RequestId":"R","NextToken":"T","TotalCount":2,"LoadBalancers":[{"LoadBalancerId":"alb-1","AddressType":"Intranet","DNSName":"a.example","VpcId":"vpc-1"}]}`
		second  = `{"RequestId":"R","NextToken":"","TotalCount":2,"LoadBalancers":[{"LoadBalancerId":"alb-2","AddressType":"Internet","DNSName":"b.example","VpcId":"vpc-1"}]}`
		none    = `{"RequestId":"R","NextToken":"","TotalCount":0,"LoadBalancers":[]}`
	)
	answers := func(alb string) fstest.MapFS {
		return fstest.MapFS{
			"sts/global/GetCallerIdentity.json":         {Data: []byte(`{"AccountId":"1","RequestId":"R"}`)},
			"slb/global/DescribeRegions.json":           {Data: []byte(`{"RequestId":"R","Regions":{"Region":[{"RegionId":"cn-beijing"}]}}`)},
			"alb/global/DescribeRegions.json":           {Data: []byte(`{"RequestId":"R","Regions":[{"RegionId":"cn-beijing"}]}`)},
			"nlb/global/DescribeRegions.json":           {Data: []byte(`{"RequestId":"R","Regions":[]}`)},
			"slb/cn-beijing/DescribeLoadBalancers.json": {Data: []byte(classic)},
			"alb/cn-beijing/ListLoadBalancers.json":     {Data: []byte(alb)},
			"alb/cn-beijing/ListLoadBalancers.2.json":   {Data: []byte(second)},
			"nlb/cn-beijing/ListLoadBalancers.json":     {Data: []byte(none)},
		}
	}
	calls := map[string]bool{callSLB: true, callALB: true, callNLB: true}
	a := readAnswers(t, answers(first), Options{Calls: calls})
	var got []string
	for _, b := range a.Balancers.LoadBalancers {
		at := a.Reach(b.Ref())
		where := "inside"
		if at.Internet {
			where = "internet"
		}
		got = append(got, b.Type+" "+b.ID+" "+strings.Join(at.Addresses, ",")+" "+where)
	}
	want := []string{"alb.load_balancer alb-1 a.example inside", "alb.load_balancer alb-2 b.example internet", "slb.load_balancer lb-1 203.0.113.1 internet"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if missing := missingOf(a, "slb", "alb", "nlb"); len(missing) != 1 || !strings.Contains(missing[0], "nlb/DescribeRegions") {
		t.Errorf("missing %q: a list of regions that names none is broken, and nothing else is", missing)
	}
	for _, broken := range []string{`{"RequestId":"R"}`, strings.Replace(first, `"AddressType":"Intranet",`, "", 1), strings.Replace(first, `"alb-1"`, `""`, 1)} {
		a := readAnswers(t, answers(broken), Options{Calls: calls})
		if a.ListFailure(callALB, "cn-beijing") == nil {
			t.Errorf("%s is read as whole", broken)
		}
	}
}

// TestBelongings: what names no VPC of its own lies in that of what it belongs to.
func TestBelongings(t *testing.T) {
	a := hospital(t, Options{}, "sts", "ecs", "vpc", "balancers")
	vpcs := map[string]string{}
	for _, x := range a.Resources() {
		vpcs[x.ID] = x.VPCID
	}
	instance := a.ECS.Instances[0]
	disks, snapshots := 0, 0
	for _, d := range a.ECS.Disks {
		if d.VPCID != "" {
			disks++
		} else if d.Status == "In_use" {
			t.Logf("disk %s of a classic instance?", d.ID)
		}
	}
	for _, s := range a.ECS.Snapshots {
		if s.VPCID != "" {
			snapshots++
		}
	}
	if disks < 70 || disks == len(a.ECS.Disks) || snapshots == 0 || instance.VPCID == "" {
		t.Errorf("%d of %d disks and %d snapshots lie in a VPC", disks, len(a.ECS.Disks), snapshots)
	}
	for _, e := range a.VPC.EIPAddresses {
		if want := vpcs[e.InstanceID]; e.InstanceID != "" && e.VPCID != want || e.InstanceID == "" && e.VPCID != "" {
			t.Errorf("%s of %q lies in %q, want %q", e.ID, e.InstanceID, e.VPCID, want)
		}
	}
	for _, x := range a.Resources() {
		if x.VPCUnread {
			t.Errorf("%s is said to be unread", x.ID)
		}
	}
	if len(a.parts) != 0 {
		t.Error("the notes were kept")
	}
}

// TestChosenRegions: a product is asked in those of the chosen regions where it is; in
// all of them where nobody can say.
func TestChosenRegions(t *testing.T) {
	answers := fstest.MapFS{
		"sts/global/GetCallerIdentity.json":         {Data: []byte(`{"AccountId":"1","RequestId":"R"}`)},
		"alb/global/DescribeRegions.json":           {Data: []byte(`{"RequestId":"R","Regions":[{"RegionId":"cn-beijing"}]}`)},
		"alb/cn-beijing/ListLoadBalancers.json":     {Data: []byte(`{"RequestId":"R","LoadBalancers":[]}`)},
		"slb/cn-beijing/DescribeLoadBalancers.json": {Data: []byte(`{"RequestId":"R","TotalCount":0,"LoadBalancers":{"LoadBalancer":[]}}`)},
	}
	opt := Options{Regions: []string{"cn-beijing", "cn-heyuan"}, Calls: map[string]bool{callALB: true, callSLB: true}}
	missing := missingOf(readAnswers(t, answers, opt), "slb", "alb")
	if len(missing) != 1 || !strings.Contains(missing[0], "slb/DescribeLoadBalancers in cn-heyuan") {
		t.Errorf("missing %q", missing)
	}
}

// TestUnreadOwners: where the list of instances was denied, or not asked for, nobody
// knows in which VPC a disk lies; and where tags were not asked for, nobody knows them.
func TestUnreadOwners(t *testing.T) {
	for name, opt := range map[string]Options{"not asked": {Calls: map[string]bool{callDisks: true, "rds/DescribeDBInstances": true, "oss/ListBuckets": true}}, "gone": {}} {
		a := hospital(t, opt, "sts", "vpc", "balancers", "ecs", "rds", "oss")
		if name == "gone" {
			answers := fstest.MapFS{}
			for file, body := range map[string]string{
				"sts/global/GetCallerIdentity.json":           `{"AccountId":"1","RequestId":"R"}`,
				"ecs/cn-beijing/DescribeDisks.json":           `{"RequestId":"R","Disks":{"Disk":[{"DiskId":"d-1","InstanceId":"i-1"},{"DiskId":"d-2","InstanceId":""}]}}`,
				"ecs/cn-beijing/DescribeInstances.error.json": `{"Code":"Forbidden.RAM","Message":"no","HTTPStatus":403}`,
			} {
				answers[file] = &fstest.MapFile{Data: []byte(body)}
			}
			a = readAnswers(t, answers, Options{Regions: []string{"cn-beijing"}})
		}
		attached := 0
		for _, d := range a.ECS.Disks {
			if d.VPCID != "" {
				t.Errorf("%s: %s lies in %s", name, d.ID, d.VPCID)
			}
			if d.VPCUnread {
				attached++
			}
		}
		if want := map[string]int{"gone": 1, "not asked": 77}[name]; attached != want {
			t.Errorf("%s: %d disks whose VPC is not known, want %d", name, attached, want)
		}
		for _, x := range a.Resources() {
			if (x.Type == "rds.instance" || x.Type == "oss.bucket") && !x.TagsUnread {
				t.Errorf("%s: the tags of %s are said to be read", name, x.ID)
			}
		}
	}
}
