package checks

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

func joined(list []string) string { return strings.Join(slices.Sorted(slices.Values(list)), ", ") }

func judgeComplexity(s *see, a *cloud.Account) verdict {
	p := need(s, a.RAM.PasswordPolicy)
	n := 0
	for _, c := range []struct {
		field string
		on    bool
	}{{"RequireLowercaseCharacters", p.RequireLowercaseCharacters}, {"RequireUppercaseCharacters", p.RequireUppercaseCharacters},
		{"RequireNumbers", p.RequireNumbers}, {"RequireSymbols", p.RequireSymbols}} {
		s.saw(a.RAM.PasswordPolicy.Origin(), "PasswordPolicy."+c.field, c.on)
		if c.on {
			n++
		}
	}
	if want := param[int](s, "classes"); n < want {
		return fail("%d kinds of characters are required, %d are wanted", "要求 %d 类字符，应为 %d 类", n, want)
	}
	return pass()
}

func judgeLoginSource(s *see, a *cloud.Account) verdict {
	const field = "LoginProfilePreference.LoginNetworkMasks"
	masks := need(s, a.RAM.SecurityPreference).LoginNetworkMasks
	s.saw(a.RAM.SecurityPreference.Origin(), field, strings.Join(masks, ";"))
	if len(masks) == 0 {
		return fail("logins are taken from any address", "未限制登录来源地址")
	}
	var blocks []netip.Prefix
	for _, m := range masks {
		p, ok := parseSource(m)
		if !ok {
			s.unclear(a.RAM.SecurityPreference.Origin(), field, m)
		}
		blocks = append(blocks, p)
	}
	if openSources(blocks) {
		return fail("logins are taken from the internet: %s", "登录来源地址等同于对互联网开放：%s", strings.Join(masks, "; "))
	}
	return pass()
}

// holders are the users that hold each policy, directly or through a group.
func holders(s *see, a *cloud.Account) map[string][]string {
	by := map[string][]string{}
	hold := func(policies, users []string) {
		for _, p := range policies {
			by[p] = append(by[p], users...)
		}
	}
	for _, u := range a.RAM.Users {
		hold(need(s, u.Policies), []string{u.ID})
	}
	for _, g := range a.RAM.Groups {
		hold(need(s, g.Policies), need(s, g.Users))
	}
	for p := range by {
		slices.Sort(by[p])
		by[p] = slices.Compact(by[p])
	}
	return by
}

// unreadLists is the failure of either list without which nobody knows all holders.
func unreadLists(s *see, a *cloud.Account) {
	for _, call := range []string{callListUsers, callListGroups} {
		if e := a.ListFailure(call, ""); e != nil {
			s.lack(e)
		}
	}
}

func judgeAdministrators(s *see, a *cloud.Account) verdict {
	unreadLists(s, a)
	list, most := holders(s, a)["AdministratorAccess"], param[int](s, "users")
	if len(list) > most {
		return fail("%d users hold AdministratorAccess, at most %d are wanted: %s", "%d 个用户拥有 AdministratorAccess，最多应为 %d 个：%s", len(list), most, joined(list))
	}
	return pass()
}

func judgeDuties(s *see, a *cloud.Account) verdict {
	unreadLists(s, a)
	by := holders(s, a)
	duties := []struct {
		name   Text
		policy string
		users  map[string]bool
	}{{Text{"system administration", "系统管理"}, "system", nil}, {Text{"security administration", "安全管理"}, "security", nil}, {Text{"audit administration", "审计管理"}, "audit", nil}}
	for i := range duties {
		duties[i].users = map[string]bool{}
		for _, policy := range param[[]string](s, duties[i].policy) {
			for _, u := range by[policy] {
				duties[i].users[u] = true
			}
		}
	}
	for i, d := range duties {
		for _, other := range duties[i+1:] {
			if u := firstShared(d.users, other.users); u != "" {
				return fail("user %[1]s holds both %[2]s and %[4]s", "用户 %[1]s 同时拥有%[3]s与%[5]s权限", u, d.name.EN, d.name.ZH, other.name.EN, other.name.ZH)
			}
		}
	}
	for _, d := range duties {
		if len(d.users) == 0 {
			return fail("no user holds %[1]s", "没有用户负责%[2]s", d.name.EN, d.name.ZH)
		}
	}
	return pass()
}

// firstShared is the first user of both, so that a finding names the same one each time.
func firstShared(a, b map[string]bool) string {
	first := ""
	for u := range a {
		if b[u] && (first == "" || u < first) {
			first = u
		}
	}
	return first
}

func judgeFullAccess(s *see, p *cloud.RAMPolicy) verdict {
	s.saw(p.From, "AttachmentCount", p.AttachmentCount)
	if p.AttachmentCount == 0 {
		return notApplicable("the policy is attached to nothing", "该策略未被引用")
	}
	for _, st := range need(s, p.Document) {
		if st.Effect == "Allow" && everyAction(st) && everyResource(st) && !pinned(st.Condition) {
			s.saw(p.Document.Origin(), "PolicyVersion.PolicyDocument", "Allow "+joined(append(st.Action, st.Resource...)))
			return fail("it allows every action on every resource, and is attached %d times", "该策略允许对全部资源执行全部操作，被引用 %d 次", p.AttachmentCount)
		}
	}
	s.saw(p.Document.Origin(), "PolicyVersion.PolicyDocument", len(p.Document.Value))
	return pass()
}

// everyAction: a NotAction allows all but a few, which is as good as all.
func everyAction(p cloud.Permission) bool {
	return len(p.NotAction) > 0 || slices.ContainsFunc(p.Action, func(a string) bool { return strings.Trim(a, "*") == "" || strings.Trim(a, "*:") == "" })
}

func everyResource(p cloud.Permission) bool {
	return len(p.NotResource) > 0 || slices.ContainsFunc(p.Resource, func(r string) bool {
		return strings.Trim(r, "*") == "" || strings.Trim(strings.TrimPrefix(r, "acs:"), "*:/") == ""
	})
}

func judgeTrust(s *see, r *cloud.RAMRole) verdict {
	allowed := append([]string{s.run.account.ID}, param[[]string](s, "allowed_accounts")...)
	for _, t := range need(s, r.Trust) {
		if t.Effect != "Allow" {
			continue
		}
		for _, who := range t.RAM {
			s.saw(r.Trust.Origin(), "AssumeRolePolicyDocument Principal.RAM", who)
			if !slices.Contains(allowed, accountOf(who)) {
				return fail("the role trusts %s", "该角色信任 %s", who)
			}
		}
		for _, who := range t.Service {
			s.saw(r.Trust.Origin(), "AssumeRolePolicyDocument Principal.Service", who)
			// "123@service" lets another account's use of the service in.
			if id, _, other := strings.Cut(who, "@"); other && !slices.Contains(allowed, id) || who == "*" {
				return fail("the role trusts the service of another account: %s", "该角色信任其他账号的云服务：%s", who)
			}
		}
		for _, who := range t.Federated {
			s.saw(r.Trust.Origin(), "AssumeRolePolicyDocument Principal.Federated", who)
			if !slices.Contains(allowed, accountOf(who)) {
				return fail("the role trusts an identity provider of another account: %s", "该角色信任其他账号的身份提供商：%s", who)
			}
		}
	}
	return pass()
}

// accountOf is the account of an ARN such as "acs:ram::123:root"; "" for "*" and
// whatever else names none.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) >= 5 && parts[0] == "acs" {
		return parts[3]
	}
	return ""
}
