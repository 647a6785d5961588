package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// An Error is one mistake in a file. Its text is "file:line:column: what is wrong".
type Error struct {
	File         string
	Line, Column int // from 1; 0 where the file as a whole is meant
	Message      string
	Hint         string // the next step; "" where the message says it
}

// Error is the place and the message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Load reads a file. Its error is that of the file system, or joins an *Error
// for each mistake.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse reads what a file holds; name is the file's, for errors.
func Parse(name string, data []byte) (*Config, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntax(name, err)
	}
	var c Config
	d := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, syntax(name, err)
	}
	v := &validation{name: name, file: file}
	v.config(&c)
	if err := v.err(); err != nil {
		return nil, err
	}
	return &c, nil
}

// Hint is the next step after an error of this package: that of the first mistake
// that has one.
func Hint(err error) string {
	var e *Error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			if h := Hint(one); h != "" {
				return h
			}
		}
	} else if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// syntax makes an Error of one of the YAML library.
func syntax(name string, err error) error {
	e := &Error{File: name, Message: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		e.Message = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Column = t.Position.Line, t.Position.Column
		}
	}
	if m := unknownField.FindStringSubmatch(e.Message); m != nil {
		e.Message = fmt.Sprintf("unknown key %q", m[1])
		e.Hint = Closest(m[1], allKeys())
	}
	return e
}

// allKeys are all keys that the file may have, at whatever place.
func allKeys() []string { return keys(reflect.TypeFor[Config]()) }

// keys are all keys of a type, and of what it holds.
func keys(t reflect.Type) []string {
	var all []string
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				all = append(append(all, f.Tag.Get("yaml")), keys(f.Type)...)
			}
		}
	}
	return all
}

// at finds where a value stands, by a path such as "$.accounts[0].id".
func at(file *ast.File, path string) (line, column int) {
	p, err := yaml.PathString(path)
	if err != nil {
		return 0, 0
	}
	node, err := p.FilterFile(file)
	if err != nil || node == nil || node.GetToken() == nil {
		if i := strings.LastIndexAny(path, ".["); i > 1 {
			return at(file, path[:i])
		}
		return 0, 0
	}
	pos := node.GetToken().Position
	return pos.Line, pos.Column
}
