package simulator_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ram"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/resourcemanager"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// members lists the accounts in a folder, or with "*" all of them, ten a page.
func (c *cloud) members(folder string) (ids []string) {
	c.t.Helper()
	action, params := "ListAccountsForParent", map[string]string{"ParentFolderId": folder}
	switch folder {
	case "*":
		action, params = "ListAccounts", map[string]string{}
	case "":
		params = map[string]string{}
	}
	for number := 1; ; number++ {
		params["PageNumber"] = strconv.Itoa(number)
		var page resourcemanager.ListAccountsResponse
		c.get("resourcemanager", action, params, &page)
		for _, a := range page.Accounts.Account {
			ids = append(ids, a.AccountId)
		}
		if len(ids) >= page.TotalCount {
			return ids
		}
		if len(page.Accounts.Account) != 10 {
			c.t.Fatalf("%s: %d accounts on page %d of %d", action, len(page.Accounts.Account), number, page.TotalCount)
		}
	}
}

// oneUser is an account with nothing but a user of that name.
func oneUser(name string) fs.FS {
	return fstest.MapFS{"ram/global/ListUsers.json": {Data: fmt.Appendf(nil, `{"RequestId":"1","IsTruncated":false,"Users":{"User":[{"UserName":%q}]}}`, name)}}
}

// TestOrganization: the folders hold the members between them, and each member's
// role opens that member's own data.
func TestOrganization(t *testing.T) {
	const n = 43
	var each []fs.FS
	for i := range n {
		each = append(each, oneUser("user-"+strconv.Itoa(i)))
	}
	data, roles := simulator.OrganizationOf(simulator.Hospital(), each)
	c := serve(t, data, simulator.Options{Roles: roles})

	var rd resourcemanager.GetResourceDirectoryResponse
	c.get("resourcemanager", "GetResourceDirectory", nil, &rd)
	if rd.ResourceDirectory.MasterAccountId != "1586402973150824" {
		t.Errorf("directory %+v", rd.ResourceDirectory)
	}
	all := c.members("*")
	var folders resourcemanager.ListFoldersForParentResponse
	c.get("resourcemanager", "ListFoldersForParent", map[string]string{"ParentFolderId": rd.ResourceDirectory.RootFolderId}, &folders)
	inside := slices.Concat(c.members(""), c.members(rd.ResourceDirectory.RootFolderId))
	for _, f := range folders.Folders.Folder {
		inside = append(inside, c.members(f.FolderId)...)
		var deeper resourcemanager.ListFoldersForParentResponse
		c.get("resourcemanager", "ListFoldersForParent", map[string]string{"ParentFolderId": f.FolderId}, &deeper)
		if len(deeper.Folders.Folder) != 0 {
			t.Errorf("folders in %s: %+v", f.FolderId, deeper)
		}
	}
	slices.Sort(inside)
	if len(all) != n || !slices.Equal(all, inside) {
		t.Errorf("%d members; in folders %v", len(all), inside)
	}
	for i, id := range all {
		c.checkMember(id, "user-"+strconv.Itoa(i))
	}
	if users, _ := c.users("1000"); len(users) != 14 {
		t.Errorf("the managing account has users %v", users)
	}
}

// checkMember enters a member by its role, and looks whose account it is.
func (c *cloud) checkMember(id, user string) {
	c.t.Helper()
	var got sts.AssumeRoleResponse
	c.get("sts", "AssumeRole", map[string]string{"RoleArn": "acs:ram::" + id + ":role/" + simulator.MemberRole, "RoleSessionName": "mlpscan"}, &got)
	in := c.with(got.Credentials.AccessKeyId, got.Credentials.AccessKeySecret, got.Credentials.SecurityToken)
	var me sts.GetCallerIdentityResponse
	in.get("sts", "GetCallerIdentity", nil, &me)
	var users ram.ListUsersResponse
	in.get("ram", "ListUsers", nil, &users)
	if me.AccountId != id || len(users.Users.User) != 1 || users.Users.User[0].UserName != user {
		c.t.Errorf("role of %s: account %s, users %+v", id, me.AccountId, users.Users.User)
	}
}

// TestNoOrganization: an account alone has no directory, which is not one without members.
func TestNoOrganization(t *testing.T) {
	alone := serve(t, simulator.Hospital(), simulator.Options{})
	for _, action := range []string{"ListAccounts", "ListAccountsForParent", "ListFoldersForParent"} {
		_, err := alone.rpc("resourcemanager", "cn-hangzhou", action, nil)
		contains(t, err, "EntityNotExists.ResourceDirectory")
	}
	_, err := alone.rpc("resourcemanager", "cn-hangzhou", "GetResourceDirectory", nil)
	contains(t, err, "ResourceDirectoryNotInUse")

	data, roles := simulator.Organization(simulator.Hospital(), 0)
	c := serve(t, data, simulator.Options{Roles: roles})
	if got := c.members("*"); len(got) != 0 {
		t.Errorf("members %v", got)
	}
	_, err = c.rpc("resourcemanager", "cn-hangzhou", "ListAccountsForParent", map[string]string{"ParentFolderId": "fd-0000000000"})
	contains(t, err, "EntityNotExists.Folder")
}
