package simulator

import (
	"encoding/json"
	"net/http"
)

// How the lists of RAM page.
var (
	marked1000 = paging{style: marked, size: 100, min: 1, max: 1000, strict: true}
	marked100  = paging{style: marked, size: 100, min: 1, max: 100, strict: true}
)

var (
	userName   = []string{"UserName"}
	groupName  = []string{"GroupName"}
	policyName = []string{"PolicyName", "PolicyType"}
	roleName   = []string{"RoleName"}

	noUser      = fail(http.StatusNotFound, "EntityNotExist.User", "The user does not exist.")
	noLogin     = fail(http.StatusNotFound, "EntityNotExist.User.LoginProfile", "The user login profile does not exist.")
	noDevice    = fail(http.StatusNotFound, "EntityNotExist.User.MFADevice", "The user has not bound any MFA device.")
	noAccessKey = fail(http.StatusNotFound, "EntityNotExist.User.AccessKey", "The AccessKey does not exist.")
	noUserGroup = fail(http.StatusNotFound, "EntityNotExist.Group", "The group does not exist.")
	noPolicy    = fail(http.StatusNotFound, "EntityNotExist.Policy", "The policy does not exist.")
	noVersion   = fail(http.StatusNotFound, "EntityNotExist.Policy.Version", "The policy version does not exist.")
	noRole      = fail(http.StatusNotFound, "EntityNotExist.Role", "The role does not exist.")
)

// Whom a call asks about.
var (
	ofUser   = &owner{action: "ListUsers", list: "Users.User", field: "UserName", absent: noUser}
	ofGroup  = &owner{action: "ListGroups", list: "Groups.Group", field: "GroupName", absent: noUserGroup}
	ofPolicy = &owner{action: "ListPolicies", list: "Policies.Policy", field: "PolicyName", absent: noPolicy}
)

var ramActions = []action{
	{service: "ram", name: "GetPasswordPolicy", global: true, otherwise: newPasswords},
	{service: "ram", name: "GetSecurityPreference", global: true, otherwise: newPreference},
	{service: "ram", name: "ListUsers", list: "Users.User", paging: marked1000, global: true},
	{service: "ram", name: "GetUser", global: true, required: userName, id: userName, absent: noUser},
	{service: "ram", name: "GetLoginProfile", global: true, required: userName, id: userName, of: ofUser, absent: noLogin},
	{service: "ram", name: "GetUserMFAInfo", global: true, required: userName, id: userName, of: ofUser, absent: noDevice},
	{service: "ram", name: "ListAccessKeys", list: "AccessKeys.AccessKey", global: true, required: userName, id: userName, of: ofUser},
	{service: "ram", name: "GetAccessKeyLastUsed", global: true, required: []string{"UserAccessKeyId", "UserName"}, id: []string{"UserAccessKeyId", "UserName"},
		of: ofUser, absent: noAccessKey},
	{service: "ram", name: "ListPoliciesForUser", list: "Policies.Policy", global: true, required: userName, id: userName, of: ofUser},
	{service: "ram", name: "ListGroups", list: "Groups.Group", paging: marked100, global: true},
	{service: "ram", name: "ListUsersForGroup", list: "Users.User", paging: marked1000, global: true, required: groupName, id: groupName, of: ofGroup},
	{service: "ram", name: "ListPoliciesForGroup", list: "Policies.Policy", global: true, required: groupName, id: groupName, of: ofGroup},
	{service: "ram", name: "ListPolicies", list: "Policies.Policy", paging: marked1000, global: true, filters: []filter{{"PolicyType", "PolicyType", one}}},
	{service: "ram", name: "GetPolicyVersion", global: true, required: []string{"PolicyName", "PolicyType", "VersionId"},
		id: []string{"PolicyName", "PolicyType", "VersionId"}, of: ofPolicy, absent: noVersion},
	{service: "ram", name: "ListEntitiesForPolicy", global: true, required: policyName, id: policyName, of: ofPolicy,
		otherwise: `{"Groups":{"Group":[]},"Users":{"User":[]},"Roles":{"Role":[]}}`},
	{service: "ram", name: "ListRoles", list: "Roles.Role", paging: marked1000, global: true},
	{service: "ram", name: "GetRole", global: true, required: roleName, id: roleName, absent: noRole},
}

var imsActions = []action{
	{service: "ims", name: "GetAccountMFAInfo", global: true, otherwise: `{"IsMFAEnable":false}`},
	{service: "ims", name: "GetAccountSecurityPracticeReport", global: true, otherwise: newReport},
	{service: "ims", name: "GetAccountSummary", global: true,
		otherwise: `{"SummaryMap":{"Users":0,"Groups":0,"Policies":0,"Roles":0,"MFADevices":0,"MFADevicesInUse":0}}`},
}

// What an account answers in which nobody has set anything up.
const (
	newPasswords = `{"PasswordPolicy":{"MinimumPasswordLength":8,"RequireLowercaseCharacters":false,"RequireUppercaseCharacters":false,"RequireNumbers":false,` +
		`"RequireSymbols":false,"HardExpiry":false,"MaxPasswordAge":0,"PasswordReusePrevention":0,"MaxLoginAttemps":0}}`
	newPreference = `{"SecurityPreference":{"LoginProfilePreference":{"LoginNetworkMasks":"","LoginSessionDuration":6,"EnableSaveMFATicket":false,` +
		`"AllowUserToChangePassword":true},"AccessKeyPreference":{"AllowUserToManageAccessKeys":false},` +
		`"PublicKeyPreference":{"AllowUserToManagePublicKeys":false},"MFAPreference":{"AllowUserToManageMFADevices":true}}}`
	newReport = `{"AccountSecurityPracticeInfo":{"Score":0,"AccountSecurityPracticeUserInfo":{"BindMfa":false,"RootWithAccessKey":0,"SubUser":0,"SubUserBindMfa":0,` +
		`"SubUserPwdLevel":"low","SubUserWithOldAccessKey":0,"SubUserWithUnusedAccessKey":0,"OldAkNum":0,"UnusedAkNum":0}}}`
)

// An owner is the user, group or policy that a call asks about. It tells "no
// such user" from "the user has no such thing".
type owner struct {
	action, list string // of the same service: where all of them are listed
	field        string // of the list's items; the call's parameter has the same name. "": the list itself
	absent       *failure
}

// missing is the failure where the account has no such owner.
func (o *owner) missing(c *call) *failure {
	d, err := c.caller.account.find(entry(c.service, "", o.action, nil), o.list)
	if err != nil || d.failure != nil {
		return o.absent
	}
	if o.field == "" {
		return nil
	}
	for i := range d.items.len() {
		var m map[string]any
		if json.Unmarshal(d.items.append(nil, i), &m) == nil && m[o.field] == c.params[o.field] {
			return nil
		}
	}
	return o.absent
}
