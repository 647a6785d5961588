package cloud

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Recorder is a Source that keeps each answer, and each failure, of another
// Source in an archive on disk. Every entry is complete in the file before the
// call returns, so that a scan that is killed leaves all it had read.
//
// A disk that refuses to take an entry ends the scan: a verdict without its
// evidence is worth nothing.
type Recorder struct {
	src  Source
	file *os.File

	mu       sync.Mutex // guards zip and manifest
	zip      *zip.Writer
	manifest Manifest
}

// A Manifest is an archive's last entry, manifest.json: what was read, when,
// and the sum of every entry. An archive without one was cut short.
type Manifest struct {
	Scan
	Account  string    `json:"account"`
	Finished time.Time `json:"finished"`
	// Interrupted: the scan was stopped before it had asked everything.
	Interrupted bool            `json:"interrupted"`
	Failed      []FailedCall    `json:"failed"`
	Entries     []ManifestEntry `json:"entries"`
}

// A FailedCall is a call that brought no answer.
type FailedCall struct {
	Entry string `json:"entry"`
	Code  string `json:"code"`
}

// A ManifestEntry is one entry's sum and what its bytes do not say.
type ManifestEntry struct {
	Name      string    `json:"name"`
	SHA256    string    `json:"sha256"`
	RequestID string    `json:"request_id,omitempty"`
	Time      time.Time `json:"time,omitzero"`
}

// Record begins an archive at path, readable by its owner alone, and returns
// the Source that fills it. A file that exists is not touched: the error
// matches fs.ErrExist.
func Record(src Source, path string, scan Scan) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	scan.Format = ArchiveFormat
	r := &Recorder{src: src, file: f, zip: zip.NewWriter(f), manifest: Manifest{Scan: scan}}
	body, err := json.MarshalIndent(scan, "", " ")
	if err == nil {
		err = r.keep(scanEntry, body, entryMeta{Time: scan.Started})
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// Call asks the Source behind it and keeps what it said.
func (r *Recorder) Call(ctx context.Context, req Request) (Answer, error) {
	a, err := r.src.Call(ctx, req)
	var failure *Error
	switch {
	case err == nil:
		return a, r.keep(req.entry()+ending(a.Body), a.Body, entryMeta{a.RequestID, a.Time})
	case errors.As(err, &failure) && ctx.Err() == nil:
		if kerr := r.keepFailure(req, failure); kerr != nil {
			return a, kerr
		}
	}
	return a, err
}

// ending tells OSS's XML from everybody else's JSON.
func ending(body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return ".xml"
	}
	return ".json"
}

func (r *Recorder) keepFailure(req Request, e *Error) error {
	body, err := json.MarshalIndent(savedError{e.HTTPStatus, e.Code, e.Message, e.RequestID}, "", " ")
	if err != nil {
		return err
	}
	name := req.entry() + errorEnding
	r.mu.Lock()
	r.manifest.Failed = append(r.manifest.Failed, FailedCall{name, e.Code})
	r.mu.Unlock()
	return r.keep(name, body, entryMeta{RequestID: e.RequestID})
}

// metaExtra is the id, in a ZIP entry's extra field, of the JSON that holds what
// an answer's own bytes do not say. It stands in the entry itself, so that an
// archive that was cut short still has it.
const metaExtra = 0x4c4d

// keep writes one entry. It is compressed before the lock is taken; its header
// comes first and complete, so that the file can be read up to any cut.
func (r *Recorder) keep(name string, body []byte, m entryMeta) error {
	packed, err := deflate(body)
	if err != nil {
		return err
	}
	extra, err := json.Marshal(m)
	if err != nil {
		return err
	}
	head := &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(body),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(body)),
		Extra: slices.Concat([]byte{metaExtra & 0xff, metaExtra >> 8, byte(len(extra)), byte(len(extra) >> 8)}, extra)}
	r.mu.Lock()
	defer r.mu.Unlock()
	w, err := r.zip.CreateRaw(head)
	if err == nil {
		_, err = w.Write(packed)
	}
	if err == nil {
		err = r.zip.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing %s to the archive %s: %w", name, r.file.Name(), err)
	}
	r.manifest.Entries = append(r.manifest.Entries, ManifestEntry{name, sumOf(body), m.RequestID, m.Time})
	return nil
}

// sumOf is the SHA-256 of some bytes, in hexadecimal as sha256sum prints it.
func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// deflaters are used again: each is near a megabyte, and most answers are a few kilobytes.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic("flate: " + err.Error()) // of the level alone, which is fixed
	}
	return w
}}

func deflate(body []byte) ([]byte, error) {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// Close writes the manifest, completes the file, and returns the archive's
// digest: the SHA-256 of the manifest, which holds that of every entry. acc is
// what was read; nil where there is no account to speak of.
func (r *Recorder) Close(acc *Account, finished time.Time) (digest string, err error) {
	r.mu.Lock()
	m := r.manifest
	r.mu.Unlock()
	m.Finished, m.Interrupted = finished, acc == nil || acc.Partial
	if acc != nil {
		m.Account, m.Regions = acc.ID, acc.Regions
	}
	slices.SortFunc(m.Entries, func(x, y ManifestEntry) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(m.Failed, func(x, y FailedCall) int { return cmp.Compare(x.Entry, y.Entry) })
	body, err := json.MarshalIndent(m, "", " ")
	if err == nil {
		err = r.keep(manifestEntry, body, entryMeta{Time: finished})
	}
	return sumOf(body), errors.Join(err, r.zip.Close(), r.file.Sync(), r.file.Close())
}
