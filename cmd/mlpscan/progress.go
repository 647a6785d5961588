package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

// progress shows how the reading goes, on standard error: a line that moves on a terminal,
// a plain line from time to time elsewhere.
type progress struct {
	from *cloud.Progress
	end  chan struct{}
	done chan struct{}
}

// How often a display changes: a bar that moves, a log that does not fill.
const (
	barInterval  = 150 * time.Millisecond
	lineInterval = 10 * time.Second
)

func startProgress(from *cloud.Progress, quiet bool) *progress {
	p := &progress{from: from, end: make(chan struct{}), done: make(chan struct{})}
	switch {
	case quiet:
		close(p.done)
	case isTerminal(os.Stderr):
		go p.bar()
	default:
		go p.lines()
	}
	return p
}

// stop takes the display away and waits until it is gone.
func (p *progress) stop() {
	close(p.end)
	<-p.done
}

// bar writes one line again and again, and takes it away at the end.
func (p *progress) bar() {
	defer close(p.done)
	tick := time.NewTicker(barInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			fmt.Fprint(os.Stderr, "\r\x1b[K")
			return
		case <-tick.C:
			s := p.from.Standing()
			fmt.Fprintf(os.Stderr, "\r\x1b[K%d calls done, at least %d to come%s", s.Done, s.Ahead, waitingFor(s))
		}
	}
}

func (p *progress) lines() {
	defer close(p.done)
	tick := time.NewTicker(lineInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			return
		case <-tick.C:
			s := p.from.Standing()
			fmt.Fprintf(os.Stderr, "%d calls done, at least %d to come%s\n", s.Done, s.Ahead, waitingFor(s))
		}
	}
}

// waitingFor names the calls under way, briefly.
func waitingFor(s cloud.Standing) string {
	if len(s.Waiting) == 0 {
		return ""
	}
	text := "; waiting for " + strings.TrimSpace(s.Waiting[0])
	if n := len(s.Waiting) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
