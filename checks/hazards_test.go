package checks

import (
	"slices"
	"testing"

	"github.com/mlpscan/mlpscan/checks/mlps"
)

// TestHazardsJoin: a code or a case that the list of hazards does not have would
// vanish from every report without a word.
func TestHazardsJoin(t *testing.T) {
	for _, c := range All {
		for _, name := range slices.Concat(c.Hazards, c.Cases) {
			if mlps.HazardsNamed(name, mlps.Template2025) == nil {
				t.Errorf("%s points to %s, which is no hazard of the 2025 guide", c.ID, name)
			}
		}
	}
}
