package mlpscan_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mlpscan/mlpscan"

// A layer is one package and what it may import: of ours, and of the things
// that only some rooms may touch.
type layer struct {
	ours []string
	// reserved are the reserved imports (see below) that it may use.
	reserved []string
	why      string
}

// layers is the house, from the first link of the flow to the last.
var layers = map[string]layer{
	"cloud":              {nil, []string{"net/url", "net/netip"}, "it reads what a Source says, and knows neither the network nor who judges"},
	"cloud/live":         {[]string{"cloud"}, []string{"sdk", "net", "clock"}, "the only room with the vendor's SDKs in it"},
	"cloud/simulator":    {nil, []string{"net", "clock"}, "it shares no code with the reader, so that two errors cannot cancel out"},
	"checks":             {[]string{"cloud", "checks/mlps"}, []string{"net/netip"}, "a verdict follows from the account alone: no network, no clock"},
	"checks/mlps":        {nil, nil, "the standard knows nobody"},
	"report":             {[]string{"cloud", "checks", "checks/mlps"}, nil, "a report follows from the verdicts alone: no network, no clock"},
	"report/evidence":    {[]string{"cloud", "checks", "report"}, []string{"net/url", "net/netip"}, "a pack holds what the archive and the report say: no network, no clock"},
	"cmd/mlpscan/config": {[]string{"checks", "checks/mlps"}, []string{"net/url"}, "what a file may say follows from the checks and the standard"},
	"cmd/mlpscan/words":  {nil, nil, "it knows texts alone"},
	"cmd/mlpscan":        {[]string{"cloud", "cloud/live", "cloud/simulator", "checks", "checks/mlps", "report", "report/evidence", "cmd/mlpscan/config", "cmd/mlpscan/words"}, []string{"net", "clock"}, "it wires the line"},
}

// TestLayers holds the import lines of every package to the table. It parses
// them in this process: `go list` would be cached away by `go test`.
func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "testdata") {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		pkg := path.Dir(filepath.ToSlash(file))
		l, ok := layers[pkg]
		if !ok {
			t.Errorf("%s: package %s is not in the table", file, pkg)
			return nil
		}
		seen[pkg] = true
		l.hold(t, file, pkg)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range layers {
		if !seen[pkg] {
			t.Errorf("the table names %s, which is gone", pkg)
		}
	}
}

func (l layer) hold(t *testing.T, file, pkg string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value)
		if ours, ok := strings.CutPrefix(imp, module+"/"); ok && !slices.Contains(l.ours, ours) {
			t.Errorf("%s imports %s: %s: %s", file, ours, pkg, l.why)
		}
		if kind := reserved(imp); kind != "" && !slices.Contains(l.reserved, kind) && !slices.Contains(l.reserved, imp) {
			t.Errorf("%s imports %s: %s: %s", file, imp, pkg, l.why)
		}
	}
	if !slices.Contains(l.reserved, "clock") && pkg != "cloud" {
		src, _ := os.ReadFile(file)
		if strings.Contains(string(src), "time.Now(") {
			t.Errorf("%s reads the clock: %s: %s", file, pkg, l.why)
		}
	}
}

// reserved says which of the guarded kinds an import is; "" for none.
func reserved(imp string) string {
	switch {
	case strings.HasPrefix(imp, "github.com/alibabacloud-go/"), strings.HasPrefix(imp, "github.com/aliyun/"):
		return "sdk"
	case imp == "net" || strings.HasPrefix(imp, "net/"):
		return "net"
	}
	return ""
}
