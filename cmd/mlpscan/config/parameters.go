package config

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/mlpscan/mlpscan/checks"
	"go.yaml.in/yaml/v4"
)

// readParameters reads the parameters of checks: each is a value of the type of
// the parameter's default, and one that the parameter allows.
func (r *reader) readParameters(n *yaml.Node, v reflect.Value, p place) {
	all := map[string]map[string]any{}
	r.pairs(n, p, func(key, value *yaml.Node) {
		if wrong := rules["check"].refuse(key.Value); wrong != "" {
			r.problem(at(key), p.path, "%s", wrong)
			return
		}
		c := checks.All[slices.IndexFunc(checks.All, func(c *checks.Check) bool { return c.ID == key.Value })]
		if len(c.Params) == 0 {
			r.problem(at(key), p.path, "check %s has no parameters", c.ID)
			return
		}
		all[c.ID] = r.readValues(value, c, below(p.path, c.ID))
	})
	v.Set(reflect.ValueOf(all))
}

// readValues reads the parameters of one check.
func (r *reader) readValues(n *yaml.Node, c *checks.Check, path string) map[string]any {
	var names []string
	for _, p := range c.Params {
		names = append(names, p.Name)
	}
	r.where[path] = at(n)
	values := map[string]any{}
	r.pairs(meant(n), place{path: path}, func(key, value *yaml.Node) {
		i := slices.Index(names, key.Value)
		if i < 0 {
			if guess := Closest(key.Value, names); guess != "" {
				r.problem(at(key), path, "check %s has no parameter %s (did you mean %q?)", c.ID, quote(key.Value), guess)
			} else {
				r.problem(at(key), path, "check %s has no parameter %s: choose %s", c.ID, quote(key.Value), orList(names))
			}
			return
		}
		if x, ok := r.readParam(value, c.Params[i], below(path, key.Value)); ok {
			values[key.Value] = x
		}
	})
	return values
}

// readParam reads one parameter.
func (r *reader) readParam(n *yaml.Node, p checks.Param, path string) (any, bool) {
	before := r.total
	x := reflect.New(reflect.TypeOf(p.Default)).Elem()
	r.read(n, x, place{path: path, emptyFits: true})
	if r.total > before {
		return nil, false
	}
	if err := p.Check(x.Interface()); err != nil {
		r.wrongAt(path, "%s: %v; its default is %s", p.Name, err, written(p.Default))
		return nil, false
	}
	return x.Interface(), true
}

// written is a default as the file would have it.
func written(v any) string {
	switch v := v.(type) {
	case []string:
		text := ""
		for i, s := range v {
			if i > 0 {
				text += ", "
			}
			text += inFlow(s)
		}
		return "[" + text + "]"
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case string:
		return inFlow(v)
	}
	panic("config: a parameter of type " + reflect.TypeOf(v).String() + " cannot be written") // an error of ours
}

// inFlow is a word of a list, in quotes where it is not a plain word or number.
func inFlow(s string) string {
	for _, r := range s {
		if !(r == '-' || r == '_' || r == '.' || r == '/' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return strconv.Quote(s)
		}
	}
	if s == "" || s[0] == '-' {
		return strconv.Quote(s)
	}
	return s
}
