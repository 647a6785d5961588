package report

import (
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// narrow measures ambiguous characters as one column, whatever the locale: the
// same report must come out everywhere.
var narrow = twwidth.Options{EastAsianWidth: false}

// textWidth is how many columns of a terminal a string takes.
func textWidth(s string) int { return twwidth.WidthWithOptions(s, narrow) }

// visible makes a string safe and plain for a terminal and a page: what a cloud
// resource is called may hold escape sequences, line ends or marks that turn the
// direction of writing. Each becomes one visible character or a space.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// wrap cuts text into lines of at most width columns: at spaces, between CJK
// characters, and inside a word that is longer than a line. A line does not begin
// with a closing mark.
func wrap(s string, width int) []string {
	var lines []string
	rest := []rune(strings.TrimSpace(visible(s)))
	for len(rest) > 0 {
		n := fitting(rest, width)
		if n < len(rest) {
			n = breakAt(rest, n)
		}
		lines = append(lines, strings.TrimRight(string(rest[:n]), " "))
		rest = []rune(strings.TrimLeft(string(rest[n:]), " "))
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// fitting is how many runes fit into width; at least one.
func fitting(rest []rune, width int) int {
	used := 0
	for i, r := range rest {
		used += textWidth(string(r))
		if used > width && i > 0 {
			return i
		}
	}
	return len(rest)
}

// breakAt is the last good place for a break at or before n; n where there is none.
func breakAt(rest []rune, n int) int {
	for i := n; i > n/2; i-- {
		if mayBreak(rest[i-1], rest[i]) {
			return i
		}
	}
	return n
}

func mayBreak(before, after rune) bool {
	switch {
	case strings.ContainsRune("，。；：、！？）》」』】”’,.;:!?)]}", after):
		return false
	case strings.ContainsRune("（《「『【“‘([{", before):
		return false
	case before == ' ' || after == ' ':
		return true
	case strings.ContainsRune("/-_,", before):
		return true
	}
	return textWidth(string(before)) == 2 || textWidth(string(after)) == 2
}

// cell wraps text for a table's cell, and cuts it after some lines.
func cell(s string, width, lines int) string {
	all := wrap(s, width)
	if len(all) > lines {
		all = all[:lines]
		last := []rune(all[lines-1])
		all[lines-1] = string(last[:fitting(last, width-1)])
		if len(last) > 0 {
			all[lines-1] += "…"
		}
	}
	return strings.Join(all, "\n")
}
