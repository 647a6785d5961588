package cloud

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// script answers call after call with what it holds; an empty Code is a success.
type script struct {
	mu    sync.Mutex
	errs  []Error
	calls int
}

func (s *script) Call(_ context.Context, req Request) (Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.calls > len(s.errs) || s.errs[s.calls-1].Code == "" {
		return Answer{Body: []byte("{}"), RequestID: "R"}, nil
	}
	e := s.errs[s.calls-1]
	e.Service, e.Region, e.Action = req.Service, req.Region, req.Action
	return Answer{}, &e
}

func times(n int, e Error) []Error {
	list := make([]Error, n)
	for i := range list {
		list[i] = e
	}
	return list
}

var sample = Request{Service: "rds", Region: "cn-hangzhou", Action: "DescribeDBInstances"}

func TestRetryAsksAgainWhereItMayHelp(t *testing.T) {
	tests := []struct {
		name  string
		errs  []Error
		calls int
		ok    bool
	}{
		{"no failure", nil, 1, true},
		{"reset once", times(1, Error{Code: CodeNetwork}), 2, true},
		{"reset for ever", times(50, Error{Code: CodeNetwork}), 4, false},
		{"gateway", times(3, Error{Code: CodeBroken, HTTPStatus: 502}), 4, true},
		{"half an answer", times(2, Error{Code: CodeBroken, HTTPStatus: 200}), 3, true},
		{"the provider's own fault", times(1, Error{Code: "InternalError", HTTPStatus: 500}), 2, true},
		{"hanging", times(50, Error{Code: CodeTimeout}), 2, false},
		{"throttled", times(9, Error{Code: "Throttling.User", HTTPStatus: 400}), 10, true},
		{"throttled for ever", times(50, Error{Code: "Throttling.User", HTTPStatus: 400}), 10, false},
		{"half a refusal", times(2, Error{Code: CodeBroken, HTTPStatus: 404}), 3, true},
		{"denied", times(50, Error{Code: "Forbidden.RAM", HTTPStatus: 403}), 1, false},
		{"bad key", times(50, Error{Code: "InvalidAccessKeyId.NotFound", HTTPStatus: 404}), 1, false},
		{"unset", times(50, Error{Code: "NoSuchBucketPolicy", HTTPStatus: 404}), 1, false},
		{"a request that cannot be made", times(50, Error{Code: "BadRequest"}), 1, false},
		{"a code we do not know", times(50, Error{Code: "Whatever", HTTPStatus: 400}), 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{errs: tt.errs}
				a, err := Retry(s, Retrying{}).Call(t.Context(), sample)
				if s.calls != tt.calls || (err == nil) != tt.ok || (err == nil) != (a.Body != nil) {
					t.Errorf("%d calls, want %d; %v", s.calls, tt.calls, err)
				}
				var e *Error
				if err != nil && (!errors.As(err, &e) || e.Code != tt.errs[0].Code) {
					t.Errorf("the failure became %v", err)
				}
			})
		})
	}
}

func TestRetryWaitsAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &script{errs: []Error{{Code: "Throttling", RetryAfter: 30 * time.Second}}}
		if _, err := Retry(s, Retrying{}).Call(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d < 30*time.Second || d > 31*time.Second {
			t.Errorf("waited %v", d)
		}
	})
}

func TestRetryStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		start := time.Now()
		s := &script{errs: times(1, Error{Code: "Throttling", RetryAfter: time.Minute})}
		if _, err := Retry(s, Retrying{}).Call(ctx, sample); !errors.Is(err, context.Canceled) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestDeadRegionIsAskedOnce: after three failures for good, one attempt each,
// and all attempts again once something got through.
func TestDeadRegionIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{errs: times(3*4+5, Error{Code: CodeNetwork})}
		r := Retry(s, Retrying{})
		var seen []int
		for range 10 {
			before := s.calls
			_, _ = r.Call(t.Context(), sample)
			seen = append(seen, s.calls-before)
		}
		if fmt.Sprint(seen) != "[4 4 4 1 1 1 1 1 1 1]" {
			t.Errorf("attempts %v", seen)
		}
		s.errs = append(s.errs, times(10, Error{})...)[:s.calls]
		s.errs = append(s.errs, times(2, Error{Code: CodeNetwork})...)
		if _, err := r.Call(t.Context(), sample); err != nil {
			t.Errorf("not alive again: %v", err)
		}
	})
}

func TestWatchSeesEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		s := &script{errs: times(2, Error{Code: CodeNetwork})}
		w := Watch(s, func(req Request, n int) func(error) {
			return func(err error) { seen = append(seen, fmt.Sprint(req.Action, n, err != nil)) }
		})
		if _, err := Retry(w, Retrying{}).Call(t.Context(), sample); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(seen); got != "[DescribeDBInstances1 true DescribeDBInstances2 true DescribeDBInstances3 false]" {
			t.Error(got)
		}
	})
}

// hanging never answers.
type hanging struct{}

func (hanging) Call(ctx context.Context, _ Request) (Answer, error) {
	<-ctx.Done()
	return Answer{}, ctx.Err()
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := Deadline(hanging{}, 5*time.Second).Call(t.Context(), sample)
		var e *Error
		if !errors.As(err, &e) || e.Code != CodeTimeout || time.Since(start) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = Deadline(hanging{}, 5*time.Second).Call(ctx, sample); errors.As(err, &e) && e.Code == CodeTimeout && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the scan's own end is a failed call: %v", err)
		}
	})
}
