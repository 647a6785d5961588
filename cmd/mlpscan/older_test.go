package main

import (
	"path/filepath"
	"testing"

	"github.com/mlpscan/mlpscan/checks"
)

// TestOlderArchives opens what older versions wrote. It is judged by today's
// checks; what those versions did not ask is unknown, and never fine.
func TestOlderArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/older/*" + archiveEnding)
	if err != nil || len(files) == 0 {
		t.Fatalf("no older archives: %v", err)
	}
	for _, file := range files {
		_, acc, err := readArchive(t.Context(), file, nil, checks.All)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		by := map[string]map[checks.Status]int{}
		for r := range checks.Run(checks.All, acc, nil) {
			if by[r.Check.Service] == nil {
				by[r.Check.Service] = map[checks.Status]int{}
			}
			by[r.Check.Service][r.Status]++
		}
		for _, service := range []string{"ecs", "rds", "oss", "actiontrail", "vpc"} {
			if by[service][checks.Pass] == 0 || by[service][checks.Fail] == 0 {
				t.Errorf("%s: %s: %v", file, service, by[service])
			}
		}
		if ram := by["ram"]; ram[checks.Unknown] == 0 || ram[checks.Pass]+ram[checks.Fail]+ram[checks.NotApplicable] > 0 {
			t.Errorf("%s was written before RAM was read, and RAM is judged: %v", file, ram)
		}
	}
}
