package simulator

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A Kind is what a Fault does to a call.
type Kind string

// The kinds of faults.
const (
	// Deny answers that the identity may not make the call.
	Deny Kind = "deny"
	// Throttle answers that calls come too fast.
	Throttle Kind = "throttle"
	// NotOpen answers that the account has not activated the product.
	NotOpen Kind = "not-open"
	// Error answers an error of the Fault's own Code, or an internal error (500).
	Error Kind = "error"
	// Expire answers that the security token has expired.
	Expire Kind = "expire"
	// Slow answers after Delay.
	Slow Kind = "slow"
	// Truncate sends half of the body as if it were all.
	Truncate Kind = "truncate"
	// Cut breaks the connection off in the middle of the body.
	Cut Kind = "cut"
	// Garble sends bytes that are neither JSON nor XML.
	Garble Kind = "garble"
	// HTML502 answers as a broken proxy does: status 502 and a web page.
	HTML502 Kind = "html-502"
	// Empty200 answers success and nothing.
	Empty200 Kind = "empty-200"
	// Drop closes the connection without an answer.
	Drop Kind = "drop"
	// Hang never answers.
	Hang Kind = "hang"
)

var kinds = []Kind{Deny, Throttle, NotOpen, Error, Expire, Slow, Truncate, Cut, Garble, HTML502, Empty200, Drop, Hang}

// A Fault says which calls go wrong, and how. A field that is empty matches
// every call.
type Fault struct {
	Service, Action, Region string
	// Resource is the value of any of the call's parameters: an instance's id, a bucket's name.
	Resource string
	Kind     Kind
	// Every lets the fault strike each nth matching call only; 0 means each.
	Every int
	// Times ends the fault after it struck so often; 0 means never.
	Times int
	// Delay is how long Slow takes, and after how long Throttle says to come back.
	Delay time.Duration
	// Code, Message and Status are the answer of Error.
	Code, Message string
	Status        int
}

func (f Fault) check() error {
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("no kind %q", f.Kind)
	case f.Every < 0 || f.Times < 0 || f.Delay < 0:
		return fmt.Errorf("%s: a negative number", f.Kind)
	case f.Kind == Slow && f.Delay == 0:
		return fmt.Errorf("%s: no Delay", f.Kind)
	}
	return nil
}

// fault is a Fault and how often it came up. A nil fault does nothing.
type fault struct {
	Fault
	mu            sync.Mutex
	seen, strikes int
}

// strike finds the fault that hits the call, or nil.
func (s *Simulator) strike(c *call) *fault {
	for _, f := range s.faults {
		if f.matches(c) && f.due() {
			return f
		}
	}
	return nil
}

func (f *fault) matches(c *call) bool {
	is := func(want, have string) bool { return want == "" || want == have }
	if !is(f.Service, c.service) || !is(f.Action, c.action) || !is(f.Region, folder(c.region)) {
		return false
	}
	if f.Resource == "" {
		return true
	}
	for _, v := range c.params {
		if v == f.Resource {
			return true
		}
	}
	return false
}

// due counts a matching call and tells whether it is this one's turn.
func (f *fault) due() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	if f.Every > 1 && f.seen%f.Every != 0 || f.Times > 0 && f.strikes >= f.Times {
		return false
	}
	f.strikes++
	return true
}

// failure is the error that the fault answers in place of the call's answer.
func (f *fault) failure(c *call) *failure {
	if f == nil {
		return nil
	}
	switch f.Kind {
	case Deny:
		return denied(c)
	case Throttle:
		e := throttled(c.service)
		if f.Delay > 0 {
			e.header = map[string]string{"x-acs-retry-after": strconv.FormatInt(f.Delay.Milliseconds(), 10), "Retry-After": strconv.FormatInt(int64(max(1, f.Delay.Seconds())), 10)}
		}
		return e
	case NotOpen:
		return notOpen(c.service)
	case Expire:
		return tokenExpired(c.service)
	case Error:
		e := &failure{status: http.StatusInternalServerError, code: "InternalError", message: "The request processing has failed due to some unknown error."}
		if f.Code != "" {
			e.code, e.message = f.Code, f.Message
		}
		if f.Status != 0 {
			e.status = f.Status
		}
		return e
	}
	return nil
}

const badGateway = `<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>Tengine</center>
</body>
</html>
`

// spoil damages the answer on its way; true means that it is sent, as far as it will be.
func (f *fault) spoil(w http.ResponseWriter, out *reply) (sent bool) {
	if f == nil {
		return false
	}
	switch f.Kind {
	case Drop:
		panic(http.ErrAbortHandler)
	case Cut:
		w.Header().Set("Content-Length", strconv.Itoa(max(2, len(out.body))))
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body[:len(out.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Truncate:
		out.body = out.body[:len(out.body)/2]
	case Garble:
		out.body = bytes.Repeat([]byte("\x1f\x8b\x00mlps\xff<{"), len(out.body)/10+1)
	case HTML502:
		clear(w.Header())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		*out = reply{status: http.StatusBadGateway, body: []byte(badGateway)}
	case Empty200:
		out.status, out.body = http.StatusOK, nil
	}
	return false
}

// limiter is a token bucket for each API of a region of an account.
type limiter struct {
	rate, burst float64
	mu          sync.Mutex
	buckets     map[bucketKey]*bucketLevel
}

type bucketKey struct {
	account *account
	Call
}

type bucketLevel struct {
	tokens float64
	at     time.Time
}

// allow takes the call into its API's count, or refuses it.
func (l *limiter) allow(c *call) bool {
	if l.rate <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := bucketKey{c.caller.account, Call{c.service, c.action, c.region}}
	b := l.buckets[key]
	now := time.Now() // not the cloud's clock: a test may stop that
	if b == nil {
		if l.buckets == nil {
			l.buckets = map[bucketKey]*bucketLevel{}
		}
		b = &bucketLevel{tokens: l.burst, at: now}
		l.buckets[key] = b
	}
	b.tokens = min(l.burst, b.tokens+now.Sub(b.at).Seconds()*l.rate)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
