package simulator

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// rules answers DescribeSecurityGroupAttribute. A group of a VPC has the same
// rules whatever NicType is asked; a classic one answers for one NicType a call.
func (s *Simulator) rules(c *call, a *action) (reply, *failure) {
	d, name, f := c.document(a)
	if f == a.absent && c.params["NicType"] == "" {
		c.params["NicType"] = "internet" // a classic group in two files
		d, name, f = c.document(a)
	}
	if f != nil {
		return reply{}, f
	}
	var group struct{ VpcId string }
	_ = json.Unmarshal(append(append([]byte("{"), d.fields...), `"":0}`...), &group)
	if group.VpcId != "" {
		return s.listReply(c, a, d, name)
	}
	nic := first(c.params["NicType"], "internet")
	classic := *a
	classic.filters = append(classic.filters[:len(classic.filters):len(classic.filters)], filter{"NicType", "NicType", one})
	classic.defaults = map[string]string{"NicType": nic}
	return s.listReply(c, &classic, d, name)
}

// databases answers DescribeDBInstanceAttribute for up to thirty ids.
func (s *Simulator) databases(c *call, a *action) (reply, *failure) {
	ids := strings.Split(c.params["DBInstanceId"], ",")
	if len(ids) > 30 {
		return reply{}, invalid("DBInstanceId")
	}
	all := rawItems{}
	for _, id := range ids {
		name := entry(a.service, c.region, a.name, map[string]string{"DBInstanceId": id})
		d, err := c.caller.account.find(name, a.list)
		switch {
		case errors.Is(err, errAbsent):
			return reply{}, a.absent
		case err != nil:
			return reply{}, badData(err)
		case d.failure != nil:
			return reply{}, d.failure
		}
		for i := range d.items.len() {
			all = append(all, d.items.append(nil, i))
		}
	}
	return s.listReply(c, a, &document{items: all}, "")
}

// trails answers DescribeTrails: the trails at home in the region, and on
// request those of other regions that reach into it, and the organisation's.
func (s *Simulator) trails(c *call, a *action) (reply, *failure) {
	acc := c.caller.account
	all := rawItems{}
	seen := map[string]bool{}
	for _, place := range append([]string{c.region, ""}, acc.regions(a.service)...) {
		d, err := acc.find(entry(a.service, place, a.name, nil), a.list)
		switch {
		case errors.Is(err, errAbsent):
			continue
		case err != nil:
			return reply{}, badData(err)
		case d.failure != nil && (place == c.region || place == ""):
			return reply{}, d.failure
		case d.failure != nil:
			continue
		}
		for i := range d.items.len() {
			raw := d.items.append(nil, i)
			var t trail
			if err := json.Unmarshal(raw, &t); err != nil {
				return reply{}, badData(err)
			}
			if key := t.HomeRegion + "/" + t.Name; !seen[key] && t.visible(c) {
				seen[key] = true
				all = append(all, raw)
			}
		}
	}
	return s.listReply(c, a, &document{items: all}, entry(a.service, c.region, a.name, nil)+"\n"+c.params["IncludeShadowTrails"]+c.params["IncludeOrganizationTrail"])
}

// trail is what decides whether a request sees one.
type trail struct {
	Name, HomeRegion    string
	IsShadowTrail       any // the API has it as a number
	IsOrganizationTrail bool
}

func (t trail) visible(c *call) bool {
	is := func(param string) bool { return strings.EqualFold(c.params[param], "true") }
	shadow := t.HomeRegion != "" && t.HomeRegion != c.region || t.IsShadowTrail == float64(1)
	return (!shadow || is("IncludeShadowTrails")) && (!t.IsOrganizationTrail || is("IncludeOrganizationTrail"))
}

// callerIdentity answers STS GetCallerIdentity.
func (s *Simulator) callerIdentity(c *call, a *action) (reply, *failure) {
	d, err := c.caller.account.find(entry(a.service, "", a.name, nil), "")
	if err != nil && !errors.Is(err, errAbsent) {
		return reply{}, badData(err)
	}
	m := map[string]any{"AccountId": demoAccount, "UserId": "216959339000654321", "IdentityType": "RAMUser", "PrincipalId": "216959339000654321",
		"Arn": "acs:ram::" + demoAccount + ":user/mlpscan"}
	if d != nil {
		if d.failure != nil {
			return reply{}, d.failure
		}
		if err := json.Unmarshal(d.body, &m); err != nil {
			return reply{}, badData(err)
		}
	}
	if c.caller.arn != "" {
		role := c.caller.arn
		m["IdentityType"], m["Arn"] = "AssumedRoleUser", role
		m["RoleId"], m["UserId"] = roleID(role), roleID(role)+":"+role[strings.LastIndexByte(role, '/')+1:]
		m["PrincipalId"] = m["UserId"]
		if id := accountOf(role); id != "" {
			m["AccountId"] = id
		}
	}
	m["RequestId"] = c.requestID
	b, err := json.Marshal(m)
	if err != nil {
		return reply{}, badData(err)
	}
	return jsonReply(b), nil
}

// demoAccount is the account's id where the data do not tell one.
const demoAccount = "1234567890123456"

// accountOf is the account in acs:ram::<account>:role/<name>.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 5)
	if len(parts) < 5 {
		return ""
	}
	return parts[3]
}

func roleID(arn string) string { return fmt.Sprintf("3%017d", sum(arn)%1e17) }

// assumeRole answers STS AssumeRole with a temporary key for the role's account.
func (s *Simulator) assumeRole(c *call) (reply, *failure) {
	arn, session := c.params["RoleArn"], c.params["RoleSessionName"]
	role, ok := s.opt.Roles[arn]
	if !ok {
		return reply{}, fail(http.StatusNotFound, "EntityNotExist.Role", "The role not exists: "+arn[strings.LastIndexByte(arn, '/')+1:]+".")
	}
	if role.ExternalID != c.params["ExternalId"] {
		return reply{}, fail(http.StatusForbidden, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.")
	}
	seconds, f := integer(c, "DurationSeconds", 3600)
	if f != nil || seconds < 900 || seconds > 43200 {
		return reply{}, fail(http.StatusBadRequest, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/12hr.")
	}
	k := credential{arn: strings.Replace(arn, ":role/", ":assumed-role/", 1) + "/" + session}
	k.Secret, k.Token = rand.Text(), rand.Text()+rand.Text()
	k.Expires = c.now.Add(time.Duration(seconds) * time.Second)
	id := "STS." + rand.Text()
	s.mu.Lock()
	if s.accounts[arn] == nil {
		s.accounts[arn] = s.open(role.Data)
	}
	k.account = s.accounts[arn]
	s.keys[id] = k
	s.mu.Unlock()
	b, err := json.Marshal(map[string]any{
		"RequestId":       c.requestID,
		"AssumedRoleUser": map[string]string{"Arn": k.arn, "AssumedRoleId": roleID(arn) + ":" + session},
		"Credentials": map[string]string{"AccessKeyId": id, "AccessKeySecret": k.Secret, "SecurityToken": k.Token,
			"Expiration": k.Expires.UTC().Format(time.RFC3339)},
	})
	if err != nil {
		return reply{}, badData(err)
	}
	return jsonReply(b), nil
}
