package cloud

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// quota answers n calls a second and throttles the rest; ECS until the next minute.
type quota struct {
	mu        sync.Mutex
	perSecond int
	minute    bool // keeps closed for the rest of a minute
	second    time.Time
	used      int
	closed    time.Time
	served    int
	refused   int
}

func (q *quota) Call(_ context.Context, req Request) (Answer, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if s := now.Truncate(time.Second); s != q.second {
		q.second, q.used = s, 0
	}
	if q.used++; q.used > q.perSecond || now.Before(q.closed) {
		q.refused++
		if q.minute {
			q.closed = now.Truncate(time.Minute).Add(time.Minute)
		}
		return Answer{}, req.failed("Throttling", "slow down")
	}
	q.served++
	return Answer{Body: []byte("{}")}, nil
}

// drive asks n times from many goroutines and tells how long it took.
func drive(t *testing.T, src Source, req Request, n int) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := src.Call(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func TestLimitKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{perSecond: 1000}
		// 20 at once, and 480 at ten a second
		if d := drive(t, Limit(q, DefaultRates), sample, 500); d < 47*time.Second || d > 49*time.Second {
			t.Errorf("500 calls at 10 a second took %v", d)
		}
		if q.refused != 0 {
			t.Errorf("%d refused", q.refused)
		}
	})
}

func TestLimitIsPerAPIAndRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Limit(&quota{perSecond: 1000}, Rates{"": 1})
		start := time.Now()
		for _, req := range []Request{{Service: "a", Region: "x", Action: "A"}, {Service: "a", Region: "y", Action: "A"}, {Service: "a", Region: "x", Action: "B"}, {Service: "b", Region: "x", Action: "A"}} {
			for range 2 {
				_, _ = l.Call(t.Context(), req)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("one API waited for another: %v", d)
		}
	})
}

// TestThrottledAllTheSame drives a limiter that believes in ten a second against
// a provider that allows fewer: everything gets through, and few calls are refused.
func TestThrottledAllTheSame(t *testing.T) {
	for _, service := range []string{"rds", "ecs"} {
		synctest.Test(t, func(t *testing.T) {
			q := &quota{perSecond: 4, minute: service == "ecs"}
			req := Request{Service: service, Region: "cn-hangzhou", Action: "DescribeX"}
			d := drive(t, Retry(Limit(q, Rates{"": 10}), Retrying{Throttled: 100, Patience: time.Hour}), req, 400)
			if q.served != 400 || q.refused > 20 || d > map[string]time.Duration{"rds": 3 * time.Minute, "ecs": 8 * time.Minute}[service] {
				t.Errorf("%s: %v, served %d, refused %d", service, d, q.served, q.refused)
			}
		})
	}
}

func TestRateComesBack(t *testing.T) {
	l := Limit(&quota{perSecond: 1000}, Rates{"": 10}).(*limiting)
	b := l.bucket(sample)
	b.slower(time.Now(), time.Now())
	if b.now != 5 {
		t.Errorf("rate %v after a throttle", b.now)
	}
	b.slower(time.Now().Add(-time.Minute), time.Now())
	if b.now != 5 {
		t.Errorf("rate %v after a throttle of a call that was under way", b.now)
	}
	rate := func(successes int) float64 {
		for range successes {
			b.faster()
		}
		return b.now
	}
	if quick, slow, end := rate(13), rate(100), rate(500); quick != 7.5 || slow < 7.9 || slow > 8.1 || end != 10 {
		t.Errorf("rates on the way up: %v, %v, %v", quick, slow, end)
	}
}

// TestThrottleHoldsBackWhoIsNext: the API closes while the next call waits for
// its turn, which comes before it opens again.
func TestThrottleHoldsBackWhoIsNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var went []time.Duration
		l := Limit(answering(func(r Request) (Answer, error) {
			went = append(went, time.Since(start))
			if len(went) > 2 {
				return Answer{}, nil
			}
			time.Sleep(500 * time.Millisecond)
			e := r.failed("Throttling", "slow down")
			e.RetryAfter = 30 * time.Second
			return Answer{}, e
		}), Rates{"": 1})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _, _ = l.Call(t.Context(), sample) })
			synctest.Wait()
		}
		wg.Wait()
		if len(went) != 3 || went[1] != 0 || went[2] < 30*time.Second {
			t.Errorf("calls went out after %v", went)
		}
	})
}

func TestLimitStopsAtOnce(t *testing.T) {
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"ctrl-c": context.WithCancel,
		"deadline": func(c context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(c, time.Second)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := end(t.Context())
			time.AfterFunc(time.Second, cancel)
			l := Limit(&quota{perSecond: 1000}, Rates{"": 0.01})
			_, _ = l.Call(ctx, sample)
			start := time.Now()
			_, err := l.Call(ctx, sample)
			var e *Error
			if err == nil || errors.As(err, &e) || time.Since(start) > time.Second {
				t.Errorf("%s: %v after %v", name, err, time.Since(start))
			}
		})
	}
}

func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		src := Watch(answering(func(Request) (Answer, error) { time.Sleep(time.Second); return Answer{}, nil }), func(Request, int) func(error) {
			mu.Lock()
			defer mu.Unlock()
			now++
			most = max(most, now)
			return func(error) { mu.Lock(); now--; mu.Unlock() }
		})
		if d := drive(t, Bound(src, NewPlaces(5)), sample, 20); d != 4*time.Second || most != 5 {
			t.Errorf("%v, %d at once", d, most)
		}
	})
}
