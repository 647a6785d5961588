package mlps

import (
	"strconv"
	"strings"
	"testing"
)

// TestCounts holds the list to the standard's own numbers of items.
func TestCounts(t *testing.T) {
	want := map[int][2]int{2: {135, 29}, 3: {211, 46}, 4: {228, 49}}
	for _, level := range Levels() {
		n := map[Scope]int{}
		for _, it := range Level(level) {
			n[it.Scope]++
			if found, ok := Find(it.ID); !ok || found != it {
				t.Errorf("Find(%q) = %v, %v", it.ID, found, ok)
			}
		}
		if got := [2]int{n[General], n[Cloud]}; got != want[level] {
			t.Errorf("level %d has %v general and cloud items, want %v", level, got, want[level])
		}
	}
	if Level(1) != nil {
		t.Error("level 1 is not in the list, and has items")
	}
	if _, ok := Find("8.1.4.5-a"); ok {
		t.Error("8.1.4.5 has no letter, and 8.1.4.5-a was found")
	}
}

// TestLayers holds the list to the standard's number of items in each layer.
func TestLayers(t *testing.T) {
	want := map[int]string{
		2: "PES15 CNS4 ABS11 CES23 SMC4 PSS6 ORS9 HRS7 CMS25 MMS31 / PES1 CNS3 ABS7 CES11 SMC0 PSS0 ORS0 HRS0 CMS6 MMS1",
		3: "PES22 CNS8 ABS20 CES34 SMC12 PSS7 ORS14 HRS12 CMS34 MMS48 / PES1 CNS5 ABS8 CES19 SMC4 PSS0 ORS0 HRS0 CMS8 MMS1",
		4: "PES24 CNS11 ABS21 CES36 SMC13 PSS7 ORS15 HRS14 CMS35 MMS52 / PES1 CNS8 ABS8 CES19 SMC4 PSS0 ORS0 HRS0 CMS8 MMS1",
	}
	for level, want := range want {
		if got := layerCounts(level); got != want {
			t.Errorf("level %d:\n got %s\nwant %s", level, got, want)
		}
	}
}

func layerCounts(level int) string {
	n := map[string]int{}
	for _, it := range Level(level) {
		n[it.Layer.Code+string(it.Scope)]++
	}
	var b strings.Builder
	for _, scope := range []Scope{General, Cloud} {
		for _, code := range layerCodes {
			b.WriteString(" " + code + strconv.Itoa(n[code+string(scope)]))
		}
		b.WriteString(" /")
	}
	return strings.TrimSuffix(strings.TrimSpace(b.String()), " /")
}

// TestOrder: 8.1.10.1 comes after 8.1.9.10, which a sorting of strings gets wrong.
func TestOrder(t *testing.T) {
	at := map[string]int{}
	for i, it := range Level(3) {
		at[it.ID] = i
	}
	order := []string{"8.1.1.1-a", "8.1.1.9-c", "8.1.1.10-a", "8.1.2.1-a", "8.1.9.10-c", "8.1.10.1-a", "8.1.10.14-d", "8.2.1.1", "8.2.7.1"}
	for i := 1; i < len(order); i++ {
		if at[order[i-1]] >= at[order[i]] {
			t.Errorf("%s does not come before %s", order[i-1], order[i])
		}
	}
}

// TestUnits: unit numbers that other tools print for the same items.
func TestUnits(t *testing.T) {
	for id, want := range map[string]string{"8.1.4.8-b": "L3-CES1-28", "8.1.4.4-a": "L3-CES1-17", "8.1.4.11-b": "L3-CES1-35", "8.2.4.5-a": "L3-CES2-10"} {
		if it, _ := Find(id); it.Unit != want || it.UnitSource != CrossChecked {
			t.Errorf("%s is unit %s (%s), want %s (%s)", id, it.Unit, it.UnitSource, want, CrossChecked)
		}
	}
}

// TestParseStrict plants one slip at a time in a good list.
func TestParseStrict(t *testing.T) {
	good := `# a comment
level 3 cloud
layer 8.2.1 PES | 安全物理环境 | Secure physical environment
point 8.2.1.1 | 基础设施位置 | Infrastructure location
8.2.1.1 L3-PES2-01 cross-checked CSP P | 位于境内 | in the mainland | regions
layer 8.2.2 CNS | 安全通信网络 | Secure communication network
point 8.2.2.1 | 网络架构 | Network architecture
8.2.2.1-a L3-CNS2-01 computed DOC B | 甲 | one |
8.2.2.1-b L3-CNS2-02 computed CSP P | 乙 | two |`
	if list, err := parse(good); err != nil || len(list) != 3 {
		t.Fatalf("the good list: %v, %v", list, err)
	}
	for _, slip := range []struct{ old, new, err string }{
		{"8.2.2.1-b ", "8.2.2.1-c ", "line 9: item 8.2.2.1-c where 8.2.2.1-b is due"},
		{"8.2.2.1-b ", "8.2.2.1-a ", "line 9: item 8.2.2.1-a where 8.2.2.1-b is due"},
		{"8.2.2.1-a ", "8.2.2.1 ", "line 9: item 8.2.2.1-b where"},
		{"8.2.1.1 L3", "8.2.1.1-a L3", "line 6: control point 8.2.1.1 has one item"},
		{"L3-CNS2-02", "L3-CNS2-03", "line 9: unit L3-CNS2-03 where number 02 is due"},
		{"L3-CNS2-02", "L3-CNS1-02", "line 9: unit"},
		{"L3-PES2-01", "L4-PES2-01", "line 5: unit"},
		{"computed DOC", "guessed DOC", `line 8: no unit-source "guessed"`},
		{"DOC B", "DOCS B", `line 8: no class "DOCS"`},
		{"DOC B", "DOC X", `line 8: no responsibility "X"`},
		{"甲 | one", "甲", "line 8: want 4 parts between bars, have 3"},
		{"甲", "", "line 8: part 2 is empty"},
		{"level 3 cloud", "level 5 cloud", `line 2: no level and part "5 cloud"`},
		{"layer 8.2.2 CNS", "layer 8.2.3 CNS", "line 6: layer 8.2.3 comes after 8.2.1"},
		{"layer 8.2.2 CNS", "layer 8.2.2 XYZ", `line 6: no layer code "XYZ"`},
		{"point 8.2.2.1", "point 8.2.2.2", "line 7: control point 8.2.2.2 comes after"},
		{"point 8.2.2.1 | 网络架构 | Network architecture\n", "", "line 7: item 8.2.2.1-a stands under no control point"},
		{"8.2.1.1 L3-PES2-01 cross-checked CSP P | 位于境内 | in the mainland | regions\n", "", "line 5: control point 8.2.1.1 has no item"},
	} {
		bad := strings.Replace(good, slip.old, slip.new, 1)
		if bad == good {
			t.Errorf("%q is not in the list", slip.old)
		}
		if _, err := parse(bad); err == nil || !strings.Contains(err.Error(), slip.err) {
			t.Errorf("%q for %q: error %v, want %q", slip.new, slip.old, err, slip.err)
		}
	}
}
