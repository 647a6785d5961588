package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/cloud"
)

const identity = "answers/sts/global/GetCallerIdentity.json"

// TestVerify alters a pack in every way that comes to mind, and wants the file named.
func TestVerify(t *testing.T) {
	b := pack(t, scanned(t, same), None, nil)
	files := unpacked(t, b)
	forged := []byte(strings.Replace(files[identity], "RequestId", "RequestID", 1))
	// One who knows the sums forges those too, in one place after the other.
	inSums := replaced(files[sumsFile], files[identity], string(forged))
	manifest := replaced(files[manifestFile], files[identity], string(forged))
	both := replaced(inSums, files[manifestFile], manifest)
	scan := replaced(files[FileName(scanManifest)], files[identity], string(forged))
	for name, c := range map[string]struct {
		change map[string][]byte
		want   string // "" where it is as it was written
	}{
		"nothing":       {map[string][]byte{}, ""},
		"altered":       {map[string][]byte{identity: forged}, identity + " is not what was recorded"},
		"missing":       {map[string][]byte{identity: nil}, identity + " is gone"},
		"extra":         {map[string][]byte{"answers/b.json": []byte("{}")}, "answers/b.json was put in"},
		"extra outside": {map[string][]byte{"../b.json": []byte("{}")}, "../b.json was put in"},
		"twice":         {map[string][]byte{identity + "#twice": forged}, identity + " is"},
		"folder":        {map[string][]byte{"answers/empty/": {}}, "answers/empty/ was put in"},
		"first of two":  {map[string][]byte{identity: nil, "README.txt": []byte("x")}, "README.txt is not"},
		"index altered": {map[string][]byte{pageFile: []byte("x")}, "index.html is not"},
		"no sums":       {map[string][]byte{sumsFile: nil}, "SHA256SUMS is gone"},
		"empty sums":    {map[string][]byte{sumsFile: {}}, "SHA256SUMS is not"},
		"a line gone":   {map[string][]byte{sumsFile: []byte(without(files[sumsFile], identity))}, identity + " was put in"},
		"no manifest":   {map[string][]byte{manifestFile: nil}, "manifest.json is gone"},
		"sums forged":   {map[string][]byte{identity: forged, sumsFile: []byte(inSums)}, identity + " has another sum"},
		"manifest forged": {map[string][]byte{identity: forged, sumsFile: []byte(both), manifestFile: []byte(manifest)},
			identity + " is not what the scan recorded"},
		"scan's manifest forged": {map[string][]byte{identity: forged, FileName(scanManifest): []byte(scan),
			sumsFile: []byte(replaced(both, files[FileName(scanManifest)], scan)), manifestFile: []byte(manifest)}, "manifest.json"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Verify(repacked(t, b, c.change))
			switch {
			case c.want == "" && (err != nil || !got.Pack || got.Files != len(files)-1 || got.Account == "" || got.Digest == ""):
				t.Errorf("%+v, %v", got, err)
			case c.want != "" && !errors.Is(err, ErrAltered):
				t.Errorf("%v, want that it was altered", err)
			case c.want != "" && !strings.Contains(err.Error(), c.want):
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// replaced puts the sum of one text in the place of another's.
func replaced(in, old, new string) string { return strings.ReplaceAll(in, sumOf(old), sumOf(new)) }

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// without is a text without the line that has a word.
func without(s, word string) string {
	var left []string
	for line := range strings.Lines(s) {
		if !strings.Contains(line, word) {
			left = append(left, line)
		}
	}
	return strings.Join(left, "")
}

func TestVerifyArchive(t *testing.T) {
	path := scanned(t, same)
	got, err := Verify(path)
	if err != nil || got.Pack || got.Files < 100 || got.Digest == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entry := strings.TrimPrefix(identity, answersFolder)
	for name, c := range map[string]struct {
		change map[string][]byte
		want   error
	}{
		"altered": {map[string][]byte{entry: []byte("{}")}, cloud.ErrAlteredArchive},
		"missing": {map[string][]byte{entry: nil}, cloud.ErrAlteredArchive},
		"extra":   {map[string][]byte{"sts/global/Other.json": []byte("{}")}, cloud.ErrAlteredArchive},
		"twice":   {map[string][]byte{entry + "#twice": []byte("{}")}, cloud.ErrAlteredArchive},
	} {
		if _, err := Verify(repacked(t, b, c.change)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(path); !errors.Is(err, ErrNoSums) {
		t.Errorf("cut short: %v", err)
	}
}

// TestHostileArchive: an archive whose entries would land elsewhere when unpacked
// makes no pack.
func TestHostileArchive(t *testing.T) {
	var m cloud.Manifest
	path := scanned(t, same)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(unpacked(t, b)[scanManifest]), &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../../x.json", "/x.json", "a/b\nc.json", `a\b.json`, "a@b.json", "a//b.json"} {
		forged := m
		forged.Entries = append(forged.Entries[:len(forged.Entries):len(forged.Entries)], cloud.ManifestEntry{Name: name, SHA256: sumOf("{}")})
		body, err := json.Marshal(forged)
		if err != nil {
			t.Fatal(err)
		}
		a, err := cloud.OpenArchive(repacked(t, b, map[string][]byte{name: []byte("{}"), scanManifest: body}))
		if err == nil {
			_, err = a.Entries()
		}
		if !errors.Is(err, cloud.ErrAlteredArchive) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
