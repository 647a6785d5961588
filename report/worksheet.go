package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// The columns of a worksheet, from A. Their places are what ReadWorksheet goes by:
// people translate heads, and leave the order alone.
const (
	colClause = iota
	colUnit
	colPoint
	colRequirement
	colMachine
	colReason
	colAsk
	colProof
	colVerdict
	colNote
	colDate
	colName
	colEvidence
	colSystem // not in worksheets before it was added
	worksheetColumns
)

// WriteWorksheet writes the Excel file that people fill in: a sheet of every
// requirement that needs a person, with what to ask and what proof to want, and one
// of the provider's, with what to ask it for. Answers that the report has already
// stand in it.
func WriteWorksheet(w io.Writer, r *Report) error {
	b := newBook(r.Run.Language)
	b.worksheet(b.say("To answer", "人工核查"), r, Clause.NeedsPerson)
	b.worksheet(b.say("Provider", "云平台侧"), r, Clause.FromProvider)
	b.instructions(r)
	return b.write(w)
}

func (b *book) worksheet(name string, r *Report, wanted func(Clause) bool) {
	s := b.sheet(name, column{b.say("Clause", "条款号"), 12, plain}, column{b.say("Unit", "测评单元"), 14, plain}, column{b.say("Control point", "控制点"), 18, plain},
		column{b.say("Requirement", "要求项"), 32, plain}, column{b.say("Machine's verdict", "机器结论"), 12, plain}, column{b.say("Why", "依据"), 30, plain}, column{b.say("Question", "核查问题"), 42, plain},
		column{b.say("Proof to ask for", "需要的证据"), 42, plain}, column{b.say("Verdict", "人工结论"), 12, input}, column{b.say("Note", "说明"), 36, input},
		column{b.say("Date", "核查日期"), 13, date}, column{b.say("Name", "核查人"), 12, input}, column{b.say("Evidence file", "证据文件"), 26, input},
		column{b.say("Grading object", "定级对象"), 20, plain})
	system := ""
	if r.Run.System != nil {
		system = r.Run.System.Name
	}
	for _, c := range r.Clauses {
		if !wanted(c) && c.Answer == nil || c.Answer != nil && c.FromProvider() != wanted(Clause{Verdict: c.machine()}) {
			continue
		}
		it, _ := mlps.Find(c.ID)
		q := it.Question()
		a := Answer{}
		if c.Answer != nil {
			a = *c.Answer
		}
		var day any = ""
		if !a.Date.IsZero() {
			day = a.Date
		}
		verdict := ""
		if a.Verdict != "" {
			verdict = a.Verdict.Text().In(b.lang)
		}
		s.add(c.ID, c.markedUnit(), c.ControlPoint.In(b.lang), c.Requirement.In(b.lang), shown{looks[c.machine()], c.machine().Text().In(b.lang)}, c.Reason.In(b.lang),
			checks.Text(q.Ask).In(b.lang), checks.Text(q.Evidence).In(b.lang), verdict, a.Note, day, a.Name, a.Evidence, system)
	}
	var words []string
	for _, v := range answerVerdicts {
		words = append(words, v.Text().In(b.lang))
	}
	s.choice(colVerdict+1, words...)
	s.close()
}

// answerVerdicts are those that a person can give.
var answerVerdicts = []Verdict{Met, Partly, NotMet, NotApplicable}

func (b *book) instructions(r *Report) {
	s := b.sheet(b.say("Read me", "填写说明"), column{b.say("How to fill this in", "填写说明"), 110, plain})
	for _, line := range []string{
		b.say("Fill in the yellow columns: verdict, note, date, name, evidence file. A verdict needs a date and a name.", "请填写黄色列：人工结论、说明、核查日期、核查人、证据文件。填写结论时必须同时填写日期和核查人。"),
		b.say("Leave a row empty that nobody has looked at: it stays open.", "尚未核查的行请留空，其结论保持待定。"),
		b.say("The last column names the grading object: an answer counts for that one alone. Leave it as it is.", "最后一列为定级对象：结论仅对该对象有效，请勿修改。"),
		b.say("Give it back to: mlpscan report --from SCAN --worksheet THIS FILE", "填写后执行：mlpscan report --from 扫描文件 --worksheet 本文件"),
		b.say("An answer that contradicts a check is shown as a conflict; a failure that a check has proven stands until its cause is gone.", "与检查结果矛盾的结论会标记为冲突；检查已证明的问题在整改前不会被人工结论覆盖。"),
		b.say("Provider: ask for the platform's MLPS filing certificate (备案证明), the conclusion pages of this year's assessment report, the platform's level (not below the system's), and the regions that they cover.",
			"云平台侧：请向云服务商索取云平台等级保护备案证明、本年度测评报告结论页、平台等级（不得低于本系统等级）以及覆盖的地域。"),
		b.say("scan of ", "扫描时间 ") + beijing(r.Run.Started) + " · " + strings.Join(r.Run.Accounts, ", "),
	} {
		s.add(line)
	}
	s.close()
}

// A CellError is a mistake in one cell of a worksheet.
type CellError struct{ File, Sheet, Cell, Message string }

// Error names the file, the sheet and the cell, as Excel does: "人工核查!I12".
func (e *CellError) Error() string {
	return fmt.Sprintf("%s: %s!%s: %s", e.File, e.Sheet, e.Cell, e.Message)
}

// ReadWorksheet reads the answers of a worksheet. Its error is that of the file, or
// joins a *CellError for each cell that does not hold what it should: nothing that a
// person wrote is passed over.
func ReadWorksheet(path string) ([]Answer, error) {
	f, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: 256 << 20})
	if err != nil {
		return nil, fmt.Errorf("read worksheet %s: %w", path, err)
	}
	defer f.Close()
	in := &sheetReader{file: path, f: f, at: map[string]string{}}
	for _, name := range f.GetSheetList() {
		if err := in.sheet(name); err != nil {
			return nil, fmt.Errorf("read worksheet %s: %s: %w", path, name, err)
		}
	}
	if in.sheets == 0 {
		return nil, fmt.Errorf("read worksheet %s: no sheet of it begins with clauses in column A", path)
	}
	return in.answers, errors.Join(in.errs...)
}

// sheetReader reads answers and collects mistakes.
type sheetReader struct {
	file    string
	f       *excelize.File
	sheets  int
	answers []Answer
	at      map[string]string // where a clause was answered, by system and clause
	errs    []error
}

func (in *sheetReader) wrong(sheet string, row, col int, format string, args ...any) {
	cell, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		cell = strconv.Itoa(row)
	}
	in.errs = append(in.errs, &CellError{in.file, sheet, cell, fmt.Sprintf(format, args...)})
}

func (in *sheetReader) sheet(name string) error {
	rows, err := in.f.GetRows(name, excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	if len(rows) == 0 || len(rows[0]) < colSystem {
		return nil // the instructions, or a sheet of the user's own
	}
	in.sheets++
	for i, row := range rows[1:] {
		cells := make([]string, worksheetColumns)
		for j := range min(len(row), worksheetColumns) {
			cells[j] = strings.TrimSpace(row[j])
		}
		in.row(name, i+2, cells)
	}
	return nil
}

// row reads one row; one that nobody filled in is none.
func (in *sheetReader) row(sheet string, n int, c []string) {
	if strings.Join(c[colVerdict:colSystem], "") == "" {
		return
	}
	before := len(in.errs)
	a := Answer{Clause: c[colClause], Note: c[colNote], Name: c[colName], Evidence: c[colEvidence], System: c[colSystem], From: fmt.Sprintf("%s!%d", sheet, n)}
	if _, ok := mlps.Find(a.Clause); !ok {
		in.wrong(sheet, n, colClause, "no clause %q", a.Clause)
	}
	key := a.System + "\n" + a.Clause
	if other, twice := in.at[key]; twice {
		in.wrong(sheet, n, colClause, "clause %s is answered in %s already", a.Clause, other)
	}
	in.at[key] = a.From
	var ok bool
	if a.Verdict, ok = answerOf(c[colVerdict]); !ok {
		in.wrong(sheet, n, colVerdict, "%q is no verdict: choose 符合, 部分符合, 不符合, 不适用 (met, partly met, not met, not applicable)", c[colVerdict])
	}
	if a.Date, ok = dayOf(c[colDate]); !ok {
		in.wrong(sheet, n, colDate, "%q is no date: write it as 2026-11-23", c[colDate])
	}
	if a.Name == "" {
		in.wrong(sheet, n, colName, "a verdict needs the name of who gave it")
	}
	if a.Verdict == NotApplicable && a.Note == "" {
		in.wrong(sheet, n, colNote, "say why it does not apply")
	}
	if len(in.errs) == before {
		in.answers = append(in.answers, a)
	}
}

// SystemCell is where an answer of a worksheet names its grading object, as Excel
// writes it: "人工核查!N12".
func SystemCell(a Answer) string { return cellOf(a, colSystem) }

// ClauseCell is where an answer names its clause; see [SystemCell].
func ClauseCell(a Answer) string { return cellOf(a, colClause) }

func cellOf(a Answer, column int) string {
	at := strings.LastIndex(a.From, "!") + 1
	name, _ := excelize.ColumnNumberToName(column + 1) // a column of ours
	return a.From[:at] + name + a.From[at:]
}

// answerOf reads a verdict in either language.
func answerOf(s string) (Verdict, bool) {
	i := slices.IndexFunc(answerVerdicts, func(v Verdict) bool {
		return strings.EqualFold(s, v.Text().EN) || s == v.Text().ZH || strings.EqualFold(s, string(v))
	})
	if i < 0 {
		return "", false
	}
	return answerVerdicts[i], true
}

// dayOf reads a date as Excel keeps it, a number of days, or as people write it.
func dayOf(s string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "2006/1/2", "2006-1-2", "2006.1.2", "2006年1月2日"} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil || days < 36526 || days > 73050 { // 2000 to 2099
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(days, false)
	return t.Truncate(24 * time.Hour).UTC(), err == nil
}
