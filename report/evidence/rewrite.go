package evidence

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// A change returns what is to stand in the place of a value. path is the fields
// that lead to it; what is in an array has the array's.
type change func(path []string, s string) string

// rewrite changes the values in an answer and copies everything else as it is.
func rewrite(name string, body []byte, to change) ([]byte, error) {
	if strings.HasSuffix(name, ".xml") {
		return rewriteXML(body, to)
	}
	if !json.Valid(body) {
		return nil, errors.New("not JSON")
	}
	j := &jsonRewriter{in: body, to: to}
	j.value(nil)
	j.out.Write(j.in[j.at:])
	return j.out.Bytes(), nil
}

// jsonRewriter goes through JSON that is known to be valid.
type jsonRewriter struct {
	in  []byte
	at  int // up to where in is in out
	out bytes.Buffer
	to  change
}

// space copies what has no meaning, and returns the next character.
func (j *jsonRewriter) space() byte {
	from := j.at
	for j.at < len(j.in) && bytes.IndexByte([]byte(" \t\r\n"), j.in[j.at]) >= 0 {
		j.at++
	}
	j.out.Write(j.in[from:j.at])
	return j.in[j.at]
}

// copy copies one character.
func (j *jsonRewriter) copy() {
	j.out.WriteByte(j.in[j.at])
	j.at++
}

func (j *jsonRewriter) value(path []string) {
	switch c := j.space(); c {
	case '{':
		j.object(path)
	case '[':
		j.copy()
		for j.space() != ']' {
			j.value(path)
			if j.space() == ',' {
				j.copy()
			}
		}
		j.copy()
	case '"':
		j.put(path, j.literal())
	default:
		j.number(path)
	}
}

func (j *jsonRewriter) object(path []string) {
	j.copy()
	for j.space() != '}' {
		raw := j.literal()
		key := unquote(raw)
		j.quote(raw, key, j.to(pathOfKey(path, key), key))
		j.space()
		j.copy() // the colon
		j.value(append(path[:len(path):len(path)], key))
		if j.space() == ',' {
			j.copy()
		}
	}
	j.copy()
}

// pathOfKey says as what a field's name is looked at: as a text, but right under
// tags as somebody's own word.
func pathOfKey(path []string, key string) []string {
	if tagParents[strings.ToLower(leaf(path))] && !slices.Contains([]string{"Tag", "TagKey", "TagValue", "Key", "Value", "Scope"}, key) {
		return []string{"Tag", "Key"}
	}
	return []string{""}
}

// literal takes a string with its quotation marks.
func (j *jsonRewriter) literal() []byte {
	from := j.at
	for j.at++; j.in[j.at] != '"'; j.at++ {
		if j.in[j.at] == '\\' {
			j.at++
		}
	}
	j.at++
	return j.in[from:j.at]
}

// put changes a string.
func (j *jsonRewriter) put(path []string, raw []byte) {
	s := unquote(raw)
	changed, ok := inside(path, s, j.to)
	if !ok {
		changed = j.to(path, s)
	}
	j.quote(raw, s, changed)
}

// inside changes the values in a string that itself holds JSON, as policies do;
// ok where it does.
func inside(path []string, s string, to change) (changed string, ok bool) {
	if start := strings.TrimSpace(s); start == "" || strings.IndexByte("{[", start[0]) < 0 {
		return s, false
	}
	b, err := rewrite("inner.json", []byte(s), func(p []string, v string) string {
		if len(p) == 0 {
			p = path
		}
		return to(p, v)
	})
	return string(b), err == nil
}

// number changes a number where it must, into a string: some fields hold an
// account's id as one.
func (j *jsonRewriter) number(path []string) {
	from := j.at
	for j.at < len(j.in) && bytes.IndexByte([]byte(" \t\r\n,]}"), j.in[j.at]) < 0 {
		j.at++
	}
	raw := j.in[from:j.at]
	if s := string(raw); accountID.FindString(s) == s {
		if changed := j.to(path, s); changed != s {
			j.quote(nil, s, changed)
			return
		}
	}
	j.out.Write(raw)
}

// quote writes a string: as it stood, where it was not changed.
func (j *jsonRewriter) quote(raw []byte, old, changed string) {
	if old == changed {
		j.out.Write(raw)
		return
	}
	e := json.NewEncoder(&j.out)
	e.SetEscapeHTML(false)
	if err := e.Encode(changed); err != nil {
		panic("json: " + err.Error()) // of a string and a buffer: it cannot be
	}
	j.out.Truncate(j.out.Len() - 1) // the encoder ends with a new line
}

// unquote is what a JSON string says.
func unquote(raw []byte) (s string) {
	_ = json.Unmarshal(raw, &s) // it was found valid
	return s
}

// rewriteXML changes the texts, attributes and comments of an XML document.
func rewriteXML(body []byte, to change) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var out bytes.Buffer
	var path []string
	open := map[int]bool{} // depths at which a tag was written anew
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		raw := body[from:d.InputOffset()]
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			if changed := changeAttributes(&x, path, to); changed {
				open[len(path)] = true
				raw = startTag(x)
			}
		case xml.EndElement:
			if len(path) == 0 || leaf(path) != x.Name.Local {
				return nil, errors.New("XML that is not closed as it was opened")
			}
			if open[len(path)] && len(raw) == 0 { // it was <a b="c"/>, of which only the beginning was written
				raw = []byte("</" + qualified(x.Name) + ">")
			}
			delete(open, len(path))
			path = path[:len(path)-1]
		case xml.CharData:
			raw = changeText(raw, string(x), path, to)
		case xml.Comment:
			if s := string(x); to([]string{"comment"}, s) != s {
				raw = nil
			}
		case xml.Directive:
			return nil, errors.New("XML with a document type")
		}
		out.Write(raw)
	}
	if len(path) > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return out.Bytes(), nil
}

func changeAttributes(x *xml.StartElement, path []string, to change) (changed bool) {
	for i, a := range x.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		value := to(append(path[:len(path):len(path)], a.Name.Local), a.Value)
		changed = changed || value != a.Value
		x.Attr[i].Value = value
	}
	return changed
}

func startTag(x xml.StartElement) []byte {
	var b bytes.Buffer
	b.WriteString("<" + qualified(x.Name))
	for _, a := range x.Attr {
		b.WriteString(" " + qualified(a.Name) + `="`)
		_ = xml.EscapeText(&b, []byte(a.Value)) // a buffer takes everything
		b.WriteByte('"')
	}
	b.WriteByte('>')
	return b.Bytes()
}

// qualified is a name as it stands in the document.
func qualified(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// changeText changes the text between two tags, and leaves the white space around it.
func changeText(raw []byte, s string, path []string, to change) []byte {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" {
		return raw
	}
	changed := to(path, trimmed)
	if changed == trimmed {
		return raw
	}
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(changed)) // a buffer takes everything
	space := len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	if len(raw) < space || string(raw[:space]) != s[:space] {
		return b.Bytes()
	}
	return append(slices.Clone(raw[:space]), b.Bytes()...)
}
