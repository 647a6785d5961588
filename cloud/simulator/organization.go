package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"

	"golang.org/x/tools/txtar"
)

// MemberRole is the role by which the managing account of an [Organization]
// enters a member, as a resource directory makes it in each account it creates.
const MemberRole = "ResourceDirectoryAccountAccessRole"

// MemberID is the account id of a member of an [Organization], from 0.
func MemberID(i int) string { return fmt.Sprintf("19%014d", i+1) }

// Organization is a resource directory (资源目录) with some members, which lie in
// two folders by turns: the managing account's data, and the role of each
// member. Every member is like the account in data, under an id of its own.
func Organization(data fs.FS, members int) (manager fs.FS, roles map[string]Role) {
	type account struct {
		AccountId, DisplayName, Status, Type, FolderId, ResourceDirectoryId, ResourceDirectoryPath, JoinMethod, JoinTime, ModifyTime string
	}
	list := []account{}
	roles = map[string]Role{}
	for i := range members {
		id, folder := MemberID(i), []string{"fd-bW1qHis2vT", "fd-4XwebR8kLm"}[i%2]
		list = append(list, account{AccountId: id, DisplayName: fmt.Sprintf("member-%03d", i+1), Status: "CreateSuccess", Type: "ResourceAccount", FolderId: folder,
			ResourceDirectoryId: "rd-r4****", ResourceDirectoryPath: "rd-r4****/r-Wm****/" + folder + "/" + id, JoinMethod: "created", JoinTime: "2024-03-01T02:00:00Z", ModifyTime: "2024-03-01T02:00:00Z"})
		roles["acs:ram::"+id+":role/"+MemberRole] = Role{Data: with(data, map[string]any{
			"sts/global/GetCallerIdentity.json": map[string]string{"AccountId": id, "Arn": "acs:ram::" + id + ":assumed-role/" + MemberRole + "/mlpscan",
				"IdentityType": "AssumedRoleUser", "PrincipalId": "300000000000000000:mlpscan", "RoleId": "300000000000000000", "RequestId": "1E529D2F-1EA4-5725-AD93-163B66DF64D0"}})}
	}
	return with(data, map[string]any{"resourcemanager/global/ListAccounts.json": map[string]any{
		"RequestId": "009C3A02-7D4B-416C-9CE7-548C91508F1E", "TotalCount": members, "PageNumber": 1, "PageSize": 10, "Accounts": map[string]any{"Account": list}}}), roles
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
