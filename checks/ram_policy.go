package checks

import (
	"cmp"
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
	strange := ""
	for _, m := range masks {
		p, ok := parseSource(m)
		if !ok {
			strange = m
			continue
		}
		blocks = append(blocks, p)
	}
	if openSources(blocks) { // whatever else may be let in
		return fail("logins are taken from the internet: %s", "登录来源地址等同于对互联网开放：%s", strings.Join(masks, "; "))
	}
	if strange != "" {
		s.unclear(a.RAM.SecurityPreference.Origin(), field, strange)
	}
	return pass()
}

// holders are the users that hold each of the wanted policies, directly or through
// a group, as far as that was read. unread is what may hide more of them: a fail
// that the known holders prove needs nothing else, a pass needs unread to be nil.
func holders(s *see, a *cloud.Account, wanted ...string) (by map[string][]string, unread *cloud.Error) {
	by = map[string][]string{}
	for _, call := range []string{callListUsers, callListGroups} {
		unread = cmp.Or(unread, a.ListFailure(call, ""))
	}
	relevant := func(f cloud.Fact[[]string]) []string {
		if why := f.Why(); why != nil {
			unread = cmp.Or(unread, why)
			return nil
		}
		return slices.DeleteFunc(slices.Clone(need(s, f)), func(p string) bool { return !slices.Contains(wanted, p) })
	}
	for _, u := range a.RAM.Users {
		for _, p := range relevant(u.Policies) {
			by[p] = append(by[p], u.ID)
		}
	}
	for _, g := range a.RAM.Groups {
		list := relevant(g.Policies)
		if len(list) == 0 {
			continue // whoever is in it gets none of these
		}
		if why := g.Users.Why(); why != nil {
			unread = cmp.Or(unread, why)
			continue
		}
		for _, p := range list {
			by[p] = append(by[p], need(s, g.Users)...)
		}
	}
	for p := range by {
		slices.Sort(by[p])
		by[p] = slices.Compact(by[p])
	}
	return by, unread
}

func judgeAdministrators(s *see, a *cloud.Account) verdict {
	const policy = "AdministratorAccess"
	by, unread := holders(s, a, policy)
	list, most := by[policy], param[int](s, "users")
	if len(list) > most {
		return fail("%d users hold AdministratorAccess, at most %d are wanted: %s", "%d 个用户拥有 AdministratorAccess，最多应为 %d 个：%s", len(list), most, joined(list))
	}
	if unread != nil {
		s.lack(unread)
	}
	return pass()
}

func judgeDuties(s *see, a *cloud.Account) verdict {
	duties := []struct {
		name     Text
		policies []string
		users    map[string]bool
	}{
		{name: Text{"system administration", "系统管理"}, policies: param[[]string](s, "system")},
		{name: Text{"security administration", "安全管理"}, policies: param[[]string](s, "security")},
		{name: Text{"audit administration", "审计管理"}, policies: param[[]string](s, "audit")},
	}
	by, unread := holders(s, a, slices.Concat(duties[0].policies, duties[1].policies, duties[2].policies)...)
	for i := range duties {
		duties[i].users = map[string]bool{}
		for _, policy := range duties[i].policies {
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
	if unread != nil {
		s.lack(unread)
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
		if st.Effect == "Allow" && everyAction(st) && everyResource(st, s.run.account.ID) && !pinned(st.Condition) {
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

// everyResource: a policy speaks of its own account only, so that its number in the
// place of the account leaves nothing out.
func everyResource(p cloud.Permission, account string) bool {
	return len(p.NotResource) > 0 || slices.ContainsFunc(p.Resource, func(r string) bool {
		if parts := strings.Split(r, ":"); len(parts) == 5 && parts[0] == "acs" && parts[3] == account {
			parts[3] = "*"
			r = strings.Join(parts, ":")
		}
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
			if id, _, other := strings.Cut(who, "@"); other && !slices.Contains(allowed, id) || strings.Contains(who, "*") {
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
