package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
)

// archives are the archives of a scan of many accounts that lie in a folder; none
// where the path is a file.
func archives(path string) []string {
	files, _ := filepath.Glob(filepath.Join(path, "*"+archiveEnding)) // the pattern is good
	return files
}

// saved judges an archive, or a folder of them. each is told of every account of a
// folder that was read.
func (o *renderOptions) saved(ctx context.Context, path string, regions []string, list []*checks.Check, each func(report.Reading, *cloud.Account) error) ([]*report.Report, error) {
	files := archives(path)
	if len(files) == 0 {
		r, acc, err := readArchive(ctx, path, regions, list)
		if err != nil {
			return nil, err
		}
		return o.one(r, acc, list), nil
	}
	all := o.begin(list)
	missing, err := unread(path)
	if err != nil {
		return nil, err
	}
	for _, x := range missing {
		all.add(x, nil)
	}
	seen := map[string]string{}
	for _, file := range files {
		r, acc, err := readArchive(ctx, file, regions, list)
		if err != nil {
			return nil, err
		}
		if other := seen[r.ID]; other != "" {
			return nil, withHint(fmt.Errorf("%s and %s are of the same account %s", other, file, r.ID), "leave one of them in the folder: an account counts once")
		}
		seen[r.ID] = file
		r.Load = fromArchive(file, regions, list)
		all.add(r, acc)
		if err := each(r, acc); err != nil {
			return nil, err
		}
	}
	return all.done(), nil
}

// readArchive reads a saved scan as if it were the cloud. Its own choice of
// regions holds, unless the user narrows it further.
func readArchive(ctx context.Context, path string, regions []string, list []*checks.Check) (report.Reading, *cloud.Account, error) {
	a, err := cloud.OpenArchive(path)
	if err != nil {
		return report.Reading{}, nil, err
	}
	defer a.Close()
	if len(regions) == 0 {
		regions = a.Scan.Regions
	}
	acc, err := cloud.Read(ctx, a, cloud.Options{Regions: regions, Calls: checks.Calls(list), Time: a.Scan.Started})
	if err != nil {
		return report.Reading{}, nil, err
	}
	acc.Partial = acc.Partial || a.Partial
	return report.Reading{ID: acc.ID, Name: a.Scan.Name, Load: report.Loaded(acc), Finished: a.Finished, Digest: a.Digest}, acc, nil
}

// fromArchive loads an account from its archive whenever it is asked for, so that
// a report of many holds none.
func fromArchive(path string, regions []string, list []*checks.Check) func() (*cloud.Account, error) {
	return func() (*cloud.Account, error) {
		_, acc, err := readArchive(context.Background(), path, regions, list)
		return acc, err
	}
}
