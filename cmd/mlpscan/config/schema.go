package config

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/mlpscan/mlpscan/checks"
)

// WriteSchema writes the JSON Schema of mlpscan.yaml, with every parameter of
// every check, for editors.
func WriteSchema(w io.Writer) error {
	r := jsonschema.Reflector{FieldNameTag: "yaml", ExpandedStruct: true, DoNotReference: true, RequiredFromJSONSchemaTags: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == reflect.TypeFor[Values]() {
				one := &jsonschema.Schema{Type: "string"}
				return &jsonschema.Schema{OneOf: []*jsonschema.Schema{one, {Type: "array", Items: one}}}
			}
			return nil
		}}
	s := r.Reflect(&Config{})
	s.ID, s.Title = "https://github.com/mlpscan/mlpscan/docs/mlpscan.schema.json", "mlpscan.yaml"
	old, _ := s.Properties.Get("parameters")
	p := parametersSchema()
	p.Description = old.Description
	s.Properties.Set("parameters", p)
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(s); err != nil {
		return fmt.Errorf("write the schema: %w", err)
	}
	return nil
}

func parametersSchema() *jsonschema.Schema {
	all := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, c := range checks.All {
		if len(c.Params) == 0 {
			continue
		}
		one := &jsonschema.Schema{Type: "object", Description: c.Title.EN, Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
		for _, p := range c.Params {
			v := &jsonschema.Schema{Description: p.Text.EN, Default: p.Default}
			if _, ok := p.Default.(int); ok {
				v.Type, v.Minimum = "integer", "1"
			} else {
				v.Type, v.Items = "array", &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "integer"}}}
			}
			one.Properties.Set(p.Name, v)
		}
		all.Properties.Set(c.ID, one)
	}
	return all
}
