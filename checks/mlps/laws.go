package mlps

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Law is one of the laws that requirements of the standard support.
type Law struct {
	Code string // "CSL", "DSL", "PIPL", "NDSR"
	Name Text   // "Cybersecurity Law", "中华人民共和国网络安全法"
	// InForce is the first day of the law.
	InForce time.Time
	// Renumbered is the day from which an amendment's new numbers hold; zero
	// where there was none.
	Renumbered time.Time
}

// An Article is what a law asks in one article, or in one item of it. A
// requirement that is met supports it, and never proves that the law is kept.
type Article struct {
	Law       Law
	Number    string // as numbered now: "23(3)"
	OldNumber string // before the renumbering: "21(3)"; "" where the law was not renumbered
	Asks      Text   // our short paraphrase
	// ForWhom says whom it binds, as operators of critical infrastructure; empty
	// where it binds every operator.
	ForWhom Text
	// Clauses are the requirements that support it, as the list has them: a
	// layer's code, a control point, an item, or "*" for all. Our own mapping.
	Clauses []string
	// Source says how well it is known what the article asks.
	Source Confidence
	// NumberSource says how well Number is known: Inferred is a number computed
	// by the rule of the renumbering, which a report marks.
	NumberSource Confidence
}

// Cite names the article in a report dated on a day: by the number that holds on
// that day, with the other one in brackets.
func (a Article) Cite(on time.Time) Text {
	if a.OldNumber == "" {
		return Text{ZH: "《" + a.Law.shortZH() + "》" + articleZH(a.Number), EN: a.Law.Name.EN + ", article " + a.Number}
	}
	first, other, was := a.Number, a.OldNumber, Text{ZH: "原", EN: "formerly "}
	if on.Before(a.Law.Renumbered) {
		first, other = other, first
		since := a.Law.Renumbered
		was = Text{ZH: fmt.Sprintf("自%d年%d月%d日起为", since.Year(), since.Month(), since.Day()), EN: "from " + since.Format(time.DateOnly) + " article "}
	}
	return Text{
		ZH: "《" + a.Law.shortZH() + "》" + articleZH(first) + "（" + was.ZH + articleZH(other) + "）",
		EN: a.Law.Name.EN + ", article " + first + " (" + was.EN + other + ")",
	}
}

// Supports reports whether a requirement supports the article.
func (a Article) Supports(it Item) bool {
	return slices.ContainsFunc(a.Clauses, func(c string) bool {
		return c == "*" || c == it.Layer.Code || c == it.ControlPoint.ID || c == it.ID
	})
}

// shortZH is the name without the state's, as it is quoted: 网络安全法.
func (l Law) shortZH() string { return strings.TrimPrefix(l.Name.ZH, "中华人民共和国") }

var articleForm = regexp.MustCompile(`^([1-9][0-9]?)(?:\(([1-9])\))?$`)

// articleZH writes "23(3)" as Chinese laws are quoted: 第二十三条第（三）项.
func articleZH(number string) string {
	m := articleForm.FindStringSubmatch(number)
	n, _ := strconv.Atoi(m[1])
	s := "第" + numeralZH(n) + "条"
	if m[2] != "" {
		n, _ = strconv.Atoi(m[2])
		s += "第（" + numeralZH(n) + "）项"
	}
	return s
}

// numeralZH writes a number from 1 to 99.
func numeralZH(n int) string {
	digits := []rune("〇一二三四五六七八九")
	var s string
	if n >= 20 {
		s += string(digits[n/10])
	}
	if n >= 10 {
		s += "十"
	}
	if n%10 != 0 {
		s += string(digits[n%10])
	}
	return s
}

//go:embed laws.txt
var lawsText string

var articles = sync.OnceValue(func() []Article {
	list, err := parseLaws(lawsText)
	if err != nil {
		panic("mlps: " + err.Error())
	}
	return list
})

// Articles are all articles, law by law.
func Articles() []Article { return slices.Clone(articles()) }

// LawsOf returns the articles that a requirement supports, law by law; none for
// an id that is no requirement.
func LawsOf(clause string) []Article {
	it, ok := Find(clause)
	if !ok {
		return nil
	}
	var list []Article
	for _, a := range articles() {
		if a.Supports(it) {
			list = append(list, a)
		}
	}
	return list
}

// parseLaws reads the list as strictly as parse reads the clauses.
func parseLaws(text string) ([]Article, error) {
	var list []Article
	var law Law
	for i, line := range strings.Split(text, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		var err error
		switch {
		case line == "" || word == "#":
		case word == "law":
			law, err = parseLaw(rest)
		case word == "article":
			var a Article
			if a, err = parseArticle(law, rest); err == nil && slices.ContainsFunc(list, func(b Article) bool { return a.Law == b.Law && a.Number == b.Number }) {
				err = fmt.Errorf("article %s stands in the list twice", a.Number)
			}
			list = append(list, a)
		default:
			err = fmt.Errorf("neither a law nor an article: %q", line)
		}
		if err != nil {
			return nil, fmt.Errorf("laws.txt line %d: %w", i+1, err)
		}
	}
	return list, nil
}

func parseLaw(rest string) (Law, error) {
	f, err := fields(rest, 3)
	if err != nil {
		return Law{}, err
	}
	head := strings.Fields(f[0])
	if len(head) != 3 {
		return Law{}, fmt.Errorf("want code, in-force and renumbered, have %q", f[0])
	}
	l := Law{Code: head[0], Name: Text{ZH: f[1], EN: f[2]}}
	if l.InForce, err = time.Parse(time.DateOnly, head[1]); err != nil {
		return l, err
	}
	if head[2] != "-" {
		l.Renumbered, err = time.Parse(time.DateOnly, head[2])
	}
	return l, err
}

func parseArticle(law Law, rest string) (Article, error) {
	f := strings.Split(rest, "|")
	if len(f) != 6 {
		return Article{}, fmt.Errorf("want 6 parts between bars, have %d", len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	head := strings.Fields(f[0])
	if len(head) != 4 {
		return Article{}, fmt.Errorf("want number, old-number, source and number-source, have %q", f[0])
	}
	a := Article{Law: law, Number: head[0], OldNumber: strings.TrimPrefix(head[1], "-"), Source: Confidence(head[2]), NumberSource: Confidence(head[3]),
		Clauses: strings.Fields(f[1]), Asks: Text{ZH: f[2], EN: f[3]}, ForWhom: Text{ZH: f[4], EN: f[5]}}
	return a, cmp.Or(a.checkNumbers(), a.checkWords(), a.checkClauses())
}

func (a Article) checkNumbers() error {
	switch {
	case a.Law.Code == "":
		return fmt.Errorf("article %s stands under no law", a.Number)
	case !articleForm.MatchString(a.Number):
		return fmt.Errorf("no article number %q", a.Number)
	case a.OldNumber != "" && !articleForm.MatchString(a.OldNumber):
		return fmt.Errorf("no article number %q", a.OldNumber)
	case (a.OldNumber == "") != a.Law.Renumbered.IsZero():
		return fmt.Errorf("article %s: an old number where the law was renumbered, and only there", a.Number)
	}
	return nil
}

func (a Article) checkWords() error {
	confidences := []Confidence{Seen, Inferred, Known, KnownMedium}
	switch {
	case !slices.Contains(confidences, a.Source) || !slices.Contains(confidences, a.NumberSource):
		return fmt.Errorf("article %s: no source %q or %q", a.Number, a.Source, a.NumberSource)
	case a.Asks.ZH == "" || a.Asks.EN == "":
		return fmt.Errorf("article %s asks nothing in one language", a.Number)
	case (a.ForWhom.ZH == "") != (a.ForWhom.EN == ""):
		return fmt.Errorf("article %s: for whom in one language only", a.Number)
	}
	return nil
}

// checkClauses demands that each of its clauses names a requirement, and none twice.
func (a Article) checkClauses() error {
	if len(a.Clauses) == 0 {
		return fmt.Errorf("article %s has no clause", a.Number)
	}
	for i, c := range a.Clauses {
		one := Article{Clauses: []string{c}}
		if !slices.ContainsFunc(items(), one.Supports) {
			return fmt.Errorf("article %s: no clause %q", a.Number, c)
		}
		if slices.Contains(a.Clauses[:i], c) {
			return fmt.Errorf("article %s: clause %q twice", a.Number, c)
		}
	}
	return nil
}
