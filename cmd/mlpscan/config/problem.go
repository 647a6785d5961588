package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// An Error is one mistake in a file. Its text is "file:line:column: what is wrong
// and what to do".
type Error struct {
	File         string
	Line, Column int // from 1; 0 where the file as a whole is meant
	Message      string
}

// Error is the mistake on one line, as compilers write it.
func (e *Error) Error() string { return position{e.Line, e.Column}.in(e.File) + ": " + e.Message }

type position struct{ line, column int }

func (p position) in(file string) string {
	if p.line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, p.line, p.column)
}

// most is how many problems are told: after so many it is the wrong file.
const most = 50

// kept is how many are kept to be sorted.
const kept = 1000

// problems are those found, as an error; nil for none.
func (r *reader) problems() error {
	if len(r.found) == 0 {
		return nil
	}
	slices.SortStableFunc(r.found, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	if len(r.found) > most {
		r.found = append(r.found[:most], &Error{File: r.file, Message: fmt.Sprintf("and %d more", r.total-most)})
	}
	var all []error
	for _, e := range r.found {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// problem notes what is wrong at a place, and in which value.
func (r *reader) problem(at position, path, format string, args ...any) {
	if r.total++; r.total > kept {
		return
	}
	r.bad = append(r.bad, path)
	r.found = append(r.found, &Error{r.file, at.line, at.column, fmt.Sprintf(format, args...)})
}

// wrongAt notes what is wrong with a value, by its path.
func (r *reader) wrongAt(path, format string, args ...any) {
	r.problem(r.where[path], path, format, args...)
}

// isBad reports whether something is wrong with a value or what stands below it,
// so that what it lacks may have a reason.
func (r *reader) isBad(path string) bool {
	return slices.ContainsFunc(r.bad, func(bad string) bool {
		rest, ok := strings.CutPrefix(bad, path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// syntax notes what the YAML library says of a file that is no YAML.
func (r *reader) syntax(err error) {
	var one *yaml.LoadError
	if !errors.As(err, &one) {
		r.problem(position{}, "", "not YAML: %v", err)
		return
	}
	text := strings.TrimPrefix(one.Message, "yaml: ")
	if one.ContextMsg != "" {
		text = one.ContextMsg + ": " + text
	}
	at, other := position{one.Mark.Line, one.Mark.Column}, position{one.ContextMark.Line, one.ContextMark.Column}
	// What was begun and never ended is put right where it began.
	if other.line > 0 {
		at = other
	}
	r.problem(at, "", "not YAML: %s", text)
}
