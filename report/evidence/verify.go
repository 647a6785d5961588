package evidence

import (
	"archive/zip"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

// ErrAltered: a file of a pack is not what the pack's own sums say.
var ErrAltered = errors.New("the evidence pack was altered")

// ErrNothing: the file is neither a pack nor an archive.
var ErrNothing = errors.New("neither an evidence pack nor an archive of mlpscan")

// ErrNoSums: an archive that was cut short has no sums to be held against.
var ErrNoSums = errors.New("the archive was cut short: it has no manifest to hold its entries against")

// A Checked is what Verify found in a file that is as it was written.
type Checked struct {
	Pack     bool      // or an archive
	Files    int       // that were held against their sums
	SHA256   string    // of the whole file
	Digest   string    // of the archive's manifest, as the report prints it; "" where it is not known
	Account  string    // whose; a pseudonym where it was redacted
	Started  time.Time // of the scan
	Redacted Level
}

// Verify holds every file of a pack, or every entry of an archive, against its
// sum. The error matches ErrAltered or [cloud.ErrAlteredArchive] and names the
// first file, by name, that is altered, missing or extra.
func Verify(path string) (*Checked, error) {
	sum, err := sumOfFile(path)
	if err != nil {
		return nil, err
	}
	c := &Checked{SHA256: sum}
	z, err := zip.OpenReader(path)
	if err == nil {
		defer z.Close()
		files, fault := zipFiles(&z.Reader)
		if files[sumsFile] != nil || files[pageFile] != nil {
			c.Pack = true
			return c, within(path, verifyPack(c, files, fault))
		}
	}
	return c, verifyArchive(c, path)
}

// within names the file that an error is about.
func within(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}

func sumOfFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// A fault is one file that is not as it should be.
type fault struct{ name, what string }

// zipFiles are the files of a ZIP by name, and what is strange about them.
func zipFiles(z *zip.Reader) (map[string]*zip.File, []fault) {
	files := map[string]*zip.File{}
	var faults []fault
	for _, f := range z.File {
		switch {
		case files[f.Name] != nil:
			faults = append(faults, fault{f.Name, "is there twice"})
		case !f.Mode().IsRegular():
			faults = append(faults, fault{f.Name, "was put in: it is no plain file"})
		}
		files[f.Name] = f
	}
	return files, faults
}

// verifyPack collects all faults and tells the first by name.
func verifyPack(c *Checked, files map[string]*zip.File, faults []fault) error {
	listed, more := readSums(files)
	faults = append(faults, more...)
	for name := range files {
		if _, ok := listed[name]; !ok && name != sumsFile && len(more) == 0 {
			faults = append(faults, fault{name, "was put in"})
		}
	}
	for name, want := range listed {
		c.Files++
		switch got, err := sumInZip(files[name]); {
		case files[name] == nil:
			faults = append(faults, fault{name, "is gone"})
		case err != nil || got != want:
			faults = append(faults, fault{name, "is not what was recorded"})
		}
	}
	if len(faults) == 0 {
		faults = verifyManifest(c, files, listed)
	}
	if len(faults) == 0 {
		return nil
	}
	first := slices.MinFunc(faults, func(x, y fault) int { return cmp.Or(cmp.Compare(x.name, y.name), cmp.Compare(x.what, y.what)) })
	return fmt.Errorf("%w: %s %s", ErrAltered, first.name, first.what)
}

// readSums reads SHA256SUMS.
func readSums(files map[string]*zip.File) (map[string]string, []fault) {
	if files[sumsFile] == nil {
		return nil, []fault{{sumsFile, "is gone"}}
	}
	body, err := readZip(files[sumsFile])
	listed := map[string]string{}
	for line := range strings.Lines(string(body)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if raw, bad := hex.DecodeString(sum); !ok || bad != nil || len(raw) != sha256.Size || listed[name] != "" {
			err = errors.New("not a list of sums")
			break
		}
		listed[name] = sum
	}
	if err != nil || len(listed) == 0 {
		return nil, []fault{{sumsFile, "is not what was recorded"}}
	}
	return listed, nil
}

func readZip(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func sumInZip(f *zip.File) (string, error) {
	if f == nil {
		return "", nil
	}
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// verifyManifest holds the manifest against the sums, and, where the scan's own
// manifest is in the pack, the answers against that: so the pack follows from
// the digest that the report prints.
func verifyManifest(c *Checked, files map[string]*zip.File, listed map[string]string) []fault {
	var m Manifest
	if err := decodeZip(files[manifestFile], &m); err != nil || m.Schema != Schema {
		return []fault{{manifestFile, "is no manifest of a pack that this version knows"}}
	}
	c.Account, c.Started, c.Redacted, c.Digest = m.Account, m.Scan.Started, m.Redaction.Level, m.Scan.Digest
	var faults []fault
	named := map[string]bool{manifestFile: true}
	for _, f := range m.Files {
		named[f.Name] = true
		if listed[f.Name] != f.SHA256 {
			faults = append(faults, fault{f.Name, "has another sum in " + manifestFile + " than in " + sumsFile})
		}
	}
	for name := range listed {
		if !named[name] {
			faults = append(faults, fault{name, "is not in " + manifestFile})
		}
	}
	if m.Redaction.Redacted || m.Scan.Digest == "" {
		return faults
	}
	return append(faults, verifyAnswers(m, files, listed)...)
}

// verifyAnswers holds the answers against the scan's own manifest.
func verifyAnswers(m Manifest, files map[string]*zip.File, listed map[string]string) []fault {
	name := FileName(scanManifest)
	if listed[name] != m.Scan.Digest {
		return []fault{{name, "is not the manifest of the scan that the pack names"}}
	}
	var scan cloud.Manifest
	if err := decodeZip(files[name], &scan); err != nil {
		return []fault{{name, "is no manifest of a scan"}}
	}
	known := map[string]bool{name: true}
	var faults []fault
	for _, e := range scan.Entries {
		known[FileName(e.Name)] = true
		if listed[FileName(e.Name)] != e.SHA256 {
			faults = append(faults, fault{FileName(e.Name), "is not what the scan recorded"})
		}
	}
	for file := range listed {
		if strings.HasPrefix(file, answersFolder) && !known[file] {
			faults = append(faults, fault{file, "is no answer of the scan"})
		}
	}
	return faults
}

func decodeZip(f *zip.File, into any) error {
	if f == nil {
		return errors.New("gone")
	}
	body, err := readZip(f)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// verifyArchive reads every entry of an archive, which holds each against its sum.
func verifyArchive(c *Checked, path string) error {
	a, err := cloud.OpenArchive(path)
	if errors.Is(err, cloud.ErrNotArchive) {
		return fmt.Errorf("%s: %w", path, ErrNothing)
	}
	if err != nil {
		return err
	}
	defer a.Close()
	if a.Digest == "" {
		return fmt.Errorf("%s: %w", path, ErrNoSums)
	}
	names, err := a.Entries()
	if err != nil {
		return within(path, err)
	}
	for _, name := range names {
		if _, err := a.Entry(name); err != nil {
			return within(path, err)
		}
		c.Files++
	}
	c.Started, c.Digest = a.Scan.Started, a.Digest
	return nil
}
