package mlps

import (
	"strings"
	"testing"
	"unicode"
)

// TestEveryItemHasAQuestion: in both languages, naming the requirement, with the
// punctuation of each.
func TestEveryItemHasAQuestion(t *testing.T) {
	for _, level := range Levels() {
		for _, it := range Level(level) {
			q := it.Question()
			if !strings.Contains(q.Ask.ZH, it.Requirement.ZH) || !strings.Contains(q.Ask.EN, it.Requirement.EN) || q.Evidence.ZH == "" || q.Evidence.EN == "" {
				t.Errorf("%s: %+v", it.ID, q)
			}
			if strings.ContainsAny(strings.ReplaceAll(q.Evidence.ZH, it.Requirement.ZH, ""), ",;:!?") {
				t.Errorf("%s: half-width punctuation in %s", it.ID, q.Evidence.ZH)
			}
			for _, r := range strings.ReplaceAll(q.Ask.EN, "备案证明", "") {
				if unicode.Is(unicode.Han, r) {
					t.Errorf("%s: Han in %s", it.ID, q.Ask.EN)
					break
				}
			}
		}
	}
}
