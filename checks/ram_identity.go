package checks

import (
	"iter"
	"slices"

	"github.com/mlpscan/mlpscan/cloud"
)

var ramIdentityChecks = []Check{{
	ID:    "ram-user-mfa",
	Title: Text{"A RAM user that can log in has MFA", "可登录控制台的 RAM 用户已启用多因素认证"},
	Why:   Text{"A password alone is guessed, reused and phished.", "仅凭口令登录容易被猜解、撞库和钓鱼。"},
	Fix: Fix{Text{"RAM console > Users > the user > Authentication > MFA Devices: bind one; require MFA for all in Settings > Security Settings.", "RAM 控制台 > 用户 > 目标用户 > 认证管理 > MFA：绑定设备；并在“设置 > 安全设置”中要求所有用户使用 MFA。"},
		"aliyun ram UpdateLoginProfile --UserName <user> --MFABindRequired true", "alicloud_ram_login_profile: mfa_bind_required = true"}, Severity: High, Service: "ram", resourceType: typeUser,
	Reads: []string{callListUsers, callLoginProfile, "ram/GetUserMFAInfo"}, Clauses: fromThree(direct, ".1.4.1-d"), Hazards: []string{"A-19"},
	run: each(users, judgeUserMFA),
}, {
	ID:    "ram-user-active",
	Title: Text{"A RAM user that can log in does so", "可登录控制台的 RAM 用户处于活跃状态"},
	Why:   Text{"Accounts of people who left are used by others.", "离职或长期不用的账户容易被他人冒用。"},
	Fix: Fix{Text{"RAM console > Users > the user: disable console access, or delete the user.", "RAM 控制台 > 用户 > 目标用户：禁用控制台登录或删除用户。"},
		"aliyun ram DeleteLoginProfile --UserName <user>", "alicloud_ram_login_profile: remove"}, Severity: Medium, Service: "ram", resourceType: typeUser,
	Reads: []string{callListUsers, "ram/GetUser", callLoginProfile}, Params: []Param{{"days", Text{"days within which a user must log in", "用户应在多少天内登录"}, 90}},
	Clauses: everyLevel(direct, ".1.4.2-c"), run: each(users, judgeUserActive),
}, {
	ID:    "ram-access-key-rotated",
	Title: Text{"Active access keys are young", "访问密钥定期轮换"},
	Why:   Text{"A key that leaked works until it is replaced.", "泄露的访问密钥在更换之前一直有效。"},
	Fix: Fix{Text{"RAM console > Users > the user > AccessKey: create a new one, put it to use, disable and delete the old one.", "RAM 控制台 > 用户 > 目标用户 > AccessKey：创建新密钥并切换，随后禁用并删除旧密钥。"},
		"aliyun ram UpdateAccessKey --UserName <user> --UserAccessKeyId <id> --Status Inactive", "alicloud_ram_access_key: replace"}, Severity: Medium, Service: "ram", resourceType: typeKey,
	Reads: []string{callListUsers, callListKeys}, Params: []Param{{"days", Text{"days after which a key must be replaced at the latest", "密钥最长使用天数"}, 90}},
	Clauses: everyLevel(partial, ".1.4.1-a"), run: eachKey(judgeKeyAge),
}, {
	ID:    "ram-access-key-used",
	Title: Text{"Active access keys are used", "不存在长期未使用的有效访问密钥"},
	Why:   Text{"A key that nobody uses is a key that nobody misses.", "无人使用的密钥即使被盗用也无人察觉。"},
	Fix: Fix{Text{"RAM console > Users > the user > AccessKey: disable and delete it.", "RAM 控制台 > 用户 > 目标用户 > AccessKey：禁用并删除。"},
		"aliyun ram UpdateAccessKey --UserName <user> --UserAccessKeyId <id> --Status Inactive", "alicloud_ram_access_key: status = \"Inactive\""}, Severity: Medium, Service: "ram", resourceType: typeKey,
	Reads: []string{callListUsers, callListKeys, "ram/GetAccessKeyLastUsed"}, Params: []Param{{"days", Text{"days within which a key must be used", "密钥应在多少天内被使用"}, 90}},
	Clauses: everyLevel(direct, ".1.4.2-c"), run: eachKey(judgeKeyUse),
}, {
	ID:    "ram-user-single-purpose",
	Title: Text{"A RAM user is a person or a program, not both", "RAM 用户不同时用于人员登录和程序访问"},
	Why:   Text{"Who shares a user between a person and programs cannot tell later who did what.", "人员与程序共用账户，事后无法区分操作主体。"},
	Fix: Fix{Text{"Give the programs a user of their own: RAM console > Users > Create User, OpenAPI access only.", "为程序单独创建仅允许 OpenAPI 访问的用户：RAM 控制台 > 用户 > 创建用户。"},
		"aliyun ram DeleteLoginProfile --UserName <user>", "alicloud_ram_user"}, Severity: Medium, Service: "ram", resourceType: typeUser,
	Reads:   []string{callListUsers, callLoginProfile, callListKeys},
	Clauses: slices.Concat(everyLevel(partial, ".1.4.2-a"), fromThree(partial, ".1.4.2-c")), run: each(users, judgeSinglePurpose),
}, {
	ID:    "ram-user-no-direct-policy",
	Title: Text{"A RAM user gets permissions through groups", "RAM 用户通过用户组授权"},
	Why:   Text{"Permissions given one by one are forgotten one by one.", "逐个用户授权难以审核，容易遗留多余权限。"},
	Fix: Fix{Text{"RAM console > Groups: attach the policies to a group, put the user in, then detach them from the user.", "RAM 控制台 > 用户组：为用户组授权并加入用户，然后解除用户的直接授权。"},
		"aliyun ram DetachPolicyFromUser --PolicyType <type> --PolicyName <policy> --UserName <user>", "alicloud_ram_group_policy_attachment"}, Severity: Low, Service: "ram", resourceType: typeUser,
	Reads:   []string{callListUsers, "ram/ListPoliciesForUser"},
	Clauses: slices.Concat(everyLevel(partial, ".1.4.2-a"), fromThree(partial, ".1.4.2-d")), run: each(users, judgeNoDirectPolicy),
}, {
	ID:    "ram-policy-no-full-access",
	Title: Text{"A custom policy in use does not allow everything", "使用中的自定义策略未授予全部权限"},
	Why:   Text{"A policy of all actions on all resources is administration under another name.", "允许对全部资源执行全部操作的策略等同于管理员权限。"},
	Fix: Fix{Text{"RAM console > Policies > the policy > Modify: name the actions and resources that are needed.", "RAM 控制台 > 权限策略 > 目标策略 > 修改：仅列出必要的操作和资源。"},
		"aliyun ram CreatePolicyVersion --PolicyName <policy> --PolicyDocument file://policy.json --SetAsDefault true", "alicloud_ram_policy: policy_document"}, Severity: High, Service: "ram", resourceType: typePolicy,
	Reads: []string{"ram/ListPolicies", "ram/GetPolicyVersion"}, Clauses: everyLevel(direct, ".1.4.2-d"), Hazards: []string{"A-20"},
	run: each(ramPolicies, judgeFullAccess),
}, {
	ID:    "ram-group-not-empty",
	Title: Text{"A RAM group has members", "RAM 用户组包含成员"},
	Why:   Text{"A group without members keeps permissions that nobody reviews, for whoever joins it next.", "空用户组保留着无人审核的权限，之后加入的用户会直接继承。"},
	Fix: Fix{Text{"RAM console > Groups > the group: delete it.", "RAM 控制台 > 用户组 > 目标用户组：删除。"},
		"aliyun ram DeleteGroup --GroupName <group>", "alicloud_ram_group: remove"}, Severity: Low, Service: "ram", resourceType: typeGroup,
	Reads: []string{callListGroups, callMembers}, Clauses: everyLevel(partial, ".1.4.2-c"), run: each(ramGroups, judgeGroupMembers),
}, {
	ID:    "ram-role-trusts-known-accounts",
	Title: Text{"A RAM role trusts known accounts only", "RAM 角色仅信任已知账号"},
	Why:   Text{"Whoever administers a trusted account can enter this one.", "受信任账号的管理员可以进入本账号。"},
	Fix: Fix{Text{"RAM console > Roles > the role > Trust Policy: take out accounts that are not yours, or name them in this check's parameter.", "RAM 控制台 > 角色 > 目标角色 > 信任策略：移除非本单位账号；确需信任的，请登记到本检查的参数中。"},
		"aliyun ram UpdateRole --RoleName <role> --NewAssumeRolePolicyDocument file://trust.json", "alicloud_ram_role: assume_role_policy_document"}, Severity: Medium, Service: "ram", resourceType: typeRole,
	Reads: []string{"ram/ListRoles", "ram/GetRole"}, Params: []Param{{"allowed_accounts", Text{"ids of other accounts that roles may trust", "允许角色信任的其他账号 ID"}, []string{}}},
	Clauses: slices.Concat(partial("8.2.4.5-b", "9.2.4.5-b"), everyLevel(partial, ".1.4.2-d")), run: each(ramRoles, judgeTrust),
}}

// canLogIn reports whether a user can log in to the console.
func canLogIn(s *see, u *cloud.RAMUser) bool {
	p := need(s, u.LoginProfile)
	return !u.LoginProfile.Unset && p.Status != "Inactive"
}

func noLogin() verdict {
	return notApplicable("the user cannot log in to the console", "该用户不能登录控制台")
}

func judgeUserMFA(s *see, u *cloud.RAMUser) verdict {
	if !canLogIn(s, u) {
		return noLogin()
	}
	on := need(s, u.MFA)
	s.saw(u.MFA.Origin(), "MFADevice", on)
	if !on {
		return fail("the user can log in and has no MFA device", "该用户可登录控制台但未绑定 MFA 设备")
	}
	return pass()
}

func judgeUserActive(s *see, u *cloud.RAMUser) verdict {
	if !canLogIn(s, u) {
		return noLogin()
	}
	days := param[int](s, "days")
	s.saw(u.From, "CreateDate", u.CreateDate.UTC().Format(dateForm))
	if !ago(s, u.CreateDate, days) {
		return pass()
	}
	last := need(s, u.LastLoginDate)
	switch {
	case last.IsZero():
		s.saw(u.LastLoginDate.Origin(), "User.LastLoginDate", "")
		return fail("the user never logged in", "该用户从未登录")
	case ago(s, last, days):
		s.saw(u.LastLoginDate.Origin(), "User.LastLoginDate", last.UTC().Format(dateForm))
		return fail("the last login was on %s, more than %d days ago", "最近一次登录在 %s，超过 %d 天", last.UTC().Format(dateForm), days)
	}
	s.saw(u.LastLoginDate.Origin(), "User.LastLoginDate", last.UTC().Format(dateForm))
	return pass()
}

const dateForm = "2006-01-02"

// eachKey judges the keys of all users one by one. A user whose keys were not read
// is unknown in their place; one without keys has no verdict.
func eachKey(judge func(s *see, k *cloud.AccessKey) verdict) func(*run) iter.Seq[Result] {
	return func(r *run) iter.Seq[Result] {
		return func(yield func(Result) bool) {
			for _, u := range r.account.RAM.Users {
				if !u.AccessKeys.Known() {
					if !yield(r.judgeOne(u.Ref(), func(s *see) verdict { need(s, u.AccessKeys); return verdict{} })) {
						return
					}
				}
				for _, k := range u.AccessKeys.Value {
					if !yield(r.judgeOne(k.Ref(), func(s *see) verdict { return judgeActive(s, k, judge) })) {
						return
					}
				}
			}
		}
	}
}

// judgeActive judges a key that opens something.
func judgeActive(s *see, k *cloud.AccessKey, judge func(s *see, k *cloud.AccessKey) verdict) verdict {
	s.saw(k.From, "AccessKey.Status", k.Status)
	switch k.Status {
	case "Active":
		return judge(s, k)
	case cloud.KeyInactive:
		return notApplicable("the key is not active", "该访问密钥未启用")
	}
	s.unclear(k.From, "AccessKey.Status", k.Status)
	return verdict{}
}

func judgeKeyAge(s *see, k *cloud.AccessKey) verdict {
	days, made := param[int](s, "days"), k.CreateDate.UTC().Format(dateForm)
	s.saw(k.From, "AccessKey.CreateDate", made)
	if ago(s, k.CreateDate, days) {
		return fail("the key of user %s is of %s, older than %d days", "用户 %s 的访问密钥创建于 %s，超过 %d 天", k.Name, made, days)
	}
	return pass()
}

func judgeKeyUse(s *see, k *cloud.AccessKey) verdict {
	days := param[int](s, "days")
	if !ago(s, k.CreateDate, days) {
		s.saw(k.From, "AccessKey.CreateDate", k.CreateDate.UTC().Format(dateForm))
		return pass()
	}
	last := need(s, k.LastUsedDate)
	if last.IsZero() {
		s.saw(k.LastUsedDate.Origin(), "AccessKeyLastUsed.LastUsedDate", "")
		return fail("the key of user %s was never used", "用户 %s 的访问密钥从未使用", k.Name)
	}
	used := last.UTC().Format(dateForm)
	s.saw(k.LastUsedDate.Origin(), "AccessKeyLastUsed.LastUsedDate", used)
	if ago(s, last, days) {
		return fail("the key of user %s was last used on %s, more than %d days ago", "用户 %s 的访问密钥最近一次使用在 %s，超过 %d 天", k.Name, used, days)
	}
	return pass()
}

// judgeSinglePurpose: no login is enough, and so is no key; what is not read
// matters only where the other is there.
func judgeSinglePurpose(s *see, u *cloud.RAMUser) verdict {
	if u.LoginProfile.Known() && !canLogIn(s, u) {
		return pass()
	}
	active := slices.ContainsFunc(need(s, u.AccessKeys), func(k *cloud.AccessKey) bool { return k.Status != cloud.KeyInactive })
	s.saw(u.AccessKeys.Origin(), "AccessKey", len(u.AccessKeys.Value))
	if active && canLogIn(s, u) {
		return fail("the user logs in to the console and has an active access key", "该用户既可登录控制台，又有有效的访问密钥")
	}
	return pass()
}

func judgeNoDirectPolicy(s *see, u *cloud.RAMUser) verdict {
	list := need(s, u.Policies)
	s.saw(u.Policies.Origin(), "Policies.Policy", len(list))
	if len(list) > 0 {
		return fail("policies are attached to the user itself: %s", "策略直接授权给该用户：%s", joined(list))
	}
	return pass()
}

func judgeGroupMembers(s *see, g *cloud.RAMGroup) verdict {
	list := need(s, g.Users)
	s.saw(g.Users.Origin(), "Users.User", len(list))
	if len(list) == 0 {
		return fail("the group has no member", "该用户组没有成员")
	}
	return pass()
}
