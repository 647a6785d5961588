package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
)

// An account finds the answers of one account in its files, and keeps the
// parsed ones.
type account struct {
	fsys fs.FS
	mu   sync.Mutex
	docs map[string]*document
	// picked are filtered lists, which every page of one needs again.
	picked  map[string]items
	buckets *bucketList
}

// maxKept bounds what an account keeps; a generated one has files without end.
const maxKept = 4096

// A document is one file's answer.
type document struct {
	failure *failure
	// body is the whole answer, of what is no list.
	body []byte
	// fields are what surrounds the list: those of the answer's first level
	// that are neither the list, nor about paging, nor the request's id.
	fields []byte
	items  items
}

// items are a list's elements. An account that is generated makes them as they are asked for.
type items interface {
	len() int
	append(to []byte, i int) []byte
}

// lister is a file system that has its lists without reading them whole.
type lister interface {
	list(name string) (items, bool)
}

type rawItems []json.RawMessage

func (r rawItems) len() int                       { return len(r) }
func (r rawItems) append(to []byte, i int) []byte { return append(to, r[i]...) }

// subset is a selection of items.
type subset struct {
	items
	at []int32
}

func (s subset) len() int                       { return len(s.at) }
func (s subset) append(to []byte, i int) []byte { return s.items.append(to, int(s.at[i])) }

// entry names a call's file, without its ending.
func entry(service, region, action string, id map[string]string) string {
	name := path.Join(service, folder(region), action)
	if len(id) == 0 {
		return name
	}
	v := url.Values{}
	for k, x := range id {
		v.Set(k, x)
	}
	return name + "?" + v.Encode()
}

// errAbsent: the account has no file for the call.
var errAbsent = errors.New("no such answer")

// find is the answer in a file of that name. The error is errAbsent, or tells
// that the file is no answer.
func (a *account) find(name, list string) (*document, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if d, ok := a.docs[name]; ok {
		if d == nil {
			return nil, errAbsent
		}
		return d, nil
	}
	d, err := a.read(name, list)
	if err != nil && !errors.Is(err, errAbsent) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if a.docs == nil || len(a.docs) >= maxKept {
		a.docs = map[string]*document{}
	}
	a.docs[name] = d
	return d, err
}

func (a *account) read(name, list string) (*document, error) {
	if l, ok := a.fsys.(lister); ok && list != "" {
		if it, ok := l.list(name); ok {
			return &document{items: it}, nil
		}
	}
	for _, ending := range []string{".json", ".xml"} {
		b, err := fs.ReadFile(a.fsys, name+ending)
		if err == nil {
			return a.parse(name, ending, list, b)
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			return nil, err
		}
	}
	b, err := fs.ReadFile(a.fsys, name+".error.json")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, errAbsent
	}
	if err != nil {
		return nil, err
	}
	return parseError(b)
}

func parseError(b []byte) (*document, error) {
	var e struct {
		HTTPStatus    int
		Code, Message string
		RequestId     string
	}
	if err := json.Unmarshal(b, &e); err != nil || e.Code == "" {
		return nil, errors.New("not a saved error")
	}
	if e.HTTPStatus == 0 {
		e.HTTPStatus = 400
	}
	return &document{failure: fail(e.HTTPStatus, e.Code, e.Message)}, nil
}

func (a *account) parse(name, ending, list string, b []byte) (*document, error) {
	if ending == ".xml" {
		return &document{body: b}, nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return nil, err
	}
	if list == "" {
		return &document{body: compact.Bytes()}, nil
	}
	d, err := parseList(compact.Bytes(), list)
	if err != nil {
		return nil, err
	}
	return d, a.join(d, name, list)
}

// join adds the further pages that a recorded list has in files of their own.
func (a *account) join(d *document, name, list string) error {
	for n := 2; ; n++ {
		b, err := fs.ReadFile(a.fsys, fmt.Sprintf("%s.%d.json", name, n))
		if err != nil {
			return nil // there is none
		}
		next, err := parseList(b, list)
		if err != nil {
			return fmt.Errorf("page %d: %w", n, err)
		}
		d.items = append(d.items.(rawItems), next.items.(rawItems)...)
	}
}

// pagingFields are the answer's fields that depend on the page that was asked.
var pagingFields = []string{"RequestId", "TotalCount", "TotalRecordCount", "PageNumber", "PageSize", "PageRecordCount", "NextToken", "MaxResults", "IsTruncated", "Marker"}

// parseList takes the list out of an answer.
func parseList(b []byte, list string) (*document, error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(b, &top); err != nil {
		return nil, err
	}
	wrapper, inner, nested := strings.Cut(list, ".")
	raw := top[wrapper]
	if nested && raw != nil {
		var level map[string]json.RawMessage
		if err := json.Unmarshal(raw, &level); err != nil {
			return nil, fmt.Errorf("%s: %w", wrapper, err)
		}
		raw = level[inner]
	}
	it := rawItems{}
	if raw != nil {
		if err := json.Unmarshal(raw, &it); err != nil {
			return nil, fmt.Errorf("%s: %w", list, err)
		}
	}
	d := &document{items: it}
	delete(top, wrapper)
	for _, k := range sorted(top) {
		if !slices.Contains(pagingFields, k) {
			d.fields = appendField(d.fields, k, top[k])
		}
	}
	return d, nil
}

// appendField adds `"key":value,` to an object under way.
func appendField(to []byte, key string, value []byte) []byte {
	to = append(to, '"')
	to = append(to, key...)
	to = append(to, '"', ':')
	to = append(to, value...)
	return append(to, ',')
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// regions are the folders of a service.
func (a *account) regions(service string) []string {
	entries, _ := fs.ReadDir(a.fsys, service)
	var out []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != globalRegion {
			out = append(out, e.Name())
		}
	}
	return out
}

// hasRegion reports whether the account has opened a region, as the product's
// own list of regions says; an account without that list has all regions.
func (a *account) hasRegion(service, region string) bool {
	list := regionLists[service]
	if list == nil {
		return true
	}
	d, err := a.find(entry(list.service, "", list.name, nil), list.list)
	if err != nil || d.failure != nil {
		return true
	}
	for i := range d.items.len() {
		var r struct{ RegionId string }
		if json.Unmarshal(d.items.append(nil, i), &r) == nil && r.RegionId == region {
			return true
		}
	}
	return false
}
