package cloud

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rates are calls per second, by call ("vpc/DescribeNetworkAcls") or by whole
// service ("vpc"); "" is for the rest. The provider counts each API of each
// region on its own, and so does [Limit].
type Rates map[string]float64

// DefaultRates follow what the vendor documents (VPC 300 a minute, RAM 100 a
// second, LookupEvents 2 a second, …), with room for whoever else uses the
// account; where nothing is documented, ten a second.
var DefaultRates = Rates{
	"": 10, "vpc": 5, "vpc/DescribeNetworkAcls": 0.5, "ram": 50, "kms": 20,
	"actiontrail/LookupEvents": 2,
}

func (r Rates) of(req Request) float64 {
	for _, key := range []string{req.Call(), req.Service, ""} {
		if v, ok := r[key]; ok && v > 0 {
			return v
		}
	}
	return DefaultRates[""]
}

// Limit is a Source that keeps to a rate for each API in each region. Where the
// provider throttles all the same, that API's calls pause (those of ECS to the
// next minute, since it keeps an API closed for the rest of one), go on at half
// the rate, and come back to the whole little by little.
func Limit(src Source, rates Rates) Source {
	return &limiting{src: src, rates: rates, buckets: map[bucketKey]*bucket{}}
}

type bucketKey struct{ service, region, action string }

type limiting struct {
	src   Source
	rates Rates

	mu      sync.Mutex
	buckets map[bucketKey]*bucket
}

func (l *limiting) Call(ctx context.Context, req Request) (Answer, error) {
	b := l.bucket(req)
	if err := b.wait(ctx); err != nil {
		return Answer{}, err
	}
	began := time.Now()
	a, err := l.src.Call(ctx, req)
	var e *Error
	switch {
	case err == nil:
		b.faster()
	case errors.As(err, &e) && e.Class() == Throttled:
		b.slower(began, reopening(e, time.Now()))
	}
	return a, err
}

func (l *limiting) bucket(req Request) *bucket {
	key := bucketKey{req.Service, req.Region, req.Action}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		most := l.rates.of(req)
		b = &bucket{most: most, now: most, tokens: rate.NewLimiter(rate.Limit(most), burst(most)), head: make(chan struct{}, 1)}
		l.buckets[key] = b
	}
	return b
}

// burst is how many calls may go at once: those of two seconds.
func burst(perSecond float64) int { return max(1, int(math.Ceil(2*perSecond))) }

// reopening is when an API that was throttled may be asked again.
func reopening(e *Error, now time.Time) time.Time {
	at := now.Add(max(e.RetryAfter, time.Second))
	if e.Service == "ecs" && e.RetryAfter == 0 {
		at = now.Truncate(time.Minute).Add(time.Minute)
	}
	// The two clocks differ a little, and so should several scans.
	return at.Add(rand.N(500 * time.Millisecond))
}

// A bucket is the rate of one API in one region: additive increase,
// multiplicative decrease. It falls by half, comes back quickly to three
// quarters of what was too much, and from there gropes its way slowly, since
// finding the edge again may cost a minute.
type bucket struct {
	most   float64 // calls per second when all is well
	tokens *rate.Limiter
	head   chan struct{} // held by the call that goes out next

	mu     sync.Mutex
	now    float64   // calls per second at present
	closed time.Time // no call before it
	fell   time.Time // when the rate last fell
	knee   float64   // up to this rate it comes back quickly
}

// wait returns when a call may go out, or with the reason why ctx ended. One
// call waits at the head of the queue and the others behind it, so that each
// takes its token at the rate that holds when its turn comes.
func (b *bucket) wait(ctx context.Context) error {
	select {
	case b.head <- struct{}{}:
		defer func() { <-b.head }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		if err := sleepUntil(ctx, b.opens()); err != nil {
			return err
		}
		// Not tokens.Wait: it fails at once where ctx would end before the
		// turn comes, and a scan that ends must end as stopped.
		turn := b.tokens.Reserve()
		if err := sleepUntil(ctx, time.Now().Add(turn.Delay())); err != nil {
			turn.Cancel()
			return err
		}
		if !b.opens().After(time.Now()) {
			return nil
		}
	}
}

func (b *bucket) opens() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

func sleepUntil(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// slower halves the rate and closes the bucket. Calls that were on their way
// when it fell last say nothing new.
func (b *bucket) slower(began, opens time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if opens.After(b.closed) {
		b.closed = opens
	}
	if began.Before(b.fell) {
		return
	}
	b.fell, b.knee = time.Now(), b.now*3/4
	b.set(max(b.now/2, b.most/64))
}

func (b *bucket) faster() {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.now < b.knee:
		b.set(min(b.now+b.most/50, b.knee))
	case b.now < b.most:
		b.set(min(b.now+b.most/2000, b.most))
	}
}

// set changes the rate; b.mu is held.
func (b *bucket) set(perSecond float64) {
	b.now = perSecond
	b.tokens.SetLimit(rate.Limit(perSecond))
	n := 1 // nothing at once where the provider found even the rate too much
	if perSecond == b.most {
		n = burst(perSecond)
	}
	b.tokens.SetBurst(n)
}

// Places are how many calls may be under way at once, over all Sources that
// share them.
type Places chan struct{}

// NewPlaces is room for n calls.
func NewPlaces(n int) Places { return make(Places, n) }

// Bound is a Source whose calls each take one of some places while they are under
// way. Inside of Limit it leaves them to calls that may go out now, and those
// that wait for their turn keep none.
func Bound(src Source, places Places) Source { return bounded{src, places} }

type bounded struct {
	src    Source
	places Places
}

func (b bounded) Call(ctx context.Context, req Request) (Answer, error) {
	select {
	case b.places <- struct{}{}:
		defer func() { <-b.places }()
		return b.src.Call(ctx, req)
	case <-ctx.Done():
		return Answer{}, context.Cause(ctx)
	}
}
