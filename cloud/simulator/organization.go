package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"

	"golang.org/x/tools/txtar"
)

// MemberRole is the role by which the managing account of an [Organization]
// enters a member, as a resource directory makes it in each account it creates.
const MemberRole = "ResourceDirectoryAccountAccessRole"

// MemberID is the account id of a member of an [Organization], from 0.
func MemberID(i int) string { return fmt.Sprintf("19%014d", i+1) }

var (
	parentFolder = []string{"ParentFolderId"}

	noDirectory = fail(http.StatusNotFound, "EntityNotExists.ResourceDirectory", "The resource directory for the account is not enabled.")
	notInUse    = fail(http.StatusNotFound, "ResourceDirectoryNotInUse", "The specified account is not an Alibaba Cloud account or a member account of the resource directory.")
	byParent    = &owner{action: "ListAccounts", list: "Accounts.Account", absent: noDirectory}
	noFolder    = fail(http.StatusNotFound, "EntityNotExists.Folder", "The specified folder does not exist.")
)

var directoryActions = []action{
	{service: "resourcemanager", name: "GetResourceDirectory", global: true, absent: notInUse},
	{service: "resourcemanager", name: "ListAccounts", list: "Accounts.Account", paging: byNumber100, global: true, absent: noDirectory, ignored: []string{"IncludeTags"}},
	// Without ParentFolderId the root folder is meant, for which there is a file too.
	{service: "resourcemanager", name: "ListAccountsForParent", list: "Accounts.Account", paging: byNumber100, global: true, id: parentFolder,
		of: byParent, absent: noFolder, ignored: []string{"IncludeTags"}},
	{service: "resourcemanager", name: "ListFoldersForParent", list: "Folders.Folder", paging: byNumber100, global: true, id: parentFolder, of: byParent, absent: noFolder},
}

// The directory of every [Organization].
const (
	directoryID = "rd-r4Tz8n"
	rootFolder  = "r-Wm7pQ2"
)

var directoryFolders = []directoryFolder{
	{FolderId: "fd-bW1qHis2vT", FolderName: "his", ParentFolderId: rootFolder, CreateTime: "2024-03-01T01:40:00Z", ResourceDirectoryPath: directoryID + "/" + rootFolder + "/fd-bW1qHis2vT"},
	{FolderId: "fd-4XwebR8kLm", FolderName: "website", ParentFolderId: rootFolder, CreateTime: "2024-03-01T01:41:00Z", ResourceDirectoryPath: directoryID + "/" + rootFolder + "/fd-4XwebR8kLm"},
}

type directoryFolder struct{ FolderId, FolderName, ParentFolderId, CreateTime, ResourceDirectoryPath string }

// directoryAccount is a member; the list of one folder leaves its path out.
type directoryAccount struct {
	AccountId, DisplayName, Status, Type, FolderId, ResourceDirectoryId, JoinMethod, JoinTime, ModifyTime string
	ResourceDirectoryPath                                                                                 string `json:",omitempty"`
}

// Organization is a resource directory (资源目录) with some members, which lie in
// two folders by turns: the managing account's data, and the role of each
// member. Every member is like the account in data, under an id of its own.
func Organization(data fs.FS, members int) (manager fs.FS, roles map[string]Role) {
	return OrganizationOf(data, slices.Repeat([]fs.FS{data}, members))
}

// OrganizationOf is an [Organization] whose members have data of their own.
func OrganizationOf(data fs.FS, members []fs.FS) (manager fs.FS, roles map[string]Role) {
	list := []directoryAccount{}
	roles = map[string]Role{}
	for i, member := range members {
		id, folder := MemberID(i), directoryFolders[i%len(directoryFolders)]
		list = append(list, directoryAccount{AccountId: id, DisplayName: fmt.Sprintf("member-%03d", i+1), Status: "CreateSuccess", Type: "ResourceAccount", FolderId: folder.FolderId,
			ResourceDirectoryId: directoryID, ResourceDirectoryPath: folder.ResourceDirectoryPath + "/" + id, JoinMethod: "created", JoinTime: "2024-03-01T02:00:00Z", ModifyTime: "2024-03-01T02:00:00Z"})
		roles["acs:ram::"+id+":role/"+MemberRole] = Role{Data: with(member, map[string]any{
			"sts/global/GetCallerIdentity.json": map[string]string{"AccountId": id, "Arn": "acs:ram::" + id + ":assumed-role/" + MemberRole + "/mlpscan",
				"IdentityType": "AssumedRoleUser", "PrincipalId": "300000000000000000:mlpscan", "RoleId": "300000000000000000", "RequestId": "1E529D2F-1EA4-5725-AD93-163B66DF64D0"}})}
	}
	return with(data, directory(accountID(data), list)), roles
}

// directory is what the managing account answers about the directory.
func directory(manager string, members []directoryAccount) map[string]any {
	const request = "009C3A02-7D4B-416C-9CE7-548C91508F1E"
	accounts := func(list []directoryAccount) map[string]any {
		return map[string]any{"RequestId": request, "TotalCount": len(list), "PageNumber": 1, "PageSize": 10, "Accounts": map[string]any{"Account": list}}
	}
	folders := func(list []directoryFolder) map[string]any {
		return map[string]any{"RequestId": request, "TotalCount": len(list), "PageNumber": 1, "PageSize": 10, "Folders": map[string]any{"Folder": list}}
	}
	const at = "resourcemanager/global/"
	in := func(action, folder string) string { return at + action + "?ParentFolderId=" + folder + ".json" }
	out := map[string]any{
		at + "GetResourceDirectory.json": map[string]any{"RequestId": request, "ResourceDirectory": map[string]string{"ResourceDirectoryId": directoryID, "RootFolderId": rootFolder,
			"MasterAccountId": manager, "MasterAccountName": "qinghe-hospital", "CreateTime": "2024-03-01T01:30:00Z", "ControlPolicyStatus": "Disabled", "MemberDeletionStatus": "Disabled"}},
		at + "ListAccounts.json":                accounts(members),
		at + "ListAccountsForParent.json":       accounts([]directoryAccount{}),
		in("ListAccountsForParent", rootFolder): accounts([]directoryAccount{}),
		at + "ListFoldersForParent.json":        folders(directoryFolders),
		in("ListFoldersForParent", rootFolder):  folders(directoryFolders),
	}
	for _, f := range directoryFolders {
		inside := []directoryAccount{}
		for _, m := range members {
			if m.FolderId == f.FolderId {
				m.ResourceDirectoryPath = ""
				inside = append(inside, m)
			}
		}
		out[in("ListAccountsForParent", f.FolderId)] = accounts(inside)
		out[in("ListFoldersForParent", f.FolderId)] = folders([]directoryFolder{})
	}
	return out
}

// accountID is the id of the account in data.
func accountID(data fs.FS) string {
	b, err := fs.ReadFile(data, "sts/global/GetCallerIdentity.json")
	var me struct{ AccountId string }
	if err != nil || json.Unmarshal(b, &me) != nil || me.AccountId == "" {
		return demoAccount
	}
	return me.AccountId
}

// with is an account with some answers of its own over those of another.
func with(base fs.FS, answers map[string]any) fs.FS {
	own := &txtar.Archive{}
	for name, v := range answers {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetIndent("", " ")
		if err := e.Encode(v); err != nil {
			panic("simulator: " + err.Error()) // strings and lists of them: JSON takes them all
		}
		own.Files = append(own.Files, txtar.File{Name: name, Data: b.Bytes()})
	}
	return layered{mustFS(own), base}
}

// layered looks for a file in one file system, and then in another.
type layered struct{ over, base fs.FS }

func (l layered) Open(name string) (fs.File, error) {
	f, err := l.over.Open(name)
	if err == nil {
		return f, nil
	}
	return l.base.Open(name)
}

// list passes on the lists of a generated account.
func (l layered) list(name string) (items, bool) {
	if g, ok := l.base.(lister); ok {
		return g.list(name)
	}
	return nil, false
}
