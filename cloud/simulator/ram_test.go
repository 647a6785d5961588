package simulator_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ims"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ram"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// get asks a call and reads its answer.
func (c *cloud) get(service, action string, params map[string]string, to any) {
	c.t.Helper()
	b, err := c.rpc(service, "cn-hangzhou", action, params)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		c.t.Fatalf("%s %s %v: %v", service, action, params, err)
	}
}

// users lists the users over pages of the given size.
func (c *cloud) users(size string) (names []string, pages int) {
	c.t.Helper()
	for marker := ""; ; pages++ {
		var page ram.ListUsersResponse
		params := map[string]string{"MaxItems": size}
		if marker != "" {
			params["Marker"] = marker
		}
		c.get("ram", "ListUsers", params, &page)
		for _, u := range page.Users.User {
			names = append(names, u.UserName)
		}
		if page.IsTruncated != (page.Marker != "") {
			c.t.Errorf("IsTruncated %v with marker %q", page.IsTruncated, page.Marker)
		}
		if marker = page.Marker; marker == "" {
			return names, pages + 1
		}
	}
}

// TestMarkers: lists of RAM go on by markers, in pages no larger than the vendor's.
func TestMarkers(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	whole, pages := c.users("1000")
	if len(whole) != 14 || pages != 1 {
		t.Fatalf("%d users on %d pages", len(whole), pages)
	}
	if got, pages := c.users("5"); !slices.Equal(got, whole) || pages != 3 {
		t.Errorf("in fives: %v on %d pages", got, pages)
	}
	small := serve(t, simulator.Hospital(), simulator.Options{MaxPage: 4})
	if got, pages := small.users("1000"); !slices.Equal(got, whole) || pages != 4 {
		t.Errorf("in fours: %v on %d pages", got, pages)
	}
	var first ram.ListUsersResponse
	c.get("ram", "ListUsers", map[string]string{"MaxItems": "5"}, &first)
	for _, r := range []struct{ action, param, value string }{
		{"ListUsers", "MaxItems", "1001"}, {"ListUsers", "MaxItems", "0"}, {"ListGroups", "MaxItems", "101"}, {"ListRoles", "MaxItems", "1001"},
		{"ListGroups", "Marker", first.Marker}, {"ListUsers", "Marker", "5"},
	} {
		_, err := c.rpc("ram", "cn-hangzhou", r.action, map[string]string{r.param: r.value})
		contains(t, err, "Invalid"+r.param)
	}
	c.get("ram", "ListGroups", map[string]string{"MaxItems": "100"}, &ram.ListGroupsResponse{})
}

// TestAbsentOfRAM: a user that does not exist is told from one that has no such thing.
func TestAbsentOfRAM(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	user := func(name string) map[string]string { return map[string]string{"UserName": name} }
	policy := func(name, version string) map[string]string {
		return map[string]string{"PolicyName": name, "PolicyType": "Custom", "VersionId": version}
	}
	for _, r := range []struct {
		action string
		params map[string]string
		want   string
	}{
		{"GetUser", user("nobody"), "EntityNotExist.User"},
		{"GetLoginProfile", user("backup-job"), "EntityNotExist.User.LoginProfile"},
		{"GetLoginProfile", user("nobody"), "EntityNotExist.User"},
		{"GetUserMFAInfo", user("backup-job"), "EntityNotExist.User.MFADevice"},
		{"GetUserMFAInfo", user("nobody"), "EntityNotExist.User"},
		{"ListAccessKeys", user("nobody"), "EntityNotExist.User"},
		{"ListPoliciesForUser", user("nobody"), "EntityNotExist.User"},
		{"GetAccessKeyLastUsed", map[string]string{"UserName": "wang.lei", "UserAccessKeyId": "LTAInone"}, "EntityNotExist.User.AccessKey"},
		{"ListUsersForGroup", map[string]string{"GroupName": "nobody"}, "EntityNotExist.Group"},
		{"GetPolicyVersion", policy("his-restart", "v9"), "EntityNotExist.Policy.Version"},
		{"GetPolicyVersion", policy("none", "v1"), "EntityNotExist.Policy"},
		{"ListEntitiesForPolicy", map[string]string{"PolicyName": "none", "PolicyType": "System"}, "EntityNotExist.Policy"},
		{"GetRole", map[string]string{"RoleName": "none"}, "EntityNotExist.Role"},
	} {
		_, err := c.rpc("ram", "cn-hangzhou", r.action, r.params)
		var refused sdkerrors.Error
		if !errors.As(err, &refused) || refused.ErrorCode() != r.want || refused.HttpStatus() != http.StatusNotFound {
			t.Errorf("%s %v: %v, want %s", r.action, r.params, err, r.want)
		}
	}
	var attached ram.ListEntitiesForPolicyResponse
	c.get("ram", "ListEntitiesForPolicy", map[string]string{"PolicyName": "migration-2021", "PolicyType": "Custom"}, &attached)
	if len(attached.Users.User)+len(attached.Groups.Group)+len(attached.Roles.Role) != 0 {
		t.Errorf("attached: %+v", attached)
	}
}

// TestNobodySetUp: an account without users has the settings that every new one has.
func TestNobodySetUp(t *testing.T) {
	c := serve(t, fstest.MapFS{}, simulator.Options{})
	if names, _ := c.users("100"); len(names) != 0 {
		t.Errorf("users %v", names)
	}
	for name, m := range models {
		service, action, _ := strings.Cut(name, " ")
		if service != "ram" && service != "ims" || slices.Contains([]string{"GetUser", "GetLoginProfile", "GetUserMFAInfo", "GetAccessKeyLastUsed", "GetPolicyVersion", "GetRole"}, action) ||
			strings.Contains(action, "For") || action == "ListAccessKeys" {
			continue
		}
		b, err := c.rpc(service, "cn-hangzhou", action, nil)
		if err == nil {
			err = checkJSON(b, m.response)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var mfa ims.GetAccountMFAInfoResponse
	c.get("ims", "GetAccountMFAInfo", nil, &mfa)
	var pref ram.GetSecurityPreferenceResponse
	c.get("ram", "GetSecurityPreference", nil, &pref)
	if mfa.IsMFAEnable || pref.SecurityPreference.LoginProfilePreference.LoginSessionDuration != 6 {
		t.Errorf("%+v, %+v", mfa, pref)
	}
}

// TestRAMIsConsistent: what the demo account and generated ones say of their users
// in one call, they say in the others.
func TestRAMIsConsistent(t *testing.T) {
	for name, data := range map[string]fs.FS{"hospital": simulator.Hospital(), "generated": simulator.Generate(simulator.Size{Instances: 3})} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, data, simulator.Options{})
			users, _ := c.users("1000")
			keys := 0
			for _, u := range users {
				var one ram.GetUserResponse
				c.get("ram", "GetUser", map[string]string{"UserName": u}, &one)
				var list ram.ListAccessKeysResponse
				c.get("ram", "ListAccessKeys", map[string]string{"UserName": u}, &list)
				for _, k := range list.AccessKeys.AccessKey {
					keys++
					c.get("ram", "GetAccessKeyLastUsed", map[string]string{"UserName": u, "UserAccessKeyId": k.AccessKeyId}, &ram.GetAccessKeyLastUsedResponse{})
				}
			}
			if keys == 0 {
				t.Error("nobody has a key")
			}
			var groups ram.ListGroupsResponse
			c.get("ram", "ListGroups", nil, &groups)
			for _, g := range groups.Groups.Group {
				var members ram.ListUsersForGroupResponse
				c.get("ram", "ListUsersForGroup", map[string]string{"GroupName": g.GroupName}, &members)
				for _, m := range members.Users.User {
					if !slices.Contains(users, m.UserName) {
						t.Errorf("group %s has %s, who is no user", g.GroupName, m.UserName)
					}
				}
			}
			c.checkAttachments(users)
			var sum ims.GetAccountSummaryResponse
			c.get("ims", "GetAccountSummary", nil, &sum)
			if sum.SummaryMap.Users != len(users) || sum.SummaryMap.Groups != len(groups.Groups.Group) {
				t.Errorf("summary %+v", sum.SummaryMap)
			}
		})
	}
}

// checkAttachments holds who has a policy, by the policy, against what users and
// groups have.
func (c *cloud) checkAttachments(users []string) {
	c.t.Helper()
	var policies ram.ListPoliciesResponse
	c.get("ram", "ListPolicies", nil, &policies)
	if len(policies.Policies.Policy) == 0 {
		c.t.Error("no policies")
	}
	holders := map[string][]string{}
	for _, u := range users {
		var list ram.ListPoliciesForUserResponse
		c.get("ram", "ListPoliciesForUser", map[string]string{"UserName": u}, &list)
		for _, p := range list.Policies.Policy {
			holders[p.PolicyName] = append(holders[p.PolicyName], u)
		}
	}
	for _, p := range policies.Policies.Policy {
		var e ram.ListEntitiesForPolicyResponse
		c.get("ram", "ListEntitiesForPolicy", map[string]string{"PolicyName": p.PolicyName, "PolicyType": p.PolicyType}, &e)
		if n := len(e.Users.User) + len(e.Groups.Group) + len(e.Roles.Role); n != p.AttachmentCount {
			c.t.Errorf("policy %s: attached %d times, to %d", p.PolicyName, p.AttachmentCount, n)
		}
		var got []string
		for _, u := range e.Users.User {
			got = append(got, u.UserName)
		}
		if !slices.Equal(got, holders[p.PolicyName]) {
			c.t.Errorf("policy %s: held by %v, says %v", p.PolicyName, holders[p.PolicyName], got)
		}
		delete(holders, p.PolicyName)
	}
	for p, by := range holders {
		c.t.Errorf("policy %s of %v is in no list", p, by)
	}
}
