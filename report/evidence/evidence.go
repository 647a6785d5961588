// Package evidence packs what an assessor needs to check a report without this
// program: the provider's raw answers, an index that leads from every verdict to
// the answers it rests on, and the sums that show that nothing was changed since.
//
// A pack is a ZIP file. Any program opens it, sha256sum holds its files against
// their sums, and a browser shows its index; see its README.txt.
package evidence

import (
	"archive/zip"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
)

// Schema names the layout of a pack's manifest and its version.
const Schema = "mlpscan/evidence/v1"

// The files of a pack that are no answers.
const (
	readmeFile   = "README.txt"
	pageFile     = "index.html"
	tableFile    = "index.csv"
	manifestFile = "manifest.json"
	sumsFile     = "SHA256SUMS"
)

// answersFolder holds the entries of the archive.
const answersFolder = "answers/"

// The archive's own entries about the scan.
const (
	scanEntry     = "scan.json"
	scanManifest  = "manifest.json"
	failureEnding = ".error.json"
)

// A Pack is what goes into the file.
type Pack struct {
	Archive *cloud.Archive
	Report  *report.Report // of this archive alone; of one grading object or of everything
	// Catalogue is the digest of the checks that judged.
	Catalogue string
	Redact    Level
	// Key makes the pseudonyms of a redacted pack. It is not in the pack: who
	// has it can try out which value stands behind a pseudonym.
	Key []byte
}

// A Manifest is a pack's manifest.json.
type Manifest struct {
	Schema    string         `json:"schema"`
	Tool      report.Tool    `json:"tool"`      // that judged and wrote the pack
	Catalogue string         `json:"catalogue"` // the digest of the checks that judged
	Account   string         `json:"account"`
	System    string         `json:"system,omitempty"` // the grading object, where the report is of one
	Level     int            `json:"level"`            // of MLPS
	Scan      Scan           `json:"scan"`
	Redaction Redaction      `json:"redaction"`
	Summary   report.Summary `json:"summary"`
	Files     []File         `json:"files"` // all but manifest.json and SHA256SUMS
}

// A Scan tells of the scan that brought the answers.
type Scan struct {
	Tool      string    `json:"tool"`      // the version that read the account
	Catalogue string    `json:"catalogue"` // the digest of the checks it knew
	Started   time.Time `json:"started"`
	Finished  time.Time `json:"finished,omitzero"`
	Regions   []string  `json:"regions"`
	Partial   bool      `json:"partial"` // stopped before its end
	// Digest is the SHA-256 of the archive's manifest, as the report prints it.
	Digest string `json:"digest,omitempty"`
}

// A Redaction says what was taken out of a pack.
type Redaction struct {
	Redacted bool  `json:"redacted"`
	Level    Level `json:"level"`
}

// A File is one file of a pack.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
	// Entry is the answer's name in the archive; "" for a file that is no answer.
	Entry     string    `json:"entry,omitempty"`
	RequestID string    `json:"request_id,omitempty"`
	Time      time.Time `json:"time,omitzero"`
	// Original is the keyed sum (HMAC-SHA-256 under the pack's key) of the entry
	// before it was redacted: of its name, a zero byte, and its bytes. A plain SHA-256 would let a reader try out the few
	// addresses or names that an answer could hold.
	Original string `json:"original_hmac_sha256,omitempty"`
	// Withheld: the answer was not of a form that can be redacted, and is left out.
	Withheld bool `json:"withheld,omitempty"`
}

// FileName is where the pack keeps an entry. Windows allows no question mark in
// a file's name; an @ stands for it, which no entry has.
func FileName(entry string) string {
	return answersFolder + strings.ReplaceAll(entry, "?", "@")
}

// Write writes the pack. The same archive, report and key give the same bytes.
func Write(w io.Writer, p Pack) error {
	names, err := p.Archive.Entries()
	if err != nil {
		return err
	}
	b := &builder{Pack: p, zip: zip.NewWriter(w), names: names, at: packTime(p.Report.Run)}
	if p.Redact != None {
		if b.red, err = b.redactor(); err != nil {
			return err
		}
	}
	// The best compression: a pack is written once and sent around.
	b.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	steps := []func() error{b.readme, b.page, b.table, b.answers, b.finish}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return errors.Join(p.Report.Err(), b.zip.Close())
}

// packTime is the time of every file in the pack, which ZIP keeps to two seconds.
func packTime(run report.Run) time.Time {
	at := run.Finished
	if at.IsZero() {
		at = run.Started
	}
	return at.UTC().Truncate(2 * time.Second)
}

// builder writes a pack file by file.
type builder struct {
	Pack
	zip   *zip.Writer
	names []string // of the archive's entries
	at    time.Time
	red   *redactor // nil where nothing is redacted
	files []File
}

// add writes one file and notes its sum.
func (b *builder) add(f File, write func(io.Writer) error) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: b.at})
	if err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	sum := sha256.New()
	n := &counter{}
	if err := write(io.MultiWriter(w, sum, n)); err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	f.SHA256, f.Size = hex.EncodeToString(sum.Sum(nil)), n.n
	b.files = append(b.files, f)
	return nil
}

func (b *builder) addBytes(f File, body []byte) error {
	return b.add(f, func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	})
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// answers copies the archive's entries: all of them, since what a verdict does
// not name may have counted too, such as the last page of a list.
func (b *builder) answers() error {
	for _, name := range b.names {
		e, err := b.Archive.Entry(name)
		if err != nil {
			return err
		}
		if b.red != nil && name == scanManifest {
			continue // it holds the sums and names of what is not here
		}
		f := File{Name: FileName(name), Entry: name, RequestID: e.RequestID, Time: e.Time.UTC()}
		if b.red != nil {
			f.Original = keyedSum(b.Key, name, e.Body)
			f.Entry = b.red.entry(name)
			f.Name = FileName(f.Entry)
			e.Body, f.Withheld = b.red.body(name, e.Body)
		}
		if err := b.addBytes(f, e.Body); err != nil {
			return err
		}
	}
	return nil
}

// finish writes the manifest and the sums, which need all the others.
func (b *builder) finish() error {
	slices.SortFunc(b.files, func(x, y File) int { return cmp.Compare(x.Name, y.Name) })
	run, scan := b.Report.Run, b.Archive.Scan
	account := ""
	if len(run.Accounts) > 0 {
		account = b.red.text(run.Accounts[0])
	}
	m := Manifest{Schema: Schema, Tool: b.Report.Tool, Catalogue: b.Catalogue, Account: account, System: b.red.system(run.System), Level: run.Level,
		Scan: Scan{Tool: scan.Tool, Catalogue: scan.Catalogue, Started: run.Started, Finished: run.Finished,
			Regions: run.Regions, Partial: run.Partial, Digest: run.Digest},
		Redaction: Redaction{b.Redact != None, b.Redact}, Summary: b.Report.Summary, Files: slices.Clone(b.files)}
	body, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := b.addBytes(File{Name: manifestFile}, body); err != nil {
		return err
	}
	slices.SortFunc(b.files, func(x, y File) int { return cmp.Compare(x.Name, y.Name) })
	return b.addBytes(File{Name: sumsFile}, sums(b.files))
}

// sums are the files' sums in the form that sha256sum reads.
func sums(files []File) []byte {
	var s strings.Builder
	for _, f := range files {
		fmt.Fprintf(&s, "%s  %s\n", f.SHA256, f.Name)
	}
	return []byte(s.String())
}
