// Package live asks Alibaba Cloud itself. It is the only package that imports
// the vendor's SDKs, and uses them for what they are good at: to know the
// endpoints, to build a request and to sign it. One transport of ours, shared
// by all of them, sends the request and reads the answer, so that time limits,
// cancellation, errors and the simulator's address are the same for every service.
package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

// Options say as whom, and where, to ask. The zero Options use the default
// credential chain of Alibaba Cloud's own tools and the public endpoints.
type Options struct {
	// Credential to sign with; nil means to find one, as Alibaba Cloud's own tools do.
	Credential Credential
	// Profile names the profile to find a credential in; "" means the default chain.
	Profile string
	// Roles are assumed one after the other, the first by the Credential.
	Roles []Role

	// EndpointURL is the one address that every request is sent to, whatever
	// the service. Only the bytes go elsewhere: Host, bucket addressing and
	// signature stay those of the real endpoint. The simulator listens so.
	EndpointURL string
	// Endpoints replaces the endpoint of single services, by their name in
	// [cloud.Request]: "https://ecs-vpc.{region}.aliyuncs.com". They are not
	// sent to EndpointURL.
	Endpoints map[string]string
	// Region is asked for what belongs to no region; "" means cn-hangzhou.
	Region string

	// UserAgent is what the SDKs say that they are used by.
	UserAgent string
	// Connections bounds the connections to one host; 0 means 64.
	Connections int
	// Transport carries the requests; nil means one of our own, which takes
	// proxies from the environment and verifies TLS. For tests.
	Transport http.RoundTripper
}

const defaultRegion = "cn-hangzhou"

// A Source asks Alibaba Cloud. It makes each call once: retries, rate limits
// and time limits are [cloud.Source]s of their own around it.
type Source struct {
	opt        Options
	credential Credential
	transport  *transport
	endpoints  map[string]*url.URL
}

// New makes a Source. It sends nothing yet, but reads the profile, and fails
// on one that is unknown or incomplete.
func New(opt Options) (*Source, error) {
	if opt.Region == "" {
		opt.Region = defaultRegion
	}
	s := &Source{opt: opt, endpoints: map[string]*url.URL{}}
	var err error
	if s.transport, err = newTransport(opt); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(opt.Endpoints)) {
		if _, ok := services[name]; !ok {
			return nil, fmt.Errorf("%w: endpoint of %q: no such service; there are %s", ErrEndpoint, name, strings.Join(Services(), ", "))
		}
		if s.endpoints[name], err = parseEndpoint(opt.Endpoints[name]); err != nil {
			return nil, err
		}
	}
	if s.credential = opt.Credential; s.credential == nil {
		if s.credential, err = s.find(opt.Profile); err != nil {
			return nil, err
		}
	}
	return s.As(opt.Roles...)
}

// As is a Source that asks as other roles, assumed one after the other by this
// one's identity, over the same connections.
func (s *Source) As(roles ...Role) (*Source, error) {
	other := *s
	for _, role := range roles {
		if err := role.check(); err != nil {
			return nil, err
		}
		other.credential = s.assume(other.credential, role)
	}
	return &other, nil
}

// ErrEndpoint: an endpoint that was given is not the address of a web server.
var ErrEndpoint = errors.New("bad endpoint")

func parseEndpoint(s string) (*url.URL, error) {
	// The place of the region's name is not a valid host; keep it out of the way.
	u, err := url.Parse(strings.ReplaceAll(s, regionMark, regionStandIn))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%w: %q: it takes the form https://host[:port]", ErrEndpoint, s)
	}
	return u, nil
}

// regionMark stands for the region's id in an endpoint.
const (
	regionMark    = "{region}"
	regionStandIn = "region-mark"
)

// readOnly are the words with which the name of an action must begin.
// Everything that changes something begins otherwise, in every product.
var readOnly = []string{"Describe", "List", "Get", "Search", "Query", "Check"}

// ErrNotReadOnly: the action might change something, and was not sent.
var ErrNotReadOnly = errors.New("not a read-only action")

// mayCall refuses whatever may change the account. AssumeRole changes nothing,
// but its answer is a secret: this package asks for it past [Source.Call], and
// nobody else does, who might record it.
func mayCall(req cloud.Request) error {
	for _, word := range readOnly {
		// "Getaway" is not "Get": a capital letter begins the next word.
		if rest, ok := strings.CutPrefix(req.Action, word); ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrNotReadOnly, req.Call())
}

// label is what may stand between dots in a host name. Ids that become part of
// one come from answers too, and must not lead a signed request elsewhere.
var label = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$`)

// Call sends one request and returns the body of the answer as it came.
func (s *Source) Call(ctx context.Context, req cloud.Request) (cloud.Answer, error) {
	if err := mayCall(req); err != nil {
		return cloud.Answer{}, err
	}
	svc, ok := services[req.Service]
	if !ok {
		return cloud.Answer{}, fmt.Errorf("%s: no such service; there are %s", req.Call(), strings.Join(Services(), ", "))
	}
	keys, err := s.credential.Keys(ctx)
	if err != nil {
		return cloud.Answer{}, keysError(ctx, req, err)
	}
	a, err := s.send(ctx, svc, req, keys)
	if e := (*cloud.Error)(nil); !errors.As(err, &e) || !expired[e.Code] {
		return a, err
	}
	role, ok := s.credential.(*assumed)
	if !ok {
		return a, err
	}
	role.expire(keys)
	if keys, err = role.Keys(ctx); err != nil {
		return cloud.Answer{}, keysError(ctx, req, err)
	}
	return s.send(ctx, svc, req, keys)
}

// expired are the codes by which the products refuse keys that were good once.
// A role's are renewed and the call is made again.
var expired = map[string]bool{"InvalidSecurityToken.Expired": true, "SecurityTokenExpired": true, "InvalidAccessKeyId.Expired": true}

// send makes one call with given keys.
func (s *Source) send(ctx context.Context, svc service, req cloud.Request, keys Keys) (cloud.Answer, error) {
	c := &call{Request: req, region: req.Region, keys: keys, agent: s.opt.UserAgent}
	if c.region == "" {
		c.region = s.opt.Region
	}
	if !label.MatchString(c.region) {
		return cloud.Answer{}, newError(req, CodeBadRequest, fmt.Sprintf("%q cannot be the id of a region", c.region))
	}
	c.endpoint = s.endpointOf(req.Service, c.region)
	c.exchange = &exchange{ctx: ctx, transport: s.transport, direct: c.endpoint != nil}
	err := svc.send(c)
	if ctx.Err() != nil && (!c.exchange.sent || c.exchange.err != nil) {
		return cloud.Answer{}, interrupted(ctx, req)
	}
	if !c.exchange.sent {
		return cloud.Answer{}, newError(req, CodeBadRequest, "could not make the request: "+keys.redact(errorText(err)))
	}
	return c.answer(svc, time.Now())
}

func (s *Source) endpointOf(name, region string) *url.URL {
	u := s.endpoints[name]
	if u == nil {
		return nil
	}
	at := *u
	at.Host = strings.ReplaceAll(u.Host, regionStandIn, region)
	return &at
}

// A call is one request on its way.
type call struct {
	cloud.Request
	region   string // asked, also where the Request has none
	keys     Keys
	endpoint *url.URL // instead of the SDK's own; nil to leave it
	agent    string
	exchange *exchange
}

// scheme is HTTPS unless an endpoint was given that says otherwise; it is
// always set, since one of the SDKs would fall back to plain HTTP.
func (c *call) scheme() string {
	if c.endpoint != nil {
		return c.endpoint.Scheme
	}
	return "https"
}

// host is the endpoint that was given; "" for the SDK's own.
func (c *call) host() string {
	if c.endpoint == nil {
		return ""
	}
	return c.endpoint.Host
}
