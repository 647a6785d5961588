package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestDOCX: the document is well-formed, holds every requirement in its annex and
// what was not read, and no name of a cloud resource becomes markup.
func TestDOCX(t *testing.T) {
	r := fixture("zh", 0)
	out := render(t, WriteDOCX, r)
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	body := zipPart(t, z, "word/document.xml")
	var text strings.Builder
	dec := xml.NewDecoder(strings.NewReader(body))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := tok.(type) {
		case xml.CharData:
			text.Write(v)
			text.WriteByte('\n')
		case xml.StartElement:
			if v.Name.Local == "script" {
				t.Error("a name became markup")
			}
		}
	}
	lines := strings.Split(text.String(), "\n")
	count := map[string]int{}
	for _, l := range lines {
		count[l]++
	}
	for _, c := range r.Clauses {
		if count[c.ID] == 0 {
			t.Errorf("%s does not stand in it", c.ID)
		}
	}
	for _, want := range []string{"rds/DescribeSQLCollectorPolicy", "<script>", "估算", "附录 B"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q does not stand in it", want)
		}
	}
	heads := strings.Count(body, `<w:pStyle w:val="Heading1">`) + strings.Count(body, `<w:pStyle w:val="Heading2">`)
	if n := strings.Count(body, ` PAGEREF _Toc`); n != heads || heads < 11 || strings.Count(body, `<w:bookmarkStart`) != heads || strings.Contains(body, contentsMark) {
		t.Errorf("%d of %d headlines stand in the contents", n, heads)
	}
	for name, want := range map[string]string{"docProps/core.xml": "<dc:title>网络安全等级保护差距分析报告</dc:title><dc:creator>mlpscan ", "word/footer1.xml": " NUMPAGES ",
		"[Content_Types].xml": "/word/footer1.xml", "word/_rels/document.xml.rels": `Target="footer1.xml"`} {
		if part := zipPart(t, z, name); !strings.Contains(part, want) || strings.Contains(part, "gomutex") {
			t.Errorf("%s does not hold %q: %s", name, want, part)
		}
	}
	if again := render(t, WriteDOCX, r); !bytes.Equal(out, again) {
		t.Error("two documents of one report differ")
	}
}

func zipPart(t *testing.T, z *zip.Reader, name string) string {
	t.Helper()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
