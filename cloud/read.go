package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how much of the account to read. The zero Options read all of it.
type Options struct {
	// Regions to read; none means all that the account has opened.
	Regions []string
	// Calls names the calls wanted, as "ecs/DescribeDisks"; nil means all. What
	// was not wanted is missing with CodeSkipped where a check asks for it after all.
	Calls map[string]bool
	// Concurrency bounds the calls asked of the Source at once, those included
	// that wait there for their turn; 0 means 256. How many are really under way
	// is for [Bound] to say.
	Concurrency int
	// Time is when the scan began.
	Time time.Time
	// Progress is told how the reading goes; nil tells nobody.
	Progress *Progress
}

// A service is one product: how to read it into an Account, and which of its
// resources an inventory lists. Each has one file.
type service struct {
	name string
	// regional reads one region; global reads what belongs to no region.
	regional func(r *reader, region string)
	global   func(r *reader)
	// link runs after everything was read, alone: it sorts, and joins what several calls told.
	link      func(a *Account)
	resources func(a *Account, all []*Resource) []*Resource
}

// services is every product this program reads, in the order of their links.
var services = []service{vpcService, ecsService, rdsService, ossService, actionTrailService, ramService, slbService, albService, nlbService}

// Read asks the Source for the account's configuration and returns what it
// said, sorted, with everything that could not be read in Missing.
//
// The error is not nil only when there is no account to speak of: an *Error
// of class Fatal or one of GetCallerIdentity, or an error of writing the
// archive. Where ctx ends first, Read returns what was read, marked Partial,
// and no error.
func Read(ctx context.Context, src Source, opt Options) (*Account, error) {
	if opt.Concurrency <= 0 {
		opt.Concurrency = 256
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &reader{ctx: ctx, cancel: cancel, src: src, opt: opt, slots: make(chan struct{}, opt.Concurrency),
		regionIDs: map[string]func() []string{},
		acc:       &Account{Time: opt.Time, Filtered: len(opt.Regions) > 0}}
	id, err := Identity(ctx, src)
	if err != nil {
		return nil, err
	}
	r.acc.ID = id
	r.readAll()
	if r.fatal != nil {
		return r.acc, r.fatal
	}
	r.acc.Partial = ctx.Err() != nil
	r.acc.placeParts(r.wants)
	r.acc.finish()
	return r.acc, nil
}

// Identity asks whose account this is (STS GetCallerIdentity). It needs no
// permission, so that its failure means a credential that does not work.
func Identity(ctx context.Context, src Source) (string, error) {
	a, err := src.Call(ctx, Request{Service: "sts", Action: "GetCallerIdentity"})
	if err != nil {
		return "", err
	}
	var body struct{ AccountId string }
	if err := json.Unmarshal(a.Body, &body); err != nil || body.AccountId == "" {
		return "", &Error{Service: "sts", Action: "GetCallerIdentity", Code: CodeBroken, Message: "the answer names no AccountId", RequestID: a.RequestID}
	}
	return body.AccountId, nil
}

func (r *reader) readAll() {
	for _, s := range services {
		if s.global != nil {
			r.spawn(func() { s.global(r) })
		}
		if s.regional != nil && r.wantsSome(s.name) {
			r.spawn(func() {
				for _, region := range r.regions(s.name) {
					r.spawn(func() { s.regional(r, region) })
				}
			})
		}
	}
	r.wg.Wait()
}

// finish sorts the lists and joins what several calls told.
func (a *Account) finish() {
	slices.Sort(a.Regions)
	a.Regions = slices.Compact(a.Regions)
	sortErrors(a.Missing)
	sortErrors(a.NotHere)
	for _, s := range services {
		if s.link != nil {
			s.link(a)
		}
	}
}

// regionLists is the call by which a product tells its regions; a product that is
// not named has those of ECS.
var regionLists = map[string]string{"ecs": "ecs", "vpc": "ecs", "rds": "rds", "slb": "slb", "alb": "alb", "nlb": "nlb"}

// RegionList is the call by which the regions of a service are read, as
// "ecs/DescribeRegions"; "" for a service that belongs to none.
func RegionList(service string) string {
	if list := regionLists[service]; list != "" {
		return list + "/DescribeRegions"
	}
	return ""
}

// regions are those to read of one product: the user's choice, or what the
// product's own DescribeRegions says.
func (r *reader) regions(name string) []string {
	list := regionLists[name]
	if len(r.opt.Regions) > 0 {
		r.addRegions(r.opt.Regions)
		return r.chosenRegions(list)
	}
	r.regionMu.Lock()
	ids, ok := r.regionIDs[list]
	if !ok {
		ids = sync.OnceValue(func() []string { return r.openedRegions(list) })
		r.regionIDs[list] = ids
	}
	r.regionMu.Unlock() // a product that hangs keeps no other waiting
	return ids()
}

// chosenRegions are those of the user's choice where a product is: to ask for load
// balancers at an address that there is not would leave a hole where nothing is. Where
// the product's list cannot be read, all of them are asked; ECS is everywhere.
func (r *reader) chosenRegions(list string) []string {
	if list == "ecs" {
		return r.opt.Regions
	}
	ids, fail := r.describeRegions(list)
	if fail != nil {
		return r.opt.Regions
	}
	return slices.DeleteFunc(slices.Clone(r.opt.Regions), func(id string) bool { return !slices.Contains(ids, id) })
}

func (r *reader) openedRegions(list string) []string {
	ids, fail := r.describeRegions(list)
	if fail != nil {
		r.miss(fail)
	}
	r.addRegions(ids)
	return ids
}

// describeRegions reads the regions of one product. ECS, RDS and SLB share the
// answer's outline and differ in its list, which ALB and NLB leave bare; RDS lists
// a region once a zone.
func (r *reader) describeRegions(name string) ([]string, *Error) {
	req := Request{Service: name, Action: "DescribeRegions"}
	a, fail := r.call(req)
	if fail != nil {
		return nil, fail
	}
	ids, err := decodeRegions(a.Body)
	if err != nil {
		return nil, broken(req, a, err)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 || ids[0] == "" {
		return nil, broken(req, a, errors.New("it names no region"))
	}
	return ids, nil
}

func decodeRegions(body []byte) ([]string, error) {
	var doc struct{ Regions json.RawMessage }
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	type region struct{ RegionId string }
	var bare []region
	if json.Unmarshal(doc.Regions, &bare) != nil {
		var wrapped struct{ Region, RDSRegion []region }
		if err := json.Unmarshal(doc.Regions, &wrapped); err != nil {
			return nil, err
		}
		bare = slices.Concat(wrapped.Region, wrapped.RDSRegion)
	}
	var ids []string
	for _, x := range bare {
		ids = append(ids, x.RegionId)
	}
	return ids, nil
}

// reader is one Read under way.
type reader struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	src    Source
	opt    Options
	slots  chan struct{} // one for each call under way
	wg     sync.WaitGroup

	mu    sync.Mutex // guards acc and fatal
	acc   *Account
	fatal error

	regionMu  sync.Mutex
	regionIDs map[string]func() []string // by the product whose list it is

	buckets bucketList // shared by OSS and ActionTrail
}

// spawn runs f beside the others; readAll waits for it.
func (r *reader) spawn(f func()) { r.wg.Go(f) }

// each runs f for every index side by side and waits for all.
func (r *reader) each(n int, f func(i int)) {
	r.opt.Progress.plan(n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, cap(r.slots)) {
		wg.Go(func() {
			for i := range next {
				r.opt.Progress.plan(-1)
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// all runs some functions side by side and waits for all.
func (r *reader) all(list ...func()) { r.each(len(list), func(i int) { list[i]() }) }

// add changes the account; only one change runs at a time.
func (r *reader) add(change func(a *Account)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r.acc)
}

func (r *reader) addRegions(ids []string) {
	r.add(func(a *Account) { a.Regions = append(a.Regions, ids...) })
}

// wants reports whether the scan was asked to make this call.
func (r *reader) wants(call string) bool { return r.opt.Calls == nil || r.opt.Calls[call] }

// wantsSome reports whether the scan was asked to make any call of a service.
func (r *reader) wantsSome(service string) bool {
	for call := range r.opt.Calls {
		if strings.HasPrefix(call, service+"/") {
			return true
		}
	}
	return r.opt.Calls == nil
}

// call asks the Source once a slot is free. The failure is not recorded yet:
// what it means depends on who asks.
func (r *reader) call(req Request) (Answer, *Error) {
	if !r.wants(req.Call()) && req.Action != "DescribeRegions" {
		return Answer{}, req.failed(CodeSkipped, "no selected check needs this call")
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-r.ctx.Done():
	}
	if r.ctx.Err() != nil {
		return Answer{}, req.failed(CodeSkipped, "the scan was stopped before this call")
	}
	end := r.opt.Progress.begin(req)
	a, err := r.src.Call(r.ctx, req)
	end()
	if err == nil {
		return a, nil
	}
	var e *Error
	if !errors.As(err, &e) {
		if r.ctx.Err() == nil {
			r.stop(fmt.Errorf("%s in %s: %w", req.Call(), req.place(), err))
		}
		return Answer{}, req.failed(CodeSkipped, "the scan was stopped during this call")
	}
	if e.Class() == Fatal {
		r.stop(e)
	}
	return Answer{}, e
}

// stop ends the scan: no other call can succeed, or nothing more can be kept.
func (r *reader) stop(err error) {
	r.mu.Lock()
	if r.fatal == nil {
		r.fatal = err
	}
	r.mu.Unlock()
	r.cancel(err)
}

// miss records a failure that leaves something unread, or a product that is not here.
func (r *reader) miss(e *Error) {
	switch {
	case e.Class() == NotHere:
		r.add(func(a *Account) { a.NotHere = append(a.NotHere, e) })
	case e.Class() == Unset || e.Class() == Unsupported:
		// a fact about the resource, not a hole
	case e.Code == CodeSkipped && !r.wants(e.Call()):
		// nobody asked for it
	default:
		r.add(func(a *Account) { a.Missing = append(a.Missing, e) })
	}
}

// ask makes one call about one resource and decodes its answer into a Fact.
// resource is the id that the failure names.
func ask[T any](r *reader, req Request, resource string, decode func(body []byte) (T, error)) Fact[T] {
	a, e := r.call(req)
	if e == nil {
		v, err := decode(a.Body)
		if err == nil {
			return Fact[T]{Value: v, From: req.origin(a)}
		}
		e = broken(req, a, err)
	}
	e.Resource = resource
	if e.Class() == Unset {
		return Fact[T]{Unset: true, From: req.origin(Answer{RequestID: e.RequestID, Time: r.opt.Time})}
	}
	r.miss(e)
	return Fact[T]{Missing: e}
}

// skipped is the Fact of a call that could not be made since another failed.
func skipped[T any](req Request, resource, why string) Fact[T] {
	e := req.failed(CodeSkipped, why)
	e.Resource = resource
	return Fact[T]{Missing: e}
}

// known makes a Fact of a value that came with an answer already read.
func known[T any](v T, from *Origin) Fact[T] { return Fact[T]{Value: v, From: from} }

func (r Request) origin(a Answer) *Origin {
	return &Origin{Call: r.Call(), Region: r.Region, Entry: r.entry(), RequestID: a.RequestID, Time: a.Time}
}

func (r Request) failed(code, message string) *Error {
	return &Error{Service: r.Service, Region: r.Region, Action: r.Action, Code: code, Message: message}
}

func (r Request) place() string {
	if r.Region == "" {
		return globalFolder
	}
	return r.Region
}

func broken(r Request, a Answer, err error) *Error {
	e := r.failed(CodeBroken, strings.TrimPrefix(err.Error(), "json: "))
	e.RequestID = a.RequestID
	return e
}

// Regions asks which regions the account has opened, as ECS tells.
func Regions(ctx context.Context, src Source) ([]string, error) {
	r := &reader{ctx: ctx, cancel: func(error) {}, src: src, slots: make(chan struct{}, 1)}
	ids, e := r.describeRegions("ecs")
	if e != nil {
		return nil, e
	}
	return ids, nil
}
