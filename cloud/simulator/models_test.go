package simulator_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/actiontrail"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/alb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ims"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/kms"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/nlb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ram"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/rds"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/resourcemanager"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/slb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write parameters.txt anew from the vendor's SDKs")

// model is the vendor's idea of one API: what it takes and what it answers.
type model struct{ request, response any }

// models is every RPC action that the simulator answers.
var models = map[string]model{
	"ecs DescribeRegions":                {ecs.DescribeRegionsRequest{}, ecs.DescribeRegionsResponseBody{}},
	"ecs DescribeInstances":              {ecs.DescribeInstancesRequest{}, ecs.DescribeInstancesResponseBody{}},
	"ecs DescribeDisks":                  {ecs.DescribeDisksRequest{}, ecs.DescribeDisksResponseBody{}},
	"ecs DescribeNetworkInterfaces":      {ecs.DescribeNetworkInterfacesRequest{}, ecs.DescribeNetworkInterfacesResponseBody{}},
	"ecs DescribeSecurityGroups":         {ecs.DescribeSecurityGroupsRequest{}, ecs.DescribeSecurityGroupsResponseBody{}},
	"ecs DescribeSecurityGroupAttribute": {ecs.DescribeSecurityGroupAttributeRequest{}, ecs.DescribeSecurityGroupAttributeResponseBody{}},
	"ecs DescribePrefixListAttributes":   {ecs.DescribePrefixListAttributesRequest{}, ecs.DescribePrefixListAttributesResponseBody{}},
	"ecs DescribePortRangeListEntries":   {ecs.DescribePortRangeListEntriesRequest{}, ecs.DescribePortRangeListEntriesResponseBody{}},
	"ecs DescribeAutoSnapshotPolicyEx":   {ecs.DescribeAutoSnapshotPolicyExRequest{}, ecs.DescribeAutoSnapshotPolicyExResponseBody{}},
	"ecs DescribeSnapshots":              {ecs.DescribeSnapshotsRequest{}, ecs.DescribeSnapshotsResponseBody{}},
	"ecs DescribeImages":                 {ecs.DescribeImagesRequest{}, ecs.DescribeImagesResponseBody{}},
	"ecs DescribeImageSharePermission":   {ecs.DescribeImageSharePermissionRequest{}, ecs.DescribeImageSharePermissionResponseBody{}},

	"vpc DescribeRegions":       {vpc.DescribeRegionsRequest{}, vpc.DescribeRegionsResponse{}},
	"vpc DescribeVpcs":          {vpc.DescribeVpcsRequest{}, vpc.DescribeVpcsResponse{}},
	"vpc DescribeVSwitches":     {vpc.DescribeVSwitchesRequest{}, vpc.DescribeVSwitchesResponse{}},
	"vpc DescribeFlowLogs":      {vpc.DescribeFlowLogsRequest{}, vpc.DescribeFlowLogsResponse{}},
	"vpc DescribeIpv6Addresses": {vpc.DescribeIpv6AddressesRequest{}, vpc.DescribeIpv6AddressesResponse{}},
	"vpc DescribeEipAddresses":  {vpc.DescribeEipAddressesRequest{}, vpc.DescribeEipAddressesResponse{}},

	"vpc DescribeNatGateways":   {vpc.DescribeNatGatewaysRequest{}, vpc.DescribeNatGatewaysResponse{}},
	"slb DescribeRegions":       {slb.DescribeRegionsRequest{}, slb.DescribeRegionsResponse{}},
	"slb DescribeLoadBalancers": {slb.DescribeLoadBalancersRequest{}, slb.DescribeLoadBalancersResponse{}},
	"alb DescribeRegions":       {alb.DescribeRegionsRequest{}, alb.DescribeRegionsResponse{}},
	"alb ListLoadBalancers":     {alb.ListLoadBalancersRequest{}, alb.ListLoadBalancersResponse{}},
	"nlb DescribeRegions":       {nlb.DescribeRegionsRequest{}, nlb.DescribeRegionsResponse{}},
	"nlb ListLoadBalancers":     {nlb.ListLoadBalancersRequest{}, nlb.ListLoadBalancersResponse{}},

	"rds DescribeRegions":                   {rds.DescribeRegionsRequest{}, rds.DescribeRegionsResponse{}},
	"rds DescribeDBInstances":               {rds.DescribeDBInstancesRequest{}, rds.DescribeDBInstancesResponse{}},
	"rds DescribeDBInstanceAttribute":       {rds.DescribeDBInstanceAttributeRequest{}, rds.DescribeDBInstanceAttributeResponse{}},
	"rds DescribeDBInstanceNetInfo":         {rds.DescribeDBInstanceNetInfoRequest{}, rds.DescribeDBInstanceNetInfoResponse{}},
	"rds DescribeDBInstanceIPArrayList":     {rds.DescribeDBInstanceIPArrayListRequest{}, rds.DescribeDBInstanceIPArrayListResponse{}},
	"rds DescribeTags":                      {rds.DescribeTagsRequest{}, rds.DescribeTagsResponse{}},
	"rds DescribeDBInstanceSSL":             {rds.DescribeDBInstanceSSLRequest{}, rds.DescribeDBInstanceSSLResponse{}},
	"rds DescribeDBInstanceTDE":             {rds.DescribeDBInstanceTDERequest{}, rds.DescribeDBInstanceTDEResponse{}},
	"rds DescribeDBInstanceEncryptionKey":   {rds.DescribeDBInstanceEncryptionKeyRequest{}, rds.DescribeDBInstanceEncryptionKeyResponse{}},
	"rds DescribeSQLCollectorPolicy":        {rds.DescribeSQLCollectorPolicyRequest{}, rds.DescribeSQLCollectorPolicyResponse{}},
	"rds DescribeSQLCollectorRetention":     {rds.DescribeSQLCollectorRetentionRequest{}, rds.DescribeSQLCollectorRetentionResponse{}},
	"rds DescribeBackupPolicy":              {rds.DescribeBackupPolicyRequest{}, rds.DescribeBackupPolicyResponse{}},
	"rds DescribeInstanceCrossBackupPolicy": {rds.DescribeInstanceCrossBackupPolicyRequest{}, rds.DescribeInstanceCrossBackupPolicyResponse{}},
	"rds DescribeParameters":                {rds.DescribeParametersRequest{}, rds.DescribeParametersResponse{}},
	"rds DescribeAccounts":                  {rds.DescribeAccountsRequest{}, rds.DescribeAccountsResponse{}},

	"actiontrail DescribeTrails":            {actiontrail.DescribeTrailsRequest{}, actiontrail.DescribeTrailsResponse{}},
	"actiontrail GetTrailStatus":            {actiontrail.GetTrailStatusRequest{}, actiontrail.GetTrailStatusResponse{}},
	"ram GetPasswordPolicy":                 {ram.GetPasswordPolicyRequest{}, ram.GetPasswordPolicyResponse{}},
	"ram GetSecurityPreference":             {ram.GetSecurityPreferenceRequest{}, ram.GetSecurityPreferenceResponse{}},
	"ram ListUsers":                         {ram.ListUsersRequest{}, ram.ListUsersResponse{}},
	"ram GetUser":                           {ram.GetUserRequest{}, ram.GetUserResponse{}},
	"ram GetLoginProfile":                   {ram.GetLoginProfileRequest{}, ram.GetLoginProfileResponse{}},
	"ram GetUserMFAInfo":                    {ram.GetUserMFAInfoRequest{}, ram.GetUserMFAInfoResponse{}},
	"ram ListAccessKeys":                    {ram.ListAccessKeysRequest{}, ram.ListAccessKeysResponse{}},
	"ram GetAccessKeyLastUsed":              {ram.GetAccessKeyLastUsedRequest{}, ram.GetAccessKeyLastUsedResponse{}},
	"ram ListPoliciesForUser":               {ram.ListPoliciesForUserRequest{}, ram.ListPoliciesForUserResponse{}},
	"ram ListGroups":                        {ram.ListGroupsRequest{}, ram.ListGroupsResponse{}},
	"ram ListUsersForGroup":                 {ram.ListUsersForGroupRequest{}, ram.ListUsersForGroupResponse{}},
	"ram ListPoliciesForGroup":              {ram.ListPoliciesForGroupRequest{}, ram.ListPoliciesForGroupResponse{}},
	"ram ListPolicies":                      {ram.ListPoliciesRequest{}, ram.ListPoliciesResponse{}},
	"ram GetPolicyVersion":                  {ram.GetPolicyVersionRequest{}, ram.GetPolicyVersionResponse{}},
	"ram ListEntitiesForPolicy":             {ram.ListEntitiesForPolicyRequest{}, ram.ListEntitiesForPolicyResponse{}},
	"ram ListRoles":                         {ram.ListRolesRequest{}, ram.ListRolesResponse{}},
	"ram GetRole":                           {ram.GetRoleRequest{}, ram.GetRoleResponse{}},
	"kms ListKeys":                          {kms.ListKeysRequest{}, kms.ListKeysResponse{}},
	"kms DescribeKey":                       {kms.DescribeKeyRequest{}, kms.DescribeKeyResponse{}},
	"ims GetAccountMFAInfo":                 {ims.GetAccountMFAInfoRequest{}, ims.GetAccountMFAInfoResponse{}},
	"ims GetAccountSecurityPracticeReport":  {ims.GetAccountSecurityPracticeReportRequest{}, ims.GetAccountSecurityPracticeReportResponse{}},
	"ims GetAccountSummary":                 {ims.GetAccountSummaryRequest{}, ims.GetAccountSummaryResponse{}},
	"resourcemanager GetResourceDirectory":  {resourcemanager.GetResourceDirectoryRequest{}, resourcemanager.GetResourceDirectoryResponse{}},
	"resourcemanager ListAccountsForParent": {resourcemanager.ListAccountsForParentRequest{}, resourcemanager.ListAccountsForParentResponse{}},
	"resourcemanager ListFoldersForParent":  {resourcemanager.ListFoldersForParentRequest{}, resourcemanager.ListFoldersForParentResponse{}},
	"resourcemanager ListAccounts":          {resourcemanager.ListAccountsRequest{}, resourcemanager.ListAccountsResponse{}},
	"sts GetCallerIdentity":                 {sts.GetCallerIdentityRequest{}, sts.GetCallerIdentityResponse{}},
	"sts AssumeRole":                        {sts.AssumeRoleRequest{}, sts.AssumeRoleResponse{}},
}

// xmlModels are the roots of OSS answers.
var xmlModels = map[string]any{
	"ListAllMyBucketsResult":         oss.ListBucketsResult{},
	"BucketInfo":                     struct{ Bucket oss.BucketInfo }{},
	"AccessControlPolicy":            oss.GetBucketAclResult{},
	"PublicAccessBlockConfiguration": oss.PublicAccessBlockConfiguration{},
	"ServerSideEncryptionRule":       oss.ServerSideEncryptionRule{},
	"BucketLoggingStatus":            oss.BucketLoggingStatus{},
	"VersioningConfiguration":        oss.VersioningConfiguration{},
	"ReplicationConfiguration":       oss.ReplicationConfiguration{},
	"RefererConfiguration":           oss.RefererConfiguration{},
	"Tagging":                        oss.Tagging{},
	"LifecycleConfiguration":         oss.LifecycleConfiguration{},
	"WormConfiguration":              oss.WormConfiguration{},
}

// TestParameters holds the table of parameters against the vendor's request models.
func TestParameters(t *testing.T) {
	var lines []string
	for name, m := range models {
		var params []string
		requestParams(reflect.TypeOf(m.request), "", &params)
		slices.Sort(params)
		lines = append(lines, name+" "+strings.Join(slices.Compact(params), " "))
	}
	slices.Sort(lines)
	want := "# Parameters of the actions, by the vendor's SDKs: go test ./cloud/simulator -run TestParameters -update\n" + strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile("parameters.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("parameters.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("parameters.txt is not what the SDKs say (-want +got), run with -update:\n%s", d)
	}
}

// requestParams lists what a request model takes, each with its kind.
func requestParams(t reflect.Type, prefix string, out *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("name")
		if name == "" {
			name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
		}
		if f.Anonymous || name == "" {
			continue
		}
		requestParam(f.Type, prefix+name, out)
	}
}

func requestParam(t reflect.Type, name string, out *[]string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if strings.Trim(p, "0123456789") == "" {
			parts[i] = "N"
		}
	}
	name = strings.Join(parts, ".")
	switch {
	case t.Name() == "Integer" || t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64:
		*out = append(*out, name+":integer")
	case t.Name() == "Boolean" || t.Kind() == reflect.Bool:
		*out = append(*out, name+":boolean")
	case t.Kind() == reflect.Slice:
		requestParam(t.Elem(), name+".N", out)
	case t.Kind() == reflect.Struct:
		requestParams(t, name+".", out)
	default:
		*out = append(*out, name)
	}
}

// checkJSON holds an answer against a model: every key must be one of the
// model's, in its place, and hold a value of the model's kind.
func checkJSON(b []byte, m any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	if err := checkValue(v, reflect.TypeOf(m), ""); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the object")
	}
	return nil
}

func checkValue(v any, t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch x := v.(type) {
	case nil:
		return nil
	case map[string]any:
		return checkObject(x, t, at)
	case []any:
		if t.Kind() != reflect.Slice {
			return fmt.Errorf("%s: a list where the model has a %s", at, t.Kind())
		}
		for i, e := range x {
			if err := checkValue(e, t.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case string:
		return kindIs(t, at, "a string", reflect.String)
	case bool:
		return kindIs(t, at, "a boolean", reflect.Bool)
	default:
		return kindIs(t, at, "a number", reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64)
	}
}

func kindIs(t reflect.Type, at, what string, kinds ...reflect.Kind) error {
	if t.Kind() == reflect.Interface || slices.Contains(kinds, t.Kind()) {
		return nil
	}
	return fmt.Errorf("%s: %s where the model has a %s", at, what, t.Kind())
}

func checkObject(m map[string]any, t reflect.Type, at string) error {
	if t.Kind() == reflect.Map || t.Kind() == reflect.Interface {
		return nil
	}
	if t.Kind() != reflect.Struct {
		return fmt.Errorf("%s: an object where the model has a %s", at, t.Kind())
	}
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			fields[name] = t.Field(i).Type
		}
	}
	for k, v := range m {
		ft, ok := fields[k]
		if !ok {
			return fmt.Errorf("%s.%s: the model %s has no such key", at, k, t.Name())
		}
		if err := checkValue(v, ft, at+"."+k); err != nil {
			return err
		}
	}
	return nil
}

// node is an XML element.
type node struct {
	XMLName xml.Name
	Nodes   []node `xml:",any"`
}

// checkXML holds an OSS answer against the SDK's model of its root element.
func checkXML(b []byte) error {
	var n node
	if err := xml.Unmarshal(b, &n); err != nil {
		return err
	}
	m, ok := xmlModels[n.XMLName.Local]
	if !ok {
		return fmt.Errorf("no model of <%s>", n.XMLName.Local)
	}
	return checkElement(n, []reflect.Type{reflect.TypeOf(m)}, nil)
}

// checkElement finds each child among the fields of the types; path are the
// elements on the way where a tag names several at once, Buckets>Bucket.
func checkElement(n node, types []reflect.Type, path []string) error {
	for _, child := range n.Nodes {
		next, on, ok := childOf(types, path, child.XMLName.Local)
		if !ok {
			return fmt.Errorf("<%s> in <%s>: the model has no such element", child.XMLName.Local, n.XMLName.Local)
		}
		if err := checkElement(child, next, on); err != nil {
			return err
		}
	}
	return nil
}

func childOf(types []reflect.Type, path []string, name string) (next []reflect.Type, on []string, ok bool) {
	here := append(slices.Clone(path), name)
	for _, t := range types {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			f := t.Field(i)
			tag, _, _ := strings.Cut(f.Tag.Get("xml"), ",")
			if tag == "" && f.Tag.Get("xml") == "" {
				tag = f.Name
			}
			parts := strings.Split(tag, ">")
			switch {
			case f.Name == "XMLName" || tag == "":
			case slices.Equal(parts, here):
				return []reflect.Type{f.Type}, nil, true
			case len(parts) > len(here) && slices.Equal(parts[:len(here)], here):
				return []reflect.Type{t}, here, true
			}
		}
	}
	return nil, nil, false
}

// TestModelsCatchMistakes holds the checks themselves to their word.
func TestModelsCatchMistakes(t *testing.T) {
	m := ecs.DescribeInstancesResponseBody{}
	for name, body := range map[string]string{
		"misspelt key":   `{"Instances":{"Instance":[{"InstanceID":"i-1"}]}}`,
		"misplaced key":  `{"Instances":{"Instance":[]},"InstanceId":"i-1"}`,
		"no wrapper":     `{"Instances":[{"InstanceId":"i-1"}]}`,
		"number as text": `{"TotalCount":"1"}`,
		"text as number": `{"Instances":{"Instance":[{"InstanceId":1}]}}`,
	} {
		if checkJSON([]byte(body), m) == nil {
			t.Errorf("%s is not noticed", name)
		}
	}
	if err := checkJSON([]byte(`{"Instances":{"Instance":[{"InstanceId":"i-1","Cpu":2}]},"TotalCount":1}`), m); err != nil {
		t.Error(err)
	}
	if checkXML([]byte(`<BucketInfo><Bucket><Nam>x</Nam></Bucket></BucketInfo>`)) == nil || checkXML([]byte(`<ListAllMyBucketsResult><Bucket/></ListAllMyBucketsResult>`)) == nil {
		t.Error("a wrong element is not noticed")
	}
	if err := checkXML([]byte(`<ListAllMyBucketsResult><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>x</Name></Bucket></Buckets></ListAllMyBucketsResult>`)); err != nil {
		t.Error(err)
	}
}
