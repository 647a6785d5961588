package cloud

import (
	"encoding/json"
	"strings"
	"time"
)

// The answers of RAM and IMS. Pointers are fields whose loss would let something
// look better than it is.

func decodePasswordPolicy(body []byte) (PasswordPolicy, error) {
	var doc struct {
		PasswordPolicy struct {
			MinimumPasswordLength, MaxPasswordAge, PasswordReusePrevention, MaxLoginAttemps        *looseInt
			RequireLowercaseCharacters, RequireUppercaseCharacters, RequireNumbers, RequireSymbols *looseBool
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return PasswordPolicy{}, err
	}
	p := doc.PasswordPolicy
	for field, v := range map[string]*looseInt{"MinimumPasswordLength": p.MinimumPasswordLength, "MaxPasswordAge": p.MaxPasswordAge,
		"PasswordReusePrevention": p.PasswordReusePrevention, "MaxLoginAttemps": p.MaxLoginAttemps} {
		if v == nil {
			return PasswordPolicy{}, absent("PasswordPolicy." + field)
		}
	}
	for field, v := range map[string]*looseBool{"RequireLowercaseCharacters": p.RequireLowercaseCharacters, "RequireUppercaseCharacters": p.RequireUppercaseCharacters,
		"RequireNumbers": p.RequireNumbers, "RequireSymbols": p.RequireSymbols} {
		if v == nil {
			return PasswordPolicy{}, absent("PasswordPolicy." + field)
		}
	}
	return PasswordPolicy{MinimumPasswordLength: int(*p.MinimumPasswordLength), MaxPasswordAge: int(*p.MaxPasswordAge),
		PasswordReusePrevention: int(*p.PasswordReusePrevention), MaxLoginAttempts: int(*p.MaxLoginAttemps),
		RequireLowercaseCharacters: bool(*p.RequireLowercaseCharacters), RequireUppercaseCharacters: bool(*p.RequireUppercaseCharacters),
		RequireNumbers: bool(*p.RequireNumbers), RequireSymbols: bool(*p.RequireSymbols)}, nil
}

func decodeSecurityPreference(body []byte) (SecurityPreference, error) {
	var doc struct {
		SecurityPreference struct {
			LoginProfilePreference struct {
				LoginNetworkMasks    *string
				LoginSessionDuration *looseInt
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return SecurityPreference{}, err
	}
	p := doc.SecurityPreference.LoginProfilePreference
	if p.LoginNetworkMasks == nil || p.LoginSessionDuration == nil {
		return SecurityPreference{}, absent("LoginNetworkMasks or LoginSessionDuration")
	}
	return SecurityPreference{LoginSessionDuration: int(*p.LoginSessionDuration),
		LoginNetworkMasks: strings.FieldsFunc(*p.LoginNetworkMasks, func(r rune) bool { return strings.ContainsRune(";, \t\n", r) })}, nil
}

func decodeRootMFA(body []byte) (bool, error) {
	var doc struct{ IsMFAEnable *looseBool }
	if err := json.Unmarshal(body, &doc); err != nil {
		return false, err
	}
	if doc.IsMFAEnable == nil {
		return false, absent("IsMFAEnable")
	}
	return bool(*doc.IsMFAEnable), nil
}

func decodeRootKeys(body []byte) (int, error) {
	var doc struct {
		AccountSecurityPracticeInfo struct {
			AccountSecurityPracticeUserInfo struct{ RootWithAccessKey *looseInt }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return 0, err
	}
	n := doc.AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo.RootWithAccessKey
	if n == nil {
		return 0, absent("RootWithAccessKey")
	}
	return int(*n), nil
}

// marked is what RAM's lists say of their place in the whole.
type marked struct {
	IsTruncated *looseBool
	Marker      string
}

// page is where the list goes on. One that does not say whether it ends is broken.
func (m marked) page(items int) (page, error) {
	switch {
	case m.IsTruncated == nil:
		return page{}, absent("IsTruncated")
	case !bool(*m.IsTruncated):
		return page{items: items}, nil
	case m.Marker == "":
		return page{}, absent("Marker")
	}
	return page{items: items, next: m.Marker}, nil
}

func decodeUsers(l *lean, body []byte, from *Origin) ([]*RAMUser, page, error) {
	var doc struct {
		marked
		Users struct {
			User *[]struct {
				UserName, DisplayName string
				CreateDate            *string
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Users.User == nil {
		return nil, page{}, absent("Users.User")
	}
	var list []*RAMUser
	for _, x := range *doc.Users.User {
		made, err := ramTime("CreateDate", x.CreateDate)
		if err != nil || x.UserName == "" || made.IsZero() {
			return nil, page{}, absent("UserName or CreateDate of a User")
		}
		list = append(list, &RAMUser{Resource: l.resource("ram.user", "user", x.UserName, x.DisplayName, from), CreateDate: made})
	}
	p, err := doc.page(len(list))
	return list, p, err
}

func decodeRAMGroups(l *lean, body []byte, from *Origin) ([]*RAMGroup, page, error) {
	var doc struct {
		marked
		Groups struct{ Group *[]struct{ GroupName string } }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Groups.Group == nil {
		return nil, page{}, absent("Groups.Group")
	}
	var list []*RAMGroup
	for _, x := range *doc.Groups.Group {
		if x.GroupName == "" {
			return nil, page{}, absent("GroupName")
		}
		list = append(list, &RAMGroup{Resource: l.resource("ram.group", "group", x.GroupName, x.GroupName, from)})
	}
	p, err := doc.page(len(list))
	return list, p, err
}

func decodePolicies(l *lean, body []byte, from *Origin) ([]*RAMPolicy, page, error) {
	var doc struct {
		marked
		Policies struct {
			Policy *[]struct {
				PolicyName, DefaultVersion string
				AttachmentCount            *looseInt
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Policies.Policy == nil {
		return nil, page{}, absent("Policies.Policy")
	}
	var list []*RAMPolicy
	for _, x := range *doc.Policies.Policy {
		if x.PolicyName == "" || x.DefaultVersion == "" || x.AttachmentCount == nil {
			return nil, page{}, absent("PolicyName, DefaultVersion or AttachmentCount of a Policy")
		}
		list = append(list, &RAMPolicy{Resource: l.resource("ram.policy", "policy", x.PolicyName, x.PolicyName, from),
			AttachmentCount: int(*x.AttachmentCount), defaultVersion: x.DefaultVersion})
	}
	p, err := doc.page(len(list))
	return list, p, err
}

func decodeRoles(l *lean, body []byte, from *Origin) ([]*RAMRole, page, error) {
	var doc struct {
		marked
		Roles struct{ Role *[]struct{ RoleName string } }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Roles.Role == nil {
		return nil, page{}, absent("Roles.Role")
	}
	var list []*RAMRole
	for _, x := range *doc.Roles.Role {
		if x.RoleName == "" {
			return nil, page{}, absent("RoleName")
		}
		list = append(list, &RAMRole{Resource: l.resource("ram.role", "role", x.RoleName, x.RoleName, from)})
	}
	p, err := doc.page(len(list))
	return list, p, err
}

func decodeLastLogin(body []byte) (time.Time, error) {
	var doc struct {
		User struct{ LastLoginDate *string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return time.Time{}, err
	}
	return ramTime("LastLoginDate", doc.User.LastLoginDate)
}

func decodeLoginProfile(body []byte) (LoginProfile, error) {
	var doc struct {
		LoginProfile *struct{ UserName, Status string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return LoginProfile{}, err
	}
	if doc.LoginProfile == nil || doc.LoginProfile.UserName == "" {
		return LoginProfile{}, absent("LoginProfile.UserName")
	}
	return LoginProfile{Status: doc.LoginProfile.Status}, nil
}

// decodeMFA: RAM answers 404 without a device, which is unset; an answer without a
// serial number is none of those that it gives.
func decodeMFA(body []byte) (bool, error) {
	var doc struct{ MFADevice struct{ SerialNumber string } }
	if err := json.Unmarshal(body, &doc); err != nil {
		return false, err
	}
	if doc.MFADevice.SerialNumber == "" {
		return false, absent("MFADevice.SerialNumber")
	}
	return true, nil
}

func decodeAccessKeys(body []byte) ([]*AccessKey, error) {
	var doc struct {
		AccessKeys struct {
			AccessKey *[]struct {
				AccessKeyId, Status string
				CreateDate          *string
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.AccessKeys.AccessKey == nil {
		return nil, absent("AccessKeys.AccessKey")
	}
	var list []*AccessKey
	for _, k := range *doc.AccessKeys.AccessKey {
		made, err := ramTime("CreateDate", k.CreateDate)
		if err != nil || made.IsZero() || k.AccessKeyId == "" || k.Status == "" {
			return nil, absent("AccessKeyId, Status or CreateDate of an AccessKey")
		}
		list = append(list, &AccessKey{Resource: Resource{Kin: &Kin{Type: "ram.access_key"}, ID: k.AccessKeyId}, Status: k.Status, CreateDate: made})
	}
	return list, nil
}

func decodeLastUsed(body []byte) (time.Time, error) {
	var doc struct {
		AccessKeyLastUsed struct{ LastUsedDate *string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return time.Time{}, err
	}
	return ramTime("LastUsedDate", doc.AccessKeyLastUsed.LastUsedDate)
}

// decodeAttached reads the names of attached policies, of both types.
func decodeAttached(body []byte) ([]string, error) {
	var doc struct {
		Policies struct {
			Policy *[]struct{ PolicyName string }
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Policies.Policy == nil {
		return nil, absent("Policies.Policy")
	}
	names := []string{}
	for _, p := range *doc.Policies.Policy {
		if p.PolicyName == "" {
			return nil, absent("PolicyName")
		}
		names = append(names, p.PolicyName)
	}
	return names, nil
}

func decodeMemberNames(body []byte) ([]string, page, error) {
	var doc struct {
		marked
		Users struct{ User *[]struct{ UserName string } }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Users.User == nil {
		return nil, page{}, absent("Users.User")
	}
	var names []string
	for _, u := range *doc.Users.User {
		if u.UserName == "" {
			return nil, page{}, absent("UserName")
		}
		names = append(names, u.UserName)
	}
	p, err := doc.page(len(names))
	return names, p, err
}

func decodePolicyVersion(body []byte) ([]Permission, error) {
	var doc struct {
		PolicyVersion struct{ PolicyDocument string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	return decodePermissions("PolicyVersion.PolicyDocument", doc.PolicyVersion.PolicyDocument)
}

func decodeTrust(body []byte) ([]Trust, error) {
	var doc struct {
		Role struct{ AssumeRolePolicyDocument string }
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	return decodeTrusts("Role.AssumeRolePolicyDocument", doc.Role.AssumeRolePolicyDocument)
}
