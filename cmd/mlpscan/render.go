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
	"github.com/mlpscan/mlpscan/cloud"
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
	values  checks.Values // parameters of checks, from the file
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

// begin starts the report of all accounts.
func (o *renderOptions) begin(list []*checks.Check) *report.Builder {
	return report.Begin(list, o.values, report.Options{Level: o.level, Language: o.lang, Version: toolVersion()})
}

// report is that of one account.
func (o *renderOptions) report(x report.Reading, acc *cloud.Account, list []*checks.Check) *report.Report {
	b := o.begin(list)
	b.Add(x, acc)
	return b.Report()
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
		if len(rep.Accounts) > 1 {
			rep.Pages = func(account string) string { return filepath.Base(pagePath(f.path, account)) }
		}
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

// pages are the files of each account of a report of many: beside an HTML report
// one for each account, to which the report leads.
func (o *outputs) pages(rep *report.Report) error {
	for _, f := range o.files {
		if f.format != "html" {
			continue
		}
		if err := writeFile(pagePath(f.path, rep.Run.Accounts[0]), func(w io.Writer) error { return report.WriteHTML(w, rep) }); err != nil {
			return err
		}
	}
	return nil
}

// pagePath is where the page of an account, or of a system, lies beside a report.
func pagePath(path, name string) string {
	ending := filepath.Ext(path)
	return strings.TrimSuffix(path, ending) + "." + safeName(name) + ending
}

// safeName makes a name a part of a file's name.
func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == 0 {
			return '_'
		}
		return r
	}, name)
}

// writeFile writes a file whole, or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".mlpscan-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	err = errors.Join(write(temp), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return fmt.Errorf("cannot write %s: %w", path, err)
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
