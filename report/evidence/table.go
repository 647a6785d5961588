package evidence

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/report"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\uFEFF"

// tableHead names the columns of index.csv in both languages.
var tableHead = []string{"条款 Clauses", "条款判定 Clause verdicts", "检查 Check", "判定 Status", "严重程度 Severity", "账号 Account", "地域 Region",
	"资源类型 Resource type", "资源 Resource", "名称 Name", "问题 Problem (zh)", "问题 Problem (en)", "调用 Call", "字段 Field", "值 Value",
	"请求 ID Request ID", "时间 Time", "文件 File", "结果编号 Finding"}

// table writes index.csv: a row for each piece of evidence of each finding, and
// one for each clause that no check tells of.
func (b *builder) table() error {
	return b.add(File{Name: tableFile}, func(w io.Writer) error {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return err
		}
		c := csv.NewWriter(w)
		c.UseCRLF = true // as RFC 4180 and Excel have it
		if err := c.Write(tableHead); err != nil {
			return err
		}
		if err := b.rows(c); err != nil {
			return err
		}
		c.Flush()
		return c.Error()
	})
}

func (b *builder) rows(c *csv.Writer) error {
	verdicts := map[string]report.Verdict{}
	for _, cl := range b.Report.Clauses {
		verdicts[cl.ID] = cl.Verdict
		if cl.Total() == 0 {
			row := make([]string, len(tableHead))
			row[0], row[1], row[10], row[11] = cl.ID, string(cl.Verdict), cl.Reason.ZH, cl.Reason.EN
			if err := c.Write(guarded(row)); err != nil {
				return err
			}
		}
	}
	for f := range b.findings() {
		for _, e := range orNone(f.Evidence) {
			if err := c.Write(guarded(newRow(f, e, verdicts))); err != nil {
				return err
			}
		}
	}
	return nil
}

// orNone gives a finding without evidence its row too.
func orNone(list []report.Evidence) []report.Evidence {
	if len(list) == 0 {
		return []report.Evidence{{}}
	}
	return list
}

func newRow(f report.Finding, e report.Evidence, verdicts map[string]report.Verdict) []string {
	var said []string
	for _, id := range f.Clauses {
		said = append(said, string(verdicts[id]))
	}
	row := []string{strings.Join(f.Clauses, " "), strings.Join(said, " "), f.Check, string(f.Status), f.Severity.String(), f.Account, f.Region,
		f.Resource.Type, f.Resource.ID, f.Resource.Name, "", "", e.Call, e.Field, e.Value, e.RequestID, "", "", f.ID}
	if f.Problem != nil {
		row[10], row[11] = f.Problem.ZH, f.Problem.EN
	}
	if !e.Time.IsZero() {
		row[16] = e.Time.UTC().Format(time.RFC3339)
	}
	if e.Entry != "" {
		row[17] = FileName(e.Entry)
	}
	return row
}

// formulaMarks begin what a spreadsheet would compute, the full-width forms that
// a Chinese Excel takes for them included.
const formulaMarks = "=+-@\t\r\n＝＋－＠"

// guarded puts a quotation mark before what a spreadsheet would compute: a name
// chosen in the cloud must not run on the assessor's machine.
func guarded(row []string) []string {
	for i, s := range row {
		if s != "" && strings.ContainsRune(formulaMarks, []rune(s)[0]) {
			row[i] = fmt.Sprintf("'%s", s)
		}
	}
	return row
}
