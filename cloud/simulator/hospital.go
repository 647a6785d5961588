package simulator

import (
	"embed"
	"io/fs"
	"regexp"
	"strconv"
	"sync"
	"time"

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
		all.Files = append(all.Files, txtar.Parse(daysAgo.ReplaceAllFunc(b, ago)).Files...)
	}
	return all
}

// daysAgo stands for a time so many days before the demo account is opened, in
// what ages: keys and logins would all be old one day.
var daysAgo = regexp.MustCompile(`@(\d+) days ago@`)

func ago(mark []byte) []byte {
	n, err := strconv.Atoi(string(daysAgo.FindSubmatch(mark)[1]))
	if err != nil {
		panic(err) // the expression takes digits alone
	}
	return time.Now().UTC().AddDate(0, 0, -n).AppendFormat(nil, "2006-01-02T15:04:05Z")
}

// mustFS is for archives of our own making, whose names are valid.
func mustFS(a *txtar.Archive) fs.FS {
	fsys, err := txtar.FS(a)
	if err != nil {
		panic(err)
	}
	return fsys
}
