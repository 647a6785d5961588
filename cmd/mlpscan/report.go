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
			if err := o.render.validate(); err != nil {
				return err
			}
			out, err := o.render.open(c)
			if err != nil {
				return err
			}
			defer out.discard()
			rep, err := loadReport(c, o.from, &o.render)
			if err != nil {
				return err
			}
			if err := out.write(rep); err != nil {
				return err
			}
			return o.render.verdict(rep)
		},
	}
	c.Flags().StringVar(&o.from, "from", "", "archive (.mlpscan) or JSON report to render")
	o.render.flags(c)
	return c
}

// loadReport reads a JSON report, or judges an archive.
func loadReport(c *cobra.Command, path string, o *renderOptions) (*report.Report, error) {
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
		return rep, nil
	}
	read, acc, err := readArchive(c.Context(), path, nil, checks.All)
	if err != nil {
		return nil, err
	}
	return o.report(read, acc, checks.All), nil
}
