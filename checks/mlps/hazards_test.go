package mlps

import (
	"slices"
	"strings"
	"testing"
)

// TestHazards holds the list to its number of cases, and the codes to the ones
// that are no business of a cloud scanner.
func TestHazards(t *testing.T) {
	n := map[Edition]int{}
	var codes []string
	for _, h := range Hazards() {
		n[h.Edition]++
		if h.Code != "" {
			codes = append(codes, h.Code)
		}
		if h.Edition == Template2025 && h.Code == "" && h.Case == "" {
			t.Errorf("%v has neither case nor code", h)
		}
		if lowering := h.LoweringText(); lowering.EN == "" || lowering.ZH == "" {
			t.Errorf("%s has no lowering text", h)
		}
	}
	if n[Template2025] != 64 || n[Template2021] != 71 {
		t.Errorf("%v cases", n)
	}
	// less those of industrial control and the Internet of things.
	slices.Sort(codes)
	want := strings.Fields("A-01 A-03 A-04 A-05 A-09 A-10 A-11 A-13 A-14 A-15 A-16 A-18 A-19 A-20 A-21 A-22 A-23 A-24 A-25 A-26 A-27 A-28 A-29 A-30 A-31 A-32")
	if !slices.Equal(codes, want) {
		t.Errorf("codes %v, want %v", codes, want)
	}
}

// TestHazardsOf: the two editions differ where a scanner feels it.
func TestHazardsOf(t *testing.T) {
	for _, c := range []struct {
		clause  string
		edition Edition
		want    string
	}{
		{"8.1.4.4-b", Template2025, "A-21 (6.4.3.1)"},
		{"7.1.4.4-b", Template2025, "A-21 (6.4.3.1)"},
		{"8.1.4.3-a", Template2025, ""}, // missing audit is no case any more
		{"8.1.4.3-a", Template2021, "device-audit app-audit"},
		{"8.1.4.9-a", Template2025, "A-26 (6.4.6.1)"},
		{"7.1.4.8-a", Template2025, ""}, // from level 3 only
		{"7.1.4.8-a", Template2021, "data-backup"},
		{"8.1.5.4-d", Template2025, "6.5.1.2"},
		{"9.1.4.9-d", Template2025, "6.4.6.3"},
		{"8.2.4.4-c", Template2025, "7.4.1.1"},
		{"no such clause", Template2025, ""},
	} {
		var got []string
		for _, h := range HazardsOf(c.clause, c.edition) {
			got = append(got, h.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("HazardsOf(%q, %s) = %q, want %q", c.clause, c.edition, got, c.want)
		}
	}
}

func TestHazardsNamed(t *testing.T) {
	for _, name := range []string{"A-29", "A-21", "6.5.1.2"} {
		if list := HazardsNamed(name, Template2025); len(list) != 1 {
			t.Errorf("%s names %v", name, list)
		}
	}
	if list := slices.Concat(HazardsNamed("", Template2021), HazardsNamed("A-21", Template2021), HazardsNamed("A-02", Template2025)); list != nil {
		t.Errorf("names of nothing name %v", list)
	}
}

// TestParseHazardsStrict plants one slip at a time in a good list.
func TestParseHazardsStrict(t *testing.T) {
	good := `# a comment
2025 6.4.3.1 A-21 2-4 any condition seen | 7.1.4.4-b 8.1.4.4-b 9.1.4.4-b | 甲 | one | 条件 | condition
2025 - A-29 2-4 any unknown seen | | 乙 | two | |
2021 device-ports - 3-4 availability never known | 8.1.4.4-b 9.1.4.4-b | 丙 | three | |`
	if list, err := parseHazards(good); err != nil || len(list) != 3 {
		t.Fatalf("the good list: %v, %v", list, err)
	}
	for _, slip := range []struct{ old, new, err string }{
		{"2025 6.4", "2024 6.4", `line 2: no edition "2024"`},
		{"6.4.3.1", "6.4.3", `line 2: no case "6.4.3"`},
		{"A-21", "A-1", `line 2: no code "A-1"`},
		{"- A-29", "- -", "line 3: neither case nor code"},
		{"- A-29", "6.4.3.1 A-21", "line 3: A-21 (6.4.3.1) stands in the list twice"},
		{"2-4", "2+", `line 2: no levels "2+"`},
		{"3-4", "4-3", `line 4: no levels "4-3"`},
		{"availability", "high", `line 4: no system "high"`},
		{"condition seen", "maybe seen", `line 2: no lowering "maybe"`},
		{"condition seen", "never seen", `line 2: A-21 (6.4.3.1): lowering "never" does not fit its condition`},
		{"条件", "", `line 2: A-21 (6.4.3.1): lowering "condition" does not fit`},
		{"never known", "never guessed", `line 4: no source "guessed"`},
		{"乙", "", "line 3: A-29 has no name in one language"},
		{"8.1.4.4-b 9.1.4.4-b | 甲", "8.1.4.4-b 9.1.4.4-z | 甲", `line 2: A-21 (6.4.3.1): no clause "9.1.4.4-z"`},
		{" 9.1.4.4-b | 甲", " | 甲", "line 2: A-21 (6.4.3.1): a level has no clause"},
		{"3-4", "3-3", "line 4: device-ports: clause 9.1.4.4-b is of no level of it"},
		{" | 条件 | condition", " | 条件", "line 2: want 6 parts between bars, have 5"},
		{"any condition seen", "any condition", "line 2: want edition, case, code"},
	} {
		bad := strings.Replace(good, slip.old, slip.new, 1)
		if bad == good {
			t.Errorf("%q is not in the list", slip.old)
		}
		if _, err := parseHazards(bad); err == nil || !strings.Contains(err.Error(), slip.err) {
			t.Errorf("%q for %q: error %v, want %q", slip.new, slip.old, err, slip.err)
		}
	}
}
