package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// speaking are the files with texts that a reader of a report sees.
var speaking = []string{"*.go", "evidence/*.go", "../checks/*.go", "../checks/mlps/*.go", "../cmd/mlpscan/*.go", "../cmd/mlpscan/config/*.go"}

// TestBothLanguages: wherever a text is given in English and Chinese, both are there,
// and the Chinese is Chinese.
func TestBothLanguages(t *testing.T) {
	pairs := 0
	for _, pattern := range speaking {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				pairs += holdPairs(t, file)
			}
		}
	}
	for _, page := range []string{"html/page.html", "evidence/pack/index.html"} {
		pairs += holdTemplate(t, page)
	}
	if pairs < 780 {
		t.Errorf("only %d texts were found", pairs)
	}
}

// holdPairs looks at every text of a Go file, and returns how many there are.
func holdPairs(t *testing.T, file string) int {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(parsed, func(node ast.Node) bool {
		var en, zh ast.Expr
		switch node := node.(type) {
		case *ast.CallExpr:
			name := lastName(node.Fun)
			if at := map[string]int{"say": 0, "pair": 0, "fail": 0, "heading": 1}[name]; len(node.Args) >= at+2 && (name == "say" || name == "pair" || name == "fail" || name == "heading") {
				en, zh = node.Args[at], node.Args[at+1]
			}
		case *ast.CompositeLit:
			if lastName(node.Type) == "Text" && len(node.Elts) > 0 {
				if len(node.Elts) == 1 {
					t.Errorf("%s: a text in one language", fset.Position(node.Pos()))
					return true
				}
				en, zh = valueOf(node.Elts[0]), valueOf(node.Elts[1])
				if kv, ok := node.Elts[0].(*ast.KeyValueExpr); ok && lastName(kv.Key) == "ZH" {
					en, zh = zh, en
				}
			}
		}
		first, second := literal(en), literal(zh)
		if first == nil && second == nil {
			return true
		}
		n++
		if first != nil && second != nil {
			holdPair(t, fset.Position(node.Pos()).String(), *first, *second)
		}
		return true
	})
	return n
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func valueOf(e ast.Expr) ast.Expr {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		return kv.Value
	}
	return e
}

// literal is a string that stands in the source; nil for what is worked out.
func literal(e ast.Expr) *string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return nil
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return nil
	}
	return &s
}

// templatePair is a text of a template: {{say "…" "…"}} in English and Chinese, and
// {{both "…" "…"}} the other way round.
var templatePair = regexp.MustCompile(`(say|pair|both) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"`)

func holdTemplate(t *testing.T, file string) int {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := templatePair.FindAllStringSubmatch(string(body), -1)
	for _, m := range all {
		en, zh := m[2], m[3]
		if m[1] == "both" {
			en, zh = zh, en
		}
		holdPair(t, file, en, zh)
	}
	return len(all)
}

// holdPair holds a text to what a reader of either language expects.
func holdPair(t *testing.T, where, en, zh string) {
	t.Helper()
	switch {
	case strings.TrimSpace(en) == "" && strings.TrimSpace(zh) == "":
	case strings.TrimSpace(en) == "" || strings.TrimSpace(zh) == "":
		t.Errorf("%s: %q and %q: one language lacks its text", where, en, zh)
	case words.MatchString(verbsOf.ReplaceAllString(zh, "")) && !han.MatchString(zh) && en != zh:
		t.Errorf("%s: %q is no Chinese", where, zh)
	case halfWidth.MatchString(zh):
		t.Errorf("%s: %q has a half-width mark beside a Chinese character", where, zh)
	case strings.ContainsFunc(en, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !strings.Contains(en, "(") && !strings.Contains(en, zh):
		t.Errorf("%s: %q is no English", where, en)
	}
	if a, b := len(verbsOf.FindAllString(en, -1)), len(verbsOf.FindAllString(zh, -1)); a != b {
		t.Errorf("%s: %q takes %d values, %q %d", where, en, a, zh, b)
	}
}

var (
	words     = regexp.MustCompile(`[A-Za-z]{4,}`)
	han       = regexp.MustCompile(`\p{Han}`)
	verbsOf   = regexp.MustCompile(`%(?:\[\d+\])?[-+0-9.*]*[a-z]`)
	halfWidth = regexp.MustCompile(`\p{Han}[,;!?:]|[,;!?]\p{Han}|\p{Han}\(|\)\p{Han}`)
)
