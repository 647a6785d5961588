package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A Permission is one statement of a RAM policy: what whoever bears the policy
// may do. Of each pair one is set.
type Permission struct {
	Effect            string // "Allow" or "Deny"
	Action, NotAction []string
	Resource          []string
	NotResource       []string
	Condition         Condition // nil where it holds without one
}

// A Trust is one statement of a role's trust policy: who may assume the role.
type Trust struct {
	Effect string // "Allow" or "Deny"
	// RAM are accounts and identities ("acs:ram::123:root"), Service cloud
	// services ("ecs.aliyuncs.com"), Federated identity providers.
	RAM, Service, Federated []string
	Condition               Condition
}

// statements splits a policy document into its statements.
func statements(field, text string) ([]map[string]json.RawMessage, error) {
	if text == "" {
		return nil, absent(field)
	}
	var doc struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if len(doc.Statement) > 0 && doc.Statement[0] == '{' {
		doc.Statement = json.RawMessage("[" + string(doc.Statement) + "]")
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(doc.Statement, &list); err != nil || len(list) == 0 {
		return nil, fmt.Errorf("%s: it has no Statement", field)
	}
	return list, nil
}

// part reads the parts that statements of both kinds have; known is false for others.
func part(name string, value json.RawMessage, effect *string, condition *Condition) (known bool, err error) {
	switch name {
	case "Effect":
		if err = json.Unmarshal(value, effect); err == nil && *effect != "Allow" && *effect != "Deny" {
			err = fmt.Errorf("its Effect is %q", *effect)
		}
	case "Condition":
		*condition, err = decodeCondition(value)
	case "Sid":
	default:
		return false, nil
	}
	return true, err
}

// decodePermissions reads a RAM policy, and refuses one that it does not wholly
// understand: a word that is passed over might be what grants, or what narrows.
func decodePermissions(field, text string) ([]Permission, error) {
	all, err := statements(field, text)
	if err != nil {
		return nil, err
	}
	var out []Permission
	for _, s := range all {
		var p Permission
		lists := map[string]*[]string{"Action": &p.Action, "NotAction": &p.NotAction, "Resource": &p.Resource, "NotResource": &p.NotResource}
		for name, value := range s {
			known, err := part(name, value, &p.Effect, &p.Condition)
			if list := lists[name]; !known && list != nil {
				*list, err = texts(value, false)
			} else if !known {
				err = errors.New("not a known part of a Statement")
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", field, name, err)
			}
		}
		if p.Effect == "" || (len(p.Action) == 0) == (len(p.NotAction) == 0) || (len(p.Resource) == 0) == (len(p.NotResource) == 0) {
			return nil, fmt.Errorf("%s: a Statement lacks a part", field)
		}
		out = append(out, p)
	}
	return out, nil
}

// decodeTrusts reads a role's trust policy, as strictly.
func decodeTrusts(field, text string) ([]Trust, error) {
	all, err := statements(field, text)
	if err != nil {
		return nil, err
	}
	var out []Trust
	for _, s := range all {
		var t Trust
		for name, value := range s {
			known, err := part(name, value, &t.Effect, &t.Condition)
			switch {
			case known, name == "Action":
			case name == "Principal":
				err = t.principal(value)
			default:
				err = errors.New("not a known part of a Statement")
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", field, name, err)
			}
		}
		if t.Effect == "" || len(t.RAM)+len(t.Service)+len(t.Federated) == 0 {
			return nil, fmt.Errorf("%s: a Statement lacks a part", field)
		}
		out = append(out, t)
	}
	return out, nil
}

// principal reads whom a statement names. "*" alone is everybody.
func (t *Trust) principal(value json.RawMessage) error {
	if string(value) == `"*"` {
		t.RAM = []string{"*"}
		return nil
	}
	var kinds map[string]json.RawMessage
	if err := json.Unmarshal(value, &kinds); err != nil {
		return err
	}
	lists := map[string]*[]string{"RAM": &t.RAM, "Service": &t.Service, "Federated": &t.Federated}
	for kind, v := range kinds {
		list := lists[kind]
		if list == nil {
			return fmt.Errorf("%s is no known kind of principal", kind)
		}
		var err error
		if *list, err = texts(v, false); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}
