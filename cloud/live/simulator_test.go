package live

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// simulated is an account with one of each: an instance id to ask about need
// not exist, for it is the request that is tested here.
func simulated(t *testing.T, opt simulator.Options) (url string) {
	t.Helper()
	data := fstest.MapFS{}
	for name, body := range map[string]string{
		"sts/global/GetCallerIdentity.json":                             `{"RequestId":"A","AccountId":"1234567890123456","Arn":"acs:ram::1234567890123456:user/me"}`,
		"oss/global/ListBuckets.xml":                                    `<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>logs</Name><Location>oss-cn-hangzhou</Location><Region>cn-hangzhou</Region></Bucket></Buckets></ListAllMyBucketsResult>`,
		"oss/cn-hangzhou/GetBucketAcl?bucket=logs.xml":                  `<AccessControlPolicy><AccessControlList><Grant>private</Grant></AccessControlList></AccessControlPolicy>`,
		"sls/cn-hangzhou/GetLogStore?logstore=trail&project=audit.json": `{"logstoreName":"trail","ttl":180}`,
		"ecs/global/DescribeRegions.json":                               `{"RequestId":"A","Regions":{"Region":[{"RegionId":"cn-hangzhou"}]}}`,
		"rds/cn-hangzhou/DescribeDBInstances.json":                      `{"RequestId":"A","Items":{"DBInstance":[{"DBInstanceId":"rm-1"},{"DBInstanceId":"rm-2"},{"DBInstanceId":"rm-3"}]}}`,
		"ecs/cn-hangzhou/DescribeInstances.json":                        `{"RequestId":"A","Instances":{"Instance":[{"InstanceId":"i-1"},{"InstanceId":"i-2"},{"InstanceId":"i-3"}]}}`,
		"vpc/cn-hangzhou/DescribeVpcs.json":                             `{"RequestId":"A","Vpcs":{"Vpc":[{"VpcId":"vpc-1"}]}}`,
		"rds/cn-hangzhou/DescribeDBInstanceSSL?DBInstanceId=rm-1.json":  `{"RequestId":"A","SSLExpireTime":""}`,
		"actiontrail/global/DescribeTrails.json":                        `{"RequestId":"A","TrailList":[{"Name":"t","HomeRegion":"cn-hangzhou"}]}`,
		"actiontrail/cn-hangzhou/GetTrailStatus?Name=t.json":            `{"RequestId":"A","IsLogging":true}`,
	} {
		data[name] = &fstest.MapFile{Data: []byte(body)}
	}
	sim, err := simulator.New(data, opt)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	return srv.URL
}

func demo(t *testing.T, url string) *Source {
	t.Helper()
	s, err := New(Options{Credential: Static(simulator.DemoKeyID, simulator.DemoKeySecret, ""), EndpointURL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asked is every call of this program, with the parameters that it sends.
func asked() []cloud.Request {
	const here = "cn-hangzhou"
	list := []cloud.Request{{Service: "sts", Action: "GetCallerIdentity"}, {Service: "ecs", Action: "DescribeRegions"}, {Service: "rds", Action: "DescribeRegions"},
		{Service: "oss", Action: "ListBuckets", Params: map[string]string{"max-keys": "1000"}}, {Service: "oss", Action: "GetPublicAccessBlock"},
		{Service: "actiontrail", Action: "DescribeTrails", Params: map[string]string{"IncludeShadowTrails": "true", "IncludeOrganizationTrail": "true"}},
		{Service: "actiontrail", Region: here, Action: "GetTrailStatus", Params: map[string]string{"Name": "t"}},
		{Service: "sls", Region: here, Action: "GetLogStore", Params: map[string]string{"project": "audit", "logstore": "trail"}}}
	for text, params := range map[string]string{
		"ecs/DescribeInstances": "MaxResults=100 AdditionalAttributes.1=META_OPTIONS", "ecs/DescribeDisks": "MaxResults=500", "ecs/DescribeNetworkInterfaces": "MaxResults=500",
		"ecs/DescribeSecurityGroups": "MaxResults=100", "ecs/DescribeSnapshots": "MaxResults=100", "ecs/DescribeAutoSnapshotPolicyEx": "PageNumber=1 PageSize=100",
		"ecs/DescribeImages": "PageNumber=1 PageSize=100 ImageOwnerAlias=self", "vpc/DescribeVpcs": "PageNumber=1 PageSize=50", "vpc/DescribeVSwitches": "PageNumber=1 PageSize=50",
		"vpc/DescribeFlowLogs": "PageNumber=1 PageSize=50", "rds/DescribeDBInstances": "MaxResults=100", "rds/DescribeDBInstanceSSL": "DBInstanceId=rm-1",
	} {
		service, action, _ := strings.Cut(text, "/")
		p := map[string]string{}
		for pair := range strings.FieldsSeq(params) {
			k, v, _ := strings.Cut(pair, "=")
			p[k] = v
		}
		list = append(list, cloud.Request{Service: service, Region: here, Action: action, Params: p})
	}
	for action := range subresources {
		if strings.HasPrefix(action, "GetBucket") {
			list = append(list, cloud.Request{Service: "oss", Region: here, Action: action, Params: map[string]string{"bucket": "logs"}})
		}
	}
	return list
}

// TestSimulatorUnderstandsEveryCall: each request reaches it, with a signature
// that code of another hand verifies, and parameters that the API has.
func TestSimulatorUnderstandsEveryCall(t *testing.T) {
	url := simulated(t, simulator.Options{})
	s := demo(t, url)
	wrong, err := New(Options{Credential: Static(simulator.DemoKeyID, "another", ""), EndpointURL: url})
	if err != nil {
		t.Fatal(err)
	}
	for _, req := range asked() {
		a, err := s.Call(t.Context(), req)
		var e *cloud.Error
		if err == nil && (len(a.Body) == 0 || a.RequestID == "") || err != nil && (!errors.As(err, &e) || e.Class() != cloud.Unset || e.RequestID == "") {
			t.Errorf("%s: %v", req.Call(), err)
		}
		_, err = wrong.Call(t.Context(), req)
		if !errors.As(err, &e) || e.RequestID == "" || e.Class() != cloud.Fatal {
			t.Errorf("%s with another secret: %v", req.Call(), err)
		}
	}
}

// TestSimulatedFaults: every fault on every call is the class it should be, and
// one that passes is outlived.
func TestSimulatedFaults(t *testing.T) {
	want := map[simulator.Kind]cloud.Class{simulator.Deny: cloud.Denied, simulator.Throttle: cloud.Throttled, simulator.NotOpen: cloud.NotHere, simulator.Error: cloud.Broken,
		simulator.Truncate: cloud.Broken, simulator.Cut: cloud.Broken, simulator.Garble: cloud.Broken, simulator.HTML502: cloud.Broken, simulator.Empty200: cloud.Broken,
		simulator.Drop: cloud.Broken, simulator.Hang: cloud.Broken, simulator.Expire: cloud.Fatal}
	passing := []simulator.Kind{simulator.Throttle, simulator.Error, simulator.Truncate, simulator.Cut, simulator.Garble, simulator.HTML502, simulator.Empty200, simulator.Drop, simulator.Hang}
	for kind, class := range want {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			most := time.Minute
			if kind == simulator.Hang {
				most = 50 * time.Millisecond
			}
			always := cloud.Deadline(demo(t, simulated(t, simulator.Options{Faults: []simulator.Fault{{Kind: kind}}})), most)
			for _, req := range asked() {
				a, err := always.Call(t.Context(), req)
				var e *cloud.Error
				if !errors.As(err, &e) || e.Class() != class || a.Body != nil {
					t.Errorf("%s: %v, want class %s", req.Call(), err, class)
				}
			}
			if !slices.Contains(passing, kind) {
				return
			}
			s := demo(t, simulated(t, simulator.Options{Faults: []simulator.Fault{{Kind: kind, Every: 2}}}))
			r := cloud.Retry(cloud.Deadline(s, most), cloud.Retrying{Pause: time.Millisecond, Broken: 40, Timeouts: 40, Throttled: 40})
			var wg sync.WaitGroup
			for _, req := range asked() {
				wg.Go(func() {
					_, err := r.Call(t.Context(), req)
					if e := (*cloud.Error)(nil); err != nil && (!errors.As(err, &e) || e.Class() != cloud.Unset) {
						t.Errorf("every second call: %v", err)
					}
				})
			}
			wg.Wait()
		})
	}
}

// TestManyCallersOfTheSimulator has everything under way at once, limited and
// retried, against a cloud that throttles.
func TestManyCallersOfTheSimulator(t *testing.T) {
	url := simulated(t, simulator.Options{RateLimit: 20, Latency: time.Millisecond})
	var mu sync.Mutex
	calls := map[string]int{}
	count := func(req cloud.Request, attempt int) func(error) {
		return func(err error) {
			mu.Lock()
			defer mu.Unlock()
			calls[fmt.Sprint(attempt == 1, err == nil)]++
		}
	}
	src := cloud.Retry(cloud.Watch(cloud.Limit(cloud.Bound(cloud.Deadline(demo(t, url), 10*time.Second), cloud.NewPlaces(16)), cloud.Rates{"": 40}), count), cloud.Retrying{Pause: 10 * time.Millisecond, Throttled: 100})
	var wg sync.WaitGroup
	for range 25 {
		wg.Go(func() {
			for _, req := range asked() {
				if req.Service == "ecs" {
					continue // a throttled one rests for up to a minute
				}
				_, err := src.Call(t.Context(), req)
				if e := (*cloud.Error)(nil); err != nil && (!errors.As(err, &e) || e.Class() != cloud.Unset) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if calls["true true"] == 0 || calls["false true"] == 0 || calls["true false"]+calls["false false"] > 250 {
		t.Errorf("first attempt, success: calls: %v", calls)
	}
}

// TestRoleOfTheSimulator assumes a role there, with and without what its owner asks for.
func TestRoleOfTheSimulator(t *testing.T) {
	const arn = "acs:ram::1234567890123456:role/audit"
	url := simulated(t, simulator.Options{Roles: map[string]simulator.Role{arn: {ExternalID: "ours"}}})
	for id, ok := range map[string]bool{"ours": true, "theirs": false} {
		s, err := demo(t, url).As(Role{ARN: arn, ExternalID: id})
		if err != nil {
			t.Fatal(err)
		}
		for _, req := range asked() {
			_, err := s.Call(t.Context(), req)
			var e *cloud.Error
			switch {
			case ok && err != nil && (!errors.As(err, &e) || e.Class() != cloud.Unset):
				t.Errorf("%s: %v", req.Call(), err)
			case !ok && (!errors.As(err, &e) || e.Class() != cloud.Fatal || !strings.Contains(e.Message, "cannot assume "+arn)):
				t.Errorf("%s: %v", req.Call(), err)
			}
		}
	}
}
