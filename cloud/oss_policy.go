package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A Policy is a bucket's policy, as its owner wrote it.
type Policy struct {
	Statement []Statement
}

// A Statement allows or denies. Of each pair (Action and NotAction, and so on)
// one is set.
type Statement struct {
	Effect                  string
	Principal, NotPrincipal []string
	Action, NotAction       []string
	Resource, NotResource   []string
	// Condition is nil where the statement holds without one.
	Condition Condition
}

// A Condition narrows a statement: operator, key, values. Operators and keys
// must all hold; of the values, one is enough.
type Condition map[string]map[string][]string

func decodePolicy(body []byte) (Policy, error) {
	var doc struct{ Statement json.RawMessage }
	if err := json.Unmarshal(body, &doc); err != nil {
		return Policy{}, err
	}
	if len(doc.Statement) == 0 || string(doc.Statement) == "null" {
		return Policy{}, absent("Statement")
	}
	var p Policy
	if doc.Statement[0] == '{' {
		p.Statement = make([]Statement, 1)
		return p, json.Unmarshal(doc.Statement, &p.Statement[0])
	}
	return p, json.Unmarshal(doc.Statement, &p.Statement)
}

// UnmarshalJSON reads a statement and refuses one that it does not wholly
// understand: a word that is passed over might be what grants, or what narrows.
func (s *Statement) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	if fields == nil {
		return errors.New("a Statement is null")
	}
	*s = Statement{}
	lists := map[string]*[]string{"Principal": &s.Principal, "NotPrincipal": &s.NotPrincipal, "Action": &s.Action,
		"NotAction": &s.NotAction, "Resource": &s.Resource, "NotResource": &s.NotResource}
	for name, value := range fields {
		var err error
		switch list := lists[name]; {
		case list != nil:
			*list, err = texts(value, false)
		case name == "Effect":
			err = json.Unmarshal(value, &s.Effect)
		case name == "Condition":
			s.Condition, err = decodeCondition(value)
		case name != "Sid":
			err = errors.New("not a known part of a Statement")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return s.whole()
}

// whole holds a statement to having all its parts.
func (s *Statement) whole() error {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return fmt.Errorf("its Effect is %q", s.Effect)
	}
	for _, pair := range []struct {
		name     string
		one, not []string
	}{{"Principal", s.Principal, s.NotPrincipal}, {"Action", s.Action, s.NotAction}, {"Resource", s.Resource, s.NotResource}} {
		if (len(pair.one) == 0) == (len(pair.not) == 0) {
			return fmt.Errorf("a Statement wants one of %[1]s and Not%[1]s", pair.name)
		}
	}
	return nil
}

func decodeCondition(b []byte) (Condition, error) {
	var raw map[string]map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil || raw == nil {
		return nil, err
	}
	c := Condition{}
	for operator, keys := range raw {
		c[operator] = map[string][]string{}
		for key, value := range keys {
			list, err := texts(value, true)
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", key, operator, err)
			}
			c[operator][key] = list
		}
	}
	return c, nil
}

// texts reads one text or a list of them. Values of conditions may also be
// written as booleans and numbers.
func texts(b []byte, anyScalar bool) ([]string, error) {
	var one any
	if err := json.Unmarshal(b, &one); err != nil {
		return nil, err
	}
	list, ok := one.([]any)
	if !ok {
		list = []any{one}
	}
	var out []string
	for _, x := range list {
		switch v := x.(type) {
		case string:
			out = append(out, v)
		case bool, float64:
			if !anyScalar {
				return nil, fmt.Errorf("%v is no text", v)
			}
			out = append(out, fmt.Sprint(v))
		default:
			return nil, errors.New("neither a text nor a list of texts")
		}
	}
	return out, nil
}
