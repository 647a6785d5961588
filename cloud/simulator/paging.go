package simulator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A style is how an API cuts its lists.
type style int

const (
	whole    style = iota // not at all
	numbered              // PageNumber and PageSize
	token                 // MaxResults and NextToken
	either                // token, unless PageNumber or PageSize is given
	marked                // MaxItems and Marker, with IsTruncated
)

// A paging is how one API pages.
type paging struct {
	style style
	// size is the page where the request names none.
	size int
	// min and max bound the size that can be asked with MaxResults. A smaller
	// or larger one is taken for the bound, unless strict.
	min, max int
	// maxNumbered bounds PageSize where its bound differs; 0 means max.
	maxNumbered int
	// strict refuses a size out of bounds.
	strict bool
	// total names the answer's field with the list's length; "" means TotalCount.
	total string
	// text puts the numbers of the answer between quotes, as DescribeFlowLogs does.
	text bool
	// bare answers nothing about paging but NextToken.
	bare bool
	// uncounted leaves PageRecordCount out.
	uncounted bool
	// untold leaves the total out in token style.
	untold bool
}

// A page is the part of a list that a request asks for.
type page struct {
	token      bool // by token
	number     int  // from 1, in page-number style
	size, from int
}

// pageOf reads what part of the list a request wants. identity is of that list.
func (s *Simulator) pageOf(c *call, p paging, identity string) (page, *failure) {
	if p.style == marked {
		return s.pageBy(c, p, "MaxItems", "Marker", identity)
	}
	_, hasNumber := c.params["PageNumber"]
	_, hasSize := c.params["PageSize"]
	_, hasMax := c.params["MaxResults"]
	_, hasNext := c.params["NextToken"]
	byToken := p.style == token || p.style == either && (hasMax || hasNext)
	if p.style == either && p.strict && byToken && (hasNumber || hasSize) {
		return page{}, fail(http.StatusBadRequest, "InvalidParameterCombination", "PageNumber and PageSize cannot be used together with MaxResults and NextToken.")
	}
	if byToken {
		return s.pageBy(c, p, "MaxResults", "NextToken", identity)
	}
	limit := p.max
	if p.maxNumbered > 0 {
		limit = p.maxNumbered
	}
	size, f := p.bounded(c, "PageSize", 1, limit, s.opt.MaxPage)
	if f != nil {
		return page{}, f
	}
	number, f := integer(c, "PageNumber", 1)
	if f != nil || number < 1 || number > 1<<30 {
		return page{}, fail(http.StatusBadRequest, "InvalidPageNumber", "The specified parameter PageNumber is not valid.")
	}
	return page{number: number, size: size, from: (number - 1) * size}, nil
}

// pageBy reads the two parameters of a list that is told on by tokens.
func (s *Simulator) pageBy(c *call, p paging, most, next, identity string) (page, *failure) {
	size, f := p.bounded(c, most, p.min, p.max, s.opt.MaxPage)
	if f != nil {
		return page{}, f
	}
	out := page{token: true, number: 1, size: size}
	if t := c.params[next]; t != "" {
		from, ok := s.tokens.open(t, identity)
		if !ok {
			return page{}, fail(http.StatusBadRequest, "Invalid"+next, "The specified parameter "+next+" is not valid.")
		}
		out.from = from
	}
	return out, nil
}

// bounded reads the size of a page.
func (p paging) bounded(c *call, param string, lowest, highest, cap int) (int, *failure) {
	n, f := integer(c, param, p.size)
	if f != nil {
		return 0, f
	}
	if p.strict && (n < 1 || n > highest) {
		return 0, fail(http.StatusBadRequest, "Invalid"+param, "The specified parameter "+param+" is not valid.")
	}
	if n < lowest {
		n = p.size
	}
	n = min(n, highest)
	if cap > 0 {
		n = min(n, cap)
	}
	return n, nil
}

func integer(c *call, param string, otherwise int) (int, *failure) {
	v, ok := c.params[param]
	if !ok || v == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, invalid(param)
	}
	return n, nil
}

// appendPage adds the list's page and what is said about it, and closes the object.
func (s *Simulator) appendPage(to []byte, a *action, it items, pg page, identity string) []byte {
	total := it.len()
	from := min(pg.from, total)
	end := min(from+pg.size, total)
	if a.paging.style == whole {
		from, end = 0, total
	}
	to = s.appendPaging(to, a.paging, pg, total, end, end-from, identity)
	return appendList(to, a, it, from, end)
}

func (s *Simulator) appendPaging(to []byte, p paging, pg page, total, end, count int, identity string) []byte {
	number := func(key string, n int) {
		v := strconv.Itoa(n)
		if p.text {
			v = `"` + v + `"`
		}
		to = appendField(to, key, []byte(v))
	}
	if p.style == marked {
		more := end < total
		to = appendField(to, "IsTruncated", strconv.AppendBool(nil, more))
		if more {
			to = appendField(to, "Marker", []byte(`"`+s.tokens.seal(end, identity)+`"`))
		}
		return to
	}
	if p.style == token || p.style == either {
		next := ""
		if pg.token && end < total {
			next = s.tokens.seal(end, identity)
		}
		to = appendField(to, "NextToken", []byte(`"`+next+`"`))
	}
	if p.style == whole || p.bare {
		return to
	}
	if p.style == token {
		number("MaxResults", pg.size)
		number("TotalCount", total)
		return to
	}
	number("PageNumber", pg.number)
	if p.total == "TotalRecordCount" {
		if !p.uncounted {
			number("PageRecordCount", count)
		}
		if pg.token {
			total = count // it counts the page only, in that style
		}
		number(p.total, total)
		return to
	}
	number("PageSize", pg.size)
	switch {
	case !pg.token:
		number("TotalCount", total)
	case !p.untold:
		number("TotalCount", 0) // not valid in that style
	}
	return to
}

// appendList adds the list within its wrappers, and closes the object.
func appendList(to []byte, a *action, it items, from, end int) []byte {
	parts := strings.Split(a.list, ".")
	for i, part := range parts {
		if i > 0 {
			to = append(to, '{')
		}
		to = append(to, '"')
		to = append(to, part...)
		to = append(to, '"', ':')
	}
	to = append(to, '[')
	for i := from; i < end; i++ {
		before := len(to)
		if i > from {
			to = append(to, ',')
		}
		to = it.append(to, i)
		if i == from { // the others are about as large
			to = slices.Grow(to, (end-i)*(len(to)-before)*5/4)
		}
	}
	to = append(to, ']')
	for range parts {
		to = append(to, '}')
	}
	return to
}

// A tokenMaker seals positions in lists into tokens that nobody can read, or
// use for another list.
type tokenMaker struct{ block cipher.Block }

func newTokenMaker() tokenMaker {
	var key [16]byte
	_, _ = rand.Read(key[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has the right length
	}
	return tokenMaker{block}
}

func (t tokenMaker) seal(at int, identity string) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at))
	binary.BigEndian.PutUint64(b[8:], sum(identity))
	t.block.Encrypt(b[:], b[:])
	return hex.EncodeToString(b[:])
}

func (t tokenMaker) open(s, identity string) (at int, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return 0, false
	}
	t.block.Decrypt(b, b)
	n := binary.BigEndian.Uint64(b[:8])
	return int(n), n < 1<<40 && binary.BigEndian.Uint64(b[8:]) == sum(identity)
}

func sum(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// A filter is a parameter that selects items.
type filter struct {
	param string
	field string // path in the item; an array on the way matches by any of its elements
	form  form
}

// A form is how a filter's parameter lists its values.
type form int

const (
	one      form = iota // one value
	array                // a JSON array of strings
	commas               // values between commas
	repeated             // param.1, param.2, …
)

// values are what a call gives for the filter; nil means that it gives nothing.
func (f filter) values(c *call) ([]string, *failure) {
	if f.form == repeated {
		var out []string
		for k, v := range c.params {
			if base, _, ok := cutOrdinal(k); ok && base == f.param {
				out = append(out, v)
			}
		}
		return out, nil
	}
	v := c.params[f.param]
	switch {
	case v == "":
		return nil, nil
	case f.form == commas:
		return strings.Split(v, ","), nil
	case f.form == array:
		var out []string
		if err := json.Unmarshal([]byte(v), &out); err != nil {
			return nil, invalid(f.param)
		}
		return out, nil
	}
	return []string{v}, nil
}

// cutOrdinal takes the number off the end of InstanceId.3.
func cutOrdinal(param string) (base string, n int, ok bool) {
	i := strings.LastIndexByte(param, '.')
	if i < 0 {
		return param, 0, false
	}
	n, err := strconv.Atoi(param[i+1:])
	return param[:i], n, err == nil
}

// pick selects the items that a call's filters ask for. The identity names the
// selection.
func (a *account) pick(c *call, act *action, name string, it items) (items, string, *failure) {
	wanted := map[string][]string{}
	identity := name
	for _, f := range act.filters {
		values, fail := f.values(c)
		if fail != nil {
			return nil, "", fail
		}
		if values == nil && act.defaults[f.param] != "" {
			values = strings.Split(act.defaults[f.param], ",")
		}
		if values != nil {
			wanted[f.field] = values
			identity += "\n" + f.field + "=" + strings.Join(values, ",")
		}
	}
	if len(wanted) == 0 {
		return it, identity, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if got, ok := a.picked[identity]; ok {
		return got, identity, nil
	}
	got := subset{items: it}
	for i := range it.len() {
		if matches(it.append(nil, i), wanted) {
			got.at = append(got.at, int32(i))
		}
	}
	if a.picked == nil || len(a.picked) >= 64 {
		a.picked = map[string]items{}
	}
	a.picked[identity] = got
	return got, identity, nil
}

func matches(item []byte, wanted map[string][]string) bool {
	var v any
	if json.Unmarshal(item, &v) != nil {
		return false
	}
	for field, values := range wanted {
		if !holds(v, strings.Split(field, "."), values) {
			return false
		}
	}
	return true
}

// holds reports whether the value at path, or any where an array lies on the
// path, is one of those wanted.
func holds(v any, path []string, wanted []string) bool {
	if list, ok := v.([]any); ok {
		for _, x := range list {
			if holds(x, path, wanted) {
				return true
			}
		}
		return false
	}
	if len(path) > 0 {
		m, ok := v.(map[string]any)
		return ok && holds(m[path[0]], path[1:], wanted)
	}
	have := ""
	switch x := v.(type) {
	case string:
		have = x
	case bool:
		have = strconv.FormatBool(x)
	case float64:
		have = strconv.FormatFloat(x, 'f', -1, 64)
	}
	for _, w := range wanted {
		if strings.EqualFold(w, have) {
			return true
		}
	}
	return false
}
