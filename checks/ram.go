package checks

import (
	"slices"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

const (
	typeUser   = "ram.user"
	typeKey    = "ram.access_key"
	typeGroup  = "ram.group"
	typePolicy = "ram.policy"
	typeRole   = "ram.role"

	callPasswordPolicy = "ram/GetPasswordPolicy"
	callPreference     = "ram/GetSecurityPreference"
	callListUsers      = "ram/ListUsers"
	callLoginProfile   = "ram/GetLoginProfile"
	callListKeys       = "ram/ListAccessKeys"
	callListGroups     = "ram/ListGroups"
	callMembers        = "ram/ListUsersForGroup"
)

// holderCalls are the calls that tell which policies every user has, directly or
// through a group. A list that was not read stands not first, where it would be
// the verdict: what the other one tells may prove a fail.
var holderCalls = []string{"ram/ListPoliciesForUser", callListUsers, callListGroups, callMembers, "ram/ListPoliciesForGroup"}

func users(a *cloud.Account) []*cloud.RAMUser         { return a.RAM.Users }
func ramGroups(a *cloud.Account) []*cloud.RAMGroup    { return a.RAM.Groups }
func ramPolicies(a *cloud.Account) []*cloud.RAMPolicy { return a.RAM.Policies }
func ramRoles(a *cloud.Account) []*cloud.RAMRole      { return a.RAM.Roles }

// everyLevel are clauses that levels 2, 3 and 4 number alike but for the first digit.
func everyLevel(s func(...string) []Clause, ids ...string) []Clause {
	var all []string
	for _, level := range []string{"8", "7", "9"} {
		for _, id := range ids {
			all = append(all, level+id)
		}
	}
	return s(all...)
}

// fromThree are clauses that levels 3 and 4 have, and level 2 has not.
func fromThree(s func(...string) []Clause, ids ...string) []Clause {
	var all []string
	for _, level := range []string{"8", "9"} {
		for _, id := range ids {
			all = append(all, level+id)
		}
	}
	return s(all...)
}

// The remedy of all checks of the password policy.
func passwordFix(en, zh, terraform string) Fix {
	return Fix{Text{"RAM console > Settings > Password Strength: " + en, "RAM 控制台 > 设置 > 密码强度设置：" + zh},
		"aliyun ram SetPasswordPolicy --MinimumPasswordLength 8 --RequireLowercaseCharacters true --RequireUppercaseCharacters true --RequireNumbers true --MaxPasswordAge 90 --PasswordReusePrevention 5 --MaxLoginAttemps 5",
		"alicloud_ram_account_password_policy: " + terraform}
}

var ramAccountChecks = []Check{{
	ID:    "ram-password-length",
	Title: Text{"Passwords of RAM users must be long enough", "RAM 用户密码长度符合要求"},
	Why:   Text{"Short passwords are guessed in minutes.", "过短的口令可在短时间内被猜解。"},
	Fix:   passwordFix("minimum length 8 or more.", "密码长度至少 8 位。", "minimum_password_length = 8"), Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPasswordPolicy}, Params: []Param{{"length", Text{"characters that a password must have at the least", "密码最少字符数"}, 8}},
	Clauses: everyLevel(direct, ".1.4.1-a"), Hazards: []string{"A-18"},
	run: once(func(s *see, a *cloud.Account) verdict {
		n := need(s, a.RAM.PasswordPolicy).MinimumPasswordLength
		s.saw(a.RAM.PasswordPolicy.Origin(), "PasswordPolicy.MinimumPasswordLength", n)
		if want := param[int](s, "length"); n < want {
			return fail("passwords of %d characters are taken, at least %d are wanted", "允许 %d 位的密码，至少应为 %d 位", n, want)
		}
		return pass()
	}),
}, {
	ID:    "ram-password-complexity",
	Title: Text{"Passwords of RAM users must mix kinds of characters", "RAM 用户密码包含多类字符"},
	Why:   Text{"Passwords of one kind of characters fall to a dictionary.", "单一字符类别的口令容易被字典攻击破解。"},
	Fix:   passwordFix("require three of lowercase, uppercase, numbers, symbols.", "至少要求小写字母、大写字母、数字、特殊字符中的三类。", "require_lowercase_characters, require_uppercase_characters, require_numbers = true"), Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPasswordPolicy}, Params: []Param{{"classes", Text{"kinds of characters, of four, that a password must have", "密码必须包含的字符类别数（共四类）"}, 3}},
	Clauses: everyLevel(direct, ".1.4.1-a"), Hazards: []string{"A-18"},
	run: once(judgeComplexity),
}, {
	ID:    "ram-password-age",
	Title: Text{"Passwords of RAM users expire", "RAM 用户密码定期更换"},
	Why:   Text{"A stolen password works until it is changed. The standard asks for regular changes; CIS advises against them: this check follows the standard.", "被窃取的口令在更换之前一直有效。等级保护要求定期更换口令（CIS 基准不建议定期更换，本检查以等级保护要求为准）。"},
	Fix:   passwordFix("maximum age 90 days or less.", "密码有效期不超过 90 天。", "max_password_age = 90"), Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPasswordPolicy}, Params: []Param{{"days", Text{"days after which a password must expire at the latest", "密码最长有效天数"}, 90}},
	Clauses: everyLevel(direct, ".1.4.1-a"),
	run: once(func(s *see, a *cloud.Account) verdict {
		n, most := need(s, a.RAM.PasswordPolicy).MaxPasswordAge, param[int](s, "days")
		s.saw(a.RAM.PasswordPolicy.Origin(), "PasswordPolicy.MaxPasswordAge", n)
		switch {
		case n <= 0:
			return fail("passwords never expire", "密码永不过期")
		case n > most:
			return fail("passwords expire after %d days, at most %d are wanted", "密码 %d 天后过期，最长应为 %d 天", n, most)
		}
		return pass()
	}),
}, {
	ID:    "ram-password-reuse",
	Title: Text{"RAM users cannot use their last passwords again", "RAM 用户不能重复使用近期密码"},
	Why:   Text{"A change back to the password before is none.", "换回旧口令等于没有更换。"},
	Fix:   passwordFix("do not allow the last 5 passwords.", "禁止使用前 5 次密码。", "password_reuse_prevention = 5"), Severity: Low, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPasswordPolicy}, Params: []Param{{"passwords", Text{"last passwords that must not be used again", "禁止重复使用的历史密码个数"}, 5}},
	Clauses: everyLevel(partial, ".1.4.1-a"),
	run: once(func(s *see, a *cloud.Account) verdict {
		n, want := need(s, a.RAM.PasswordPolicy).PasswordReusePrevention, param[int](s, "passwords")
		s.saw(a.RAM.PasswordPolicy.Origin(), "PasswordPolicy.PasswordReusePrevention", n)
		if n < want {
			return fail("the last %d passwords are refused, %d are wanted", "禁止使用前 %d 次密码，应为前 %d 次", n, want)
		}
		return pass()
	}),
}, {
	ID:    "ram-login-lockout",
	Title: Text{"RAM users are locked after failed logins", "RAM 用户登录失败后锁定"},
	Why:   Text{"Without a limit passwords can be tried without end.", "不限制失败次数，攻击者可以无限次尝试口令。"},
	Fix:   passwordFix("at most 5 failed attempts within an hour.", "一小时内最多允许 5 次失败。", "max_login_attempts = 5"), Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPasswordPolicy}, Params: []Param{{"attempts", Text{"failed logins after which a user must be locked at the latest", "锁定前允许的最多失败次数"}, 5}},
	Clauses: everyLevel(direct, ".1.4.1-b"),
	run: once(func(s *see, a *cloud.Account) verdict {
		n, most := need(s, a.RAM.PasswordPolicy).MaxLoginAttempts, param[int](s, "attempts")
		s.saw(a.RAM.PasswordPolicy.Origin(), "PasswordPolicy.MaxLoginAttemps", n)
		switch {
		case n <= 0:
			return fail("failed logins are not limited", "未限制登录失败次数")
		case n > most:
			return fail("users are locked after %d failures, at most %d are wanted", "失败 %d 次后锁定，最多应为 %d 次", n, most)
		}
		return pass()
	}),
}, {
	ID:    "ram-session-duration",
	Title: Text{"Console sessions end in time", "控制台会话及时超时"},
	Why:   Text{"A session left open on a desk or in a stolen browser works until it ends.", "遗留在终端或被窃取的会话在超时前一直有效。"},
	Fix: Fix{Text{"RAM console > Settings > Security Settings: session duration of 8 hours or less.", "RAM 控制台 > 设置 > 安全设置：登录会话有效期不超过 8 小时。"},
		"aliyun ram SetSecurityPreference --LoginSessionDuration 8", "alicloud_ram_security_preference: login_session_duration = 8"}, Severity: Low, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPreference}, Params: []Param{{"hours", Text{"hours that a session may last at the most", "会话最长小时数"}, 8}},
	Clauses: everyLevel(partial, ".1.4.1-b"),
	run: once(func(s *see, a *cloud.Account) verdict {
		n, most := need(s, a.RAM.SecurityPreference).LoginSessionDuration, param[int](s, "hours")
		s.saw(a.RAM.SecurityPreference.Origin(), "LoginProfilePreference.LoginSessionDuration", n)
		switch {
		case n <= 0:
			s.unclear(a.RAM.SecurityPreference.Origin(), "LoginProfilePreference.LoginSessionDuration", "0")
		case n > most:
			return fail("a session lasts %d hours, at most %d are wanted", "会话有效期为 %d 小时，最长应为 %d 小时", n, most)
		}
		return pass()
	}),
}, {
	ID:    "ram-login-source-restricted",
	Title: Text{"RAM users log in from known networks only", "RAM 用户仅可从指定网络登录"},
	Why:   Text{"Otherwise a stolen password works from anywhere in the world.", "否则被窃取的口令可在任意网络位置使用。"},
	Fix: Fix{Text{"RAM console > Settings > Security Settings: login address mask with the networks of your offices and bastions.", "RAM 控制台 > 设置 > 安全设置：将登录地址掩码设为办公网与堡垒机网段。"},
		"aliyun ram SetSecurityPreference --LoginNetworkMasks \"203.0.113.0/24;198.51.100.7/32\"", "alicloud_ram_security_preference: login_network_masks"}, Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: []string{callPreference}, Clauses: everyLevel(direct, ".1.4.4-c"),
	run: once(judgeLoginSource),
}, {
	ID:    "ram-root-mfa",
	Title: Text{"The root account logs in with MFA", "主账号已启用多因素认证"},
	Why:   Text{"The root account may do everything, and cannot be limited: its password alone must not be enough.", "主账号拥有全部权限且无法限制，不应仅凭口令登录。"},
	Fix:   Fix{Text: Text{"Log in as the root account: Account Center > Security Settings > Account Protection: turn MFA on.", "以主账号登录：账号中心 > 安全设置 > 账号保护：启用多因素认证。"}}, Severity: Critical, Service: "ram", resourceType: typeAccount,
	Reads: []string{"ims/GetAccountMFAInfo"}, Clauses: fromThree(direct, ".1.4.1-d"), Hazards: []string{"A-19"},
	run: once(func(s *see, a *cloud.Account) verdict {
		on := need(s, a.RAM.RootMFA)
		s.saw(a.RAM.RootMFA.Origin(), "IsMFAEnable", on)
		if !on {
			return fail("the root account has no MFA", "主账号未启用多因素认证")
		}
		return pass()
	}),
}, {
	ID:    "ram-root-no-access-key",
	Title: Text{"The root account has no access key", "主账号没有访问密钥"},
	Why:   Text{"A leaked key of the root account is the loss of the account, and no policy can limit it.", "主账号访问密钥一旦泄露即失去整个账号，且无法通过权限策略加以限制。"},
	Fix:   Fix{Text: Text{"Give programs RAM users or roles of their own, then delete the keys: as the root account, AccessKey Management.", "为程序改用 RAM 用户或角色，然后以主账号登录“AccessKey 管理”删除密钥。"}}, Severity: Critical, Service: "ram", resourceType: typeAccount,
	Reads:   []string{"ims/GetAccountSecurityPracticeReport"},
	Clauses: slices.Concat(everyLevel(direct, ".1.4.2-b"), fromThree(partial, ".1.4.2-d")),
	run: once(func(s *see, a *cloud.Account) verdict {
		n := need(s, a.RAM.RootAccessKeys)
		s.saw(a.RAM.RootAccessKeys.Origin(), "AccountSecurityPracticeUserInfo.RootWithAccessKey", n)
		if n != 0 {
			return fail("the root account has access keys (%d)", "主账号存在访问密钥（%d）", n)
		}
		return pass()
	}),
}, {
	ID:    "ram-administrators-few",
	Title: Text{"Few users are administrators of everything", "拥有管理员权限的用户数量受控"},
	Why:   Text{"Each further administrator is one more password that opens everything.", "每多一个管理员，就多一个可以打开一切的口令。"},
	Fix: Fix{Text{"RAM console > Policies > AdministratorAccess > References: give users the policies that their work needs instead.", "RAM 控制台 > 权限策略 > AdministratorAccess > 引用记录：改为按岗位职责授予最小权限。"},
		"aliyun ram DetachPolicyFromUser --PolicyType System --PolicyName AdministratorAccess --UserName <user>", "alicloud_ram_user_policy_attachment"}, Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: holderCalls, Params: []Param{{"users", Text{"users that may hold AdministratorAccess at the most", "允许拥有 AdministratorAccess 的最多用户数"}, 3}},
	Clauses: everyLevel(partial, ".1.4.2-d"), run: once(judgeAdministrators),
}, {
	ID:    "ram-duties-separated",
	Title: Text{"System, security and audit administration are held by different users", "系统管理、安全管理、审计管理权限分离"},
	Why:   Text{"Who administers the system must not be able to alter the record of it; the standard asks for three roles.", "系统管理员不应能够更改审计记录；等级保护要求设置系统、安全、审计三类管理员。"},
	Fix: Fix{Text{"RAM console > Groups: one for each of the three duties with its policies, and no user in two.", "RAM 控制台 > 用户组：为三类职责分别建立用户组并授权，同一用户不得兼任。"},
		"aliyun ram RemoveUserFromGroup --GroupName <group> --UserName <user>", "alicloud_ram_group_membership"}, Severity: Medium, Service: "ram", resourceType: typeAccount,
	Reads: holderCalls, Params: []Param{
		{"system", Text{"policies of system administration", "系统管理类权限策略"}, []string{"AdministratorAccess", "AliyunRAMFullAccess", "AliyunECSFullAccess", "AliyunRDSFullAccess", "AliyunVPCFullAccess"}},
		{"security", Text{"policies of security administration", "安全管理类权限策略"}, []string{"AliyunYundunFullAccess", "AliyunYundunSASFullAccess", "AliyunYundunCloudFirewallFullAccess", "AliyunYundunWAFFullAccess", "AliyunKMSFullAccess"}},
		{"audit", Text{"policies of audit administration", "审计管理类权限策略"}, []string{"AliyunActionTrailFullAccess", "AliyunLogFullAccess"}}},
	Clauses: slices.Concat(everyLevel(partial, ".1.4.2-d"), fromThree(partial, ".1.5.1-a", ".1.5.2-a", ".1.5.3-a")), run: once(judgeDuties),
}}

// ago reports whether a moment lies more than so many full days before the scan began.
func ago(s *see, at time.Time, days int) bool {
	return s.run.account.Time.Sub(at) > time.Duration(days)*24*time.Hour
}
