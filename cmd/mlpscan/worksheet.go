package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
)

func newWorksheet() *cobra.Command {
	var o struct {
		from, output string
		system       string
		render       renderOptions
	}
	c := &cobra.Command{
		Use:   "worksheet --from SCAN --output FILE.xlsx",
		Short: "Write an Excel file of what a person must still answer",
		Long: `Write an Excel file of every requirement that needs a person: what the machine
found, what to ask, what proof to want, and cells to fill in. A second sheet asks
the cloud provider for its part. Give the filled-in file back with --worksheet.`,
		Example: `  mlpscan worksheet --from demo.mlpscan --output answers.xlsx
  mlpscan report --from demo.mlpscan --worksheet answers.xlsx --output xlsx=gap.xlsx`,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.from == "" || o.output == "" {
				return usage("mlpscan worksheet --from demo.mlpscan --output answers.xlsx", "--from and --output are needed")
			}
			if err := o.render.configure(c); err != nil {
				return err
			}
			if err := o.render.validate(); err != nil {
				return err
			}
			all, err := loadReports(c, o.from, &o.render, &outputs{})
			if err != nil {
				return err
			}
			r, err := ofSystem(all, o.system)
			if err != nil {
				return err
			}
			return writeFile(o.output, func(w io.Writer) error { return report.WriteWorksheet(w, r) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "archive (.mlpscan), folder of archives, or JSON report")
	f.StringVar(&o.output, "output", "", "file to write")
	f.StringVar(&o.system, "system", "", "grading object of --config whose requirements are meant (default: the report of everything)")
	o.render.modelFlags(c)
	return c
}

// ofSystem is the report of a grading object; of everything where none is named.
func ofSystem(all []*report.Report, name string) (*report.Report, error) {
	if name == "" {
		return all[0], nil
	}
	var names []string
	for _, r := range all[1:] {
		if r.Run.System.Name == name {
			return r, nil
		}
		names = append(names, r.Run.System.Name)
	}
	return nil, usage("name a system of --config"+closest(name, names), "no grading object %q", name)
}

// answers reads the worksheet, if one is given. Every answer of it must be about
// something that is reported: none is passed over.
func (o *renderOptions) answers() ([]report.Answer, error) {
	if o.worksheet == "" {
		return nil, nil
	}
	list, err := report.ReadWorksheet(o.worksheet)
	var cell *report.CellError
	if errors.As(err, &cell) {
		return nil, hinted{err, "mend the cells in Excel; nothing was read", exitBroken}
	}
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if err := o.accepts(a); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// accepts refuses an answer that no report would show.
func (o *renderOptions) accepts(a report.Answer) error {
	level, names := o.level, []string{}
	for _, s := range o.config.Systems {
		names = append(names, s.Name)
		if s.Name == a.System {
			level = s.Level
		}
	}
	system, clause := o.worksheet+": "+report.SystemCell(a), o.worksheet+": "+report.ClauseCell(a)
	switch it, _ := mlps.Find(a.Clause); {
	case a.System != "" && len(names) == 0:
		return withHint(fmt.Errorf("%s: the answer is about the grading object %q, and no grading objects are given", system, a.System), "name the file that describes it: --config mlpscan.yaml")
	case a.System != "" && !slices.Contains(names, a.System):
		return withHint(fmt.Errorf("%s: no grading object %q", system, a.System), "name a system of "+o.configFile+closest(a.System, names))
	case it.Level != level:
		return withHint(fmt.Errorf("%s: %s is a requirement of level %d, and the report is of level %d", clause, a.Clause, it.Level, level), "choose --level, or the worksheet of this level")
	}
	return nil
}

// about are the answers about one grading object; "" for those about everything.
func about(list []report.Answer, system string) []report.Answer {
	return slices.DeleteFunc(slices.Clone(list), func(a report.Answer) bool { return a.System != system })
}
