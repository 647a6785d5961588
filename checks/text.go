package checks

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteText writes the check's documentation for a terminal, in one language.
func (c *Check) WriteText(w io.Writer, lang string) error {
	label := func(en, zh string) string { return Text{EN: en, ZH: zh}.In(lang) }
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", c.ID, c.Title.In(lang))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	row(label("severity", "严重程度"), c.Severity.Text().In(lang))
	row(label("resource", "资源类型"), c.resourceType)
	row(label("reads", "读取接口"), strings.Join(c.Reads, ", "))
	for _, level := range []string{"7", "8", "9"} {
		row(label("MLPS level ", "等保第")+levelName[level]+label("", "级"), strings.Join(c.clausesOf(level), ", "))
	}
	row(label("major risk hazards", "重大风险隐患"), strings.Join(c.Hazards, ", "))
	row(label("high-risk cases", "高风险案例"), strings.Join(c.Cases, ", "))
	for _, p := range c.Params {
		row(label("parameter", "参数"), fmt.Sprintf("%s = %v (%s)", p.Name, p.Default, p.Text.In(lang)))
	}
	fmt.Fprintf(&b, "\n%s\n\n%s: %s\n", c.Why.In(lang), label("fix", "整改"), c.Fix.Text.In(lang))
	row("aliyun", c.Fix.CLI)
	row("terraform", c.Fix.Terraform)
	_, err := io.WriteString(w, b.String())
	return err
}

// levelName is the level of a clause by its section.
var levelName = map[string]string{"7": "2", "8": "3", "9": "4"}

// clausesOf names the check's clauses of one section with their strength.
func (c *Check) clausesOf(section string) []string {
	var list []string
	for _, k := range c.Clauses {
		if strings.HasPrefix(k.ID, section+".") {
			list = append(list, fmt.Sprintf("%s (%s)", k.ID, k.Strength))
		}
	}
	return list
}

// WriteMarkdown writes docs/checks.md: every check, for a reader of the repository.
func WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Checks\n\nMade by `make docs` from the checks themselves; `mlpscan checks <id>` prints the same.\n" +
		"A clause marked *direct* is decided by the check as far as the cloud goes; *partial* needs a person too.\n\n")
	b.WriteString("| id | severity | passes when |\n|---|---|---|\n")
	for _, c := range All {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", c.ID, c.ID, c.Severity, c.Title.EN)
	}
	for _, c := range All {
		c.writeMarkdown(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Check) writeMarkdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n%s · %s\n\n%s\n\n%s\n\n", c.ID, c.Title.EN, c.Title.ZH, c.Why.EN, c.Why.ZH)
	fmt.Fprintf(b, "- Severity: %s\n- Judges: `%s`\n- Reads: `%s`\n", c.Severity, c.resourceType, strings.Join(c.Reads, "`, `"))
	for _, section := range []string{"7", "8", "9"} {
		if list := c.clausesOf(section); len(list) > 0 {
			fmt.Fprintf(b, "- Level %s: %s\n", levelName[section], strings.Join(list, ", "))
		}
	}
	if risks := slices.Concat(c.Hazards, c.Cases); len(risks) > 0 {
		fmt.Fprintf(b, "- May point to: %s\n", strings.Join(risks, ", "))
	}
	for _, p := range c.Params {
		fmt.Fprintf(b, "- Parameter `%s` = `%v`: %s\n", p.Name, p.Default, p.Text.EN)
	}
	fmt.Fprintf(b, "- Fix: %s · %s\n", c.Fix.Text.EN, c.Fix.Text.ZH)
	if c.Fix.CLI != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", c.Fix.CLI)
	}
	if c.Fix.Terraform != "" {
		fmt.Fprintf(b, "\n```hcl\n%s\n```\n", c.Fix.Terraform)
	}
}
