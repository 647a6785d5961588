package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/schollz/progressbar/v3"

	"github.com/mlpscan/mlpscan/cloud"
)

// progress shows how the reading goes, on standard error: a line that moves on a terminal,
// a plain line from time to time elsewhere.
type progress struct {
	from  *cloud.Progress
	lines chan string // to print beside the display
	end   chan struct{}
	done  chan struct{}
}

// How often a display changes: a bar that moves, a log that does not fill.
const (
	barInterval  = 150 * time.Millisecond
	lineInterval = 10 * time.Second
)

// The bar and what it waits for fit 100 columns with the counts between them.
const (
	barWidth      = 10
	describeWidth = 64
)

func startProgress(from *cloud.Progress, quiet bool) *progress {
	p := &progress{from: from, lines: make(chan string), end: make(chan struct{}), done: make(chan struct{})}
	switch {
	case quiet:
		go p.plain(nil)
	case isTerminal(os.Stderr):
		go p.bar()
	default:
		tick := time.NewTicker(lineInterval)
		go func() {
			defer tick.Stop()
			p.plain(tick.C)
		}()
	}
	return p
}

// say prints a line that stays, whatever is displayed. It must not be called after stop.
func (p *progress) say(line string) { p.lines <- line }

// stop takes the display away and waits until it is gone.
func (p *progress) stop() {
	close(p.end)
	<-p.done
}

// bar moves on a terminal, and is taken away at the end. Its end moves too: lists
// grow as they are read.
func (p *progress) bar() {
	defer close(p.done)
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionClearOnFinish(),
		progressbar.OptionShowCount(), progressbar.OptionSetWidth(barWidth), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetDescription(described("starting")))
	tick := time.NewTicker(barInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.end:
			_ = bar.Finish() // a display that fails is no reason to end a scan
			return
		case line := <-p.lines:
			_, _ = progressbar.Bprintln(bar, local(line))
		case <-tick.C:
			s := p.from.Standing()
			bar.ChangeMax(max(s.Done+s.Ahead, s.Done+1)) // what is full is taken for finished
			bar.Describe(described(cmp.Or(waitingFor(s), "reading")))
			_ = bar.Set(s.Done)
		}
	}
}

// described is a text of the bar's fixed width, so that the bar stands still and
// the line never runs over the edge.
func described(s string) string {
	return padded(twwidth.Truncate(local(s), describeWidth, "..."), describeWidth)
}

// padded is a text with blanks after it, so that it takes some columns.
func padded(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-twwidth.Width(s)))
}

// plain writes a line at every tick, and those that are said.
func (p *progress) plain(tick <-chan time.Time) {
	defer close(p.done)
	for {
		select {
		case <-p.end:
			return
		case line := <-p.lines:
			fmt.Fprintln(os.Stderr, local(line))
		case <-tick:
			s := p.from.Standing()
			fmt.Fprintln(os.Stderr, local(fmt.Sprintf("%d calls done, at least %d to come, %s", s.Done, s.Ahead, cmp.Or(waitingFor(s), "waiting for none"))))
		}
	}
}

// waitingFor names the calls under way, briefly.
func waitingFor(s cloud.Standing) string {
	if len(s.Waiting) == 0 {
		return ""
	}
	text := "waiting for " + strings.TrimSpace(s.Waiting[0])
	if n := len(s.Waiting) - 1; n > 0 {
		text = fmt.Sprintf("waiting for %d, as %s", n+1, strings.TrimSpace(s.Waiting[0]))
	}
	return text
}
