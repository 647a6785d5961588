package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
)

// scanned records a scan of the demo account, some of its answers changed, and
// returns the archive's path.
func scanned(t *testing.T, change func(name string, body []byte) []byte) string {
	t.Helper()
	files, err := filepath.Glob("../../cloud/simulator/hospital/*.txtar")
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
			answers[f.Name] = &fstest.MapFile{Data: change(f.Name, daysAgo.ReplaceAll(f.Data, []byte("2026-06-01T00:00:00Z")))}
		}
	}
	src, err := cloud.NewArchive(answers)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 2, 0, 1, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "scan.mlpscan")
	rec, err := cloud.Record(src, path, cloud.Scan{Tool: "test", Started: at})
	if err != nil {
		t.Fatal(err)
	}
	acc, err := cloud.Read(t.Context(), rec, cloud.Options{Calls: checks.Calls(checks.All), Time: at})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rec.Close(acc, at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return path
}

// daysAgo is where the demo account's data count from the day of the scan.
var daysAgo = regexp.MustCompile(`@\d+ days ago@`)

func same(_ string, body []byte) []byte { return body }

// pack writes the pack of an archive.
func pack(t *testing.T, path string, level Level, key []byte) []byte {
	t.Helper()
	a, err := cloud.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var b bytes.Buffer
	if err := Write(&b, Pack{Archive: a, Report: judged(t, a), Catalogue: "c", Redact: level, Key: key}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func judged(t *testing.T, a *cloud.Archive) *report.Report {
	t.Helper()
	acc, err := cloud.Read(t.Context(), a, cloud.Options{Regions: a.Scan.Regions, Calls: checks.Calls(checks.All), Time: a.Scan.Started})
	if err != nil {
		t.Fatal(err)
	}
	return report.New(acc, checks.All, nil, report.Options{Level: 3, Language: "zh", Version: "test", Finished: a.Finished, Digest: a.Digest})
}

// unpacked are the files of a pack by name.
func unpacked(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		body, err := readZip(f)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(body)
	}
	return files
}

var hrefs = regexp.MustCompile(`href="([^"]*)"`)

// TestPack holds a pack to what an assessor takes for granted.
func TestPack(t *testing.T) {
	path := scanned(t, same)
	b := pack(t, path, None, nil)
	if !bytes.Equal(b, pack(t, path, None, nil)) {
		t.Error("two packs of one archive differ")
	}
	files := unpacked(t, b)
	a, err := cloud.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	names, err := a.Entries()
	if err != nil || len(names) < 100 {
		t.Fatalf("%d entries, %v", len(names), err)
	}
	for _, name := range names {
		e, err := a.Entry(name)
		if got, ok := files[FileName(name)]; err != nil || !ok || got != string(e.Body) {
			t.Errorf("%s is not in the pack as it came: %v", name, err)
		}
	}
	page := files[pageFile]
	for _, m := range hrefs.FindAllStringSubmatch(page, -1) {
		holdLink(t, files, page, m[1])
	}
	for _, hostile := range []string{"<script", "onerror=", "src="} {
		if strings.Contains(page, hostile) {
			t.Errorf("%s is in the page", hostile)
		}
	}
	rows := readTable(t, files[tableFile])
	clauses := map[string]bool{}
	found := map[string]int{}
	for _, row := range rows[1:] {
		for id := range strings.FieldsSeq(row[0]) {
			clauses[id] = true
		}
		found[row[18]]++
		if file := row[17]; (file != "" || row[12] != "") && files[file] == "" {
			t.Errorf("%s: the table names %q, which is not there", row[12], file)
		}
	}
	r := judged(t, a)
	for f := range r.Findings() {
		if found[f.ID] != max(1, len(f.Evidence)) {
			t.Errorf("%s on %s has %d rows, and %d pieces of evidence", f.Check, f.Resource.ID, found[f.ID], len(f.Evidence))
		}
		if !strings.Contains(page, `id="f-`+f.ID+`"`) {
			t.Errorf("%s on %s is not in the page", f.Check, f.Resource.ID)
		}
		if f.Status == checks.Pass && len(f.Evidence) == 0 {
			t.Errorf("%s passes %s on no evidence", f.Resource.ID, f.Check)
		}
	}
	for _, c := range r.Clauses {
		if !clauses[c.ID] || !strings.Contains(page, `id="c-`+c.ID+`"`) {
			t.Errorf("clause %s is not in the index", c.ID)
		}
	}
}

// holdLink demands that a link of the page leads somewhere.
func holdLink(t *testing.T, files map[string]string, page, to string) {
	t.Helper()
	to = strings.NewReplacer("&amp;", "&", "&#43;", "+").Replace(to)
	if id, ok := strings.CutPrefix(to, "#"); ok {
		if !strings.Contains(page, `id="`+id+`"`) {
			t.Errorf("%s leads nowhere", to)
		}
		return
	}
	u, err := url.Parse(to)
	if err != nil || u.RawQuery != "" || u.Host != "" {
		t.Errorf("%s is no path of a file: %v", to, err)
	} else if _, ok := files[u.Path]; !ok && u.Path != manifestFile {
		t.Errorf("%s is not in the pack", u.Path)
	}
}

func readTable(t *testing.T, body string) [][]string {
	t.Helper()
	body, ok := strings.CutPrefix(body, "\uFEFF")
	if !ok {
		t.Error("the table does not begin with a byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune(formulaMarks, []rune(cell)[0]) {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	}
	return rows
}

func TestGuarded(t *testing.T) {
	got := guarded([]string{"=1+1", "+1", "-1/-1", "@SUM(1)", "\t=1", "\r=1", "＝1", "a=1", "", "'=1"})
	want := []string{"'=1+1", "'+1", "'-1/-1", "'@SUM(1)", "'\t=1", "'\r=1", "'＝1", "a=1", "", "'=1"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

// TestSumsWithoutUs confirms a pack by the programs that an assessor has.
func TestSumsWithoutUs(t *testing.T) {
	dir := t.TempDir()
	for name, body := range unpacked(t, pack(t, scanned(t, same), None, nil)) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func() error {
		c := exec.Command("sha256sum", "--check", "--strict", "--quiet", sumsFile)
		c.Dir = dir
		out, err := c.CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	if err := check(); err != nil {
		t.Errorf("sha256sum -c: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, answersFolder, scanEntry), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if check() == nil {
		t.Error("sha256sum -c takes an altered file")
	}
}

// repacked is a pack with its files changed; a nil body takes one out.
func repacked(t *testing.T, b []byte, change map[string][]byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, body []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		body, changed := change[f.Name]
		if !changed {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		delete(change, f.Name)
		if body != nil {
			put(f.Name, body)
		}
	}
	for name, body := range change {
		put(strings.TrimSuffix(name, "#twice"), body)
	}
	path := filepath.Join(t.TempDir(), "pack.zip")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
