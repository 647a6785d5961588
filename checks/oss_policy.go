package checks

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// Keys of a condition that tell where a request comes from, and over what.
const (
	keySourceIP        = "acs:SourceIp"
	keySourceVPC       = "acs:SourceVpc"
	keySecureTransport = "acs:SecureTransport"
)

// accountKeys are those that hold a caller to one account.
var accountKeys = []string{"acs:SourceAccount", "acs:PrincipalAccount", "acs:AccessId"}

// anonymousGrants are the statements that allow something to everybody:
// indexes into the policy, for evidence.
func anonymousGrants(b *cloud.Bucket, p cloud.Policy) []int {
	var found []int
	for i, s := range p.Statement {
		if s.Effect == "Allow" && namesEverybody(s) && !pinned(s.Condition) && !denied(b, p, s, everybody) {
			found = append(found, i)
		}
	}
	return found
}

// everybody is the principal of a request that is not signed.
const everybody = "*"

// namesEverybody reports whether a statement speaks of all callers: by "*", by
// roles of whatever account, or as all but some.
func namesEverybody(s cloud.Statement) bool {
	return len(s.NotPrincipal) > 0 || slices.ContainsFunc(s.Principal, func(p string) bool {
		return p == everybody || anyAccount(p)
	})
}

// anyAccount reports whether a principal leaves the account open, as
// arn:sts::*:*/*/* does, the roles of every account there is.
func anyAccount(principal string) bool {
	parts := strings.Split(principal, ":")
	return len(parts) > 3 && strings.Contains(parts[3], "*")
}

// pinned reports whether a condition holds the caller to known places or
// accounts. Operators and keys are joined by "and", so that one key is enough;
// the values of a key by "or", so that all of them must pin.
func pinned(c cloud.Condition) bool {
	for operator, keys := range c {
		for key, values := range keys {
			if pins(operator, key, values) {
				return true
			}
		}
	}
	return false
}

// pins judges one key. Operators that negate, and those that we do not know, pin nothing.
func pins(operator, key string, values []string) bool {
	switch {
	case strings.EqualFold(operator, "IpAddress") && strings.EqualFold(key, keySourceIP):
		return knownSources(values)
	case isOneOf(operator, "StringEquals", "StringEqualsIgnoreCase", "StringLike"):
		return (strings.EqualFold(key, keySourceVPC) || isOneOf(key, accountKeys...)) && plain(values)
	}
	return false
}

// plain: there are values, and none is empty or holds a wildcard.
func plain(values []string) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return v == "" || strings.ContainsAny(v, "*?") })
}

// knownSources: there are addresses, all are understood, and together they are
// not open to the internet.
func knownSources(values []string) bool {
	var list []netip.Prefix
	for _, v := range values {
		p, ok := parseSource(v)
		if !ok {
			return false
		}
		list = append(list, p)
	}
	return len(list) > 0 && !openSources(list)
}

func isOneOf(s string, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, s) })
}

// denied reports whether the policy takes back the whole of what a statement
// allows to a principal. Only a Deny without condition can: one with a
// condition leaves a part granted.
func denied(b *cloud.Bucket, p cloud.Policy, grant cloud.Statement, principal string) bool {
	if len(grant.Action) == 0 || len(grant.Resource) == 0 {
		return false // all but some: no list of what is granted
	}
	for _, action := range grant.Action {
		for _, resource := range grant.Resource {
			if !slices.ContainsFunc(p.Statement, func(s cloud.Statement) bool {
				return s.Effect == "Deny" && s.Condition == nil &&
					(slices.Contains(s.Principal, everybody) || slices.Contains(s.Principal, principal)) &&
					coversAction(s, action) && coversResource(b, s, resource)
			}) {
				return false
			}
		}
	}
	return true
}

func coversAction(s cloud.Statement, action string) bool {
	return slices.ContainsFunc(s.Action, func(a string) bool { return covers(strings.ToLower(a), strings.ToLower(action)) })
}

func coversResource(b *cloud.Bucket, s cloud.Statement, resource string) bool {
	return slices.ContainsFunc(s.Resource, func(r string) bool { return covers(objectPath(b, r), objectPath(b, resource)) })
}

// objectPath is the part of a resource after region and account,
// acs:oss:*:1234567890123456:bucket/*, where these two are the bucket's own or
// any; a resource that is written otherwise stands for itself alone.
func objectPath(b *cloud.Bucket, resource string) string {
	p := strings.SplitN(resource, ":", 5)
	if len(p) != 5 || p[0] != "acs" || p[1] != "oss" || !isOneOf(p[2], "*", b.Region, "oss-"+b.Region) ||
		p[3] != "*" && !strings.HasPrefix(b.ARNPrefix, "acs:oss:"+b.Region+":"+p[3]+":") {
		return resource
	}
	return p[4]
}

// covers reports whether everything that the pattern q matches is matched by
// the pattern p: "*" in p takes up anything, and "?" any one character but a "*".
func covers(p, q string) bool {
	i, star, from := 0, -1, 0
	for j := 0; j < len(q); {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && q[j] != '*' && (p[i] == '?' || p[i] == q[j]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(p[i:], "*") == ""
}

// deniesAll reports whether a statement denies every caller every action on
// every object of the bucket, under whatever condition it has.
func deniesAll(b *cloud.Bucket, s cloud.Statement) bool {
	return s.Effect == "Deny" && slices.Contains(s.Principal, everybody) &&
		coversAction(s, "oss:*") && coversResource(b, s, "acs:oss:*:*:"+b.Name+"/*")
}

// deniesPlainHTTP reports whether a statement refuses whatever comes without
// TLS. A second key in the condition would let some of it through.
func deniesPlainHTTP(b *cloud.Bucket, s cloud.Statement) bool {
	if !deniesAll(b, s) || len(s.Condition) != 1 {
		return false
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if !strings.EqualFold(operator, "Bool") || len(keys) != 1 || !strings.EqualFold(key, keySecureTransport) ||
				!isOneOf("false", values...) {
				return false
			}
		}
		return len(keys) == 1
	}
	return false
}

// deniesOtherSources reports whether a statement refuses whatever does not come
// from known addresses or VPCs. Its keys are joined by "and": each lets its own
// sources through, so each must name known ones.
func deniesOtherSources(b *cloud.Bucket, s cloud.Statement) bool {
	if !deniesAll(b, s) {
		return false
	}
	n := 0
	for operator, keys := range s.Condition {
		for key, values := range keys {
			n++
			ip := strings.EqualFold(operator, "NotIpAddress") && strings.EqualFold(key, keySourceIP) && knownSources(values)
			vpc := isOneOf(operator, "StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike") &&
				strings.EqualFold(key, keySourceVPC) && plain(values)
			if !ip && !vpc {
				return false
			}
		}
	}
	return n > 0
}

// restrictsReferer reports whether hotlink protection lets in named sites only.
func restrictsReferer(r cloud.Referer) bool {
	if r.AllowEmptyReferer || len(r.RefererList) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.RefererList, func(site string) bool {
		site = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(site), "http://"), "https://")
		return strings.Trim(site, "*?./:") == ""
	})
}

// A party is whom a principal names.
type party int

const (
	own      party = iota // this account, its users and roles, or one that is let in
	foreign               // another account
	nameless              // a RAM user by number: whose, the number does not say
)

// accountDigits is the length of an account's number; a RAM user's or role's is longer.
const accountDigits = 16

// partyOf tells whose a principal is. "*" is nobody's account.
func partyOf(principal, account string, allowed []string) party {
	id, bare := principalAccount(principal)
	switch {
	case principal == everybody || id == account || slices.Contains(allowed, id) || slices.Contains(allowed, principal):
		return own
	case id == "" || bare && len(id) > accountDigits:
		return nameless
	}
	return foreign
}

// principalAccount is the account in a principal: a number by itself (bare), or
// the one in acs:ram::<account>:… or arn:sts::<account>:…; "" where there is none.
func principalAccount(principal string) (id string, bare bool) {
	if number(principal) {
		return principal, true
	}
	if parts := strings.Split(principal, ":"); len(parts) > 3 {
		if anyAccount(principal) || number(parts[3]) {
			return parts[3], false
		}
	}
	return "", false
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
