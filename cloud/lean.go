package cloud

import "strings"

// lean makes the resources of one list small: an account may have hundreds of
// thousands of disks, which share a few dozen zones, groups and sets of tags.
// It belongs to one list and is used by one goroutine.
type lean struct {
	account, service, region string
	texts                    map[string]string
	sets                     map[string]map[string]string
	kins                     map[string]*Kin
	parts                    []belonging
}

func (r *reader) lean(service, region string) *lean {
	return &lean{account: r.acc.ID, service: service, region: region,
		texts: map[string]string{}, sets: map[string]map[string]string{}, kins: map[string]*Kin{}}
}

// text is a string equal to s, shared with all others that are.
func (l *lean) text(s string) string {
	if t, ok := l.texts[s]; ok {
		return t
	}
	l.texts[s] = s
	return s
}

// resource begins a resource of a type such as "ecs.disk". kind is its word in an ARN.
func (l *lean) resource(typ, kind, id, name string, from *Origin) Resource {
	kin := l.kins[typ]
	if kin == nil {
		kin = &Kin{Type: typ, ARNPrefix: "acs:" + l.service + ":" + l.region + ":" + l.account + ":" + kind + "/", Region: l.region}
		l.kins[typ] = kin
	}
	return Resource{Kin: kin, ID: id, Name: name, From: from}
}

// A tag as the products spell it: ECS says TagKey, VPC says Key.
type tag struct{ Key, Value, TagKey, TagValue string }

// tags is the set that a list of tags makes, shared with all equal lists: it
// must not be changed.
func (l *lean) tags(list []tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	var b strings.Builder
	for _, t := range list {
		b.WriteString(t.Key + t.TagKey + "\x00" + t.Value + t.TagValue + "\x00")
	}
	if set, ok := l.sets[b.String()]; ok {
		return set
	}
	set := make(map[string]string, len(list))
	for _, t := range list {
		set[t.Key+t.TagKey] = t.Value + t.TagValue
	}
	l.sets[b.String()] = set
	return set
}

// yes and no are what pointers to booleans share.
var yes, no = true, false

// flag is a boolean that may be absent, without memory of its own.
func flag(b *looseBool) *bool {
	switch {
	case b == nil:
		return nil
	case bool(*b):
		return &yes
	}
	return &no
}
