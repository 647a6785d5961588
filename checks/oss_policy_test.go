package checks

import (
	"net/netip"
	"testing"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

func TestCovers(t *testing.T) {
	for _, x := range []struct {
		p, q string
		want bool
	}{
		{"*", "oss:*", true}, {"oss:*", "oss:getobject", true}, {"oss:get*", "oss:*", false}, {"oss:get*", "oss:get*", true},
		{"oss:get*acl", "oss:getobjectacl", true}, {"oss:get*acl", "oss:get*", false}, {"oss:get?bject", "oss:getobject", true},
		{"oss:get?bject", "oss:get*bject", false}, {"oss:getobject", "oss:getobject", true}, {"oss:getobject", "oss:getobjects", false},
		{"b/*", "b/*", true}, {"b*", "b/*", true}, {"b/*", "b*", false}, {"b/*", "b", false}, {"b/a/*", "b/*", false},
		{"*a*b*c*", "xxaxbxcxx", true}, {"*a*b*c*", "xxaxcxbxx", false}, {"", "", true}, {"", "a", false}, {"**", "", true},
	} {
		if got := covers(x.p, x.q); got != x.want {
			t.Errorf("covers(%q, %q) is %v", x.p, x.q, got)
		}
	}
}

func TestObjectPath(t *testing.T) {
	b := &cloud.Bucket{Resource: cloud.Resource{Kin: &cloud.Kin{Region: "cn-beijing", ARNPrefix: "acs:oss:cn-beijing:1234567890123456:"}, Name: "b"}}
	for resource, want := range map[string]string{
		"acs:oss:*:*:b/*": "b/*",
		"acs:oss:oss-cn-beijing:1234567890123456:b": "b",
		"acs:oss:cn-beijing:*:b":                    "b",
		"acs:oss:cn-hangzhou:*:b":                   "acs:oss:cn-hangzhou:*:b",
		"acs:oss:*:9999999999999999:b/*":            "acs:oss:*:9999999999999999:b/*",
		"acs:oss:*:123:b/*":                         "acs:oss:*:123:b/*",
		"*":                                         "*",
		"b/*":                                       "b/*",
	} {
		if got := objectPath(b, resource); got != want {
			t.Errorf("objectPath(%q) is %q", resource, got)
		}
	}
}

func TestOpenSources(t *testing.T) {
	for _, x := range []struct {
		list []string
		want bool
	}{
		{[]string{"0.0.0.0/0"}, true}, {[]string{"0.0.0.0/1", "128.0.0.0/1"}, true}, {[]string{"11.0.0.0/8"}, true},
		{[]string{"172.0.0.0/8"}, false}, {[]string{"10.0.0.0/8", "192.168.0.0/16", "100.64.0.0/10", "224.0.0.0/4"}, false},
		{[]string{"11.0.0.0/9", "12.0.0.0/9"}, true}, {[]string{"11.0.0.0/9", "11.0.0.0/9"}, false}, {[]string{"47.96.0.1/32"}, false},
		{[]string{"::/0"}, true}, {[]string{"2400:3200::/32"}, true}, {[]string{"2400:3200::/33"}, false}, {[]string{"2001:db8::/32"}, false},
		{[]string{"fc00::/7"}, false}, {[]string{"2400:3200::/33", "2400:3200:8000::/33"}, true},
	} {
		var list []netip.Prefix
		for _, s := range x.list {
			list = append(list, netip.MustParsePrefix(s))
		}
		if got := openSources(list); got != x.want {
			t.Errorf("openSources(%v) is %v", x.list, got)
		}
	}
}

func TestKnownSources(t *testing.T) {
	for _, x := range []struct {
		list []string
		want bool
	}{
		{nil, false}, {[]string{"203.0.112.7"}, true}, {[]string{"203.0.112.7/24", "2400:3200::1"}, true},
		{[]string{"0.0.0.0"}, true}, {[]string{"203.0.112.7", "office"}, false}, {[]string{"203.0.112.*"}, false}, {[]string{""}, false},
		{[]string{"203.0.112.0/33"}, false}, {[]string{"fe80::1%eth0"}, false},
	} {
		if got := knownSources(x.list); got != x.want {
			t.Errorf("knownSources(%q) is %v", x.list, got)
		}
	}
}

func TestPartyOf(t *testing.T) {
	const me = "1234567890123456"
	for principal, want := range map[string]party{
		"*": own, me: own, "acs:ram::" + me + ":user/x": own, "arn:sts::" + me + ":assumed-role/r/s": own,
		"1777777777777777": foreign, "acs:ram::1777777777777777:root": foreign, "arn:sts::1777777777777777:assumed-role/r/*": foreign,
		"arn:sts::*:*/*/*": foreign, "1888888888888888": own, "277379621561574321": nameless, "someone": nameless, "acs:ram::x:y": nameless,
	} {
		if got := partyOf(principal, me, []string{"1888888888888888"}); got != want {
			t.Errorf("partyOf(%q) is %d", principal, got)
		}
	}
}

func TestRestrictsReferer(t *testing.T) {
	for _, x := range []struct {
		site string
		want bool
	}{{"https://www.example.com", true}, {"*.example.com", true}, {"*", false}, {"http://*", false}, {"https://*/*", false}, {"*.*", false}, {"", false}} {
		if got := restrictsReferer(cloud.Referer{RefererList: []string{"https://a.example.com", x.site}}); got != x.want {
			t.Errorf("%q restricts: %v", x.site, got)
		}
	}
}

func TestTouches(t *testing.T) {
	for _, x := range []struct {
		rule, prefix string
		want         bool
	}{
		{"", "", true}, {"", "mlps", true}, {"mlps", "mlps", true}, {"mlps/", "mlps/", true}, {"mlps2", "mlps", false},
		{"AliyunLogs/", "", true}, {"AliyunLogs/Actiontrail/cn-hangzhou/2026/", "", true}, {"AliyunLogs/Other/", "", false},
		{"AliyunLogs/", "mlps", false}, {"m", "mlps", true}, {"logs/", "", false},
	} {
		if got := touches(cloud.LifecycleRule{Prefix: x.rule}, x.prefix); got != x.want {
			t.Errorf("rule %q touches the trail under %q: %v", x.rule, x.prefix, got)
		}
	}
}

func TestEventTime(t *testing.T) {
	want := time.Date(2026, 11, 23, 1, 50, 0, 0, time.UTC)
	for _, s := range []string{"2026-11-23T01:50:00Z", "2026-11-23T09:50:00+08:00", "1795398600000"} {
		if got, ok := eventTime(s); !ok || !got.Equal(want) {
			t.Errorf("eventTime(%q) is %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "yesterday", "-1", "1h", "99999999999999999999"} {
		if got, ok := eventTime(s); ok {
			t.Errorf("eventTime(%q) is %v", s, got)
		}
	}
}
