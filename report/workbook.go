package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/mlpscan/mlpscan/checks"
)

// A book is an Excel workbook under way, in one language. It keeps the first error.
type book struct {
	f      *excelize.File
	lang   string
	styles map[style]int
	err    error
}

// style is what a cell looks like.
type style int

const (
	plain style = iota
	heading
	title
	bad
	warn
	good
	input // for a person to fill in
	date
)

func newBook(lang string) *book {
	b := &book{f: excelize.NewFile(), lang: lang, styles: map[style]int{}}
	for s := plain; s <= date; s++ { // in order: the same report is the same file
		id, err := b.f.NewStyle(styleSpecs[s])
		b.note(err)
		b.styles[s] = id
	}
	return b
}

func (b *book) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) say(en, zh string) string { return checks.Text{EN: en, ZH: zh}.In(b.lang) }

// styleSpecs are the looks. Chinese takes its own font wherever Excel has it.
var styleSpecs = map[style]*excelize.Style{
	plain:   {Font: font(10, false, ""), Alignment: wrapped, Border: thin},
	heading: {Font: font(10, true, "FFFFFF"), Alignment: centred, Border: thin, Fill: fill("1F4E78")},
	title:   {Font: font(16, true, "1F4E78")},
	bad:     {Font: font(10, true, "9C0006"), Alignment: wrapped, Border: thin, Fill: fill("FFC7CE")},
	warn:    {Font: font(10, true, "7F6000"), Alignment: wrapped, Border: thin, Fill: fill("FFEB9C")},
	good:    {Font: font(10, true, "006100"), Alignment: wrapped, Border: thin, Fill: fill("C6EFCE")},
	input:   {Font: font(10, false, ""), Alignment: wrapped, Border: thin, Fill: fill("FFFFE5")},
	date:    {Font: font(10, false, ""), Alignment: wrapped, Border: thin, Fill: fill("FFFFE5"), CustomNumFmt: ptr("yyyy-mm-dd")},
}

var (
	wrapped = &excelize.Alignment{Vertical: "top", WrapText: true}
	centred = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	thin    = []excelize.Border{{Type: "left", Color: "BFBFBF", Style: 1}, {Type: "right", Color: "BFBFBF", Style: 1}, {Type: "top", Color: "BFBFBF", Style: 1}, {Type: "bottom", Color: "BFBFBF", Style: 1}}
)

func font(size float64, bold bool, color string) *excelize.Font {
	return &excelize.Font{Family: "Microsoft YaHei", Size: size, Bold: bold, Color: color}
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func ptr[T any](v T) *T { return &v }

// A column is one of a sheet's: its head, its width in characters, and how its cells look.
type column struct {
	head  string
	width float64
	look  style
}

// A sheet is written row by row, and may be long.
type sheet struct {
	b       *book
	name    string
	columns []column
	out     *excelize.StreamWriter
	row     int
	printed int // how many columns go on paper; 0 for all
}

// sheet begins a sheet with a frozen head.
func (b *book) sheet(name string, columns ...column) *sheet {
	s := &sheet{b: b, name: name, columns: columns, row: 1}
	if b.err != nil {
		return s
	}
	if len(b.f.GetSheetList()) == 1 && b.f.GetSheetList()[0] == "Sheet1" {
		b.note(b.f.SetSheetName("Sheet1", name))
	} else {
		_, err := b.f.NewSheet(name)
		b.note(err)
	}
	// What stands before the rows in the file must be said before the first.
	b.note(b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}))
	var err error
	s.out, err = b.f.NewStreamWriter(name)
	b.note(err)
	if b.err != nil {
		return s
	}
	for i, c := range columns {
		b.note(s.out.SetColWidth(i+1, i+1, c.width))
	}
	b.note(s.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	heads := make([]any, len(columns))
	for i, c := range columns {
		heads[i] = excelize.Cell{StyleID: b.styles[heading], Value: c.head}
	}
	b.note(s.out.SetRow("A1", heads, excelize.RowOpts{Height: 30}))
	return s
}

// shown is a value that looks other than its column says.
type shown struct {
	look  style
	value any
}

// add writes one row.
func (s *sheet) add(values ...any) {
	if s.b.err != nil {
		return
	}
	s.row++
	lines := 1
	row := make([]any, len(values))
	for i, v := range values {
		look := plain
		if i < len(s.columns) {
			look = s.columns[i].look
		}
		if c, ok := v.(shown); ok {
			look, v = c.look, c.value
		}
		if text, ok := v.(string); ok {
			text = visibleLines(text)
			if i < len(s.columns) {
				lines = max(lines, s.columns[i].lines(text))
			}
			v = text
		}
		row[i] = excelize.Cell{StyleID: s.b.styles[look], Value: v}
	}
	s.b.note(s.out.SetRow(fmt.Sprintf("A%d", s.row), row, excelize.RowOpts{Height: min(maxRowHeight, lineHeight*float64(lines)+4)}))
}

// visibleLines keeps the ends of lines, which a cell may have.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	return strings.Join(lines, "\n")
}

// A row is as high as its text: not every program works that out when it opens a file.
const (
	lineHeight   = 13.5 // points
	maxRowHeight = 400  // Excel takes 409
)

// lines is how many lines a text takes in the column.
func (c column) lines(text string) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + int(float64(textWidth(line))*1.1/c.width)
	}
	return n
}

// close ends the sheet: a filter over all rows, and a page that prints across
// A4 with the head on every sheet of paper.
func (s *sheet) close() {
	b := s.b
	if b.err != nil {
		return
	}
	last, err := excelize.CoordinatesToCellName(len(s.columns), max(s.row, 2), false)
	b.note(err)
	b.note(b.f.AutoFilter(s.name, "A1:"+last, nil))
	b.note(b.f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: ptr(s.paper()), Orientation: ptr("landscape"), FitToWidth: ptr(1), FitToHeight: ptr(0)}))
	absolute, err := excelize.CoordinatesToCellName(len(s.paperColumns()), max(s.row, 2), true)
	b.note(err)
	b.note(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "'" + s.name + "'!$A$1:" + absolute, Scope: s.name}))
	b.note(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name}))
	b.note(s.out.Flush()) // last: it writes what was set above
}

// paperColumns are those that are printed.
func (s *sheet) paperColumns() []column {
	if s.printed > 0 {
		return s.columns[:s.printed]
	}
	return s.columns
}

// paper is A4 (9), or A3 (8) for a sheet too wide for it.
func (s *sheet) paper() int {
	wide := 0.0
	for _, c := range s.paperColumns() {
		wide += c.width
	}
	if wide > 180 {
		return 8
	}
	return 9
}

// choice lets a column take some words only.
func (s *sheet) choice(col int, words ...string) {
	if s.b.err != nil || s.row < 2 {
		return
	}
	name, err := excelize.ColumnNumberToName(col)
	s.b.note(err)
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%[1]s2:%[1]s%[2]d", name, s.row)
	s.b.note(v.SetDropList(words))
	v.SetError(excelize.DataValidationErrorStyleStop, s.b.say("Not one of the words", "取值无效"), s.b.say("Choose one of the list.", "请从下拉列表中选择。"))
	s.b.note(s.b.f.AddDataValidation(s.name, v))
}

// write writes the book. The library puts the parts into the file in any order;
// here they are put into theirs, since the same report must be the same file.
func (b *book) write(w io.Writer) error {
	var parts bytes.Buffer
	if b.err == nil {
		b.note(b.f.Write(&parts))
	}
	b.note(b.f.Close())
	if b.err != nil {
		return b.err
	}
	in, err := zip.NewReader(bytes.NewReader(parts.Bytes()), int64(parts.Len()))
	if err != nil {
		return fmt.Errorf("order the workbook's parts: %w", err)
	}
	slices.SortFunc(in.File, func(x, y *zip.File) int { return strings.Compare(x.Name, y.Name) }) // [Content_Types].xml comes first
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if err := out.Copy(f); err != nil {
			return fmt.Errorf("write %s of the workbook: %w", f.Name, err)
		}
	}
	return out.Close()
}
