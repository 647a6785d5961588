package cloud

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Source answers API calls. It is the one seam between this program and
// Alibaba Cloud: package live asks the cloud itself, an [Archive] finds what
// was saved, a [Recorder] keeps what another Source said.
//
// Call may be called from many goroutines at once. A call that failed returns
// an *[Error]; every other error (a context's, a disk's) ends the scan.
type Source interface {
	Call(ctx context.Context, req Request) (Answer, error)
}

// A Request names one API call: what is asked, of which service, where.
type Request struct {
	Service string // as in the endpoint's first word: "ecs", "rds", "oss", …
	Region  string // region id; "" for a call that has none (STS, RAM, ListBuckets)
	Action  string // as the API names it: "DescribeInstances"
	// Params are the call's parameters, named as the API names them. RegionId
	// is left out: the Source adds it where the API wants it.
	Params map[string]string
	// Page is the ordinal of this page within its list, from 1; 0 is 1. What
	// it takes to ask for that page (a number or a token) is in Params.
	Page int
}

// An Answer is what the API said, unchanged.
type Answer struct {
	Body      []byte    // JSON, or XML from OSS
	RequestID string    // the provider's id of the call, by which it can be traced
	Time      time.Time // when the answer arrived
}

// pagingParams only say which part of a list is meant, or how to cut it; they
// do not identify the list. "fields" of our own asking are constant per action.
var pagingParams = map[string]bool{
	"PageNumber": true, "PageSize": true, "NextToken": true, "MaxResults": true,
	"Marker": true, "MaxItems": true, "marker": true, "max-keys": true,
	// constant in every call of ours, so they tell no two calls apart
	"AdditionalAttributes.1": true, "ImageOwnerAlias": true, "Status": true,
	"IncludeShadowTrails": true, "IncludeOrganizationTrail": true,
}

// Call names the API without the place: "ecs/DescribeInstances".
func (r Request) Call() string { return r.Service + "/" + r.Action }

// regionFolder is where a call without a region lies in an archive.
const globalFolder = "global"

// entry is the request's name in an archive, without its ending:
// <service>/<region>/<Action>[?<params>][.<page>].
func (r Request) entry() string {
	var b strings.Builder
	b.WriteString(r.Service)
	b.WriteByte('/')
	if r.Region == "" {
		b.WriteString(globalFolder)
	} else {
		b.WriteString(r.Region)
	}
	b.WriteByte('/')
	b.WriteString(r.Action)
	id := url.Values{}
	for k, v := range r.Params {
		if !pagingParams[k] {
			id.Set(k, v)
		}
	}
	if len(id) > 0 {
		b.WriteByte('?')
		b.WriteString(id.Encode())
	}
	if r.Page > 1 {
		b.WriteByte('.')
		b.WriteString(strconv.Itoa(r.Page))
	}
	return b.String()
}
