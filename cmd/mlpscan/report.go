package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
)

func newReport() *cobra.Command {
	var o struct {
		from   string
		render renderOptions
	}
	c := &cobra.Command{
		Use:   "report --from FILE",
		Short: "Render a saved scan or JSON report again",
		Long: `Render again: a JSON report as it was judged then, or an archive, judged by
this version's checks. Exit codes are those of scan.`,
		Example: `  mlpscan report --from report.json --format html > report.html
  mlpscan report --from mlpscan-20261123T020000Z.mlpscan --level 2`,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.from == "" {
				return usage("name an archive or a JSON report: --from FILE", "--from is missing")
			}
			if err := o.render.configure(c); err != nil {
				return err
			}
			if err := o.render.validate(); err != nil {
				return err
			}
			out, err := o.render.open(c)
			if err != nil {
				return err
			}
			defer out.discard()
			all, err := loadReports(c, o.from, &o.render)
			if err != nil {
				return err
			}
			if err := out.write(all); err != nil {
				return err
			}
			return o.render.verdict(all[0])
		},
	}
	c.Flags().StringVar(&o.from, "from", "", "archive (.mlpscan) or JSON report to render")
	o.render.flags(c)
	return c
}

// loadReports reads a JSON report, or judges an archive.
func loadReports(c *cobra.Command, path string, o *renderOptions) ([]*report.Report, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		rep, err := report.Load(f)
		if err != nil {
			return nil, withHint(err, "give a report that mlpscan wrote with --format json")
		}
		if !c.Flags().Changed("lang") {
			o.lang = rep.Run.Language
		}
		rep.Run.Language = o.lang
		return []*report.Report{rep}, nil
	}
	read, acc, err := readArchive(c.Context(), path, nil, checks.All)
	if err != nil {
		return nil, err
	}
	return o.one(read, acc, checks.All), nil
}
