package checks

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// Values are the parameters a user changed: check id, parameter name, value
// (of the default's type).
type Values map[string]map[string]any

// Run judges an account by the checks and yields every verdict: check by check in
// the order given, resource by resource in the account's order. It is pure: the
// same account yields the same verdicts however often it is run.
func Run(list []*Check, a *cloud.Account, values Values) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for _, c := range list {
			for res := range c.judge(a, values[c.ID]) {
				if !yield(res) {
					return
				}
			}
		}
	}
}

// Unread are the verdicts on an account that could not be read at all: every
// check of the list is unknown for it, because of the failure e.
func Unread(list []*Check, account string, e *cloud.Error) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for _, c := range list {
			r := &run{check: c, account: &cloud.Account{ID: account}}
			whole := *e
			whole.Region = ""
			if !yield(r.unreadList(&whole)) {
				return
			}
		}
	}
}

// judge runs one check: its own verdicts, then an unknown for each region whose
// list of resources could not be read.
func (c *Check) judge(a *cloud.Account, values map[string]any) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		r := &run{check: c, account: a, values: values}
		for res := range c.run(r) {
			if !yield(res) {
				return
			}
		}
		for _, e := range a.Missing {
			if c.hiddenBy(e) && !yield(r.unreadList(e)) {
				return
			}
		}
	}
}

// hiddenBy reports whether a failed call may hide resources from the check.
func (c *Check) hiddenBy(e *cloud.Error) bool {
	if c.Reads[0] == anyList {
		return e.Resource == "" && !nowhere[e.Service]
	}
	return cloud.Hides(e, c.Reads[0])
}

// run is one check over one account.
type run struct {
	check   *Check
	account *cloud.Account
	values  map[string]any
	// guarded keeps what was worked out once for all resources behind the same
	// groups; see exposure.go.
	guarded map[guardKey]guarded
}

// unreadList is the unknown that stands for all resources of a list that was not read.
func (r *run) unreadList(e *cloud.Error) Result {
	id, name := e.Region, "all in "+e.Region
	if id == "" {
		id, name = r.account.ID, "all in the account"
	}
	why := notRead(e)
	return Result{Check: r.check, Status: Unknown, Problem: &why, Missing: e,
		Resource: &cloud.Resource{Kin: &cloud.Kin{Type: r.check.resourceType, Region: e.Region}, ID: id, Name: name}}
}

// notRead says which call failed and what to do about it.
func notRead(e *cloud.Error) Text {
	t := textf("%[1]s failed: %[2]s", "%[1]s 调用失败：%[2]s", e.Call(), e.Code)
	if action := e.RAMAction(); e.Class() == cloud.Denied && action != "" {
		t.EN += "; grant " + action
		t.ZH += "；请授予权限 " + action
	}
	return t
}

// A verdict is what a check's function returns: it can only be pass, fail or not applicable.
type verdict struct {
	status  Status
	problem Text
}

// pass: the resource is in the good state.
func pass() verdict { return verdict{status: Pass} }

// fail: it is not, and this is what is wrong, with the same values in both languages.
func fail(en, zh string, args ...any) verdict { return verdict{Fail, textf(en, zh, args...)} }

// notApplicable: the question does not arise for this resource, for this reason.
func notApplicable(en, zh string, args ...any) verdict {
	return verdict{NotApplicable, textf(en, zh, args...)}
}

// each makes a check's run of a pure function of one resource.
func each[R cloud.Referrer](list func(a *cloud.Account) []R, judge func(s *see, x R) verdict) func(*run) iter.Seq[Result] {
	return func(r *run) iter.Seq[Result] {
		return func(yield func(Result) bool) {
			for _, x := range list(r.account) {
				if !yield(r.judgeOne(x.Ref(), func(s *see) verdict { return judge(s, x) })) {
					return
				}
			}
		}
	}
}

// once makes a check's run of a function judged once an account. type names
// what the finding is about; the resource id is the account's. Where the list
// that it judges was not read, judge's own unknown for the account says so.
func once(judge func(s *see, a *cloud.Account) verdict) func(*run) iter.Seq[Result] {
	return func(r *run) iter.Seq[Result] {
		return func(yield func(Result) bool) {
			if slices.ContainsFunc(r.account.Missing, r.check.hiddenBy) {
				return
			}
			ref := &cloud.Resource{Kin: &cloud.Kin{Type: r.check.resourceType}, ID: r.account.ID, Name: r.account.ID}
			yield(r.judgeOne(ref, func(s *see) verdict { return judge(s, r.account) }))
		}
	}
}

// judgeOne asks for the verdict on one resource, and turns a need that could
// not be met into unknown.
func (r *run) judgeOne(ref *cloud.Resource, judge func(s *see) verdict) (res Result) {
	s := &see{run: r}
	res = Result{Check: r.check, Resource: ref}
	defer func() {
		res.Evidence = s.evidence(ref)
		switch p := recover().(type) {
		case nil:
		case unmet:
			res.Status, res.Problem, res.Missing = p.status, &p.why, p.missing
			res.Evidence = s.evidence(ref)
		default:
			panic(p)
		}
	}()
	v := judge(s)
	res.Status = v.status
	if v.status != Pass {
		res.Problem = &v.problem
	}
	return res
}

// see is a check's only way to facts that took a call of their own. It notes
// what was looked at, which is the verdict's evidence, and ends the judgement
// where something needed was not read.
type see struct {
	run  *run
	seen []Evidence
}

// unmet is what need throws; judgeOne alone catches it.
type unmet struct {
	status  Status
	why     Text
	missing *cloud.Error
}

// need is the fact's value. Where it was not read the judgement ends here, as
// unknown; where the engine or edition has no such feature, as not applicable.
// So a check asks only for what can still change its verdict, and asks last for
// what may be missing.
func need[T any](s *see, f cloud.Fact[T]) T {
	if e := f.Why(); e != nil {
		s.lack(e)
	}
	s.from(f.Origin())
	return f.Value
}

// lack ends the judgement for a failed call.
func (s *see) lack(e *cloud.Error) {
	if e.Class() == cloud.Unsupported {
		panic(unmet{status: NotApplicable, why: textf("the engine or edition has no such feature (%s: %s)", "该引擎或版本不支持此功能（%s：%s）", e.Call(), e.Code)})
	}
	panic(unmet{status: Unknown, why: notRead(e), missing: e})
}

// unclear ends the judgement as unknown for a value that we do not understand:
// better unknown than a guess.
func (s *see) unclear(from *cloud.Origin, field, value string) {
	if from != nil {
		s.saw(from, field, value)
	}
	panic(unmet{status: Unknown, why: textf("%s has a value that is not understood: %q", "%s 的取值无法识别：%q", field, value)})
}

// from notes that an answer was looked at.
func (s *see) from(o *cloud.Origin) {
	s.run.check.mustRead(o)
	if !slices.ContainsFunc(s.seen, func(e Evidence) bool { return e.From == o }) {
		s.seen = append(s.seen, Evidence{From: o})
	}
}

// saw notes a field of an answer and the value it had.
func (s *see) saw(o *cloud.Origin, field string, value any) {
	e := Evidence{From: o, Field: field, Value: fmt.Sprint(value)}
	if i := slices.IndexFunc(s.seen, func(e Evidence) bool { return e.From == o && e.Field == "" }); i >= 0 {
		s.seen[i] = e
		return
	}
	if !slices.Contains(s.seen, e) {
		s.seen = append(s.seen, e)
	}
}

// evidence is what was seen; at the least the answer the resource was found in.
func (s *see) evidence(ref *cloud.Resource) []Evidence {
	if len(s.seen) == 0 && ref.From != nil {
		return []Evidence{{From: ref.From}}
	}
	return s.seen
}

// mustRead holds a check to its own list: a call that it looks at and does not
// name would not be made, and its failure not be understood.
func (c *Check) mustRead(o *cloud.Origin) {
	if o != nil && !slices.Contains(c.Reads, o.Call) && c.Reads[0] != anyList {
		panic(fmt.Sprintf("check %s looks at %s without naming it in Reads", c.ID, o.Call))
	}
}

// nowhere are the services whose things lie in no region.
var nowhere = map[string]bool{"ram": true, "ims": true, "sts": true}

// anyList in Reads stands for every list of resources there is.
const anyList = "*"

// param is a parameter's value: the user's, or the default.
func param[T any](s *see, name string) T {
	if v, ok := s.run.values[name]; ok {
		return v.(T)
	}
	for _, p := range s.run.check.Params {
		if p.Name == name {
			return p.Default.(T)
		}
	}
	panic("check " + s.run.check.ID + " has no parameter " + name)
}

// Find returns the checks whose ids or services are named; all where none are.
func Find(list []*Check, services, ids []string) ([]*Check, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(list, func(c *Check) bool { return c.ID == id }) {
			return nil, fmt.Errorf("no check %q", id)
		}
	}
	for _, name := range services {
		if !slices.ContainsFunc(list, func(c *Check) bool { return c.Service == name }) {
			return nil, fmt.Errorf("no service %q", name)
		}
	}
	var found []*Check
	for _, c := range list {
		if (len(ids) == 0 || slices.Contains(ids, c.ID)) && (len(services) == 0 || slices.Contains(services, c.Service)) {
			found = append(found, c)
		}
	}
	return found, nil
}

// Reads are the API calls that the checks may depend on, sorted, together with
// the lists of regions that a reader needs to make them. A check that looks at every
// resource depends on all that any check reads.
func Reads(list []*Check) []string {
	calls := Calls(list)
	if calls == nil {
		calls = map[string]bool{}
		for _, c := range All {
			for _, call := range c.Reads {
				calls[call] = call != anyList
			}
		}
		for _, call := range cloud.InventoryCalls() {
			calls[call] = true
		}
	}
	var all []string
	for call, wanted := range calls {
		if wanted {
			service, _, _ := strings.Cut(call, "/")
			all = append(all, call)
			if from := cloud.RegionList(service); from != "" {
				all = append(all, from)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Calls are the API calls that the checks may depend on, which is what a reader
// is told to make; nil, meaning all, where a check looks at every resource.
func Calls(list []*Check) map[string]bool {
	calls := map[string]bool{}
	for _, c := range list {
		if c.Reads[0] == anyList {
			return nil
		}
		for _, call := range c.Reads {
			calls[call] = true
		}
	}
	return calls
}
