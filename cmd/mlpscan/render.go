package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
)

// renderOptions are the flags of commands that end in a report.
type renderOptions struct {
	level   int
	lang    string
	format  string
	outputs []string
	failOn  string
}

func (o *renderOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&o.level, "level", 3, "MLPS level of the system: 2, 3 or 4")
	langFlag(c, &o.lang)
	f.StringVar(&o.format, "format", "table", "what to print: "+strings.Join(formats(), ", "))
	f.StringArrayVar(&o.outputs, "output", nil, "also write FORMAT=FILE, such as html=report.html (repeatable)")
	f.StringVar(&o.failOn, "fail-on", "low", "lowest severity that makes exit code 3: low, medium, high, critical, never")
}

func formats() []string { return slices.Sorted(maps.Keys(report.Formats)) }

func (o *renderOptions) validate() error {
	if !slices.Contains(mlps.Levels(), o.level) {
		return usage("choose 2, 3 or 4", "no MLPS level %d", o.level)
	}
	var err error
	if o.lang, err = language(o.lang); err != nil {
		return err
	}
	if report.Formats[o.format] == nil {
		return usage("choose one of: "+strings.Join(formats(), ", "), "unknown format %q", o.format)
	}
	if _, err := checks.ParseSeverity(o.failOn); err != nil && o.failOn != "never" {
		return usage("choose low, medium, high, critical or never", "unknown severity %q", o.failOn)
	}
	return nil
}

// report judges and assesses what was read.
func (o *renderOptions) report(all []report.Reading, list []*checks.Check) (*report.Report, error) {
	b := report.Begin(list, nil, report.Options{Level: o.level, Language: o.lang, Version: toolVersion()})
	for _, x := range all {
		if err := b.Add(x); err != nil {
			return nil, err
		}
	}
	return b.Report(), nil
}

// outputs are the places a report goes to. They are opened before the scan, so
// that a scan of hours does not end at a folder that is not there; files take
// their names only when they are complete.
type outputs struct {
	stdout io.Writer
	format string
	color  bool
	files  []outputFile
}

type outputFile struct {
	format, path string
	temp         *os.File
}

func (o *renderOptions) open(c *cobra.Command) (*outputs, error) {
	out := &outputs{stdout: c.OutOrStdout(), format: o.format, color: wantsColor(os.Stdout)}
	for _, spec := range o.outputs {
		format, path, ok := strings.Cut(spec, "=")
		if !ok || path == "" {
			return nil, usage("write --output html=report.html", "--output %q is not FORMAT=FILE", spec)
		}
		if report.Formats[format] == nil {
			return nil, usage("choose one of: "+strings.Join(formats(), ", "), "unknown format %q", format)
		}
		temp, err := os.CreateTemp(filepath.Dir(path), ".mlpscan-*")
		if err != nil {
			out.discard()
			return nil, fmt.Errorf("cannot write %s: %w", path, err)
		}
		out.files = append(out.files, outputFile{format, path, temp})
	}
	return out, nil
}

// discard removes what was not completed.
func (o *outputs) discard() {
	for _, f := range o.files {
		_ = f.temp.Close()
		_ = os.Remove(f.temp.Name())
	}
}

func (o *outputs) write(rep *report.Report) error {
	rep.Color = o.color
	if err := report.Formats[o.format](o.stdout, rep); err != nil {
		return fmt.Errorf("cannot write the %s report to standard output: %w", o.format, err)
	}
	rep.Color = false
	for _, f := range o.files {
		err := report.Formats[f.format](f.temp, rep)
		if err = errors.Join(err, f.temp.Close()); err == nil {
			err = os.Rename(f.temp.Name(), f.path)
		}
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", f.path, err)
		}
	}
	return nil
}

// verdict is the exit code that the report deserves; nil for 0.
func (o *renderOptions) verdict(rep *report.Report) error {
	if o.failOn != "never" {
		least, err := checks.ParseSeverity(o.failOn)
		if err != nil {
			return err
		}
		for sev := least; sev <= checks.Critical; sev++ {
			if rep.Summary.BySeverity[sev.String()] > 0 {
				return exitCode(exitFindings)
			}
		}
	}
	if rep.Summary.Fail == 0 && (rep.Summary.Unknown > 0 || len(rep.Missing) > 0) {
		return exitCode(exitUnknown)
	}
	return nil
}

// isTerminal reports whether a person watches f on a terminal that can move its cursor.
func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb" }

// wantsColor follows https://no-color.org.
func wantsColor(f *os.File) bool { return isTerminal(f) && os.Getenv("NO_COLOR") == "" }
