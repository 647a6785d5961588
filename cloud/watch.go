package cloud

import (
	"context"
	"errors"
	"time"
)

// A Watcher is told that a call begins, and by calling what it returns, how it
// ended. The attempt is 1, or more where [Retry] asks again. Both functions are
// called from many goroutines at once.
type Watcher func(req Request, attempt int) (done func(err error))

// Watch is a Source that tells a Watcher of each call. Inside of Retry it sees
// every attempt, outside every question.
func Watch(src Source, see Watcher) Source { return watching{src, see} }

type watching struct {
	src Source
	see Watcher
}

func (w watching) Call(ctx context.Context, req Request) (Answer, error) {
	done := w.see(req, attempt(ctx))
	a, err := w.src.Call(ctx, req)
	done(err)
	return a, err
}

// attemptKey is where a context carries the ordinal of an attempt.
type attemptKey struct{}

func attempt(ctx context.Context) int {
	if n, ok := ctx.Value(attemptKey{}).(int); ok {
		return n
	}
	return 1
}

// Deadline is a Source that gives each call of another no more than this time.
// A call that takes longer fails with [CodeTimeout]. It belongs inside of Limit
// and Retry, so that waiting there does not count.
func Deadline(src Source, each time.Duration) Source { return deadline{src, each} }

type deadline struct {
	src  Source
	each time.Duration
}

func (d deadline) Call(scan context.Context, req Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(scan, d.each)
	defer cancel()
	a, err := d.src.Call(ctx, req)
	switch {
	case err == nil:
		return a, nil
	case scan.Err() != nil:
		return Answer{}, context.Cause(scan)
	case errors.Is(err, context.DeadlineExceeded):
		return Answer{}, req.failed(CodeTimeout, "no whole answer within "+d.each.String())
	}
	return a, err
}
