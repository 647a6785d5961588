package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// check finds what no single value tells, and fills in what follows from others.
// A value that was wrong by itself is zero here, and gives no second mistake.
func (r *reader) check(c *Config) {
	r.checkBoth("checks.only", "checks.skip", "check", c.Checks.Only, c.Checks.Skip)
	if c.Timeout != "" {
		c.timeout, _ = time.ParseDuration(c.Timeout) // the rule of durations has seen it
	}
	r.checkAccounts(c.Accounts)
	if o := c.Organization; o != nil {
		r.checkBoth("organization.include", "organization.exclude", "account", o.Include, o.Exclude)
	}
	r.checkSystems(c)
}

// checkBoth: what two lists that exclude each other both name.
func (r *reader) checkBoth(path, other, noun string, list, others []string) {
	for i, id := range others {
		if j := slices.Index(list, id); j >= 0 && id != "" {
			r.wrongAt(fmt.Sprintf("%s[%d]", other, i), "%s %s is in %s too (line %d), remove one of them", noun, id, path, r.where[fmt.Sprintf("%s[%d]", path, j)].line)
		}
	}
}

var arnAccount = regexp.MustCompile(`^acs:ram::([0-9]+):`)

// roleAccount is the account of a role; "" of none.
func roleAccount(arn string) string {
	if m := arnAccount.FindStringSubmatch(arn); m != nil {
		return m[1]
	}
	return ""
}

// checkAccounts finds accounts that are there twice, and ways that lead nowhere.
func (r *reader) checkAccounts(list []Account) {
	lines := map[string]int{}
	for i, a := range list {
		path := fmt.Sprintf("accounts[%d]", i)
		if a.ID == "" && a.Name == "" && !r.isBad(path) {
			r.wrongAt(path, "an account without id and name: give it one, by which reports call it")
		}
		of := roleAccount(a.RoleARN)
		if a.ID != "" && of != "" && a.ID != of {
			r.wrongAt(path+".role-arn", "the role is of account %s, and the account's id is %s: put one of them right", of, a.ID)
		}
		r.checkRole(path)
		// Only a scan can tell that two profiles lead to one account, and it does.
		key, id := "id", cmp.Or(a.ID, of)
		switch {
		case id == "":
			key, id = "name", a.Name
		case a.ID == "":
			key = "role-arn"
		}
		first, twice := lines[id]
		if twice && id != "" {
			r.wrongAt(path+"."+key, "duplicate account: %s stands in line %d already, remove one of them", id, first)
			continue
		}
		lines[id] = r.where[path].line
	}
}

// checkRole: what is for a role needs one.
func (r *reader) checkRole(path string) {
	for _, key := range []string{"external-id", "session-name", "via"} {
		_, has := r.where[path+"."+key]
		if _, role := r.where[path+".role-arn"]; has && !role {
			r.wrongAt(path+"."+key, "%s is for a role: add role-arn, or take it away", key)
		}
	}
}

// checkSystems demands of each system a name of its own, a selection, and grades
// that agree.
func (r *reader) checkSystems(c *Config) {
	lines := map[string]int{}
	for i := range c.Systems {
		s := &c.Systems[i]
		path := fmt.Sprintf("systems[%d]", i)
		bad := r.isBad(path)
		name, named := r.where[path+".name"]
		first, twice := lines[s.Name]
		switch {
		case !named && !bad:
			r.wrongAt(path, "a system without a name: add name, as in the filing")
		case twice && s.Name != "":
			r.wrongAt(path+".name", "duplicate system %s: it stands in line %d already, give it another name", quote(s.Name), first)
		default:
			lines[s.Name] = name.line
		}
		r.checkSelect(s, path, bad)
		r.checkGrades(s, path, bad)
	}
}

// checkSelect: a system of nothing would meet every requirement.
func (r *reader) checkSelect(s *System, path string, bad bool) {
	switch _, ok := r.where[path+".select"]; {
	case !ok && !bad:
		r.wrongAt(path, "system %s selects nothing: add select, with %s", quote(s.Name), orList(selectKeys))
	case ok && s.Select.Empty() && !r.isBad(path+".select"):
		r.wrongAt(path+".select", "it selects nothing: give it %s", orList(selectKeys))
	}
}

var selectKeys = []string{"accounts", "regions", "resource-groups", "tags", "vpcs", "ids"}

// checkGrades: the level of a system is the higher of its two grades (GB/T 22240).
func (r *reader) checkGrades(s *System, path string, bad bool) {
	for _, key := range []string{".level", ".s", ".a"} {
		if r.isBad(path + key) {
			return
		}
	}
	high := max(s.S, s.A)
	switch {
	case s.Level == 0 && (s.S == 0 || s.A == 0):
		if !bad {
			r.wrongAt(path, "system %s has no level: add level, or both s and a", quote(s.Name))
		}
	case s.Level == 0:
		if rules["level"].refuse(fmt.Sprint(high)) != "" {
			r.wrongAt(path, "level %d follows from s and a, and is not assessed: choose %s", high, orList(levels()))
		}
		s.Level = high
	case high > s.Level:
		r.wrongAt(path+".level", "level %d is below the grade %d: the level is the higher of s and a", s.Level, high)
	case s.S != 0 && s.A != 0 && high < s.Level:
		r.wrongAt(path+".level", "level %d is not the higher of s (%d) and a (%d): put one of them right", s.Level, s.S, s.A)
	}
}
