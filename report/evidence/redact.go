package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/report"
)

// A Level says what a pack leaves out. Each takes out what those before it do.
type Level string

// The levels.
const (
	None      Level = "none"
	Secrets   Level = "secrets"   // AccessKey ids, and what looks like a secret
	Addresses Level = "addresses" // IP and MAC addresses too
	Names     Level = "names"     // names, tags and account ids too
)

// Levels are all levels, from the least to the most.
var Levels = []Level{None, Secrets, Addresses, Names}

var levelNames = map[Level]checks.Text{
	None:      {EN: "nothing was redacted", ZH: "未脱敏"},
	Secrets:   {EN: "AccessKey IDs were replaced by pseudonyms", ZH: "AccessKey ID 已替换为假名"},
	Addresses: {EN: "AccessKey IDs and addresses were replaced by pseudonyms", ZH: "AccessKey ID 和网络地址已替换为假名"},
	Names:     {EN: "AccessKey IDs, addresses, names, tags and account IDs were replaced by pseudonyms", ZH: "AccessKey ID、网络地址、名称、标签和账号 ID 已替换为假名"},
}

// redactor replaces values by pseudonyms: the same value by the same pseudonym,
// wherever it stands. A nil one changes nothing.
type redactor struct {
	key   []byte
	level Level
	found *names // what the account calls its things; nil below the level Names
}

// errNoKey is an error of the caller's.
var errNoKey = errors.New("a redacted pack needs a key for its pseudonyms")

// keySize is the least size of a key: that of the sum it is used with.
const keySize = sha256.Size

// redactor reads the archive once for the names to take out: what is a name in
// one answer may stand in the middle of a text in another.
func (b *builder) redactor() (*redactor, error) {
	if len(b.Key) < keySize {
		return nil, errNoKey
	}
	r := &redactor{key: b.Key, level: b.Redact}
	if b.Redact != Names {
		return r, nil
	}
	n := newNames()
	for _, name := range b.names {
		if name == scanManifest {
			continue
		}
		e, err := b.Archive.Entry(name)
		if err != nil {
			return nil, err
		}
		n.collectEntry(name)
		// A body that cannot be read is withheld when it is written.
		_, _ = rewrite(name, e.Body, func(path []string, s string) string {
			n.collect(path, s)
			return s
		})
	}
	n.complete(r.pseudonym)
	r.found = n
	return r, nil
}

// pseudonym is what stands for a value. Its kind tells a reader what was there.
func (r *redactor) pseudonym(kind, value string) string {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(kind + "\x00" + value))
	return kind + "-" + hex.EncodeToString(mac.Sum(nil)[:6])
}

// name is the pseudonym of a name, a few words of no one's own excepted.
func (r *redactor) name(s string) string {
	if r.found.public(s) {
		return s
	}
	return r.pseudonym("name", s)
}

// value redacts one value of an answer, by the field that it stands in.
func (r *redactor) value(path []string, s string) string {
	switch {
	case s == "":
		return s
	case secretField(path) && accessKey.FindString(s) != s:
		return r.pseudonym("secret", s)
	case r.level != Names || !nameField(path):
		return r.text(s)
	case leaf(path) == "ConnectionString":
		return r.host(s)
	case strings.HasPrefix(s, "acs:"):
		return r.text(s)
	}
	if pure := addressOnly(s); pure || accountID.FindString(s) == s {
		return r.text(s) // so that it is the same pseudonym as elsewhere
	}
	return r.name(s)
}

// host is a service's address: its first label is the user's where it is no id.
func (r *redactor) host(s string) string {
	label, rest, ok := strings.Cut(s, ".")
	if !ok || r.found.ids[label] {
		return r.text(s)
	}
	return r.name(label) + "." + r.text(rest)
}

// text redacts a text: an answer's, or one of ours that quotes an answer.
func (r *redactor) text(s string) string {
	if r == nil {
		return s
	}
	if r.level == Names {
		s = r.namesIn(s) // first: a part of a name that was replaced would hide the rest of it
	}
	s = accessKey.ReplaceAllStringFunc(s, func(k string) string { return r.pseudonym("key", k) })
	s = privateKey.ReplaceAllStringFunc(s, func(k string) string { return r.pseudonym("secret", k) })
	if r.level != Secrets {
		s = r.addressesIn(s)
	}
	if r.level == Names {
		s = accountID.ReplaceAllStringFunc(s, func(id string) string { return r.pseudonym("account", id) })
	}
	return s
}

var (
	// accessKey is an AccessKey id, of a user or a temporary one.
	accessKey  = regexp.MustCompile(`\b(?:LTAI|STS\.|TMP\.)[0-9A-Za-z]{8,}`)
	privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	// accountID is the id of an account, or of a user in it: 16 to 18 digits.
	accountID = regexp.MustCompile(`\b[0-9]{14,20}\b`)
)

// secretField reports whether a field holds a secret, or names a key.
func secretField(path []string) bool {
	field := strings.ToLower(leaf(path))
	switch {
	case field == "httptokens": // how metadata is asked for
		return false
	case strings.HasSuffix(field, "accesskeyid"), strings.HasSuffix(field, "password"), strings.HasSuffix(field, "secret"),
		strings.HasSuffix(field, "privatekey"), field == "securitytoken", field == "userdata":
		return true
	}
	return false
}

// leaf is the last part of a path.
func leaf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1]
}

// entry redacts the parameters in an entry's name.
func (r *redactor) entry(name string) string {
	if r == nil {
		return name
	}
	call, params, rest, ok := splitEntry(name)
	if !ok {
		return name
	}
	for k, list := range params {
		for i, v := range list {
			list[i] = r.value([]string{k}, v)
		}
	}
	return call + "?" + params.Encode() + rest
}

// entryEnding is the page and the ending of an entry's name.
var entryEnding = regexp.MustCompile(`(?:\.[0-9]+)?(?:\.error)?\.(?:json|xml)$`)

// splitEntry takes an entry's name apart; ok where it has parameters.
func splitEntry(name string) (call string, params url.Values, rest string, ok bool) {
	call, query, ok := strings.Cut(name, "?")
	if !ok {
		return name, nil, "", false
	}
	if at := entryEnding.FindStringIndex(query); at != nil {
		query, rest = query[:at[0]], query[at[0]:]
	}
	params, err := url.ParseQuery(query)
	if err != nil {
		params = url.Values{"unreadable": {query}} // no Recorder writes this
	}
	return call, params, rest, true
}

// body redacts an answer. One that is of no form that we understand is withheld.
func (r *redactor) body(name string, body []byte) (redacted []byte, withheld bool) {
	b, err := rewrite(name, body, r.value)
	switch {
	case err == nil:
		return b, false
	case strings.HasSuffix(name, ".xml"):
		return []byte("<Withheld/>"), true
	}
	return []byte(`{"Withheld":true}`), true
}

// finding redacts what the index says of a verdict.
func (r *redactor) finding(f report.Finding) report.Finding {
	if r == nil {
		return f
	}
	f.Account = r.text(f.Account)
	f.Resource = report.Subject{Type: f.Resource.Type, ID: r.subject(f.Resource.ID), Name: r.subjectName(f.Resource)}
	if f.Problem != nil {
		f.Problem = &checks.Text{EN: r.text(f.Problem.EN), ZH: r.text(f.Problem.ZH)}
	}
	for i, e := range f.Evidence {
		f.Evidence[i].Value = r.seen(e.Field, e.Value)
		f.Evidence[i].Field = r.text(e.Field)
		f.Evidence[i].Entry = r.entry(e.Entry)
	}
	if r.level == Names {
		// It is a sum over the account's and the resource's ids, which could be tried out.
		f.ID = strings.TrimPrefix(r.pseudonym("f", f.ID), "f-")
	}
	return f
}

// seen redacts a value that a verdict quotes; field is its path in the answer.
func (r *redactor) seen(field, value string) string {
	path := slices.DeleteFunc(strings.FieldsFunc(field, func(c rune) bool { return strings.ContainsRune(".[]", c) }), func(part string) bool {
		return digits.FindString(part) == part // the place in a list
	})
	if s, ok := inside(path, value, r.value); ok {
		return s
	}
	return r.value(path, value)
}

// subject redacts a resource's id, which for a bucket is its name.
func (r *redactor) subject(id string) string {
	if r.found != nil && r.found.all[id] && !r.found.ids[id] {
		return r.name(id)
	}
	return r.text(id)
}

func (r *redactor) subjectName(x report.Subject) string {
	switch {
	case x.Name == x.ID:
		return r.subject(x.ID)
	case r.found != nil && r.found.all[x.Name]:
		return r.name(x.Name)
	}
	return r.text(x.Name)
}

// withheld stands for a person's own words: they may hold names that no answer of
// the cloud has shown.
const withheld = "[…]"

// clause redacts a person's answer to a requirement.
func (r *redactor) clause(c report.Clause) report.Clause {
	if r == nil || c.Answer == nil {
		return c
	}
	hide := func(s string) string {
		if r.level != Names {
			return r.text(s)
		}
		if c.Answer.Note != "" {
			s = strings.ReplaceAll(s, c.Answer.Note, withheld)
		}
		return strings.ReplaceAll(s, c.Answer.Name, r.pseudonym("name", c.Answer.Name))
	}
	c.Reason = checks.Text{EN: hide(c.Reason.EN), ZH: hide(c.Reason.ZH)}
	c.Answer = nil // the page shows the reason alone
	return c
}

// system redacts the name of the grading object.
func (r *redactor) system(s *report.System) string {
	switch {
	case s == nil:
		return ""
	case r != nil && r.level == Names:
		return r.pseudonym("name", s.Name)
	}
	return s.Name
}

// failure redacts what the index says of a call that failed.
func (r *redactor) failure(f report.Failure) report.Failure {
	if r == nil {
		return f
	}
	f.Account, f.Resource, f.Message = r.text(f.Account), r.subject(f.Resource), r.text(f.Message)
	return f
}
