package config

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
)

// template is the example without the parameters, which follow from the checks.
//
//go:embed example.yaml
var template string

// parametersMark is the line of the template that they replace.
const parametersMark = "#parameters:\n"

// WriteExample writes a configuration file with every key there is and what it
// means. Settings that not everybody needs stand behind a # without a blank, so
// that taking it away switches them on.
func WriteExample(w io.Writer) error {
	before, after, ok := strings.Cut(template, parametersMark)
	if !ok {
		panic("config: example.yaml has lost its line " + parametersMark) // an error of ours
	}
	var b strings.Builder
	b.WriteString(before + parametersMark)
	for _, c := range checks.All {
		if len(c.Params) == 0 {
			continue
		}
		fmt.Fprintf(&b, "#  %s: # %s\n", c.ID, c.Title.ZH)
		for _, p := range c.Params {
			fmt.Fprintf(&b, "#    %s: %s # %s · %s\n", p.Name, written(p.Default), p.Text.EN, p.Text.ZH)
		}
	}
	b.WriteString(after)
	_, err := io.WriteString(w, b.String())
	return err
}
