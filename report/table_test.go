package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTableGolden compares the table with what a person has looked at.
func TestTableGolden(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		golden(t, "table."+lang+".txt", render(t, WriteTable, fixture(lang, 0)))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// TestTableFits: no line is wider than it should be, every line of a grid is as
// wide as the others, and nothing in it can steer a terminal.
func TestTableFits(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		grid := 0
		for i, line := range strings.Split(string(render(t, WriteTable, fixture(lang, 30))), "\n") {
			w := textWidth(line)
			if w > tableWidth {
				t.Errorf("%s line %d is %d columns wide: %s", lang, i+1, w, line)
			}
			if strings.ContainsAny(line, "\x1b\u202e\r\t") {
				t.Errorf("%s line %d holds a control character: %q", lang, i+1, line)
			}
			switch {
			case strings.HasPrefix(line, "┌"):
				grid = w
			case strings.HasPrefix(line, "│") && w != grid:
				t.Errorf("%s line %d is %d columns wide in a grid of %d: %s", lang, i+1, w, grid, line)
			}
		}
	}
}

// TestTableLocale: the table is the same wherever the locale calls box characters wide.
func TestTableLocale(t *testing.T) {
	want := render(t, WriteTable, fixture("zh", 0))
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	t.Setenv("RUNEWIDTH_EASTASIAN", "1")
	if d := cmp.Diff(string(want), string(render(t, WriteTable, fixture("zh", 0)))); d != "" {
		t.Errorf("the locale changes the table:\n%s", d)
	}
}

// TestTableColor: colours come when asked for, and change nothing else.
func TestTableColor(t *testing.T) {
	r := fixture("zh", 0)
	plain := string(render(t, WriteTable, r))
	r.Color = true
	colored := string(render(t, WriteTable, r))
	if colored == plain {
		t.Fatal("no colour came")
	}
	for _, sgr := range []string{bold, dim, red, green, yellow, cyan, red + ";" + bold, cyan + ";" + bold, yellow + ";" + bold, "0"} {
		colored = strings.ReplaceAll(colored, "\x1b["+sgr+"m", "")
	}
	if d := cmp.Diff(plain, colored); d != "" {
		t.Errorf("colour changes the table:\n%s", d)
	}
}

// TestTableTellsAll: rows shown and rows said to be left out add up.
func TestTableTellsAll(t *testing.T) {
	r := fixture("en", 40)
	out := string(render(t, WriteTable, r))
	if !strings.Contains(out, "… 43 more") { // 48 failed disks, 5 shown
		t.Errorf("nothing tells of the 43 disks that are left out:\n%s", out)
	}
	for _, c := range r.Checks {
		if c.Fail+c.Unknown > 0 && !strings.Contains(out, c.ID) {
			t.Errorf("check %s failed and is not shown", c.ID)
		}
	}
	for _, c := range r.Clauses {
		if (c.Verdict == NotMet || c.Verdict == Partly) != strings.Contains(out, "│ "+c.ID+" ") {
			t.Errorf("clause %s is %s, and the table tells otherwise", c.ID, c.Verdict)
		}
	}
}

// TestWrap: lines fit, nothing is lost, and a line does not begin with a closing mark.
func TestWrap(t *testing.T) {
	for _, s := range []string{"", "plain words that are longer than one line", "关闭不需要的系统服务、默认共享和高危端口，仅允许办公网访问。", "acs:ecs:cn-hangzhou:1234567890123456:securitygroup/sg-bp1", "混合 text 与 https://example.com/very/long/path 的句子（含括号）。"} {
		for width := 4; width < 40; width++ {
			lines := wrap(s, width)
			for _, l := range lines {
				if textWidth(l) > width {
					t.Errorf("wrap(%q, %d): line %q is too wide", s, width, l)
				}
				if width > 10 && len(lines) > 1 && strings.ContainsAny(string([]rune(l)[:1]), "，。；、） ") {
					t.Errorf("wrap(%q, %d): line %q begins with a closing mark", s, width, l)
				}
			}
			squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
			if squeeze(strings.Join(lines, "")) != squeeze(s) {
				t.Errorf("wrap(%q, %d) loses text: %q", s, width, lines)
			}
		}
	}
}

// TestEmptyTable: an account in which nothing was found is told without a fault.
func TestEmptyTable(t *testing.T) {
	r := fixture("en", 0)
	r.Checks, r.Missing, r.Summary = nil, nil, Summary{}
	r.findings = func(func(Finding) bool) {}
	if out := string(render(t, WriteTable, r)); strings.Contains(out, "%!") || !strings.Contains(out, "fail 0") {
		t.Errorf("the empty table:\n%s", out)
	}
}
