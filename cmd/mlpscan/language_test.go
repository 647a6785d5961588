package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/cmd/mlpscan/words"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// speaking are the files whose texts a person may read, here and below: those of
// this command, and of what it passes on.
var speaking = []string{"*.go", "config/*.go", "../../cloud/open.go", "../../cloud/archive.go", "../../cloud/entries.go", "../../cloud/resume.go",
	"../../cloud/organization.go", "../../cloud/live/find.go", "../../cloud/live/profile.go", "../../cloud/live/role.go", "../../cloud/live/live.go",
	"../../report/worksheet.go", "../../report/json.go", "../../report/evidence/original.go", "../../report/evidence/verify.go",
	"../../checks/judge.go", "../../checks/param.go"}

// sayings are the functions that make such a text, and which of their arguments it is.
var sayings = map[string][]int{"fmt.Errorf": {0}, "fmt.Sprintf": {0}, "errors.New": {0}, "usage": {0, 1}, "withHint": {1}, "local": {0}, "described": {0}, "p.bad": {1}, "bad": {1}, "cmp.Or": {1},
	"r.problem": {2}, "r.wrongAt": {1}, "in.wrong": {3}}

// TestEveryTextIsChinese: whatever the command says of its own has a Chinese text, and
// the table holds nothing else.
func TestEveryTextIsChinese(t *testing.T) {
	said := map[string]string{} // where each text stands
	for _, pattern := range speaking {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(file, "schema.go") && !strings.HasSuffix(file, "example.go") {
				collect(t, file, said)
			}
		}
	}
	for _, text := range internal {
		delete(said, text)
	}
	for _, name := range helps {
		said[name] = "help"
	}
	root := newRoot()
	eachCommand(root, func(c *cobra.Command) {
		said[c.Short] = c.CommandPath()
		if c.Long != "" {
			said["help "+c.CommandPath()] = c.CommandPath()
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { said[f.Usage] = c.CommandPath() + " --" + f.Name })
	})
	table := words.Keys()
	var missing []string
	for text, where := range said {
		if !slices.Contains(table, text) {
			missing = append(missing, text+"    ("+where+")")
		}
	}
	slices.Sort(missing)
	for _, m := range missing {
		t.Errorf("no Chinese text for: %s", m)
	}
	for _, key := range table {
		if said[key] == "" {
			t.Errorf("nothing says: %s", key)
		}
	}
}

// helps are texts that no call of the list above makes.
var helps = slices.Concat(usageWords, []string{"help for %s", "cross-checked", "computed", "direct", "partial", "seen", "inferred", "known", "known-medium",
	// What the libraries and the system say most.
	"unknown flag: %s", "unknown shorthand flag: %q in %s", "flag needs an argument: %s", "invalid argument %q for %q flag: %s", "accepts %d arg(s), received %d",
	"accepts at most %d arg(s), received %d", "unknown command %q for %q", "open %s: %s", "stat %s: %s", "no such file or directory", "permission denied",
	"file exists", "is a directory", "parse error", "invalid syntax", "context canceled", "context deadline exceeded", "address already in use", "connection refused",
	"which has none", "which has %s",
	"Help about any command", "Generate the autocompletion script for the specified shell"})

// internal are no texts: paths of keys, the exit code's error, names.
var internal = []string{"accounts[%d]", "systems[%d]", "exit code %d", "mlpscan", "mlpscan-%s", "%s or %s", "%s: choose %s"}

func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		eachCommand(sub, visit)
	}
}

// collect notes the texts that a file makes.
func collect(t *testing.T, file string, said map[string]string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	note := func(e ast.Expr) {
		if text := textOf(e); isText(text) {
			said[text] = file
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			for _, i := range sayings[nameOf(n.Fun)] {
				if i < len(n.Args) {
					note(n.Args[i])
				}
			}
			return nameOf(n.Fun) != "panic"
		case *ast.KeyValueExpr:
			if key := nameOf(n.Key); key == "noun" || key == "next" || key == "advice" || key == "result" || key == "Message" {
				note(n.Value)
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if strings.HasSuffix(name.Name, "Hint") && i < len(n.Values) {
					note(n.Values[i])
				}
			}
		case *ast.AssignStmt: // d.result, d.advice = …, and the pieces of errors in config
			for i, left := range n.Lhs {
				if name := nameOf(left); i < len(n.Rhs) && (name == "d.result" || name == "d.advice" || name == "want" || name == "help" || name == "text" || name == "kind" || name == "hint" || name == "what") {
					note(n.Rhs[i])
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if strings.Contains(file, "config/") || strings.HasSuffix(file, "checks.go") {
					note(r)
				}
			}
		case *ast.CompositeLit:
			if nameOf(n.Type) == "hinted" && len(n.Elts) > 1 {
				note(n.Elts[1])
			}
			for _, e := range n.Elts { // what doctor says of the way in
				if len(n.Elts) == 2 && n.Type == nil && strings.HasSuffix(file, "doctor.go") {
					note(e)
				}
			}
		}
		return true
	})
}

// textOf is a text as the table knows it: %s stands for what is put in.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, _ := strconv.Unquote(e.Value)
			return s
		}
	case *ast.BinaryExpr:
		return textOf(e.X) + textOf(e.Y)
	case *ast.CallExpr:
		if name := nameOf(e.Fun); name == "fmt.Sprintf" {
			return textOf(e.Args[0])
		}
	}
	return "%s"
}

// isText tells words from what is made of verbs, marks and single letters.
func isText(s string) bool {
	return threeLetters.MatchString(verbs.ReplaceAllString(s, "")) && !strings.Contains(s, "FormatBool")
}

var (
	threeLetters = regexp.MustCompile(`[A-Za-z]{2,}`)
	verbs        = regexp.MustCompile(`%[-+0-9.\[\]*]*[a-z]`)
)

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}
