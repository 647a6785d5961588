package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cmd/mlpscan/config"
	"github.com/spf13/cobra"
)

func newChecks() *cobra.Command {
	var o struct{ lang, format string }
	c := &cobra.Command{
		Use:   "checks [id]",
		Short: "List the checks, or explain one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := language(o.lang)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return explainCheck(c.OutOrStdout(), args[0], lang)
			}
			switch o.format {
			case "table":
				return listChecks(c.OutOrStdout(), lang)
			case "markdown":
				return checks.WriteMarkdown(c.OutOrStdout())
			}
			return usage("choose table or markdown", "unknown format %q", o.format)
		},
	}
	langFlag(c, &o.lang)
	c.Flags().StringVar(&o.format, "format", "table", "table, or markdown for docs/checks.md")
	return c
}

func listChecks(w io.Writer, lang string) error {
	for _, k := range checks.All {
		if _, err := fmt.Fprintf(w, "%-44s %-9s %s\n", k.ID, k.Severity, k.Title.In(lang)); err != nil {
			return err
		}
	}
	return nil
}

func explainCheck(w io.Writer, id, lang string) error {
	i := slices.IndexFunc(checks.All, func(k *checks.Check) bool { return k.ID == id })
	if i < 0 {
		return usage("mlpscan checks lists them"+closest(id, checkIDs()), "no check %q", id)
	}
	return checks.All[i].WriteText(w, lang)
}

func checkIDs() []string {
	var ids []string
	for _, k := range checks.All {
		ids = append(ids, k.ID)
	}
	return ids
}

// closest guesses which name was meant, as the tail of a hint; "" without a good guess.
func closest(name string, names []string) string {
	if guess := config.Closest(name, names); guess != "" {
		return "; did you mean " + guess + "?"
	}
	return ""
}
