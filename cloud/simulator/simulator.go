package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The key that every Simulator accepts when Options name no other. It is as
// public as this file.
const (
	DemoKeyID     = "LTAI5tMlpscanDemoKey0001"
	DemoKeySecret = "mlpscan-demo-secret-of-no-value"
)

// A Credential is what belongs to an AccessKeyId.
type Credential struct {
	// Secret signs requests.
	Secret string
	// Token is the security token that requests must carry beside the
	// signature, for a temporary key; "" for a lasting one.
	Token string
	// Expires is when a temporary key ends; zero means never.
	Expires time.Time
	// Data is the account that the key opens; nil means the Simulator's own.
	Data fs.FS
}

// A Role can be assumed, with any lasting key, by STS AssumeRole.
type Role struct {
	// ExternalID must be given to assume the role; "" asks for none.
	ExternalID string
	// Data is the account the role belongs to; nil means the Simulator's own.
	Data fs.FS
}

// Options change how a Simulator answers. The zero Options are a fault-free
// cloud without limits that knows the demo key.
type Options struct {
	// Credentials by AccessKeyId; nil means the demo key.
	Credentials map[string]Credential
	// Roles by ARN, acs:ram::<account>:role/<name>.
	Roles map[string]Role
	// Faults are tried in order; the first that matches a call strikes.
	Faults []Fault
	// Latency is how long each answer takes.
	Latency time.Duration
	// RateLimit is how many calls a second each API of a region takes from an
	// account; 0 means any number. More are throttled.
	RateLimit float64
	// RateWindow is the time in which RateLimit × RateWindow calls may come in
	// one burst; 0 means a second.
	RateWindow time.Duration
	// MaxPage lowers every API's largest page, to make a client page through
	// little data; 0 leaves them as the cloud has them.
	MaxPage int
	// Now is the clock of the cloud; nil means time.Now.
	Now func() time.Time
}

// A Simulator answers like Alibaba Cloud. It is an http.Handler, and safe for
// concurrent use.
type Simulator struct {
	opt      Options
	account  *account // of credentials that name no data
	tokens   tokenMaker
	nonces   nonces
	limits   limiter
	faults   []*fault
	mu       sync.Mutex // guards the two below
	keys     map[string]credential
	accounts map[string]*account // by ARN of the role that opens them
	stats    counter
}

// credential is a Credential with its account opened.
type credential struct {
	Credential
	account *account
	// arn is who a temporary key speaks for; "" for a lasting key.
	arn string
}

// New makes a Simulator of the account that data holds. It fails on data that
// cannot be an account, and on options that contradict themselves.
func New(data fs.FS, opt Options) (*Simulator, error) {
	if data == nil {
		return nil, errors.New("simulator: no data")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.RateWindow <= 0 {
		opt.RateWindow = time.Second
	}
	if opt.Credentials == nil {
		opt.Credentials = map[string]Credential{DemoKeyID: {Secret: DemoKeySecret}}
	}
	s := &Simulator{opt: opt, account: &account{fsys: data}, keys: map[string]credential{}, accounts: map[string]*account{}, tokens: newTokenMaker()}
	s.limits = limiter{rate: opt.RateLimit, burst: max(1, opt.RateLimit*opt.RateWindow.Seconds())}
	for i, f := range opt.Faults {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("simulator: fault %d: %w", i+1, err)
		}
		s.faults = append(s.faults, &fault{Fault: f})
	}
	for id, c := range opt.Credentials {
		if id == "" || c.Secret == "" {
			return nil, fmt.Errorf("simulator: credential %q lacks an id or a secret", id)
		}
		s.keys[id] = credential{Credential: c, account: s.open(c.Data)}
	}
	return s, nil
}

// open is the account in data, or the Simulator's own.
func (s *Simulator) open(data fs.FS) *account {
	if data == nil {
		return s.account
	}
	return &account{fsys: data}
}

// maxRequest bounds what is read of a request; no real one of those answered
// here has a tenth of it.
const maxRequest = 1 << 20

// A call is one request, understood.
type call struct {
	service, region, action string
	// params are those of the action, without what belongs to the protocol.
	params map[string]string
	// anywhere: the request names no region, in its parameters or its host.
	anywhere  bool
	keyID     string
	caller    credential
	requestID string
	now       time.Time
}

// A protocol is one way to ask and answer.
type protocol interface {
	// read understands and authenticates a request. It fills c as far as it comes.
	read(s *Simulator, r *http.Request, body []byte, c *call) *failure
	// answer is what the account says.
	answer(s *Simulator, c *call) (reply, *failure)
	// fail puts a failure as the protocol does.
	fail(r *http.Request, c *call, f *failure) reply
	// idHeader names the header with the request's id; "" for none.
	idHeader() string
}

// A reply is an answer ready to send.
type reply struct {
	status      int
	contentType string
	body        []byte
	header      map[string]string
}

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{requestID: newRequestID(), now: s.opt.Now()}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return // the client broke off, or sends what no client sends
	}
	p := protocolOf(r)
	fail := p.read(s, r, body, c)
	done := s.stats.begin(c, fail == nil)
	defer done()
	var f *fault
	if fail == nil {
		f = s.strike(c)
	}
	if !s.wait(r.Context(), f) {
		return
	}
	if fail == nil {
		fail = f.failure(c)
	}
	if fail == nil && !s.limits.allow(c) {
		fail = throttled(c.service)
		s.stats.throttle()
	}
	s.send(w, r, p, c, f, fail)
}

// send writes the answer or the failure, spoilt by the fault if there is one.
func (s *Simulator) send(w http.ResponseWriter, r *http.Request, p protocol, c *call, f *fault, fail *failure) {
	var out reply
	if fail == nil {
		out, fail = p.answer(s, c)
	}
	if fail != nil {
		out = p.fail(r, c, fail)
	}
	h := w.Header()
	for k, v := range out.header {
		h.Set(k, v)
	}
	if name := p.idHeader(); name != "" {
		h.Set(name, c.requestID)
	}
	h.Set("Date", c.now.UTC().Format(http.TimeFormat))
	h.Set("Content-Type", out.contentType)
	if f.spoil(w, &out) {
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.body)
	}
}

// wait lets the time pass that the answer takes; false means that the client went away.
func (s *Simulator) wait(ctx context.Context, f *fault) bool {
	d := s.opt.Latency
	if f != nil {
		if f.Kind == Hang {
			<-ctx.Done()
			return false
		}
		if f.Kind == Slow {
			d += f.Delay
		}
	}
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// newRequestID is an id as the cloud gives them: a UUID in capitals.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// A Call names an API in a place; Region is "global" where it has none.
type Call struct{ Service, Action, Region string }

// Stats tell what a Simulator was asked.
type Stats struct {
	// Calls counts the calls whose signature was good, answered or not.
	Calls map[Call]int
	// Refused counts the requests whose signature was not good, or that named no API.
	Refused int
	// Throttled counts the calls above the rate limit.
	Throttled int
	// Busiest is the most requests under way at once.
	Busiest int
}

// Total is the number of calls.
func (s Stats) Total() int {
	n := 0
	for _, v := range s.Calls {
		n += v
	}
	return n
}

// Stats tells what was asked so far.
func (s *Simulator) Stats() Stats {
	s.stats.mu.Lock()
	defer s.stats.mu.Unlock()
	out := s.stats.Stats
	out.Calls = maps.Clone(out.Calls)
	return out
}

// counter collects Stats.
type counter struct {
	mu sync.Mutex
	Stats
	busy int
}

// begin counts a request; what it returns ends it.
func (k *counter) begin(c *call, good bool) (done func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if good {
		if k.Calls == nil {
			k.Calls = map[Call]int{}
		}
		k.Calls[Call{c.service, c.action, folder(c.region)}]++
	} else {
		k.Refused++
	}
	k.busy++
	k.Busiest = max(k.Busiest, k.busy)
	return func() {
		k.mu.Lock()
		k.busy--
		k.mu.Unlock()
	}
}

func (k *counter) throttle() {
	k.mu.Lock()
	k.Throttled++
	k.mu.Unlock()
}

// globalRegion is the folder of calls without a region.
const globalRegion = "global"

func folder(region string) string {
	if region == "" {
		return globalRegion
	}
	return region
}
