package config

import (
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"

	"github.com/mlpscan/mlpscan/checks"
)

// schemaID names the schema; editors do not fetch it.
const schemaID = "https://github.com/mlpscan/mlpscan/docs/mlpscan.schema.json"

// object is a JSON object of a schema. Its keys are written in alphabetical order.
type object = map[string]any

// WriteSchema writes the JSON Schema of the configuration file, for editors. It
// follows the tags of the types, as Parse does, so that it refuses no file that
// Parse takes. What takes two values to see, Parse alone refuses.
func WriteSchema(w io.Writer) error {
	s := structSchema(reflect.TypeFor[Config](), "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = schemaID
	s["title"] = "mlpscan.yaml"
	s["description"] = "Configuration of mlpscan · mlpscan 配置文件"
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func structSchema(t reflect.Type, path string) object {
	properties := object{}
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("yaml")
		if name == "" {
			continue
		}
		key := below(path, name)
		s := typeSchema(f.Type, key, f.Tag.Get("is"), f.Tag.Get("key"))
		if path == "systems.select" || path == "systems.exclude" {
			key = "systems.*." + name
		}
		s["description"] = text(key)
		properties[name] = s
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	switch t {
	case reflect.TypeFor[System]():
		s["required"] = []string{"name", "select"}
		s["anyOf"] = []any{object{"required": []string{"level"}}, object{"required": []string{"s", "a"}}}
	case reflect.TypeFor[Account]():
		s["anyOf"] = []any{object{"required": []string{"id"}}, object{"required": []string{"name"}}}
	case reflect.TypeFor[Select]():
		s["minProperties"] = 1
	}
	return s
}

// typeSchema is the schema of a field's values.
func typeSchema(t reflect.Type, path, is, key string) object {
	switch {
	case t == valuesType:
		return parametersSchema()
	case t.Kind() == reflect.Pointer:
		return typeSchema(t.Elem(), path, is, key)
	case t.Kind() == reflect.Struct:
		return structSchema(t, path)
	case t.Kind() == reflect.Map:
		values := typeSchema(t.Elem(), path, is, "")
		if t.Elem().Kind() == reflect.Slice {
			values = object{"anyOf": []any{scalarSchema(t.Elem().Elem(), is), values}}
		}
		return object{"type": "object", "minProperties": 1, "propertyNames": scalarSchema(reflect.TypeFor[string](), key), "additionalProperties": values}
	case t.Kind() == reflect.Slice:
		s := object{"type": "array", "minItems": 1, "items": typeSchema(t.Elem(), path, is, "")}
		if is != "" {
			s["uniqueItems"] = true
		}
		return s
	}
	return scalarSchema(t, is)
}

// scalarSchema is the schema of single values that follow a rule.
func scalarSchema(t reflect.Type, is string) object {
	r := rules[is]
	s := object{}
	switch t.Kind() {
	case reflect.Int:
		s["type"] = "integer"
	case reflect.Float64:
		s["type"] = "number"
	case reflect.Bool:
		s["type"] = "boolean"
	default:
		s["type"] = "string"
		// Parse takes a number for the text that it is, and so ids need no quotes.
		if r.oneOf == nil && slices.Contains([]string{"account", "text"}, is) {
			s["type"] = []string{"string", "integer"}
		}
	}
	if r.oneOf != nil {
		s["enum"] = enum(r.oneOf(), t.Kind() == reflect.Int)
		if t.Kind() == reflect.String && isNumber(r.oneOf()[0]) {
			delete(s, "type") // with quotes or without
			s["enum"] = append(enum(r.oneOf(), true), enum(r.oneOf(), false)...)
		}
	}
	if r.pattern != nil {
		s["pattern"] = r.pattern.String()
	}
	if r.max != 0 {
		s["minimum"], s["maximum"] = r.min, r.max
	}
	return s
}

func enum(words []string, numbers bool) []any {
	var list []any
	for _, w := range words {
		if n, err := strconv.Atoi(w); numbers && err == nil {
			list = append(list, n)
			continue
		}
		list = append(list, w)
	}
	return list
}

// parametersSchema is that of every parameter of every check.
func parametersSchema() object {
	all := object{}
	for _, c := range checks.All {
		if len(c.Params) == 0 {
			continue
		}
		properties := object{}
		for _, p := range c.Params {
			s := paramSchema(p)
			s["description"] = p.Text.EN + " · " + p.Text.ZH
			s["default"] = p.Default
			properties[p.Name] = s
		}
		all[c.ID] = object{"type": "object", "description": c.Title.EN + " · " + c.Title.ZH, "properties": properties, "additionalProperties": false}
	}
	return object{"type": "object", "properties": all, "additionalProperties": false}
}

func paramSchema(p checks.Param) object {
	switch d := p.Default.(type) {
	case int:
		least, greatest := p.Limits()
		return object{"type": "integer", "minimum": least, "maximum": greatest}
	case bool:
		return object{"type": "boolean"}
	case []string:
		items := object{"type": []string{"string", "integer"}, "minLength": 1}
		if p.Name == "ports" {
			items["pattern"] = checks.PortPattern
		}
		s := object{"type": "array", "items": items, "uniqueItems": true}
		if len(d) > 0 {
			s["minItems"] = 1
		}
		return s
	}
	return object{"type": "string"}
}
