package cloud

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Retrying says how often a call is made again. Zero values mean the defaults.
type Retrying struct {
	Broken    int           // attempts where the way or the answer is broken; 4
	Timeouts  int           // attempts where no answer comes in time; 2
	Throttled int           // attempts where the provider asks to slow down; 10
	Pause     time.Duration // longest pause after the first failure; it doubles each time; 500 ms
	MaxPause  time.Duration // bound of that doubling; 20 s
	Patience  time.Duration // after it nothing is tried again; 5 min
}

func (r Retrying) withDefaults() Retrying {
	set(&r.Broken, 4)
	set(&r.Timeouts, 2)
	set(&r.Throttled, 10)
	set(&r.Pause, 500*time.Millisecond)
	set(&r.MaxPause, 20*time.Second)
	set(&r.Patience, 5*time.Minute)
	return r
}

func set[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Retry is a Source that asks again where another attempt may succeed: where
// the provider throttles, the network fails, or the answer is broken. Pauses
// have full jitter and are no shorter than what the provider asks for.
//
// What is down stays down for a while: after three questions in a row to a
// service in a region failed for good, each is asked once only until one
// succeeds. So a dead region costs a scan minutes and not hours.
func Retry(src Source, opt Retrying) Source {
	return &retrying{src: src, opt: opt.withDefaults(), failures: map[place]int{}}
}

type place struct{ service, region string }

type retrying struct {
	src Source
	opt Retrying

	mu       sync.Mutex
	failures map[place]int // questions in a row that failed for good
}

// givenUp is how many failures in a row make a place one that is down.
const givenUp = 3

func (r *retrying) Call(ctx context.Context, req Request) (Answer, error) {
	where := place{req.Service, req.Region}
	down := r.down(where)
	// The library's jitter lies around the interval; half of it makes that
	// 0 to the whole: full jitter.
	grow := &backoff.ExponentialBackOff{InitialInterval: r.opt.Pause / 2, MaxInterval: r.opt.MaxPause / 2, Multiplier: 2, RandomizationFactor: 1}
	p := &pause{grow: grow}
	n, timeouts := 0, 0
	ask := func() (Answer, error) {
		n++
		a, err := r.src.Call(context.WithValue(ctx, attemptKey{}, n), req)
		var e *Error
		if err == nil || !errors.As(err, &e) {
			return a, permanent(err)
		}
		if e.Code == CodeTimeout {
			timeouts++
		}
		p.least = e.RetryAfter
		if n >= r.attempts(e, down) || timeouts >= r.opt.Timeouts {
			return a, permanent(err)
		}
		return a, err
	}
	a, err := backoff.Retry(ctx, ask, backoff.WithBackOff(p), backoff.WithMaxElapsedTime(r.opt.Patience))
	r.note(where, err)
	return a, err
}

func permanent(err error) error {
	if err == nil {
		return nil
	}
	return backoff.Permanent(err)
}

// attempts is how often a call may be made in all that failed like this.
func (r *retrying) attempts(e *Error, down bool) int {
	switch {
	case e.Class() == Throttled:
		return r.opt.Throttled
	case down || !passing(e):
		return 1
	}
	return r.opt.Broken
}

// passing reports whether a failure may pass by itself. A code that we do not
// know, or a request that cannot be made, will fail in the same way again.
func passing(e *Error) bool {
	switch {
	case e.Class() != Broken:
		return false
	case e.Code == CodeNetwork, e.Code == CodeTimeout, e.Code == CodeBroken:
		return true
	}
	return e.HTTPStatus >= 500 || e.HTTPStatus == 408
}

func (r *retrying) down(where place) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures[where] >= givenUp
}

// note counts a question that failed for good. An answer of any kind, be it a
// refusal, shows that the place is alive.
func (r *retrying) note(where place, err error) {
	var e *Error
	if err != nil && !errors.As(err, &e) {
		return // the scan is ending
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e != nil && passing(e) {
		r.failures[where]++
	} else {
		delete(r.failures, where)
	}
}

// pause grows from one attempt to the next, and is as long as the provider asks.
type pause struct {
	grow  *backoff.ExponentialBackOff
	least time.Duration
}

// NextBackOff implements [backoff.BackOff]. The jitter comes on top of what
// was asked for, so that not everybody comes back at once.
func (p *pause) NextBackOff() time.Duration { return p.least + p.grow.NextBackOff() }

// Reset implements [backoff.BackOff].
func (p *pause) Reset() { p.grow.Reset() }
