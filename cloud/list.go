package cloud

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// A paging says how one API cuts its list and asks for the next piece.
type paging struct {
	size string // parameter for the size of a page: "MaxResults", "PageSize", "max-keys"
	max  int    // the largest size the API takes
	next string // parameter for the next page: "NextToken", "PageNumber", "marker"
}

func byToken(max int) paging  { return paging{size: "MaxResults", max: max, next: "NextToken"} }
func byNumber(max int) paging { return paging{size: "PageSize", max: max, next: "PageNumber"} }

func byMarker(max int) paging { return paging{size: "MaxItems", max: max, next: "Marker"} }

// whole is for an API that answers its whole list at once.
var whole = paging{}

// A page is what one answer says of its place in the list.
type page struct {
	items int    // how many it holds
	total int    // page-number style: how many the list holds by its own word
	next  string // token style: what asks for the next page; "" at the end
}

// list reads a list to its end, as the API itself tells it, whatever size the
// pages turn out to have. keep takes each answer and says what page it was; it
// is called in order. The failure names what broke; pages before it were kept.
//
// In page-number style a list that ends before its TotalCount is broken. In
// token style the provider's counts are not reliable, and only the token
// counts; a token that comes twice would go on for ever, and is broken too.
func (r *reader) list(req Request, p paging, keep func(body []byte, from *Origin) (page, error)) *Error {
	seen, tokens, next := 0, map[string]bool{}, ""
	base := req.Params
	for req.Page = 1; ; req.Page++ {
		req.Params = p.params(base, req.Page, next)
		a, e := r.call(req)
		if e != nil {
			return e
		}
		got, err := keep(a.Body, req.origin(a))
		if err != nil {
			return broken(req, a, err)
		}
		seen += got.items
		if p.next == "PageNumber" {
			if seen >= got.total {
				return nil
			}
			if got.items == 0 {
				return broken(req, a, fmt.Errorf("the list ends after %d of %d", seen, got.total))
			}
			continue
		}
		if got.next == "" {
			return nil
		}
		if p.next == "" || tokens[got.next] {
			return broken(req, a, errors.New("the list does not come to an end"))
		}
		tokens[got.next] = true
		next = got.next
	}
}

func (p paging) params(base map[string]string, number int, next string) map[string]string {
	if p.size == "" {
		return base
	}
	params := map[string]string{p.size: strconv.Itoa(p.max)}
	maps.Copy(params, base)
	switch {
	case p.next == "PageNumber":
		params[p.next] = strconv.Itoa(number)
	case next != "":
		params[p.next] = next
	}
	return params
}

// listed reads a list and records its failure, which makes unknown whatever
// the list would have told. It returns that failure, or nil.
func (r *reader) listed(req Request, p paging, keep func(body []byte, from *Origin) (page, error)) *Error {
	e := r.list(req, p, keep)
	if e != nil {
		r.miss(e)
	}
	return e
}

// Hides reports whether the failure e leaves resources unlisted that the call
// (as "ecs/DescribeInstances") would have found: the list itself failed, or
// the list of regions that it is asked in.
func Hides(e *Error, call string) bool {
	if e.Resource != "" {
		return false
	}
	if e.Action == "DescribeRegions" {
		name, _, _ := strings.Cut(call, "/")
		return regionLists[name] == e.Service
	}
	return e.Call() == call
}
