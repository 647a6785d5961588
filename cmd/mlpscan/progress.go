package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how the reading goes, on standard error: a bar on a terminal,
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

func (p *progress) bar() {
	defer close(p.done)
	container := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(40))
	bar := container.AddBar(0, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			s := p.from.Standing()
			return fmt.Sprintf("%d calls done, at least %d to come ", s.Done, s.Ahead)
		})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return waitingFor(p.from.Standing()) })))
	tick := time.NewTicker(barInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			bar.SetTotal(-1, true)
			container.Wait()
			return
		case <-tick.C:
			s := p.from.Standing()
			bar.SetTotal(int64(s.Done+s.Ahead)+1, false)
			bar.SetCurrent(int64(s.Done))
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
