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
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	dec := xml.NewDecoder(f)
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
	if again := render(t, WriteDOCX, r); !bytes.Equal(out, again) {
		t.Error("two documents of one report differ")
	}
}
