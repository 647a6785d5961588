package report

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
)

// hospital is the demo account, read from its answers as they lie in files.
func hospital(t *testing.T) *cloud.Account {
	t.Helper()
	files, err := filepath.Glob("../cloud/simulator/hospital/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no data of the demo account: %v", err)
	}
	answers := fstest.MapFS{}
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			// What ages is written as days before the account is opened.
			answers[f.Name] = &fstest.MapFile{Data: daysAgo.ReplaceAllFunc(f.Data, func(mark []byte) []byte {
				n, _ := strconv.Atoi(string(daysAgo.FindSubmatch(mark)[1])) // digits, by the expression
				return hospitalTime.AddDate(0, 0, -n).AppendFormat(nil, time.RFC3339)
			})}
		}
	}
	src, err := cloud.NewArchive(answers)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := cloud.Read(t.Context(), src, cloud.Options{Time: hospitalTime})
	if err != nil {
		t.Fatal(err)
	}
	if len(acc.RAM.Users) == 0 || len(acc.ECS.Instances) == 0 {
		t.Fatal("the demo account was not read")
	}
	return acc
}

var (
	hospitalTime = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	daysAgo      = regexp.MustCompile(`@(\d+) days ago@`)
)

func newReport(t *testing.T, acc *cloud.Account, opt Options) *Report {
	t.Helper()
	return New(acc, checks.All, nil, opt)
}

// TestHospital holds the report of the demo account, with the real checks and
// their texts, to what must be so of every report.
func TestHospital(t *testing.T) {
	acc := hospital(t)
	for _, lang := range []string{"zh", "en"} {
		r := newReport(t, acc, Options{Level: 3, Language: lang, Version: "test"})
		saved := render(t, WriteJSON, r)
		if again := render(t, WriteJSON, newReport(t, acc, Options{Level: 3, Language: lang, Version: "test"})); !bytes.Equal(saved, again) {
			t.Error("two reports of one account differ")
		}
		loaded, err := Load(bytes.NewReader(saved)) // which counts every total again
		if err != nil {
			t.Fatal(err)
		}
		for name, format := range Formats {
			out := render(t, format, r)
			if d := cmp.Diff(string(out), string(render(t, format, loaded))); d != "" {
				t.Errorf("%s differs after a round trip:\n%s", name, d)
			}
			// What is compressed may hold any bytes; its texts are those of the other formats.
			if !bytes.HasPrefix(out, []byte("PK")) && strings.Contains(string(out), "%!") {
				t.Errorf("%s holds a phrase whose values went wrong", name)
			}
		}
		for line := range strings.Lines(string(render(t, WriteTable, r))) {
			if w := textWidth(strings.TrimSuffix(line, "\n")); w > tableWidth {
				t.Errorf("%d columns: %s", w, line)
			}
		}
		unique(t, r)
	}
}

// unique: no two findings share an id.
func unique(t *testing.T, r *Report) {
	t.Helper()
	seen := map[string]Finding{}
	for f := range r.Findings() {
		if g, ok := seen[f.ID]; ok {
			t.Errorf("%s %s/%s and %s %s/%s share an id", f.Check, f.Region, f.Resource.ID, g.Check, g.Region, g.Resource.ID)
		}
		seen[f.ID] = f
	}
}
