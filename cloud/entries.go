package cloud

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// An Entry is one file of an archive as it lies there: an answer, a failed
// call, or one of the two that tell of the scan.
type Entry struct {
	Name string
	Body []byte
	// RequestID and Time are those of the answer; "" and zero where the archive
	// does not tell.
	RequestID string
	Time      time.Time
}

// Entries are the names of all files of the archive, sorted. The error matches
// ErrAlteredArchive where a name is none that a Recorder writes: unpacked, it
// might land outside its folder.
func (a *Archive) Entries() ([]string, error) {
	var names []string
	var err error
	if z, ok := a.fsys.(*zip.Reader); ok {
		for _, f := range z.File {
			names = append(names, f.Name)
		}
	} else {
		err = fs.WalkDir(a.fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if ending := path.Ext(name); err == nil && !d.IsDir() && (ending == ".json" || ending == ".xml") {
				names = append(names, name)
			}
			return err
		})
	}
	slices.Sort(names)
	for _, name := range names {
		if !fs.ValidPath(name) || strings.ContainsFunc(name, strange) {
			return nil, fmt.Errorf("%w: %q is no name of an entry", ErrAlteredArchive, name)
		}
	}
	return names, err
}

// strange are the characters that no entry's name has, and that other programs
// take for something else than a part of a name.
func strange(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`\:*<>|"@`, r) }

// Entry reads one file, held against the manifest as [Archive.Call] does.
func (a *Archive) Entry(name string) (Entry, error) {
	b, err := a.read(name)
	if err != nil {
		return Entry{}, err
	}
	m, ok := a.meta[name]
	if !ok {
		m.RequestID = requestID(name, b)
	}
	return Entry{name, b, m.RequestID, m.Time}, nil
}
