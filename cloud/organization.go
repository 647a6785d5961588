package cloud

import (
	"context"
	"encoding/json"
	"strings"
)

// A Member is one account of a resource directory (资源目录), from ListAccounts.
type Member struct {
	ID   string // 16 digits
	Name string // DisplayName
	// Status ends in "Success" for an account that is in the directory;
	// everything else is on its way in or out.
	Status string
	// Path leads from the directory through its folders to the account.
	Path []string
}

// In reports whether the member lies in the folder or below it.
func (m Member) In(folder string) bool {
	for _, id := range m.Path {
		if id == folder {
			return true
		}
	}
	return false
}

// Joined reports whether the member is in the directory for good.
func (m Member) Joined() bool { return strings.HasSuffix(m.Status, "Success") }

// Members lists the accounts of the resource directory that the source's
// account manages (ResourceManager ListAccounts), to the end of the list. The
// managing account itself is not among them. The error is an *Error, or that of
// the context.
func Members(ctx context.Context, src Source) ([]Member, error) {
	r := &reader{ctx: ctx, cancel: func(error) {}, src: src, slots: make(chan struct{}, 1)}
	var all []Member
	req := Request{Service: "resourcemanager", Action: "ListAccounts"}
	e := r.list(req, byNumber(100), func(body []byte, _ *Origin) (page, error) {
		list, p, err := decodeMembers(body)
		all = append(all, list...)
		return p, err
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if e != nil {
		return nil, e
	}
	return all, nil
}

func decodeMembers(body []byte) ([]Member, page, error) {
	var doc struct {
		TotalCount *looseInt
		Accounts   struct {
			Account *[]struct{ AccountId, DisplayName, Status, ResourceDirectoryPath, FolderId string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Accounts.Account == nil {
		return nil, page{}, absent("Accounts.Account")
	}
	var list []Member
	for _, x := range *doc.Accounts.Account {
		if x.AccountId == "" || x.Status == "" {
			return nil, page{}, absent("AccountId or Status")
		}
		list = append(list, Member{ID: x.AccountId, Name: x.DisplayName, Status: x.Status,
			Path: append(strings.Split(x.ResourceDirectoryPath, "/"), x.FolderId)})
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}
