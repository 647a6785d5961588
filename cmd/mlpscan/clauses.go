package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cmd/mlpscan/words"
	"github.com/spf13/cobra"
)

func newClauses() *cobra.Command {
	var o struct {
		lang  string
		level int
	}
	c := &cobra.Command{
		Use:   "clauses [id]",
		Short: "List the clauses of a level, or explain one",
		Long: `List the requirements (要求项) of an MLPS level, or explain one and name the
checks that touch it. The wording is this project's own paraphrase.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := language(o.lang)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return explainClause(c.OutOrStdout(), args[0], lang)
			}
			if !slices.Contains(mlps.Levels(), o.level) {
				return usage("choose 2, 3 or 4", "no MLPS level %d", o.level)
			}
			return listClauses(c.OutOrStdout(), o.level, lang)
		},
	}
	langFlag(c, &o.lang)
	c.Flags().IntVar(&o.level, "level", 3, "MLPS level: 2, 3 or 4")
	return c
}

func listClauses(w io.Writer, level int, lang string) error {
	for _, it := range mlps.Level(level) {
		if _, err := fmt.Fprintf(w, "%-11s %-12s %s\n", it.ID, it.Unit, it.Requirement.In(lang)); err != nil {
			return err
		}
	}
	return nil
}

func explainClause(w io.Writer, id, lang string) error {
	it, ok := mlps.Find(id)
	if !ok {
		return usage("mlpscan clauses --level 3 lists them; ids look like 8.1.4.8-b", "no clause %q", id)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s (%s)\n%s > %s\n\n%s\n", it.ID, it.Unit, words.In(lang, string(it.UnitSource)),
		it.Layer.Name.In(lang), it.ControlPoint.Name.In(lang), it.Requirement.In(lang))
	if it.Hint != "" && lang == "en" { // the list has it in English alone
		fmt.Fprintf(&b, "\n%s\n", it.Hint)
	}
	for _, k := range checks.All {
		for _, clause := range k.Clauses {
			if clause.ID == id {
				fmt.Fprintf(&b, "\n%s (%s)\n  %s\n", k.ID, words.In(lang, string(clause.Strength)), k.Title.In(lang))
			}
		}
	}
	writeStory(&b, it, lang)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeStory is what belongs to a clause besides its checks: what to ask a person,
// the high-risk cases about it, and the laws behind it.
func writeStory(b *strings.Builder, it mlps.Item, lang string) {
	q := it.Question()
	fmt.Fprintf(b, "\n%s %s\n  %s\n", say(lang, "ask:", "核查问题："), q.Ask.In(lang), q.Evidence.In(lang))
	for _, edition := range mlps.Editions() {
		for _, h := range mlps.HazardsOf(it.ID, edition) {
			fmt.Fprintf(b, "\n%s %s %s (%s, %s)\n  %s\n", say(lang, "high-risk case", "高风险判例"), h, h.Name.In(lang), edition, words.In(lang, string(h.Source)), h.LoweringText().In(lang))
		}
	}
	for i, a := range mlps.LawsOf(it.ID) {
		if i == 0 {
			b.WriteString("\n" + say(lang, "laws:", "相关法律：") + "\n")
		}
		fmt.Fprintf(b, "  %s\n", a.Cite(time.Now()).In(lang))
	}
}

func say(lang, en, zh string) string { return mlps.Text{EN: en, ZH: zh}.In(lang) }
