package mlps

import (
	"strings"
	"testing"
	"time"
)

var (
	before = time.Date(2025, 12, 31, 23, 59, 0, 0, time.UTC)
	since  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// TestLawsOf: every requirement supports the duty of multi-level protection, and
// those whose law an assessor asks for most name it.
func TestLawsOf(t *testing.T) {
	for _, level := range Levels() {
		for _, it := range Level(level) {
			if list := LawsOf(it.ID); len(list) == 0 || !has(list, "CSL 23") {
				t.Errorf("%s supports %s", it.ID, names(list))
			}
		}
	}
	for clause, want := range map[string]string{
		"8.1.4.3-a":  "CSL 23(3)",
		"7.1.4.3-c":  "CSL 23(3)",
		"9.1.5.4-d":  "CSL 23(3)",
		"8.1.4.8-b":  "CSL 23(4), PIPL 51, NDSR 9, DSL 27",
		"8.2.4.5-a":  "CSL 39, DSL 31, PIPL 40, NDSR 37",
		"7.2.4.3-a":  "CSL 39, DSL 31, PIPL 40, NDSR 37",
		"8.1.6.2-a":  "CSL 23(1)",
		"9.1.10.5-a": "CSL 27, NDSR 10",
	} {
		for _, name := range strings.Split(want, ", ") {
			if list := LawsOf(clause); !has(list, name) {
				t.Errorf("%s does not support %s, only %s", clause, name, names(list))
			}
		}
	}
	if has(LawsOf("8.1.4.3-a"), "PIPL 51") || has(LawsOf("8.1.6.1"), "DSL 27") || LawsOf("8.1.4.99") != nil {
		t.Error("a requirement supports what it does not")
	}
}

func names(list []Article) string {
	var s []string
	for _, a := range list {
		s = append(s, a.Law.Code+" "+a.Number)
	}
	return strings.Join(s, ", ")
}

func has(list []Article, name string) bool {
	return strings.Contains(", "+names(list)+",", ", "+name+",")
}

// TestCite: the number that holds on the report's day comes first.
func TestCite(t *testing.T) {
	for _, a := range LawsOf("8.1.4.3-a") {
		if a.Number != "23(3)" {
			continue
		}
		for day, want := range map[time.Time]Text{
			since:  {ZH: "《网络安全法》第二十三条第（三）项（原第二十一条第（三）项）", EN: "Cybersecurity Law, article 23(3) (formerly 21(3))"},
			before: {ZH: "《网络安全法》第二十一条第（三）项（自2026年1月1日起为第二十三条第（三）项）", EN: "Cybersecurity Law, article 21(3) (from 2026-01-01 article 23(3))"},
		} {
			if got := a.Cite(day); got != want {
				t.Errorf("%v: %v, want %v", day, got, want)
			}
		}
	}
	nine := Article{Law: Law{Name: Text{ZH: "网络数据安全管理条例", EN: "Network Data Security Regulations"}}, Number: "9"}
	if got := nine.Cite(since); got != (Text{ZH: "《网络数据安全管理条例》第九条", EN: "Network Data Security Regulations, article 9"}) {
		t.Errorf("%v", got)
	}
	for n, want := range map[string]string{"10": "第十条", "11": "第十一条", "20": "第二十条", "56": "第五十六条"} {
		if got := articleZH(n); got != want {
			t.Errorf("%s is %s, want %s", n, got, want)
		}
	}
}

// TestRenumbering holds the numbers of the Cybersecurity Law to the rule of the
// amendment: two articles came in, as number 3 and as number 20.
func TestRenumbering(t *testing.T) {
	n := 0
	for _, a := range Articles() {
		if a.OldNumber == "" {
			continue
		}
		n++
		now, then := articleForm.FindStringSubmatch(a.Number), articleForm.FindStringSubmatch(a.OldNumber)
		moved := 2
		if len(then[1]) == 1 || then[1] < "19" {
			moved = 1
		}
		if atoi(now[1])-atoi(then[1]) != moved || now[2] != then[2] {
			t.Errorf("article %s was %s before", a.Number, a.OldNumber)
		}
	}
	if n != 15 {
		t.Errorf("%d articles with two numbers", n)
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

// TestParseLawsStrict plants one slip at a time in a good list.
func TestParseLawsStrict(t *testing.T) {
	good := `# a comment
law CSL 2017-06-01 2026-01-01 | 甲法 | Law A
article 23(3) 21(3) seen inferred | 8.1.4.3 CES | 要求 | asks | 某人 | someone
law DSL 2021-09-01 - | 乙法 | Law B
article 27 - known seen | * | 要求 | asks | |`
	if list, err := parseLaws(good); err != nil || len(list) != 2 {
		t.Fatalf("the good list: %v, %v", list, err)
	}
	for _, slip := range []struct{ old, new, err string }{
		{"2017-06-01", "2017-06-31", "line 2: parsing time"},
		{"| Law A", "", "line 2: want 3 parts"},
		{"law CSL 2017-06-01 2026-01-01 | 甲法 | Law A\n", "", "line 2: article 23(3) stands under no law"},
		{"23(3) 21(3)", "123 21(3)", `line 3: no article number "123"`},
		{"23(3) 21(3)", "23(3) 21-3", `line 3: no article number "21-3"`},
		{"23(3) 21(3)", "23(3) -", "line 3: article 23(3): an old number where"},
		{"27 -", "27 25", "line 5: article 27: an old number where"},
		{"seen inferred", "seen guessed", "line 3: article 23(3): no source"},
		{"8.1.4.3 ", "8.1.4.33 ", `line 3: article 23(3): no clause "8.1.4.33"`},
		{"8.1.4.3 ", "CES ", `line 3: article 23(3): clause "CES" twice`},
		{"| * |", "| |", "line 5: article 27 has no clause"},
		{"| 某人", "|", "line 3: article 23(3): for whom in one language only"},
		{"asks | 某人", "| 某人", "line 3: article 23(3) asks nothing in one language"},
		{"law DSL 2021-09-01 - | 乙法 | Law B\narticle 27 -", "article 23(3) 21(3)", "line 4: article 23(3) stands in the list twice"},
		{"article 27", "articles 27", "line 5: neither a law nor an article"},
	} {
		bad := strings.Replace(good, slip.old, slip.new, 1)
		if bad == good {
			t.Errorf("%q is not in the list", slip.old)
		}
		if _, err := parseLaws(bad); err == nil || !strings.Contains(err.Error(), slip.err) {
			t.Errorf("%q for %q: error %v, want %q", slip.new, slip.old, err, slip.err)
		}
	}
}
