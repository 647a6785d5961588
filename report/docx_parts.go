package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"
)

// The parts of a document that the library does not write: who made it, a foot with
// the page's number, and the table of contents.

const wordNamespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// footPart and its relation.
const (
	footPart = "word/footer1.xml"
	footID   = "rIdFoot"
)

// foot puts the page's number, and how many there are, under every page.
func (d *document) foot() {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr %s><w:p><w:pPr><w:jc w:val="center"/></w:pPr>`, wordNamespace)
	for _, piece := range []string{"mlpscan · ", "{PAGE}", " / ", "{NUMPAGES}"} {
		if field, ok := strings.CutPrefix(piece, "{"); ok {
			fmt.Fprintf(&b, `<w:fldSimple w:instr=" %s "><w:r>%s<w:t>1</w:t></w:r></w:fldSimple>`, strings.TrimSuffix(field, "}"), small)
			continue
		}
		fmt.Fprintf(&b, `<w:r>%s<w:t xml:space="preserve">%s</w:t></w:r>`, small, piece)
	}
	b.WriteString(`</w:p></w:ftr>`)
	d.part(footPart, b.String())
	d.note(d.doc.ContentType.AddOverride("/"+footPart, "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"))
	d.doc.Document.DocRels.Relationships = append(d.doc.Document.DocRels.Relationships,
		&docx.Relationship{ID: footID, Type: "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer", Target: "footer1.xml"})
	d.doc.Document.Body.SectPr.FooterReference = &ctypes.FooterReference{Type: stypes.HdrFtrDefault, ID: footID}
}

// small is how the foot is written.
const small = `<w:rPr><w:rFonts w:ascii="` + westernFont + `" w:hAnsi="` + westernFont + `" w:eastAsia="` + chineseFont + `"/><w:color w:val="666666"/><w:sz w:val="16"/></w:rPr>`

// properties say what the document is and when, and not what the library's template was.
func (d *document) properties() {
	day := d.r.Run.Started.UTC().Format("2006-01-02T15:04:05Z")
	d.part("docProps/core.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`+
		escapedXML(d.title())+`</dc:title><dc:creator>mlpscan `+escapedXML(d.r.Tool.Version)+`</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">`+day+`</dcterms:created></cp:coreProperties>`)
	d.part("docProps/app.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>mlpscan</Application></Properties>`)
	const thumbnail = "docProps/thumbnail.jpeg" // of the template's empty page
	d.doc.FileMap.Delete(thumbnail)
	d.doc.RootRels.Relationships = slices.DeleteFunc(d.doc.RootRels.Relationships, func(r *docx.Relationship) bool { return r.Target == thumbnail })
}

func (d *document) part(name, body string) { d.doc.FileMap.Store(name, []byte(body)) }

// A headline stands in the table of contents.
type headline struct {
	level uint
	text  string
}

// contentsMark stands where the table of contents comes. No text of a report holds
// it: it is of the characters for private use, which visible takes out.
const contentsMark = "\uE000contents\uE000"

// headlineStart is where a headline begins in the document's XML.
var headlineStart = regexp.MustCompile(`<w:p><w:pPr><w:pStyle w:val="Heading[12]"></w:pStyle></w:pPr>`)

// write writes the document, with a table of contents whose page numbers the reader's
// program works out: each headline becomes a place that the table points to.
func (d *document) write(w io.Writer) error {
	var buf bytes.Buffer
	if err := d.doc.Write(&buf); err != nil {
		return err
	}
	in, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return fmt.Errorf("open the document's parts: %w", err)
	}
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if f.Name != "word/document.xml" {
			if err := out.Copy(f); err != nil {
				return fmt.Errorf("write %s of the document: %w", f.Name, err)
			}
			continue
		}
		if err := d.writeBody(out, f); err != nil {
			return fmt.Errorf("write %s of the document: %w", f.Name, err)
		}
	}
	return out.Close()
}

func (d *document) writeBody(out *zip.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	w, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
	if err != nil {
		return err
	}
	n := 0
	body = headlineStart.ReplaceAllFunc(body, func(start []byte) []byte {
		n++
		return fmt.Appendf(start[:len(start):len(start)], `<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>`, n, place(n), n)
	})
	mark := bytes.Index(body, []byte(contentsMark))
	if mark < 0 || n != len(d.headlines) {
		return fmt.Errorf("%d headlines of %d were found", n, len(d.headlines))
	}
	start, end := bytes.LastIndex(body[:mark], []byte("<w:p>")), mark+bytes.Index(body[mark:], []byte("</w:p>"))+len("</w:p>")
	for _, piece := range [][]byte{body[:start], []byte(d.contents()), body[end:]} {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// place is the name of a headline's bookmark.
func place(n int) string { return fmt.Sprintf("_Toc%06d", n) }

// contents is the table: a line for each headline, with a field for its page that
// is to be worked out when the document is opened. It is no TOC field: LibreOffice
// would show what stands in one and work out nothing.
func (d *document) contents() string {
	var b strings.Builder
	for i, h := range d.headlines {
		fmt.Fprintf(&b, `<w:p><w:pPr><w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9600"/></w:tabs><w:ind w:left="%d"/></w:pPr>`, 420*(h.level-1))
		fmt.Fprintf(&b, `<w:hyperlink w:anchor="%[1]s"><w:r>%[2]s<w:t>%[3]s</w:t></w:r><w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> PAGEREF %[1]s \h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r>%[2]s<w:t>–</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:hyperlink>`,
			place(i+1), contentsLook, escapedXML(h.text))
		b.WriteString(`</w:p>`)
	}
	return b.String()
}

const contentsLook = `<w:rPr><w:rFonts w:ascii="` + westernFont + `" w:hAnsi="` + westernFont + `" w:eastAsia="` + chineseFont + `"/><w:sz w:val="21"/><w:lang w:eastAsia="zh-CN"/></w:rPr>`

func escapedXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(visible(s))) // a Builder takes everything
	return b.String()
}
