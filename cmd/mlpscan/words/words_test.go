package words

import (
	"strings"
	"testing"
	"unicode"
)

// small is a table of a few entries.
var small = parse([]byte(`
-- unknown format %q --
未知格式 %q
-- %s must be a list, and is %s --
%v 应为列表，实际为%s
-- a number --
数字
-- regions --
地域
-- %d of %s --
%[2]v 中的 %[1]d 个
-- not there --
不存在
`))

// TestIn: texts are found as they are, with what was put in, and after a colon;
// names are left alone, and so is what nobody wrote down.
func TestIn(t *testing.T) {
	for text, want := range map[string]string{
		"not there":                                    "不存在",
		`unknown format "pdf"`:                         `未知格式 "pdf"`,
		`unknown format "a \" b"`:                      `未知格式 "a \" b"`,
		"regions must be a list, and is a number":      "regions 应为列表，实际为数字",
		"a.yaml:3:1: regions must be a list, and is 3": "a.yaml:3:1: regions 应为列表，实际为3",
		"3 of regions":                                 "regions 中的 3 个",
		"x of regions":                                 "x of regions",
		"read a: b: not there":                         "read a：b：不存在",
		"regions: 3":                                   "regions: 3",
		"ErrCode: nobody wrote this: 50%":              "ErrCode: nobody wrote this: 50%",
		"":                                             "",
	} {
		tr := translation{small, map[string]found{}}
		if got := tr.of(text).text; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestManyColons: a long error of a provider is taken apart in reasonable time.
func TestManyColons(t *testing.T) {
	text := strings.Repeat("a b: ", 400) + "not there"
	tr := translation{small, map[string]found{}}
	if got := tr.of(text).text; !strings.HasSuffix(got, "：不存在") {
		t.Errorf("%.60s", got)
	}
}

// TestTable: every entry has Chinese in it, takes no argument that there is not, and
// its marks are those of Chinese.
func TestTable(t *testing.T) {
	if len(Keys()) < 300 {
		t.Fatalf("%d texts", len(Keys()))
	}
	seen := map[string]bool{}
	for _, key := range Keys() {
		if seen[key] {
			t.Errorf("%q stands twice", key)
		}
		seen[key] = true
		text := verb.ReplaceAllStringFunc(key, func(v string) string {
			switch v[len(v)-1] {
			case 'q':
				return `"x y"`
			case 'd':
				return "7"
			}
			return "x y"
		})
		zh := In("zh", text)
		if name, ok := strings.CutPrefix(key, helpMark); ok && !verb.MatchString(key) {
			zh = Help("zh", name, "")
		}
		if strings.Contains(zh, "%!") || zh == text && !strings.HasPrefix(text, "mlpscan ") {
			t.Errorf("%q becomes %q", key, zh)
		}
		for _, mark := range []string{",", ";", "!"} { // beside a Chinese character
			for i, r := range zh {
				if unicode.Is(unicode.Han, r) && strings.HasPrefix(zh[i+len(string(r)):], mark) {
					t.Errorf("%q has a half-width mark", zh)
				}
			}
		}
		if In("en", text) != text {
			t.Errorf("%q is not English any more", text)
		}
	}
}
