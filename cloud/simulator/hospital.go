package simulator

import (
	"embed"
	"io/fs"
	"sync"

	"golang.org/x/tools/txtar"
)

//go:embed hospital/*.txtar
var hospitalFiles embed.FS

// Hospital is the demo account: a mid-size online hospital, all of it invented.
func Hospital() fs.FS { return hospital() }

var hospital = sync.OnceValue(func() fs.FS { return mustFS(hospitalArchive()) })

// hospitalArchive joins the files of the services into one.
func hospitalArchive() *txtar.Archive {
	all := &txtar.Archive{}
	names, err := fs.Glob(hospitalFiles, "hospital/*.txtar")
	if err != nil {
		panic(err) // the pattern is good
	}
	for _, name := range names {
		b, err := hospitalFiles.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		all.Files = append(all.Files, txtar.Parse(b).Files...)
	}
	return all
}

// mustFS is for archives of our own making, whose names are valid.
func mustFS(a *txtar.Archive) fs.FS {
	fsys, err := txtar.FS(a)
	if err != nil {
		panic(err)
	}
	return fsys
}
