package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxBody bounds what is read of one answer. The largest real one, a page of a
// hundred instances, has some hundred kilobytes.
const maxBody = 64 << 20

// A transport is what all SDKs send through.
type transport struct {
	base http.RoundTripper
	to   *url.URL // where every request goes; nil for where it says
}

func newTransport(opt Options) (*transport, error) {
	t := &transport{base: opt.Transport}
	if opt.EndpointURL != "" {
		var err error
		if t.to, err = parseEndpoint(opt.EndpointURL); err != nil {
			return nil, err
		}
	}
	if t.base != nil {
		return t, nil
	}
	n := opt.Connections
	if n <= 0 {
		n = 64
	}
	t.base = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          0, // bounded per host
		MaxIdleConnsPerHost:   n,
		MaxConnsPerHost:       n,
	}
	return t, nil
}

// An exchange is one request and what came back. It stands in for the network
// in one SDK client: it takes the context where an SDK knows none, and keeps
// the answer, so that no SDK's reading of it matters.
type exchange struct {
	ctx       context.Context
	transport *transport
	direct    bool // goes where the request says, whatever the transport's address

	sent   bool
	host   string // that was asked
	at     string // where the bytes went
	status int
	header http.Header
	body   []byte
	err    error // of the network; nil where a whole answer arrived
	cut    int   // bytes that arrived of an answer that broke off, or -1
}

// Call is RoundTrip as the ECS SDK wants it; its own transport is not used.
func (x *exchange) Call(r *http.Request, _ *http.Transport) (*http.Response, error) {
	return x.RoundTrip(r)
}

// RoundTrip sends the request once. What the SDK gets back is an empty success
// in every case but a failure of the network: it has nothing to decode, to
// follow or to try again.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	if x.sent {
		return nil, errors.New("sent already")
	}
	x.sent = true
	r = r.Clone(x.ctx)
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	x.host, x.cut = r.Host, -1
	if to := x.transport.to; to != nil && !x.direct {
		r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
	}
	x.at = r.URL.Scheme + "://" + r.URL.Host
	resp, err := x.transport.base.RoundTrip(r)
	if err != nil {
		x.err = err
		return nil, err
	}
	defer resp.Body.Close()
	x.status, x.header = resp.StatusCode, resp.Header
	x.body, x.err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if x.err != nil {
		x.cut = len(x.body)
		return nil, x.err
	}
	if len(x.body) > maxBody {
		x.err = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
		return nil, x.err
	}
	return neutral(r), nil
}

// neutral is a success that says nothing.
func neutral(r *http.Request) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(bytes.NewReader([]byte("{}"))), ContentLength: 2,
	}
}
