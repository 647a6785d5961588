package report

import (
	"io"
	"maps"
	"slices"
)

// A Format writes a report in one way.
type Format func(w io.Writer, r *Report) error

// Formats are all ways to write a report, by the name that --format takes.
var Formats = map[string]Format{
	"table": WriteTable,
	"json":  WriteJSON,
	"html":  WriteHTML,
	"xlsx":  WriteXLSX,
	"docx":  WriteDOCX,
	"svg":   WriteSVG,
}

// FormatNames are the names of [Formats], sorted.
func FormatNames() []string { return slices.Sorted(maps.Keys(Formats)) }
