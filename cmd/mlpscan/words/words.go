// Package words puts what the command says into Chinese.
//
// Inside the program a text is English: an error is a value that code compares and
// tests read. It becomes Chinese where a person reads it, at the edge, by the table
// zh.txtar: one entry for each English text, which may have verbs as fmt knows them.
//
//	-- unknown format %q --
//	未知格式 %q
//
// Where the Chinese has %v, a single word stays as it is.
//
// A text that was put together is taken apart again: what stands for a verb may be a
// text of the table itself, and so may what follows a colon. What the table does not
// hold stays as it is: names, and the words of a provider or an operating system.
package words

import (
	_ "embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

//go:embed zh.txtar
var chinese []byte

// helpMark begins the keys of long texts, which are told by a name and not by
// themselves: "help mlpscan scan".
const helpMark = "help "

// An entry is one text of the table.
type entry struct {
	pattern *regexp.Regexp
	chinese string
	literal int // how many characters of it stand for themselves
}

type table struct {
	exact    map[string]string
	patterns []entry // the most particular first
}

var read = sync.OnceValue(func() table { return parse(chinese) })

func parse(data []byte) table {
	t := table{exact: map[string]string{}}
	for _, f := range txtar.Parse(data).Files {
		zh := strings.TrimSuffix(string(f.Data), "\n")
		if !verb.MatchString(f.Name) {
			t.exact[f.Name] = zh
			continue
		}
		t.patterns = append(t.patterns, entry{patternOf(f.Name), quoted.ReplaceAllString(zh, "%${1}s"), len(verb.ReplaceAllString(f.Name, ""))})
	}
	slices.SortStableFunc(t.patterns, func(x, y entry) int { return y.literal - x.literal })
	return t
}

// verb is one of fmt's, with an argument's number where the order differs.
var verb = regexp.MustCompile(`%(\[\d\])?(?:\.\d)?[a-z]`)

// quoted are verbs that ask for more than a text: what was quoted is quoted already.
var quoted = regexp.MustCompile(`%(\[\d\])?(?:\.\d)?[a-uw-z]`)

// patternOf matches what fmt makes of a format.
func patternOf(format string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for {
		at := verb.FindStringIndex(format)
		if at == nil {
			break
		}
		b.WriteString(regexp.QuoteMeta(format[:at[0]]))
		switch format[at[1]-1] {
		case 'q':
			b.WriteString(`("(?:[^"\\]|\\.)*")`)
		case 'd':
			b.WriteString(`(-?\d+)`)
		default:
			b.WriteString(`(.*?)`)
		}
		format = format[at[1]:]
	}
	b.WriteString(regexp.QuoteMeta(format) + `$`)
	return regexp.MustCompile(b.String())
}

// In is a text in a language, "zh" or "en".
func In(language, text string) string {
	if language != "zh" {
		return text
	}
	t := translation{read(), map[string]found{}}
	return t.of(text).text
}

// Help is a long text in a language, by its name in the table.
func Help(language, name, text string) string {
	if zh, ok := read().exact[helpMark+name]; ok && language == "zh" {
		return zh
	}
	return text
}

// A translation is one under way. It keeps what it found, since the same piece comes
// up again and again while a text is taken apart.
type translation struct {
	table
	done map[string]found
}

// found is a text, and whether anything of it was in the table.
type found struct {
	text string
	any  bool
}

func (t translation) of(text string) found {
	if f, ok := t.done[text]; ok {
		return f
	}
	t.done[text] = found{text, false} // a text that leads to itself ends there
	f := t.whole(text)
	if !f.any {
		f = t.afterColon(text)
	}
	t.done[text] = f
	return f
}

// whole finds a text that is in the table as it is, or as what fmt made of an entry.
func (t translation) whole(text string) found {
	if zh, ok := t.exact[text]; ok {
		return found{zh, true}
	}
	for _, e := range t.patterns {
		m := e.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		return found{fmt.Sprintf(e.chinese, t.args(m[1:])...), true}
	}
	return found{text, false}
}

// A piece of a text is one that may be found in the table. %s takes whatever it is
// found as; %v takes a single word as it is, since the name of a key may be a word of
// the table by chance.
type piece struct{ whole, word string }

// Format is fmt's way to ask.
func (p piece) Format(f fmt.State, verb rune) {
	s := p.whole
	if verb == 'v' && !strings.Contains(p.word, " ") {
		s = p.word
	}
	_, _ = io.WriteString(f, s) // into fmt's own buffer
}

func (t translation) args(parts []string) []any {
	args := make([]any, len(parts))
	for i, part := range parts {
		args[i] = piece{t.of(part).text, part}
	}
	return args
}

// phrase finds a text of several words: a single one is a name, and a word of the
// table by chance.
func (t translation) phrase(text string, find func(string) found) found {
	if !strings.Contains(text, " ") {
		return found{text, false}
	}
	return find(text)
}

// afterColon takes an error apart that was wrapped: "file: what is wrong with it".
func (t translation) afterColon(text string) found {
	for at := range len(text) {
		if !strings.HasPrefix(text[at:], ": ") {
			continue
		}
		head, tail := t.phrase(text[:at], t.whole), t.phrase(text[at+2:], t.of)
		if head.any || tail.any {
			return found{head.text + "：" + tail.text, true}
		}
	}
	return found{text, false}
}

// Keys are the English texts of the table, sorted; long ones by their names.
func Keys() []string {
	var keys []string
	for _, f := range txtar.Parse(chinese).Files {
		keys = append(keys, f.Name)
	}
	slices.Sort(keys)
	return keys
}
