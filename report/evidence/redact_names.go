package evidence

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// names is what an account calls its things, as its answers show.
type names struct {
	all    map[string]bool // every value of a field that holds names
	ids    map[string]bool // values of fields that hold ids: they stay
	places map[string]bool // regions and zones
	others map[string]bool // values of all other fields, and the fields' names

	words   map[string]bool   // of all: those to look for, as whole words, in texts
	phrases *strings.Replacer // and those that are more than one word
}

func newNames() *names {
	return &names{all: map[string]bool{}, ids: map[string]bool{}, places: map[string]bool{}, others: map[string]bool{}}
}

// collectEntry learns names from the parameters in an entry's name.
func (n *names) collectEntry(name string) {
	if _, params, _, ok := splitEntry(name); ok {
		for k, list := range params {
			for _, v := range list {
				n.collect([]string{k}, v)
			}
		}
	}
}

// collect learns from one value of an answer.
func (n *names) collect(path []string, s string) {
	field := leaf(path)
	n.others[strings.ToLower(field)] = true
	for _, piece := range arnPieces(s) {
		n.all[piece] = true
	}
	switch {
	case strings.HasPrefix(s, "acs:"):
	case nameField(path):
		if field == "ConnectionString" {
			s, _, _ = strings.Cut(s, ".")
		}
		n.all[s] = true
	case field == "RegionId" || field == "ZoneId" || field == "Location" || field == "Region":
		n.places[s] = true
	case strings.HasSuffix(field, "Id") || strings.HasSuffix(field, "Ids"):
		n.ids[s] = true
	default:
		n.others[strings.ToLower(s)] = true
	}
}

// complete sorts out what to look for in texts, and what to put there.
func (n *names) complete(pseudonym func(kind, value string) string) {
	n.words = map[string]bool{}
	var list []string
	for s := range n.all {
		switch {
		case n.public(s) || n.vocabulary(s):
		case word.FindString(s) == s:
			n.words[s] = true
		default:
			list = append(list, s)
		}
	}
	// The longest first: where one phrase is a part of another, the whole counts.
	slices.SortFunc(list, func(x, y string) int { return cmp.Or(len(y)-len(x), strings.Compare(x, y)) })
	var pairs []string
	for _, p := range list {
		pairs = append(pairs, p, pseudonym("name", p))
	}
	n.phrases = strings.NewReplacer(pairs...)
}

// public are values that are nobody's own even in a field that holds names.
func (n *names) public(s string) bool {
	return s == "" || s == "*" || s == "default" || n.ids[s] || n.places[s] || providers.MatchString(s)
}

// providers are the policies and roles that every account has: which of them
// somebody holds is the evidence, and tells nothing of who it is.
var providers = regexp.MustCompile(`^(?:AdministratorAccess|ReadOnlyAccess|Aliyun[0-9A-Za-z]+(?:Access|Policy|Role)|(?i:aliyunservicerolefor[0-9a-z]+))$`)

// vocabulary are values that are left alone outside the fields that hold names:
// a tag "Running" must not take every instance's status away, nor a tag "443"
// every port. In fields that hold names they are replaced like any other.
func (n *names) vocabulary(s string) bool {
	if utf8.RuneCountInString(s) < 2 || digits.FindString(s) == s && len(s) < 9 {
		return true
	}
	return plain.FindString(s) == s && n.others[strings.ToLower(s)]
}

var (
	word   = regexp.MustCompile(`[0-9A-Za-z_-]+`)
	plain  = regexp.MustCompile(`[0-9A-Za-z]+`)
	digits = regexp.MustCompile(`[0-9.:/%-]+`)
	// arn is Alibaba Cloud's name of a resource, or a pattern of such names.
	arn = regexp.MustCompile(`acs:[\w*-]*:[^:\s"'/]*:[^:\s"'/]*:[^\s"',;)\]]+`)
	// arnPart is a part of the resource in an ARN that may be a name.
	arnPart = regexp.MustCompile(`[^/:*?]+`)
)

// arnWords are the types in ARNs, which are no names.
var arnWords = map[string]bool{"user": true, "role": true, "group": true, "policy": true, "bucket": true, "instance": true,
	"trail": true, "project": true, "logstore": true, "key": true, "alias": true, "dbinstance": true, "root": true,
	"assumed-role": true, "acs": true, "vpc": true, "vswitch": true, "securitygroup": true, "disk": true, "snapshot": true, "image": true,
	"mfa": true, "saml-provider": true, "oidc-provider": true}

// arnPieces are the names in the ARNs of a text.
func arnPieces(s string) []string {
	var all []string
	for _, a := range arn.FindAllString(s, -1) {
		for _, piece := range arnPart.FindAllString(arnResource(a), -1) {
			if !arnWords[strings.ToLower(piece)] {
				all = append(all, piece)
			}
		}
	}
	return all
}

// arnResource is what follows the account in an ARN.
func arnResource(a string) string { return strings.SplitN(a, ":", 5)[4] }

// namesIn replaces names in a text: in ARNs every part, elsewhere those that the
// answers showed to be names.
func (r *redactor) namesIn(s string) string {
	n := r.found
	s = arn.ReplaceAllStringFunc(s, func(a string) string {
		res := arnResource(a)
		return strings.TrimSuffix(a, res) + arnPart.ReplaceAllStringFunc(res, func(piece string) string {
			if arnWords[strings.ToLower(piece)] {
				return piece
			}
			return r.name(piece)
		})
	})
	s = n.phrases.Replace(s)
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if n.words[w] {
			return r.pseudonym("name", w)
		}
		return w
	})
}

// nameField reports whether a field holds what a person chose, or a person's
// own: names, descriptions, tags, accounts. It errs to the side of yes.
func nameField(path []string) bool {
	field := leaf(path)
	low := strings.ToLower(field)
	parent := ""
	if len(path) > 1 {
		parent = strings.ToLower(path[len(path)-2])
	}
	switch {
	case tagParents[low], tagParents[parent] && low != "scope":
		return true
	case low == "id" && parent == "rule", low == "sid", low == "aliyunid", low == "referer", low == "groupid": // a RAM group's, which may be made of its name
		return true
	case notNames[field] || noName.MatchString(field):
		return false
	}
	return someName.MatchString(low)
}

// tagParents hold tags: whatever is right under them is a key or a value.
var tagParents = map[string]bool{"tag": true, "tags": true, "taglist": true, "tagmap": true}

var (
	someName = regexp.MustCompile(`name|desc|comment|remark|note|owner|account|user|tagkey|tagvalue|bucket|project|logstore|host|domain|` +
		`connectionstring|mail|phone|mobile|contact|alias|label|creator|author|title|prefix|principal|person|department`)
	// noName are the ends of fields that hold an id or a word of the API's own.
	noName = regexp.MustCompile(`(?:Ids?|Types?|Status|Time|Count|Enabled|Mode|Privilege|Location|Region|Policy|Version)$`)
)

// notNames are fields that look like names, and hold words of the provider's own.
var notNames = maps.Collect(func(yield func(string, bool) bool) {
	for _, f := range []string{"OSName", "OSNameEn", "ZoneName", "LocalName", "RegionName", "EngineName", "ParameterName", "CharacterSetName",
		"DBInstanceStatusDesc", "ParameterDescription", "CheckingCode", "ImageOwnerAlias", "SupportCreateSuperAccount", "Prefixes", "UserModified"} {
		if !yield(f, true) {
			return
		}
	}
})
