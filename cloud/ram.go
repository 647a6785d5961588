package cloud

import (
	"fmt"
	"strings"
	"time"
)

// RAM is who may do what in the account: its users, groups, policies and roles,
// and the settings that hold for all of them.
type RAM struct {
	PasswordPolicy     Fact[PasswordPolicy]     // from GetPasswordPolicy
	SecurityPreference Fact[SecurityPreference] // from GetSecurityPreference
	RootMFA            Fact[bool]               // the root account logs in with MFA, from IMS GetAccountMFAInfo
	RootAccessKeys     Fact[int]                // keys of the root account, from IMS GetAccountSecurityPracticeReport

	Users    []*RAMUser
	Groups   []*RAMGroup
	Policies []*RAMPolicy // custom ones
	Roles    []*RAMRole
}

// A PasswordPolicy is what passwords of users must be. 0 turns a limit off.
type PasswordPolicy struct {
	MinimumPasswordLength      int
	RequireLowercaseCharacters bool
	RequireUppercaseCharacters bool
	RequireNumbers             bool
	RequireSymbols             bool
	MaxPasswordAge             int // days
	PasswordReusePrevention    int // last passwords that cannot be used again
	MaxLoginAttempts           int // failures within an hour before a user is locked ("MaxLoginAttemps")
}

// A SecurityPreference holds settings of the login to the console.
type SecurityPreference struct {
	LoginSessionDuration int      // hours
	LoginNetworkMasks    []string // CIDR blocks that logins may come from; none means any
}

// A RAMUser is a user, from ListUsers. Its ID is its name.
type RAMUser struct {
	Resource
	CreateDate time.Time
	// LastLoginDate is when it last logged in to the console; zero for never. From GetUser.
	LastLoginDate Fact[time.Time]
	// LoginProfile: it can log in to the console. From GetLoginProfile.
	LoginProfile Fact[LoginProfile]
	// MFA: it has an MFA device. From GetUserMFAInfo, asked for users that can log in.
	MFA        Fact[bool]
	AccessKeys Fact[[]*AccessKey] // from ListAccessKeys
	Policies   Fact[[]string]     // names of policies attached to it, from ListPoliciesForUser
}

// A LoginProfile lets a user log in to the console. Unset where there is none.
type LoginProfile struct {
	Status string // "Active" or "Inactive"; "" where the answer does not say, which is active
}

// An AccessKey is one key of a user, from ListAccessKeys. Its ID is the AccessKey
// id, its Name the user's.
type AccessKey struct {
	Resource
	Status     string // "Active" or "Inactive"
	CreateDate time.Time
	// LastUsedDate is zero for never. From GetAccessKeyLastUsed, asked for active keys.
	LastUsedDate Fact[time.Time]
}

// A RAMGroup is a group of users, from ListGroups. Its ID is its name.
type RAMGroup struct {
	Resource
	Users    Fact[[]string] // names of its members, from ListUsersForGroup
	Policies Fact[[]string] // names of policies attached to it, from ListPoliciesForGroup
}

// A RAMPolicy is a custom policy, from ListPolicies. Its ID is its name.
type RAMPolicy struct {
	Resource
	AttachmentCount int // of users, groups and roles
	// Document is its default version, from GetPolicyVersion, asked for policies in use.
	Document Fact[[]Permission]

	defaultVersion string
}

// A RAMRole is a role, from ListRoles. Its ID is its name.
type RAMRole struct {
	Resource
	Trust Fact[[]Trust] // who may assume it, from GetRole
}

var ramService = service{
	name:   "ram",
	global: readRAM,
	link: func(a *Account) {
		sortResources(a.RAM.Users)
		sortResources(a.RAM.Groups)
		sortResources(a.RAM.Policies)
		sortResources(a.RAM.Roles)
	},
	resources: func(a *Account, all []*Resource) []*Resource {
		all = refs(all, a.RAM.Users)
		for _, u := range a.RAM.Users {
			all = refs(all, u.AccessKeys.Value)
		}
		all = refs(all, a.RAM.Groups)
		all = refs(all, a.RAM.Policies)
		return refs(all, a.RAM.Roles)
	},
}

func readRAM(r *reader) {
	ram := &RAM{}
	r.all(
		func() { askAccount(r, "ram", "GetPasswordPolicy", &ram.PasswordPolicy, decodePasswordPolicy) },
		func() {
			askAccount(r, "ram", "GetSecurityPreference", &ram.SecurityPreference, decodeSecurityPreference)
		},
		func() { askAccount(r, "ims", "GetAccountMFAInfo", &ram.RootMFA, decodeRootMFA) },
		func() { askAccount(r, "ims", "GetAccountSecurityPracticeReport", &ram.RootAccessKeys, decodeRootKeys) },
		func() {
			ram.Users = readRAMList(r, "ListUsers", 1000, nil, decodeUsers, (*RAMUser).read)
		},
		func() {
			ram.Groups = readRAMList(r, "ListGroups", 100, nil, decodeRAMGroups, (*RAMGroup).read)
		},
		func() {
			ram.Policies = readRAMList(r, "ListPolicies", 1000, map[string]string{"PolicyType": "Custom"}, decodePolicies, (*RAMPolicy).read)
		},
		func() {
			ram.Roles = readRAMList(r, "ListRoles", 1000, nil, decodeRoles, (*RAMRole).read)
		},
	)
	r.add(func(a *Account) { a.RAM = *ram })
}

// askAccount makes a call about the account where it is wanted.
func askAccount[T any](r *reader, service, action string, into *Fact[T], decode func([]byte) (T, error)) {
	req := Request{Service: service, Action: action}
	if r.wants(req.Call()) {
		*into = ask(r, req, r.acc.ID, decode)
	}
}

// readRAMList reads one of RAM's lists, and then what is told of each item alone.
func readRAMList[T any](r *reader, action string, max int, params map[string]string, decode func(*lean, []byte, *Origin) ([]T, page, error), detail func(T, *reader)) []T {
	req := Request{Service: "ram", Action: action, Params: params}
	if !r.wants(req.Call()) {
		return nil
	}
	l := r.lean("ram", "")
	var list []T
	r.listed(req, byMarker(max), func(body []byte, from *Origin) (page, error) {
		some, p, err := decode(l, body, from)
		list = append(list, some...)
		return p, err
	})
	r.each(len(list), func(i int) { detail(list[i], r) })
	return list
}

func (u *RAMUser) read(r *reader) {
	r.all(
		func() { askRAM(r, "GetUser", "UserName", u.ID, &u.LastLoginDate, decodeLastLogin) },
		func() {
			askRAM(r, "GetLoginProfile", "UserName", u.ID, &u.LoginProfile, decodeLoginProfile)
			if u.LoginProfile.Known() && !u.LoginProfile.Unset {
				askRAM(r, "GetUserMFAInfo", "UserName", u.ID, &u.MFA, decodeMFA)
			}
		},
		func() {
			askRAM(r, "ListAccessKeys", "UserName", u.ID, &u.AccessKeys, decodeAccessKeys)
			for _, k := range u.AccessKeys.Value {
				k.Name, k.From = u.ID, u.AccessKeys.From
				k.read(r, u.ID)
			}
		},
		func() { askRAM(r, "ListPoliciesForUser", "UserName", u.ID, &u.Policies, decodeAttached) },
	)
}

// read asks when an active key was last used.
func (k *AccessKey) read(r *reader, user string) {
	req := Request{Service: "ram", Action: "GetAccessKeyLastUsed", Params: map[string]string{"UserName": user, "UserAccessKeyId": k.ID}}
	if k.Status != KeyInactive && r.wants(req.Call()) {
		k.LastUsedDate = ask(r, req, k.ID, decodeLastUsed)
	}
}

// KeyInactive is the status of a key that opens nothing.
const KeyInactive = "Inactive"

func (g *RAMGroup) read(r *reader) {
	r.all(
		func() {
			if r.wants("ram/ListUsersForGroup") {
				g.Users = readMembers(r, g.ID)
			}
		},
		func() { askRAM(r, "ListPoliciesForGroup", "GroupName", g.ID, &g.Policies, decodeAttached) },
	)
}

// readMembers reads the list of a group's users to its end.
func readMembers(r *reader, group string) Fact[[]string] {
	req := Request{Service: "ram", Action: "ListUsersForGroup", Params: map[string]string{"GroupName": group}}
	names, from := []string{}, (*Origin)(nil)
	e := r.list(req, byMarker(1000), func(body []byte, at *Origin) (page, error) {
		some, p, err := decodeMemberNames(body)
		names, from = append(names, some...), at
		return p, err
	})
	if e != nil {
		e.Resource = group
		r.miss(e)
		return Fact[[]string]{Missing: e}
	}
	return known(names, from)
}

func (p *RAMPolicy) read(r *reader) {
	req := Request{Service: "ram", Action: "GetPolicyVersion", Params: map[string]string{"PolicyType": "Custom", "PolicyName": p.ID, "VersionId": p.defaultVersion}}
	if p.AttachmentCount > 0 && r.wants(req.Call()) {
		p.Document = ask(r, req, p.ID, decodePolicyVersion)
	}
}

func (o *RAMRole) read(r *reader) { askRAM(r, "GetRole", "RoleName", o.ID, &o.Trust, decodeTrust) }

// askRAM makes a call about one user, group or role where it is wanted.
func askRAM[T any](r *reader, action, param, name string, into *Fact[T], decode func([]byte) (T, error)) {
	req := Request{Service: "ram", Action: action, Params: map[string]string{param: name}}
	if r.wants(req.Call()) {
		*into = ask(r, req, name, decode)
	}
}

// ramTime reads a time as RAM writes it; "" is never.
func ramTime(field string, s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, absent(field)
	}
	if strings.TrimSpace(*s) == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, *s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s: %w", field, err)
	}
	return t, nil
}
