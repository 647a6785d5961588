package checks

import (
	"bytes"
	"os"
	"testing"

	"github.com/mlpscan/mlpscan/checks/mlps"
)

// TestDocsAreFresh holds docs/checks.md to the checks it is made from.
func TestDocsAreFresh(t *testing.T) {
	var want bytes.Buffer
	if err := WriteMarkdown(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../docs/checks.md")
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("docs/checks.md is stale (%v): run make docs", err)
	}
}

// TestClausesExist demands that each clause that a check names is one of the
// standard's, and that a check of level 3 is one of level 4 too, whose
// requirements include it.
func TestClausesExist(t *testing.T) {
	for _, c := range All {
		levels, seen := map[int]bool{}, map[string]bool{}
		for _, k := range c.Clauses {
			it, ok := mlps.Find(k.ID)
			if !ok || seen[k.ID] {
				t.Errorf("check %s names %s, which is no clause or stands twice", c.ID, k.ID)
			}
			levels[it.Level], seen[k.ID] = true, true
		}
		if !levels[3] || !levels[4] {
			t.Errorf("check %s has no clause at level 3 or 4: %v", c.ID, levels)
		}
	}
}
