package cloud

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
)

// ErrAlteredArchive: an entry is not what the archive's own manifest says.
var ErrAlteredArchive = errors.New("the archive was altered")

// ErrNotArchive: the file is no archive of ours.
var ErrNotArchive = errors.New("not an archive of mlpscan")

// OpenArchive opens a saved scan: a file that a [Recorder] wrote, or a folder
// of the same entries. A file that was cut short opens with what it holds, and
// Partial is true. The error matches ErrNotArchive, ErrNewerArchive or
// ErrAlteredArchive where that is what is wrong.
func OpenArchive(path string) (*Archive, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return NewArchive(os.DirFS(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	cut := err != nil
	if cut {
		z, err = salvage(f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	a, err := openZip(z)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !cut && a.sums == nil {
		return nil, fmt.Errorf("%s: %w: it has no %s", path, ErrAlteredArchive, manifestEntry)
	}
	a.close = f.Close
	return a, nil
}

func openZip(z *zip.Reader) (*Archive, error) {
	for _, f := range z.File {
		if f.UncompressedSize64 > maxEntry {
			return nil, fmt.Errorf("%w: %s says that it holds %d bytes", ErrAlteredArchive, f.Name, f.UncompressedSize64)
		}
	}
	a, err := NewArchive(z)
	if err != nil {
		return nil, err
	}
	if a.Scan.Format == 0 {
		return nil, fmt.Errorf("%w: it has no %s", ErrNotArchive, scanEntry)
	}
	names := map[string]bool{}
	for _, f := range z.File {
		if names[f.Name] {
			return nil, fmt.Errorf("%w: %s is there twice", ErrAlteredArchive, f.Name)
		}
		names[f.Name] = true
		if m, ok := readMeta(f.Extra); ok {
			a.meta[f.Name] = m
		}
	}
	return a, a.readManifest(names)
}

// maxEntry is more than any answer holds. It keeps a damaged size from taking all memory.
const maxEntry = 256 << 20

// readManifest learns the sums of all entries, and misses none of them.
func (a *Archive) readManifest(names map[string]bool) error {
	b, err := fs.ReadFile(a.fsys, manifestEntry)
	if errors.Is(err, fs.ErrNotExist) {
		a.Partial = true
		return nil
	}
	if err != nil {
		return err
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAlteredArchive, manifestEntry, err)
	}
	a.Partial, a.Finished, a.Digest = m.Interrupted, m.Finished, sumOf(b)
	a.sums = map[string]string{}
	for _, e := range m.Entries {
		if !names[e.Name] {
			return fmt.Errorf("%w: %s is gone", ErrAlteredArchive, e.Name)
		}
		a.sums[e.Name] = e.SHA256
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a.sums[name] == "" && name != manifestEntry {
			return fmt.Errorf("%w: %s was put in", ErrAlteredArchive, name)
		}
	}
	return nil
}

// readMeta finds our JSON in a ZIP entry's extra field.
func readMeta(extra []byte) (m entryMeta, ok bool) {
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			return m, false
		}
		if id == metaExtra {
			return m, json.Unmarshal(extra[:size], &m) == nil
		}
		extra = extra[size:]
	}
	return m, false
}

// The head of an entry in a ZIP file (PKWARE's APPNOTE 4.3.7).
const (
	localHeadSize = 30
	localHeadMark = 0x04034b50
)

// salvage reads a file that was cut short, entry by entry from its beginning,
// up to the first that is not whole. Recorders write each entry's size before
// its bytes for this.
func salvage(f io.ReaderAt) (*zip.Reader, error) {
	var whole bytes.Buffer
	w := zip.NewWriter(&whole)
	n := 0
	for at := int64(0); ; n++ {
		head, body, next := localEntry(f, at)
		if head == nil {
			break
		}
		out, err := w.CreateRaw(head)
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(body); err != nil {
			return nil, err
		}
		at = next
	}
	if n == 0 {
		return nil, ErrNotArchive
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
}

// localEntry reads the entry that begins at an offset; nil where none is whole there.
func localEntry(f io.ReaderAt, at int64) (head *zip.FileHeader, body []byte, next int64) {
	var b [localHeadSize]byte
	if n, _ := f.ReadAt(b[:], at); n < len(b) || binary.LittleEndian.Uint32(b[:]) != localHeadMark {
		return nil, nil, 0
	}
	le := binary.LittleEndian
	packed, name, extra := int(le.Uint32(b[18:])), int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	if packed > maxEntry {
		return nil, nil, 0
	}
	rest := make([]byte, name+extra+packed)
	if n, _ := f.ReadAt(rest, at+localHeadSize); n < len(rest) {
		return nil, nil, 0
	}
	return &zip.FileHeader{
		Name: string(rest[:name]), Method: le.Uint16(b[8:]), CRC32: le.Uint32(b[14:]), Extra: rest[name : name+extra],
		CompressedSize64: uint64(packed), UncompressedSize64: uint64(le.Uint32(b[22:])),
	}, rest[name+extra:], at + localHeadSize + int64(len(rest))
}
