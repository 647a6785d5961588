package cloud

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// An Archive is a Source that finds answers where an earlier scan, or a person,
// left them: one file an answer, in the layout that docs/archive.md describes.
type Archive struct {
	fsys fs.FS
	// Scan is what the archive says of the scan that wrote it; zero for a
	// folder of answers without a scan.json.
	Scan Scan
	// Partial: the scan was stopped before it could write its manifest.
	Partial bool
	// Finished is when the scan ended; zero where it did not come to its end.
	Finished time.Time
	// Digest is the SHA-256 of the manifest; "" without one.
	Digest string
	meta   map[string]entryMeta
	sums   map[string]string // SHA-256 by entry, from the manifest; nil without one
	close  func() error
}

// Close lets go of the file behind the archive.
func (a *Archive) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}

// read is one entry's bytes, held against the manifest. The error matches
// fs.ErrNotExist where there is no such entry.
func (a *Archive) read(name string) ([]byte, error) {
	b, err := fs.ReadFile(a.fsys, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s: %w", ErrAlteredArchive, name, err)
	}
	if err != nil || a.sums == nil || name == manifestEntry {
		return b, err
	}
	if sumOf(b) != a.sums[name] {
		return nil, fmt.Errorf("%w: %s is not what was recorded", ErrAlteredArchive, name)
	}
	return b, nil
}

// A Scan tells how an archive came to be: the archive's first entry, scan.json.
type Scan struct {
	Format  int       `json:"format"`         // of the archive; see [ArchiveFormat]
	Tool    string    `json:"tool"`           // the version that wrote it
	Name    string    `json:"name,omitempty"` // what the user calls the account
	Started time.Time `json:"started"`        // what checks take for "now"
	Regions []string  `json:"regions"`        // those the user chose; none means all
	Calls   []string  `json:"calls"`          // those wanted; none means all
	// Catalogue is the digest of the checks the writing version knew.
	Catalogue string `json:"catalogue,omitempty"`
}

// ArchiveFormat is the newest layout this program writes and reads.
const ArchiveFormat = 1

// Names of the two entries that are not answers.
const (
	scanEntry     = "scan.json"
	manifestEntry = "manifest.json"
)

// entryMeta is what an answer's own bytes do not say.
type entryMeta struct {
	RequestID string    `json:"request_id,omitempty"`
	Time      time.Time `json:"time,omitzero"`
}

// NewArchive reads answers from a file system. A missing scan.json is no error:
// hand-written answers need none.
func NewArchive(fsys fs.FS) (*Archive, error) {
	a := &Archive{fsys: fsys, meta: map[string]entryMeta{}}
	b, err := fs.ReadFile(fsys, scanEntry)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &a.Scan); err != nil {
		return nil, fmt.Errorf("%s: %w", scanEntry, err)
	}
	if a.Scan.Format > ArchiveFormat {
		return nil, fmt.Errorf("%w: format %d, and this version reads up to %d", ErrNewerArchive, a.Scan.Format, ArchiveFormat)
	}
	return a, nil
}

// ErrNewerArchive: the archive was written by a newer version of this program.
var ErrNewerArchive = errors.New("the archive is from a newer version")

// savedError is a failed call as an archive keeps it: the provider's words and
// no judgement of ours, which is made when it is read.
type savedError struct {
	HTTPStatus int    `json:"HTTPStatus,omitempty"`
	Code       string `json:"Code"`
	Message    string `json:"Message,omitempty"`
	RequestID  string `json:"RequestId,omitempty"`
}

// Call finds a saved answer. A call that the archive does not hold fails with
// [CodeAbsent]: what depends on it is unknown, never empty.
func (a *Archive) Call(_ context.Context, req Request) (Answer, error) {
	name := req.entry()
	for _, ending := range []string{".json", ".xml"} {
		b, err := a.read(name + ending)
		if err == nil {
			return a.answer(req, name+ending, b)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return Answer{}, err
		}
	}
	b, err := a.read(name + errorEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return Answer{}, req.failed(CodeAbsent, "the archive does not hold this call")
	}
	if err != nil {
		return Answer{}, err
	}
	var s savedError
	if err := json.Unmarshal(b, &s); err != nil || s.Code == "" {
		return Answer{}, req.failed(CodeBroken, name+errorEnding+" is not a saved error")
	}
	e := req.failed(s.Code, s.Message)
	e.HTTPStatus, e.RequestID = s.HTTPStatus, s.RequestID
	return Answer{}, e
}

// errorEnding marks the entry of a call that failed.
const errorEnding = ".error.json"

// answer makes an Answer of saved bytes, and refuses what the API would never
// have said: an empty body, or one that names no request.
func (a *Archive) answer(req Request, name string, body []byte) (Answer, error) {
	m, ok := a.meta[name]
	if !ok {
		m = entryMeta{RequestID: requestID(name, body), Time: a.Scan.Started}
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return Answer{}, req.failed(CodeBroken, "the saved answer is empty")
	}
	return Answer{Body: body, RequestID: m.RequestID, Time: m.Time}, nil
}

// requestID is the id that an answer's own body gives; OSS gives it in a header only.
func requestID(name string, body []byte) string {
	var v struct{ RequestId string }
	if strings.HasSuffix(name, ".xml") {
		_ = xml.Unmarshal(body, &v)
	} else {
		_ = json.Unmarshal(body, &v)
	}
	return v.RequestId
}
