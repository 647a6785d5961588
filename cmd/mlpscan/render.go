package main

import (
	"cmp"
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
	"github.com/mlpscan/mlpscan/cmd/mlpscan/config"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
)

// renderOptions are the flags of commands that end in a report.
type renderOptions struct {
	level      int
	lang       string
	format     string
	outputs    []string
	failOn     string
	worksheet  string
	given      []report.Answer // of the worksheet
	configFile string
	config     config.Config // what the file says; empty without one
}

func (o *renderOptions) flags(c *cobra.Command) {
	o.modelFlags(c)
	f := c.Flags()
	f.StringVar(&o.format, "format", "table", "what to print: "+strings.Join(formats(), ", "))
	f.StringArrayVar(&o.outputs, "output", nil, "also write FORMAT=FILE, such as html=report.html (repeatable)")
	f.StringVar(&o.failOn, "fail-on", "low", "lowest severity that makes exit code 3: low, medium, high, critical, never")
}

// modelFlags are those that change what a report says, and not how it is written.
func (o *renderOptions) modelFlags(c *cobra.Command) {
	o.format, o.failOn = "table", "never"
	f := c.Flags()
	f.IntVar(&o.level, "level", 3, "MLPS level of the system: 2, 3 or 4")
	langFlag(c, &o.lang)
	f.StringVar(&o.configFile, "config", "", "file of settings, such as mlpscan.yaml (default: $"+configVariable+")")
	f.StringVar(&o.worksheet, "worksheet", "", "Excel file of answers, as mlpscan worksheet writes it")
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
	if o.given, err = o.answers(); err != nil {
		return err
	}
	if _, err := checks.ParseSeverity(o.failOn); err != nil && o.failOn != "never" {
		return usage("choose low, medium, high, critical or never", "unknown severity %q", o.failOn)
	}
	return nil
}

// reports are being made: that of everything, and one for each grading object.
type reports struct {
	whole   *report.Builder
	systems []*report.Builder
}

// begin starts the reports.
func (o *renderOptions) begin(list []*checks.Check) *reports {
	opt := report.Options{Level: o.level, Language: o.lang, Version: toolVersion(), Answers: about(o.given, ""), Factors: o.factors()}
	r := &reports{}
	for i := range o.config.Systems {
		own := opt
		own.System = systemOf(o.config.Systems[i])
		own.Answers = about(o.given, own.System.Name)
		opt.Systems = append(opt.Systems, own.System)
		r.systems = append(r.systems, report.Begin(list, o.config.Values(), own))
	}
	r.whole = report.Begin(list, o.config.Values(), opt)
	return r
}

// factors are those of the file, where it has any.
func (o *renderOptions) factors() *report.Factors {
	f := report.DefaultFactors
	if w := o.config.Estimate.PartlyWeight; w != nil {
		f.PartlyWeight = *w
	}
	if y := o.config.Estimate.Attention; y != nil {
		f.Attention = *y
	}
	return &f
}

// add judges one account, for every report.
func (r *reports) add(x report.Reading, acc *cloud.Account) {
	r.whole.Add(x, acc)
	for _, s := range r.systems {
		s.Add(x, acc)
	}
}

// done are the reports, that of everything first.
func (r *reports) done() []*report.Report {
	all := []*report.Report{r.whole.Report()}
	for _, s := range r.systems {
		all = append(all, s.Report())
	}
	return all
}

// one are the reports of a scan of one account.
func (o *renderOptions) one(x report.Reading, acc *cloud.Account, list []*checks.Check) []*report.Report {
	r := o.begin(list)
	r.add(x, acc)
	return r.done()
}

// page is the report of one account among many.
func (o *renderOptions) page(x report.Reading, acc *cloud.Account, list []*checks.Check) *report.Report {
	b := report.Begin(list, o.config.Values(), report.Options{Level: o.level, Language: o.lang, Version: toolVersion()})
	b.Add(x, acc)
	return b.Report()
}

// systemOf is a grading object as reports know it.
func systemOf(s config.System) *report.System {
	return &report.System{Name: s.Name, Level: s.Level, S: s.S, A: s.A, Template: cmp.Or(s.Template, "2025"),
		Select: selectionOf(s.Select), Exclude: selectionOf(s.Exclude)}
}

func selectionOf(s config.Select) report.Selection {
	out := report.Selection{Accounts: s.Accounts, Regions: s.Regions, ResourceGroups: s.ResourceGroups, VPCs: s.VPCs, IDs: s.IDs}
	for key, values := range s.Tags {
		if out.Tags == nil {
			out.Tags = map[string][]string{}
		}
		out.Tags[key] = values
	}
	return out
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

// write writes the report of everything where the user said, and that of each
// grading object beside it. A table of each goes to standard output too; any other
// format is one document, and holds everything.
func (o *outputs) write(all []*report.Report) error {
	for i, rep := range all {
		if i > 0 && o.format != "table" {
			break
		}
		rep.Color = o.color
		if err := report.Formats[o.format](o.stdout, rep); err != nil {
			return fmt.Errorf("cannot write the %s report to standard output: %w", o.format, err)
		}
		rep.Color = false
	}
	for _, f := range o.files {
		for _, rep := range all {
			rep.Pages = func(name string) string { return filepath.Base(pagePath(f.path, name)) }
		}
		err := report.Formats[f.format](f.temp, all[0])
		if err = errors.Join(err, f.temp.Close()); err == nil {
			err = os.Rename(f.temp.Name(), f.path)
		}
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", f.path, err)
		}
		for _, rep := range all[1:] {
			if err := writeFile(pagePath(f.path, rep.Run.System.Name), func(w io.Writer) error { return report.Formats[f.format](w, rep) }); err != nil {
				return err
			}
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
