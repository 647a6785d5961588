package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
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
		Long: `Render again: a JSON report as it was judged then, or an archive or a folder of
archives, judged by this version's checks. Exit codes are those of scan.`,
		Example: `  mlpscan report --from report.json --format html > report.html
  mlpscan report --from mlpscan-20261123T020000Z.mlpscan --level 2`,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.from == "" {
				return usage("name an archive, a folder of archives or a JSON report: --from FILE", "--from is missing")
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
			all, err := loadReports(c, o.from, &o.render, out)
			if err != nil {
				return err
			}
			if err := out.write(all); err != nil {
				return err
			}
			return o.render.verdict(all[0])
		},
	}
	c.Flags().StringVar(&o.from, "from", "", "archive (.mlpscan), folder of archives, or JSON report to render")
	o.render.flags(c)
	return c
}

// loadReports reads a JSON report, or judges an archive or a folder of them.
func loadReports(c *cobra.Command, path string, o *renderOptions, out *outputs) ([]*report.Report, error) {
	if strings.EqualFold(filepath.Ext(path), ".json") {
		for _, flag := range []string{"worksheet", "level"} {
			if c.Flags().Changed(flag) {
				return nil, usage("give the archive of the scan: --from SCAN.mlpscan", "--%s needs the archive: a JSON report says what was judged then", flag)
			}
		}
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
	return o.saved(c.Context(), path, nil, checks.All, func(r report.Reading, acc *cloud.Account) error {
		return out.pages(o.page(r, acc, checks.All))
	})
}
