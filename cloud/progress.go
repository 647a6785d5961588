package cloud

import (
	"slices"
	"sync"
)

// Progress tells how far a [Read] has come. A display asks it from time to
// time; the zero Progress is ready, and a nil one counts nothing.
type Progress struct {
	mu      sync.Mutex
	done    int
	ahead   int            // resources whose calls are known to come
	waiting map[string]int // calls under way, by call and region
}

// A Standing is a Progress at one moment.
type Standing struct {
	Done int // calls that came back, with an answer or without
	// Ahead is the least number of calls still to come: lists grow as they are read.
	Ahead int
	// Waiting are the calls under way, such as "rds/DescribeBackupPolicy in cn-hangzhou", sorted.
	Waiting []string
}

// Standing is where the reading stands now.
func (p *Progress) Standing() Standing {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Standing{Done: p.done, Ahead: p.ahead}
	for call, n := range p.waiting {
		s.Ahead += n
		s.Waiting = append(s.Waiting, call)
	}
	slices.Sort(s.Waiting)
	return s
}

// plan adds to what is known to come; a negative number takes away.
func (p *Progress) plan(n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ahead += n
}

// begin notes a call under way, and returns what notes its end.
func (p *Progress) begin(req Request) (end func()) {
	if p == nil {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil {
		p.waiting = map[string]int{}
	}
	key := req.Call() + " in " + req.place()
	p.waiting[key]++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done++
		if p.waiting[key]--; p.waiting[key] == 0 {
			delete(p.waiting, key)
		}
	}
}
