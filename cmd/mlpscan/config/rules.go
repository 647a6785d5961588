package config

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
)

// A rule is what a single value must be; the tags `is` and `key` of the types
// name it. Reading a file and the schema both follow it.
type rule struct {
	noun string // "region": what a wrong value is not
	next string // what to do about it
	// oneOf are the only values there are; nil where pattern or limits say.
	oneOf   func() []string
	pattern *regexp.Regexp
	// min and max bound a number where max is not 0.
	min, max float64
	// holds is what neither of them can say; nil where they say all.
	holds func(string) bool
}

// listable is how many values an error lists, rather than to guess at one.
const listable = 8

// refuse says what is wrong with a value; "" for nothing.
func (r rule) refuse(value string) string {
	switch {
	case r.oneOf != nil && !slices.Contains(r.oneOf(), value):
		names := r.oneOf()
		// No number is closer to what was meant than another.
		if guess := Closest(value, names); guess != "" && !isNumber(value) {
			return fmt.Sprintf("unknown %s %q (did you mean %q?)", r.noun, value, guess)
		}
		if len(names) <= listable {
			return fmt.Sprintf("unknown %s %q: choose %s", r.noun, value, orList(names))
		}
		return fmt.Sprintf("unknown %s %q: %s", r.noun, value, r.next)
	case r.pattern != nil && !r.pattern.MatchString(value), r.holds != nil && !r.holds(value):
		return fmt.Sprintf("%s is no %s: %s", quote(value), r.noun, r.next)
	case r.max != 0:
		if x, err := strconv.ParseFloat(value, 64); err != nil || x < r.min || x > r.max || math.IsNaN(x) {
			return fmt.Sprintf("%s %s is not within %v and %v", r.noun, value, r.min, r.max)
		}
	}
	return ""
}

// rules are all of them, by the name in the tags.
var rules = map[string]rule{
	"level":       {noun: "level", oneOf: levels},
	"grade":       {noun: "grade", oneOf: words("1", "2", "3", "4")},
	"lang":        {noun: "language", oneOf: words("zh", "en")},
	"template":    {noun: "template", oneOf: words("2025", "2021")},
	"fail-on":     {noun: "severity", oneOf: words("low", "medium", "high", "critical", "never")},
	"check":       {noun: "check", oneOf: checkIDs, next: "mlpscan checks lists them"},
	"service":     {noun: "service", oneOf: judged, next: "services are " + strings.Join(judged(), ", ")},
	"endpoint":    {noun: "service", oneOf: Services, next: "services are " + strings.Join(Services(), ", ")},
	"concurrency": {noun: "concurrency", min: 1, max: MaxConcurrency},
	"fraction":    {noun: "weight", min: 0, max: 1},
	"duration":    {noun: "duration", pattern: regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`), next: "write it as 90m or 2h30m", holds: isDuration},
	"region":      {noun: "region id", pattern: regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`), next: "they look like cn-hangzhou; leave the key out for all"},
	"url":         {noun: "endpoint", pattern: regexp.MustCompile(`^https?://[^/?#@\s]+/?$`), next: "it takes the form https://host[:port], and {region} may stand in it", holds: isURL},
	"account":     {noun: "account id", pattern: regexp.MustCompile(`^[0-9]{16}$`), next: "they have 16 digits"},
	"role-arn":    {noun: "role ARN", pattern: regexp.MustCompile(`^acs:ram::[0-9]+:role/[A-Za-z0-9_.-]+$`), next: "it takes the form acs:ram::<account>:role/<name>"},
	"role-name":   {noun: "role name", pattern: regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`), next: "give the name alone, such as ResourceDirectoryAccountAccessRole"},
	"session":     {noun: "session name", pattern: regexp.MustCompile(`^[A-Za-z0-9_.@-]{2,64}$`), next: "it has 2 to 64 letters, digits and . @ - _"},
	"folder":      {noun: "folder id", pattern: regexp.MustCompile(`^(fd|r)-[A-Za-z0-9]+$`), next: "they look like fd-4XwebR8kLm, and that of the root like r-Wm4GDq"},
	"text":        {noun: "value", pattern: regexp.MustCompile(`\S`), next: "write something, or take the key away"},
}

// MaxConcurrency is how many calls may be under way at once at the most.
const MaxConcurrency = 1000

func words(list ...string) func() []string { return func() []string { return list } }

func levels() []string {
	var list []string
	for _, n := range mlps.Levels() {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

func checkIDs() []string {
	var list []string
	for _, c := range checks.All {
		list = append(list, c.ID)
	}
	return list
}

// judged are the services that have checks, sorted.
func judged() []string {
	set := map[string]bool{}
	for _, c := range checks.All {
		set[c.Service] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// Services are the services that a scan asks, and that an endpoint can be given
// for: those of the checks' calls, and those that tell whose account it is and
// who is a member of an organisation.
func Services() []string {
	set := map[string]bool{"sts": true, "resourcemanager": true}
	for _, call := range checks.Reads(checks.All) {
		service, _, _ := strings.Cut(call, "/")
		set[service] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func isDuration(s string) bool {
	d, err := time.ParseDuration(s)
	return err == nil && d > 0
}

func isURL(s string) bool {
	u, err := url.Parse(strings.ReplaceAll(s, "{region}", "region"))
	return err == nil && u.Hostname() != "" && u.User == nil
}

// orList is "a, b or c".
func orList(list []string) string {
	if n := len(list) - 1; n > 0 {
		return strings.Join(list[:n], ", ") + " or " + list[n]
	}
	return strings.Join(list, "")
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// user is what may hold a password in an address.
var user = regexp.MustCompile(`//[^/]*@`)

// quote shows a value of the file on one line, not at length and without passwords.
func quote(s string) string {
	s = user.ReplaceAllString(s, "//…@")
	const enough = 60
	if r := []rune(s); len(r) > enough {
		s = string(r[:enough]) + "…"
	}
	return strconv.Quote(s)
}
