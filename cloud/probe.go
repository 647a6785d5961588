package cloud

import (
	"context"
	"errors"
	"sync"
)

// A Probe is a Source that lets the first call of each API through and refuses
// all others. A [Read] over it tries, with the reader's own requests, every API
// that a scan of the account would use, in a few calls; what the Read returns is
// of no use, but the Probe knows how each API answered.
type Probe struct {
	src Source

	mu    sync.Mutex
	tried map[string]*Error // by call; nil for one that answered
}

// NewProbe is a Probe of a Source.
func NewProbe(src Source) *Probe { return &Probe{src: src, tried: map[string]*Error{}} }

// Call asks the Source behind it the first time, and fails with [CodeSkipped] then.
func (p *Probe) Call(ctx context.Context, req Request) (Answer, error) {
	p.mu.Lock()
	_, again := p.tried[req.Call()]
	if !again {
		p.tried[req.Call()] = nil
	}
	p.mu.Unlock()
	if again {
		return Answer{}, req.failed(CodeSkipped, "the API was tried already")
	}
	a, err := p.src.Call(ctx, req)
	var e *Error
	if errors.As(err, &e) {
		p.mu.Lock()
		p.tried[req.Call()] = e
		p.mu.Unlock()
	}
	return a, err
}

// Tried is how each API answered that was tried, by its call: nil for one that did.
func (p *Probe) Tried() map[string]*Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]*Error{}
	for call, e := range p.tried {
		out[call] = e
	}
	return out
}
