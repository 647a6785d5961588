package mlps

import (
	"strings"
	"testing"
	"unicode"
)

// TestQuestions: every requirement of every level has a question and its evidence
// in both languages. Whoever is asked about the provider's part must ask the
// provider for its papers, not vouch for it himself.
func TestQuestions(t *testing.T) {
	n := 0
	for _, level := range Levels() {
		for _, it := range Level(level) {
			n++
			q := it.Question()
			for _, text := range []Text{q.Ask, q.Evidence} {
				if !strings.ContainsFunc(text.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || text.EN == "" {
					t.Errorf("%s %s: %q and %q", it.ID, it.Requirement.EN, text.ZH, text.EN)
				}
			}
			if it.Class == Provider && (!strings.Contains(q.Evidence.ZH, "测评报告") || !strings.Contains(q.Evidence.EN, "assessment report")) {
				t.Errorf("%s is the provider's, and its evidence names no assessment report: %s", it.ID, q.Evidence.EN)
			}
		}
	}
	if len(questions()) != n {
		t.Errorf("%d questions for %d requirements", len(questions()), n)
	}
}

// TestQuestionsAreDistinct: two requirements of one level that ask the same words
// have one of them by mistake.
func TestQuestionsAreDistinct(t *testing.T) {
	for _, level := range Levels() {
		seen := map[string]string{}
		for _, it := range Level(level) {
			q := it.Question()
			for _, ask := range []string{q.Ask.ZH, q.Ask.EN} {
				if other, twice := seen[ask]; twice {
					t.Errorf("%s and %s are asked the same: %s", other, it.ID, ask)
				}
				seen[ask] = it.ID
			}
		}
	}
}

// TestParseQuestionsStrict plants one slip at a time in a good list.
func TestParseQuestionsStrict(t *testing.T) {
	good := `# a comment
7.1.1.1-a 8.1.1.1-a
ask.zh 甲？
ask.en one?
evidence.zh 乙，丙。
evidence.en two, three.

9.1.1.1-a
ask.zh 丁？
ask.en four?
evidence.zh 戊。
evidence.en five.`
	if list, err := parseQuestions(good); err != nil || len(list) != 3 || list["9.1.1.1-a"].Evidence.EN != "five." {
		t.Fatalf("the good list: %v, %v", list, err)
	}
	for _, slip := range []struct{ old, new, err string }{
		{"8.1.1.1-a", "8.1.1.1", `line 2: no clause "8.1.1.1"`},
		{"8.1.1.1-a", "7.1.1.1-a", "line 2: clause 7.1.1.1-a has a question already"},
		{"9.1.1.1-a", "8.1.1.1-a", "line 8: clause 8.1.1.1-a has a question already"},
		{"ask.en one?\n", "", `line 4: "evidence.zh" where ask.en is due`},
		{"evidence.en two, three.\n", "", "line 6: the entry ends where evidence.en is due"},
		{"\nevidence.en five.", "", "line 12: the entry ends where evidence.en is due"},
		{"three.\n\n", "three.\n", "line 7: an empty line is due"},
		{"甲？", "甲。", `line 3: ask.zh does not end with "？"`},
		{"four?", "four.", `line 10: ask.en does not end with "?"`},
		{"乙，", "乙,", "line 5: evidence.zh has a half-width mark"},
		{"two, ", "two， ", "line 6: evidence.en has a character that is not ASCII"},
		{"戊。", "", "line 11: evidence.zh is empty"},
	} {
		bad := strings.Replace(good, slip.old, slip.new, 1)
		if bad == good {
			t.Errorf("%q is not in the list", slip.old)
		}
		if _, err := parseQuestions(bad); err == nil || !strings.Contains(err.Error(), slip.err) {
			t.Errorf("%q for %q: error %v, want %q", slip.new, slip.old, err, slip.err)
		}
	}
}
