package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// validation collects every mistake of one file.
type validation struct {
	name  string
	file  *ast.File
	found []*Error
}

// wrong notes a mistake at a path such as "$.accounts[0].id".
func (v *validation) wrong(path, hint, format string, args ...any) {
	line, column := at(v.file, path)
	v.found = append(v.found, &Error{File: v.name, Line: line, Column: column, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (v *validation) err() error {
	slices.SortStableFunc(v.found, func(x, y *Error) int { return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column)) })
	var all []error
	for _, e := range v.found {
		all = append(all, e)
	}
	return errors.Join(all...)
}

func (v *validation) config(c *Config) {
	v.oneOf("$.lang", c.Lang, "zh", "en")
	v.oneOf("$.fail-on", c.FailOn, "low", "medium", "high", "critical", "never")
	v.level("$.level", c.Level)
	v.regions("$.regions", c.Regions)
	v.each("$.services", c.Services, serviceNames(), "service")
	v.each("$.checks.only", c.Checks.Only, checkIDs(), "check")
	v.each("$.checks.skip", c.Checks.Skip, checkIDs(), "check")
	if c.Concurrency < 0 || c.Concurrency > 1000 {
		v.wrong("$.concurrency", "16 is a good number", "concurrency %d is not within 1 and 1000", c.Concurrency)
	}
	var err error
	if c.timeout, err = time.ParseDuration(cmp.Or(c.Timeout, "0s")); err != nil || c.timeout < 0 {
		v.wrong("$.timeout", "use a duration such as 6h or 90m", "no duration %q", c.Timeout)
	}
	c.values = v.parameters(c.Parameters)
	v.accounts(c)
	v.systems(c.Systems)
	v.share("$.estimate.partly-weight", c.Estimate.PartlyWeight)
	v.share("$.estimate.attention", c.Estimate.Attention)
}

func (v *validation) oneOf(path, value string, words ...string) {
	if value != "" && !slices.Contains(words, value) {
		v.wrong(path, "choose "+strings.Join(words, ", "), "no %s %q", path[strings.LastIndexByte(path, '.')+1:], value)
	}
}

func (v *validation) level(path string, n int) {
	if n != 0 && !slices.Contains(mlps.Levels(), n) {
		v.wrong(path, "choose 2, 3 or 4", "no MLPS level %d", n)
	}
}

func (v *validation) share(path string, x *float64) {
	if x != nil && (*x < 0 || *x > 1) {
		v.wrong(path, "0.5 is usual", "%g is not within 0 and 1", *x)
	}
}

// each demands of every item of a list that it is one of the names.
func (v *validation) each(path string, list, names []string, what string) {
	for i, x := range list {
		if !slices.Contains(names, x) {
			v.wrong(fmt.Sprintf("%s[%d]", path, i), Closest(x, names), "no %s %q", what, x)
		}
	}
}

var regionID = regexp.MustCompile(`^[a-z]+-[a-z0-9-]+$`)

func (v *validation) regions(path string, list []string) {
	for i, id := range list {
		if !regionID.MatchString(id) {
			v.wrong(fmt.Sprintf("%s[%d]", path, i), "region ids look like cn-hangzhou; leave the key out for all", "no region %q", id)
		}
	}
}

var (
	accountID = regexp.MustCompile(`^\d{16}$`)
	roleARN   = regexp.MustCompile(`^acs:ram::\d+:role/[\w.-]+$`)
)

func (v *validation) accounts(c *Config) {
	seen := map[string]int{}
	for i, a := range c.Accounts {
		path := fmt.Sprintf("$.accounts[%d]", i)
		v.id(path+".id", a.ID)
		if first, twice := seen[a.ID]; twice && a.ID != "" {
			line, _ := at(v.file, fmt.Sprintf("$.accounts[%d].id", first))
			v.wrong(path+".id", "name each account once", "account %s is named in line %d already", a.ID, line)
		} else {
			seen[a.ID] = i
		}
		if a.ID == "" && a.Name == "" {
			v.wrong(path, "give it an id or a name, by which reports call it", "an account without id and name")
		}
		v.role(path+".role-arn", a.RoleARN)
		for j, arn := range a.Via {
			v.role(fmt.Sprintf("%s.via[%d]", path, j), arn)
		}
		if len(a.Via) > 0 && a.RoleARN == "" {
			v.wrong(path+".via", "name the last role as role-arn", "via leads nowhere")
		}
		v.regions(path+".regions", a.Regions)
	}
	if o := c.Organization; o != nil {
		for i, id := range o.Include {
			v.id(fmt.Sprintf("$.organization.include[%d]", i), id)
		}
		for i, id := range o.Exclude {
			v.id(fmt.Sprintf("$.organization.exclude[%d]", i), id)
		}
	}
}

func (v *validation) id(path, id string) {
	if id != "" && !accountID.MatchString(id) {
		v.wrong(path, "an account id has 16 digits; write it in quotation marks", "no account id %q", id)
	}
}

func (v *validation) role(path, arn string) {
	if arn != "" && !roleARN.MatchString(arn) {
		v.wrong(path, "a role's ARN looks like acs:ram::1234567890123456:role/name", "no role %q", arn)
	}
}

func (v *validation) systems(list []System) {
	seen := map[string]bool{}
	for i, s := range list {
		path := fmt.Sprintf("$.systems[%d]", i)
		switch {
		case s.Name == "":
			v.wrong(path, "name it as in the filing", "a system without a name")
		case seen[s.Name]:
			v.wrong(path+".name", "give each its own name", "two systems are called %q", s.Name)
		}
		seen[s.Name] = true
		if s.Level == 0 {
			v.wrong(path, "choose 2, 3 or 4", "system %q has no level", s.Name)
		}
		v.level(path+".level", s.Level)
		if s.S < 0 || s.S > 4 || s.A < 0 || s.A > 4 {
			v.wrong(path, "grades go from 1 to 4", "system %q has grade S%d A%d", s.Name, s.S, s.A)
		} else if s.S > 0 && s.A > 0 && max(s.S, s.A) != s.Level {
			v.wrong(path+".level", "the level is the higher of s and a", "system %q is of level %d, and S%dA%d is level %d", s.Name, s.Level, s.S, s.A, max(s.S, s.A))
		}
		v.oneOf(path+".template", s.Template, "2025", "2021")
		if s.Select.Empty() {
			v.wrong(path, "select by accounts, regions, resource-groups, tags, vpcs or ids", "system %q selects nothing", s.Name)
		}
		for _, part := range []struct {
			key string
			s   Select
		}{{"select", s.Select}, {"exclude", s.Exclude}} {
			v.regions(path+"."+part.key+".regions", part.s.Regions)
			for j, id := range part.s.Accounts {
				v.id(fmt.Sprintf("%s.%s.accounts[%d]", path, part.key, j), id)
			}
		}
	}
}

// parameters gives every value the type that its check expects.
func (v *validation) parameters(given map[string]map[string]any) checks.Values {
	values := checks.Values{}
	for _, id := range slices.Sorted(maps.Keys(given)) {
		path := "$.parameters." + id
		i := slices.IndexFunc(checks.All, func(c *checks.Check) bool { return c.ID == id })
		if i < 0 {
			v.wrong(path, Closest(id, checkIDs()), "no check %q", id)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(given[id])) {
			if x, ok := v.parameter(path+"."+name, checks.All[i], name, given[id][name]); ok {
				if values[id] == nil {
					values[id] = map[string]any{}
				}
				values[id][name] = x
			}
		}
	}
	return values
}

func (v *validation) parameter(path string, c *checks.Check, name string, given any) (any, bool) {
	var names []string
	for _, p := range c.Params {
		names = append(names, p.Name)
		if p.Name != name {
			continue
		}
		switch p.Default.(type) {
		case int:
			if n, ok := number(given); ok && n > 0 {
				return n, true
			}
			v.wrong(path, fmt.Sprintf("the default is %v", p.Default), "%s is a whole number above 0, and not %v", name, given)
		case []string:
			if list, ok := words(given); ok && (len(list) > 0 || len(p.Default.([]string)) == 0) {
				return list, true
			}
			v.wrong(path, "write a list such as [22, 3389]", "%s is a list, and not %v", name, given)
		}
		return nil, false
	}
	hint := "it has none"
	if len(names) > 0 {
		hint = "it has " + strings.Join(names, ", ")
	}
	v.wrong(path, hint, "check %s has no parameter %q", c.ID, name)
	return nil, false
}

// number is a whole number as YAML's decoder gives it.
func number(x any) (int, bool) {
	switch n := x.(type) {
	case uint64:
		return int(n), n <= 1<<31
	case int64:
		return int(n), true
	case int:
		return n, true
	}
	return 0, false
}

// words is a list of strings or of numbers, which stand for their digits.
func words(x any) ([]string, bool) {
	list, ok := x.([]any)
	if !ok {
		return nil, false
	}
	all := []string{}
	for _, item := range list {
		if n, ok := number(item); ok {
			all = append(all, strconv.Itoa(n))
		} else if s, ok := item.(string); ok && s != "" {
			all = append(all, s)
		} else {
			return nil, false
		}
	}
	return all, true
}

func checkIDs() []string {
	var all []string
	for _, c := range checks.All {
		all = append(all, c.ID)
	}
	return all
}

func serviceNames() []string {
	var all []string
	for _, c := range checks.All {
		all = append(all, c.Service)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
