package simulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/google/go-cmp/cmp"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

func p[T any](v T) *T { return &v }

// TestSignatures asks with each of the vendor's signers: with the right key,
// with a wrong secret, and with a key that does not exist.
func TestSignatures(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	asks := map[string]struct {
		ask                   func(c *cloud) error
		badSecret, unknownKey string
	}{
		"RPC 1.0": {func(c *cloud) error { _, err := c.rpc("rds", "cn-beijing", "DescribeDBInstances", nil); return err }, "SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound"},
		"ACS3": {func(c *cloud) error {
			_, err := c.ecs("cn-beijing").DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing")})
			return err
		}, "SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound"},
		"OSS 1": {func(c *cloud) error {
			_, err := c.oss("cn-beijing", oss.SignatureVersionV1).GetBucketAcl(context.Background(), &oss.GetBucketAclRequest{Bucket: p("qh-audit-trail")})
			return err
		}, "SignatureDoesNotMatch", "InvalidAccessKeyId"},
		"OSS 4": {func(c *cloud) error {
			_, err := c.oss("cn-beijing", oss.SignatureVersionV4).GetBucketAcl(context.Background(), &oss.GetBucketAclRequest{Bucket: p("qh-audit-trail")})
			return err
		}, "SignatureDoesNotMatch", "InvalidAccessKeyId"},
		"LOG": {func(c *cloud) error { return c.logStore("qinghe-audit-log", "actiontrail_qinghe-audit") }, "SignatureNotMatch", "Unauthorized"},
	}
	for name, a := range asks {
		t.Run(name, func(t *testing.T) {
			if err := a.ask(c); err != nil {
				t.Errorf("a good signature: %v", err)
			}
			contains(t, a.ask(c.with(c.id, "wrong", "")), a.badSecret)
			contains(t, a.ask(c.with("LTAInobody", c.secret, "")), a.unknownKey)
		})
	}
	if s := c.Stats(); s.Refused != 2*len(asks) || s.Total() != len(asks) {
		t.Errorf("%d calls and %d refused", s.Total(), s.Refused)
	}
}

// logStore asks GetLogStore, signed by hand as the log service's documentation says.
func (c *cloud) logStore(project, store string) error {
	r, err := http.NewRequest(http.MethodGet, "https://"+project+".cn-beijing.log.aliyuncs.com/logstores/"+store, nil)
	if err != nil {
		return err
	}
	date := time.Now().UTC().Format(http.TimeFormat)
	for k, v := range map[string]string{"Date": date, "x-log-apiversion": "0.6.0", "x-log-bodyrawsize": "0", "x-log-signaturemethod": "hmac-sha1"} {
		r.Header.Set(k, v)
	}
	m := hmac.New(sha1.New, []byte(c.secret))
	io.WriteString(m, "GET\n\n\n"+date+"\nx-log-apiversion:0.6.0\nx-log-bodyrawsize:0\nx-log-signaturemethod:hmac-sha1\n/logstores/"+store)
	r.Header.Set("Authorization", "LOG "+c.id+":"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	resp, err := c.RoundTrip(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(string(body))
	}
	var got struct {
		LogstoreName string `json:"logstoreName"`
	}
	if err := json.Unmarshal(body, &got); err != nil || got.LogstoreName != store || resp.Header.Get("x-log-requestid") == "" {
		return errors.New("not the logstore: " + string(body))
	}
	return nil
}

func TestLogStoreAbsent(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	contains(t, c.logStore("qinghe-audit-log", "other"), "LogStoreNotExist")
	contains(t, c.logStore("other", "actiontrail_qinghe-audit"), "ProjectNotExist")
}

// TestClock asks with a clock that is off by an hour.
func TestClock(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	_, err := c.rpc("rds", "cn-beijing", "DescribeRegions", nil)
	contains(t, err, "InvalidTimeStamp.Expired")
	_, err = c.ecs("cn-beijing").DescribeRegions(&ecs.DescribeRegionsRequest{})
	contains(t, err, "InvalidTimeStamp.Expired")
	_, err = c.bucket("cn-beijing", "", "", nil)
	contains(t, err, "RequestTimeTooSkewed")
	contains(t, c.logStore("qinghe-audit-log", "x"), "RequestTimeExpired")
}

// TestReplay sends one request twice.
func TestReplay(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	var kept *http.Request
	var body string
	keeper := *c
	old := http.DefaultTransport
	http.DefaultTransport = roundTrip(func(r *http.Request) (*http.Response, error) {
		kept = r.Clone(context.Background())
		return old.RoundTrip(r)
	})
	_, err := keeper.ecs("cn-beijing").DescribeRegions(&ecs.DescribeRegionsRequest{})
	http.DefaultTransport = old
	if err != nil {
		t.Fatal(err)
	}
	kept.Body = http.NoBody
	resp, err := old.RoundTrip(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if body = string(b); !strings.Contains(body, "SignatureNonceUsed") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTemporaryKeys assumes a role and uses what it gave, rightly and wrongly.
func TestTemporaryKeys(t *testing.T) {
	now := time.Now()
	const arn = "acs:ram::1999999999999999:role/audit"
	other := fstest.MapFS{"rds/cn-beijing/DescribeDBInstances.error.json": {Data: []byte(`{"HTTPStatus":403,"Code":"Forbidden.Other"}`)}}
	c := serve(t, simulator.Hospital(), simulator.Options{Now: func() time.Time { return now }, Roles: map[string]simulator.Role{arn: {ExternalID: "x1", Data: other}}})
	assume := func(external string) ([]byte, error) {
		return c.rpc("sts", "cn-beijing", "AssumeRole", map[string]string{"RoleArn": arn, "RoleSessionName": "s", "ExternalId": external, "DurationSeconds": "900"})
	}
	_, err := assume("wrong")
	contains(t, err, "NoPermission")
	b, err := assume("x1")
	if err != nil {
		t.Fatal(err)
	}
	if err := checkJSON(b, models["sts AssumeRole"].response); err != nil {
		t.Error(err)
	}
	var got struct {
		Credentials struct{ AccessKeyId, AccessKeySecret, SecurityToken string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	k := got.Credentials
	temp := c.with(k.AccessKeyId, k.AccessKeySecret, k.SecurityToken)
	b, err = temp.rpc("sts", "cn-beijing", "GetCallerIdentity", nil)
	if err != nil || !strings.Contains(string(b), `"AccountId":"1999999999999999"`) || !strings.Contains(string(b), "assumed-role/audit/s") {
		t.Errorf("%v %s", err, b)
	}
	_, err = temp.rpc("rds", "cn-beijing", "DescribeDBInstances", nil)
	contains(t, err, "Forbidden.Other") // the role's own account
	if _, err = temp.ecs("cn-beijing").DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing")}); err != nil {
		t.Error(err)
	}
	if _, err = temp.bucket("cn-beijing", "", "", nil); err != nil {
		t.Error(err)
	}
	_, err = c.with(k.AccessKeyId, k.AccessKeySecret, "").rpc("sts", "cn-beijing", "GetCallerIdentity", nil)
	contains(t, err, "InvalidAccessKeyId.NotFound")
	_, err = c.with(k.AccessKeyId, k.AccessKeySecret, "other").rpc("sts", "cn-beijing", "GetCallerIdentity", nil)
	contains(t, err, "InvalidSecurityToken")
}

func TestTemporaryKeyEnds(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{Credentials: map[string]simulator.Credential{
		"STS.old": {Secret: "s", Token: "t", Expires: time.Now().Add(-time.Minute)}}}).with("STS.old", "s", "t")
	_, err := c.rpc("sts", "cn-beijing", "GetCallerIdentity", nil)
	contains(t, err, "InvalidSecurityToken.Expired")
	_, err = c.bucket("cn-beijing", "", "", nil)
	contains(t, err, "SecurityTokenExpired")
}

// list reads a list to its end, by token or by page number, and returns the
// ids and the number of pages.
func (c *cloud) list(service, action, path, id string, params map[string]string) (ids []string, pages int) {
	c.t.Helper()
	params = maps.Clone(params)
	for pages = 1; ; pages++ {
		b, err := c.rpc(service, params["RegionId"], action, params)
		if err != nil {
			c.t.Fatal(err)
		}
		if err := checkJSON(b, models[service+" "+action].response); err != nil {
			c.t.Fatal(err)
		}
		var top map[string]any
		if err := json.Unmarshal(b, &top); err != nil {
			c.t.Fatal(err)
		}
		var v any = top
		for part := range strings.SplitSeq(path, ".") {
			v = v.(map[string]any)[part]
		}
		for _, x := range v.([]any) {
			ids = append(ids, x.(map[string]any)[id].(string))
		}
		if params["MaxResults"] != "" {
			next, _ := top["NextToken"].(string)
			if next == "" {
				return ids, pages
			}
			params["NextToken"] = next
			continue
		}
		total, ok := top["TotalCount"].(float64)
		if !ok {
			total, ok = top["TotalRecordCount"].(float64)
		}
		if text, is := top["TotalCount"].(string); is {
			total, _ = strconv.ParseFloat(text, 64)
			ok = true
		}
		if !ok {
			c.t.Fatalf("%s: no total in %s", action, b)
		}
		if len(ids) >= int(total) || len(v.([]any)) == 0 {
			return ids, pages
		}
		params["PageNumber"] = strconv.Itoa(pages + 1)
	}
}

// TestPaging reads lists in pages of every style, and finds each item once.
func TestPaging(t *testing.T) {
	c := serve(t, simulator.Generate(simulator.Size{Instances: 333, Regions: []string{"cn-beijing"}}), simulator.Options{})
	tests := []struct {
		service, action, path, id string
		params                    map[string]string
		want, pages               int
	}{
		{"ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"MaxResults": "100"}, 333, 4},
		{"ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"MaxResults": "1000"}, 333, 4}, // taken for 100
		{"ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"MaxResults": "3"}, 333, 34},   // taken for 10
		{"ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"PageSize": "50"}, 333, 7},
		{"ecs", "DescribeInstances", "Instances.Instance", "InstanceId", nil, 333, 34},
		{"ecs", "DescribeDisks", "Disks.Disk", "DiskId", map[string]string{"MaxResults": "500"}, 680, 2},
		{"ecs", "DescribeSecurityGroups", "SecurityGroups.SecurityGroup", "SecurityGroupId", map[string]string{"MaxResults": "4"}, 15, 4},
		{"rds", "DescribeDBInstances", "Items.DBInstance", "DBInstanceId", map[string]string{"MaxResults": "3"}, 8, 3},
		{"rds", "DescribeDBInstances", "Items.DBInstance", "DBInstanceId", map[string]string{"PageSize": "5"}, 8, 2},
		{"vpc", "DescribeVpcs", "Vpcs.Vpc", "VpcId", map[string]string{"PageSize": "1"}, 2, 2},
		{"vpc", "DescribeFlowLogs", "FlowLogs.FlowLog", "FlowLogId", map[string]string{"PageSize": "1"}, 2, 2},
		{"vpc", "DescribeIpv6Addresses", "Ipv6Addresses.Ipv6Address", "Ipv6AddressId", map[string]string{"PageSize": "1"}, 2, 2},
	}
	for _, tt := range tests {
		params := map[string]string{"RegionId": "cn-beijing"}
		maps.Copy(params, tt.params)
		ids, pages := c.list(tt.service, tt.action, tt.path, tt.id, params)
		slices.Sort(ids)
		n := len(ids)
		ids = slices.Compact(ids)
		if abs(n-tt.want) > tt.want/50 || len(ids) != n || pages != tt.pages {
			t.Errorf("%s %v: %d items, %d different, %d pages; want %d in %d", tt.action, tt.params, n, len(ids), pages, tt.want, tt.pages)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// TestSameByEitherStyle: what the pages hold is what the data hold, in the same order.
func TestSameByEitherStyle(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{MaxPage: 4})
	b, err := fs.ReadFile(simulator.Hospital(), "ecs/cn-beijing/DescribeInstances.json")
	if err != nil {
		t.Fatal(err)
	}
	var data struct {
		Instances struct{ Instance []struct{ InstanceId string } }
	}
	if err := json.Unmarshal(b, &data); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, i := range data.Instances.Instance {
		want = append(want, i.InstanceId)
	}
	for _, style := range []string{"MaxResults", "PageSize"} {
		got, pages := c.list("ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"RegionId": "cn-beijing", style: "100"})
		if d := cmp.Diff(want, got); d != "" || pages != (len(want)+3)/4 {
			t.Errorf("%s: %d pages (-want +got):\n%s", style, pages, d)
		}
	}
}

// TestTokensAreOpaque: a token is good for the list it came from only.
func TestTokensAreOpaque(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	b, err := c.rpc("ecs", "cn-beijing", "DescribeDisks", map[string]string{"MaxResults": "10"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		NextToken  string
		TotalCount *int
	}
	if err := json.Unmarshal(b, &got); err != nil || got.NextToken == "" || *got.TotalCount != 0 {
		t.Fatalf("%v %s", err, b)
	}
	for action, token := range map[string]string{"DescribeInstances": got.NextToken, "DescribeDisks": "10"} {
		_, err = c.rpc("ecs", "cn-beijing", action, map[string]string{"MaxResults": "10", "NextToken": token})
		contains(t, err, "InvalidNextToken")
	}
	_, err = c.rpc("ecs", "cn-hangzhou", "DescribeDisks", map[string]string{"MaxResults": "10", "NextToken": got.NextToken})
	contains(t, err, "InvalidNextToken")
}

// TestRefusals are calls that a careless client makes.
func TestRefusals(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	tests := []struct {
		service, action string
		params          map[string]string
		want            string
	}{
		{"ecs", "DescribeInstancez", nil, "InvalidAction.NotFound"},
		{"ecs", "DescribeInstances", map[string]string{"InstanceIDs": "[]"}, `"InstanceIDs" is not valid`},
		{"ecs", "DescribeInstances", map[string]string{"PageSize": "ten"}, "InvalidParameter"},
		{"ecs", "DescribeInstances", map[string]string{"InstanceIds": "i-1"}, "InvalidParameter"},
		{"ecs", "DescribeInstances", map[string]string{"Tag.1.Key": "a"}, "cannot obey"},
		{"ecs", "DescribeInstances", map[string]string{"RegionId": "cn-nowhere"}, "InvalidRegionId.NotFound"},
		{"ecs", "DescribeInstances", map[string]string{"RegionId": "../secret"}, "InvalidRegionId.NotFound"},
		{"ecs", "DescribeSecurityGroupAttribute", nil, "MissingSecurityGroupId"},
		{"ecs", "DescribeSecurityGroupAttribute", map[string]string{"SecurityGroupId": "sg-none"}, "InvalidSecurityGroupId.NotFound"},
		{"rds", "DescribeDBInstanceSSL", map[string]string{"DBInstanceId": "rm-none"}, "InvalidDBInstanceId.NotFound"},
		{"rds", "DescribeDBInstances", map[string]string{"PageSize": "101"}, "InvalidPageSize"},
		{"rds", "DescribeDBInstances", map[string]string{"MaxResults": "101"}, "InvalidMaxResults"},
		{"rds", "DescribeDBInstances", map[string]string{"MaxResults": "10", "PageNumber": "2"}, "InvalidParameterCombination"},
		{"vpc", "DescribeVpcs", map[string]string{"PageSize": "100"}, "InvalidPageSize"},
		{"actiontrail", "GetTrailStatus", map[string]string{"Name": "none"}, "TrailNotFoundException"},
	}
	for _, tt := range tests {
		params := map[string]string{"RegionId": "cn-beijing"}
		maps.Copy(params, tt.params)
		_, err := c.rpc(tt.service, "cn-beijing", tt.action, params)
		contains(t, err, tt.want)
	}
	if s := c.Stats(); s.Total()+s.Refused != len(tests) {
		t.Errorf("%+v", s)
	}
}

// TestEmpty asks an account of nothing: every list is there, and empty.
func TestEmpty(t *testing.T) {
	c := serve(t, fstest.MapFS{}, simulator.Options{})
	for call := range models {
		service, action, _ := strings.Cut(call, " ")
		if strings.HasSuffix(action, "Regions") || strings.HasPrefix(action, "Describe") && strings.HasSuffix(action, "s") {
			b, err := c.rpc(service, "cn-beijing", action, map[string]string{"RegionId": "cn-beijing"})
			if err != nil && strings.Contains(err.Error(), "Missing") {
				continue // not a list
			}
			if err != nil || !strings.Contains(string(b), "[]") {
				t.Errorf("%s: %v %s", call, err, b)
			} else if err := checkJSON(b, models[call].response); err != nil {
				t.Errorf("%s: %v", call, err)
			}
		}
	}
}

// TestFilters: lists obey what their parameters select.
func TestFilters(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	ids, _ := c.list("ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"RegionId": "cn-beijing", "MaxResults": "100"})
	quoted, _ := json.Marshal(ids[2:5])
	got, _ := c.list("ecs", "DescribeInstances", "Instances.Instance", "InstanceId", map[string]string{"RegionId": "cn-beijing", "MaxResults": "100", "InstanceIds": string(quoted)})
	if d := cmp.Diff(ids[2:5], got); d != "" {
		t.Error(d)
	}
	disks, _ := c.list("ecs", "DescribeDisks", "Disks.Disk", "DiskId", map[string]string{"RegionId": "cn-beijing", "MaxResults": "100", "InstanceId": ids[0]})
	if len(disks) == 0 || len(disks) > 5 {
		t.Errorf("%d disks of one instance", len(disks))
	}
	plain, err := c.rpc("ecs", "cn-beijing", "DescribeInstances", map[string]string{"MaxResults": "100"})
	asked, err2 := c.rpc("ecs", "cn-beijing", "DescribeInstances", map[string]string{"MaxResults": "100", "AdditionalAttributes.1": "META_OPTIONS"})
	if err != nil || err2 != nil || strings.Contains(string(plain), "MetadataOptions") || !strings.Contains(string(asked), "MetadataOptions") {
		t.Errorf("MetadataOptions: %v %v", err, err2)
	}
}

// TestTrails: shadow and organisation trails are there on request only.
func TestTrails(t *testing.T) {
	data := fstest.MapFS{"actiontrail/global/DescribeTrails.json": {Data: []byte(`{"RequestId":"x","TrailList":[
		{"Name":"home","HomeRegion":"cn-hangzhou","IsOrganizationTrail":false},
		{"Name":"far","HomeRegion":"cn-beijing","IsOrganizationTrail":false},
		{"Name":"org","HomeRegion":"cn-hangzhou","IsOrganizationTrail":true}]}`)}}
	c := serve(t, data, simulator.Options{})
	for _, tt := range []struct {
		shadow, org string
		want        []string
	}{{"", "", []string{"home"}}, {"true", "", []string{"home", "far"}}, {"", "true", []string{"home", "org"}}, {"true", "true", []string{"home", "far", "org"}}} {
		params := map[string]string{"RegionId": "cn-hangzhou", "MaxResults": ""}
		if tt.shadow != "" {
			params["IncludeShadowTrails"] = tt.shadow
		}
		if tt.org != "" {
			params["IncludeOrganizationTrail"] = tt.org
		}
		delete(params, "MaxResults")
		b, err := c.rpc("actiontrail", "cn-hangzhou", "DescribeTrails", params)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ TrailList []struct{ Name string } }
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range got.TrailList {
			names = append(names, x.Name)
		}
		if d := cmp.Diff(tt.want, names); d != "" {
			t.Errorf("shadow %q, organisation %q: %s", tt.shadow, tt.org, d)
		}
	}
}

// TestClassicRules: a classic group answers for one NicType a call.
func TestClassicRules(t *testing.T) {
	rule := func(nic, port string) string { return `{"NicType":"` + nic + `","PortRange":"` + port + `"}` }
	data := fstest.MapFS{"ecs/cn-beijing/DescribeSecurityGroupAttribute?SecurityGroupId=sg-1.json": {Data: []byte(
		`{"VpcId":"","SecurityGroupId":"sg-1","Permissions":{"Permission":[` + rule("internet", "22/22") + "," + rule("intranet", "80/80") + `]}}`)}}
	c := serve(t, data, simulator.Options{})
	for nic, want := range map[string]string{"": "22/22", "internet": "22/22", "intranet": "80/80"} {
		params := map[string]string{"SecurityGroupId": "sg-1"}
		if nic != "" {
			params["NicType"] = nic
		}
		b, err := c.rpc("ecs", "cn-beijing", "DescribeSecurityGroupAttribute", params)
		if err != nil || strings.Count(string(b), "PortRange") != 1 || !strings.Contains(string(b), want) {
			t.Errorf("NicType %q: %v %s", nic, err, b)
		}
	}
}

// TestBuckets: regions, pages, and what a bucket says that was never configured.
func TestBuckets(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	for _, v := range []oss.SignatureVersionType{oss.SignatureVersionV1, oss.SignatureVersionV4} {
		pager := c.oss("cn-beijing", v).NewListBucketsPaginator(&oss.ListBucketsRequest{MaxKeys: 7})
		var names []string
		pages := 0
		for ; pager.HasNext(); pages++ {
			page, err := pager.NextPage(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range page.Buckets {
				names = append(names, *b.Name)
			}
		}
		if len(slices.Compact(slices.Clone(names))) != 20 || pages != 3 || !slices.IsSorted(names) {
			t.Errorf("%d pages: %q", pages, names)
		}
	}
	_, err := c.bucket("cn-hangzhou", "qh-audit-trail", "acl", nil)
	isElsewhere(t, err)
	_, err = c.bucket("cn-hangzhou", "no-such-bucket", "acl", nil)
	contains(t, err, "NoSuchBucket")
}

// isElsewhere demands the error that names the bucket's right endpoint.
func isElsewhere(t *testing.T, err error) {
	t.Helper()
	var e *oss.ServiceError
	if !errors.As(err, &e) || e.Code != "AccessDenied" || !strings.Contains(string(e.Snapshot), "<Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>") {
		t.Errorf("%v", err)
	}
}

func TestBucketUnset(t *testing.T) {
	data := fstest.MapFS{"oss/global/ListBuckets.xml": {Data: []byte(
		`<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>bare</Name><Location>oss-cn-beijing</Location></Bucket></Buckets></ListAllMyBucketsResult>`)}}
	c := serve(t, data, simulator.Options{})
	for word, want := range map[string]string{"policy": "NoSuchBucketPolicy", "encryption": "NoSuchServerSideEncryptionRule", "replication": "NoSuchReplicationConfiguration",
		"lifecycle": "NoSuchLifecycle", "worm": "NoSuchWORMConfiguration"} {
		_, err := c.bucket("cn-beijing", "bare", word, nil)
		contains(t, err, want)
	}
	for _, word := range []string{"bucketInfo", "acl", "logging", "versioning", "referer", "publicAccessBlock"} {
		b, err := c.bucket("cn-beijing", "bare", word, nil)
		if err == nil {
			err = checkXML(b)
		}
		if err != nil {
			t.Errorf("%s: %v %s", word, err, b)
		}
	}
}

// TestPlainAddress asks at an address that names no product: 127.0.0.1:port.
func TestPlainAddress(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	client, err := ecsAt(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing")}); err != nil {
		t.Error(err)
	}
	conf := oss.LoadDefaultConfig().WithRegion("cn-beijing").WithEndpoint(c.url.String()).WithCredentialsProvider(c)
	out, err := oss.NewClient(conf).GetBucketAcl(context.Background(), &oss.GetBucketAclRequest{Bucket: p("qh-audit-trail")})
	if err != nil || *out.ACL != "private" {
		t.Errorf("%v %v", err, out)
	}
	conf = oss.LoadDefaultConfig().WithRegion("cn-hangzhou").WithEndpoint(c.url.String()).WithCredentialsProvider(c)
	_, err = oss.NewClient(conf).GetBucketAcl(context.Background(), &oss.GetBucketAclRequest{Bucket: p("qh-audit-trail")})
	isElsewhere(t, err)
}

// TestFaults makes each kind of fault strike.
func TestFaults(t *testing.T) {
	ask := func(c *cloud) (int, string, error) {
		req := c.signed()
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return 0, "", err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b), err
	}
	valid := func(s string) bool { return json.Valid([]byte(s)) }
	tests := map[simulator.Kind]func(status int, body string, err error) bool{
		simulator.Deny:     func(s int, b string, _ error) bool { return s == 403 && strings.Contains(b, `"Code":"Forbidden.RAM"`) },
		simulator.Throttle: func(s int, b string, _ error) bool { return s == 400 && strings.Contains(b, "Throttling.User") },
		simulator.NotOpen:  func(s int, b string, _ error) bool { return s == 400 && strings.Contains(b, "ServiceNotOpen") },
		simulator.Error:    func(s int, b string, _ error) bool { return s == 500 && strings.Contains(b, "InternalError") },
		simulator.Expire:   func(s int, b string, _ error) bool { return strings.Contains(b, "InvalidSecurityToken.Expired") },
		simulator.Truncate: func(s int, b string, err error) bool { return s == 200 && err == nil && len(b) > 20 && !valid(b) },
		simulator.Cut:      func(s int, b string, err error) bool { return s == 200 && errors.Is(err, io.ErrUnexpectedEOF) },
		simulator.Garble:   func(s int, b string, err error) bool { return s == 200 && err == nil && !valid(b) },
		simulator.HTML502:  func(s int, b string, _ error) bool { return s == 502 && strings.HasPrefix(b, "<html>") },
		simulator.Empty200: func(s int, b string, err error) bool { return s == 200 && b == "" && err == nil },
		simulator.Drop:     func(s int, b string, err error) bool { return err != nil && s == 0 },
		simulator.Hang:     func(_ int, _ string, err error) bool { return errors.Is(err, context.DeadlineExceeded) },
		simulator.Slow:     func(s int, b string, err error) bool { return errors.Is(err, context.DeadlineExceeded) },
	}
	for kind, want := range tests {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := simulator.Fault{Kind: kind, Service: "ecs", Region: "cn-beijing", Resource: "vpc-none", Times: 1}
			if kind == simulator.Slow {
				f.Delay = time.Minute
			}
			c := serve(t, simulator.Hospital(), simulator.Options{Faults: []simulator.Fault{f}})
			if s, b, err := ask(c); !want(s, b, err) {
				t.Errorf("%d %.200q %v", s, b, err)
			}
			if s, b, err := ask(c); s != 200 || err != nil || !valid(b) {
				t.Errorf("once it is over: %d %.200q %v", s, b, err)
			}
		})
	}
}

func TestFaultsChoose(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{Faults: []simulator.Fault{{Kind: simulator.Deny, Action: "DescribeVpcs", Every: 3}}})
	var got []bool
	for range 6 {
		_, err := c.rpc("vpc", "cn-beijing", "DescribeVpcs", nil)
		got = append(got, err == nil)
		if _, err := c.rpc("vpc", "cn-beijing", "DescribeVSwitches", nil); err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff([]bool{true, true, false, true, true, false}, got); d != "" {
		t.Error(d)
	}
	if _, err := simulator.New(simulator.Hospital(), simulator.Options{Faults: []simulator.Fault{{Kind: "deni"}}}); err == nil {
		t.Error("a fault of no kind is taken")
	}
}

func TestRateLimit(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{RateLimit: 0.001, RateWindow: 5000 * time.Second})
	failed := 0
	for range 8 {
		if _, err := c.rpc("vpc", "cn-beijing", "DescribeVpcs", nil); err != nil {
			contains(t, err, "Throttling")
			failed++
		}
	}
	if _, err := c.rpc("vpc", "cn-hangzhou", "DescribeVpcs", nil); err != nil {
		t.Errorf("another region is throttled too: %v", err)
	}
	if s := c.Stats(); failed != 3 || s.Throttled != 3 {
		t.Errorf("%d calls throttled, %d counted; want 3", failed, s.Throttled)
	}
}

// TestGeneratedIsConsistent: every disk and interface belongs to an instance of the list.
func TestGeneratedIsConsistent(t *testing.T) {
	c := serve(t, simulator.Generate(simulator.Size{Instances: 200, Regions: []string{"cn-hangzhou", "cn-beijing"}}), simulator.Options{})
	for _, region := range []string{"cn-hangzhou", "cn-beijing"} {
		in := map[string]string{"RegionId": region, "MaxResults": "500"}
		instances, _ := c.list("ecs", "DescribeInstances", "Instances.Instance", "InstanceId", in)
		if len(instances) != 100 {
			t.Errorf("%s: %d instances", region, len(instances))
		}
		for action, path := range map[string]string{"DescribeDisks": "Disks.Disk", "DescribeNetworkInterfaces": "NetworkInterfaceSets.NetworkInterfaceSet"} {
			owners, _ := c.list("ecs", action, path, "InstanceId", in)
			if len(owners) < 100 {
				t.Errorf("%s %s: only %d", region, action, len(owners))
			}
			for _, id := range owners {
				if id != "" && !slices.Contains(instances, id) {
					t.Errorf("%s in %s: of %s, which is no instance", action, region, id)
				}
			}
		}
	}
}

// BenchmarkPage answers pages of a large generated list.
func BenchmarkPage(b *testing.B) {
	sim, err := simulator.New(simulator.Generate(simulator.Size{Instances: 100_000}), simulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	c := &cloud{id: simulator.DemoKeyID, secret: simulator.DemoKeySecret, url: &url.URL{Scheme: "http", Host: "ecs.cn-beijing.aliyuncs.com"}}
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		r := c.signed()
		r.Body = http.NoBody
		sim.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
