package evidence

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/cloud"
)

var testKey = bytes.Repeat([]byte{7}, keySize)

// canaries are values that must not be found in a pack of a level or a higher one,
// planted where a redaction of fields alone would miss them.
var canaries = map[Level][]string{
	Secrets:   {"LTAI5tCanaryCanary01"},
	Addresses: {"203.0.113.77", "2001:db8:77::1", "2001:0DB8:0077::0001", "10-66-77-88", "02:00:5e:10:20:30"},
	Names:     {"Canary Zhang San", "张三丰", "1234567890123456", "canary-bucket", "canary-user", "canary-key", "canary.example"},
}

var emptyField = regexp.MustCompile(`"(\w+)":\s+""`)

// plant puts the canaries into the demo account's answers.
func plant(name string, body []byte) []byte {
	s := emptyField.ReplaceAllString(string(body), `"$1":""`)
	switch {
	case strings.HasSuffix(name, "DescribeInstances.json"):
		hidden := `{"canary-key":"v","TagKey":"x"}`
		s = strings.Replace(s, `"Description":""`, `"Description":"\u004cTAI5tCanaryCanary01 by Canary Zhang San at 203.0.113.77","OwnerNumber":1234567890123456,`+
			`"Tags2":`+hidden+`,"TagMap":{"canary-key":"张三丰"},"Note2":"see http://203.0.113.77:8080/ and [2001:0DB8:0077::0001]:443, ip-10-66-77-88.internal 02:00:5E:10:20:30"`, 1)
		s = strings.Replace(s, `"ClusterId":""`, `"ClusterId":"","Policy":"{\"Statement\":[{\"Principal\":{\"RAM\":[\"acs:ram::1234567890123456:user/canary-user\"]},\"Resource\":\"acs:oss:*:*:canary-bucket*\",\"Ip\":\"2001:db8:77::1\"}]}"`, 1)
		s = strings.Replace(s, `"CreditSpecification":""`, `"CreditSpecification":"canary-bucket.oss-cn-beijing.aliyuncs.com belongs to canary-user（张三丰）at canary.example","Referer":"canary.example"`, 1)
	case strings.HasSuffix(name, "ListBuckets.xml"):
		s = strings.Replace(s, "<Owner>", `<Owner remark="张三丰 &amp; LTAI5tCanaryCanary01"><!-- Canary Zhang San --><Extra><![CDATA[ 203.0.113.77 ]]>张&#19977;丰</Extra>`, 1)
	}
	return []byte(s)
}

// TestRedacted greps whole packs for every original value.
func TestRedacted(t *testing.T) {
	path := scanned(t, plant)
	original := unpacked(t, pack(t, path, None, nil))
	for _, level := range Levels {
		for _, c := range canaries[level] {
			if !anywhere(original, c) {
				t.Errorf("%s was not planted", c)
			}
		}
	}
	for i, level := range Levels[1:] {
		t.Run(string(level), func(t *testing.T) {
			files := unpacked(t, pack(t, path, level, testKey))
			for _, l := range Levels[:i+2] {
				for _, c := range canaries[l] {
					if where := search(files, c); where != "" {
						t.Errorf("%s is in %s", c, where)
					}
				}
			}
			for _, k := range values(t, original)["AccessKeyId"] {
				if where := search(files, k); where != "" {
					t.Errorf("%s is in %s", k, where)
				}
			}
			holdForm(t, files)
			holdReferences(t, original, files)
			if level != Secrets {
				noAddress(t, original, files)
			}
			if level == Names {
				noNameLeft(t, original, files)
			}
		})
	}
}

func anywhere(files map[string]string, s string) bool { return search(files, s) != "" }

// search is the first file, in no order, whose name or body has a text, whatever its case.
func search(files map[string]string, s string) string {
	for name, body := range files {
		if strings.Contains(strings.ToLower(name+"\n"+body), strings.ToLower(s)) {
			return name
		}
	}
	return ""
}

// holdForm demands that every answer can still be parsed and that the index and
// the sums are whole.
func holdForm(t *testing.T, files map[string]string) {
	t.Helper()
	for name, body := range files {
		switch {
		case strings.HasSuffix(name, ".json"):
			if !json.Valid([]byte(body)) {
				t.Errorf("%s is no JSON any more", name)
			}
		case strings.HasSuffix(name, ".xml"):
			if err := parsesXML(body); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, m := range hrefs.FindAllStringSubmatch(files[pageFile], -1) {
		holdLink(t, files, files[pageFile], m[1])
	}
	for _, row := range readTable(t, files[tableFile])[1:] {
		if row[12] != "" && files[row[17]] == "" {
			t.Errorf("the table names %q, which is not there", row[17])
		}
	}
}

func parsesXML(body string) error {
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// holdReferences demands that a redacted pack has the same answers, and that
// what was the same value in two places is the same pseudonym.
func holdReferences(t *testing.T, original, files map[string]string) {
	t.Helper()
	if len(files) != len(original)-1 { // but the scan's manifest
		t.Errorf("%d files, want %d", len(files), len(original)-1)
	}
	var m Manifest
	if err := json.Unmarshal([]byte(files[manifestFile]), &m); err != nil || !m.Redaction.Redacted {
		t.Fatalf("the manifest does not say that it is redacted: %v", err)
	}
	for _, f := range m.Files {
		if f.Entry != "" && f.Original == "" || f.Withheld {
			t.Errorf("%s: no sum of the original, or withheld", f.Name)
		}
	}
	for name := range files {
		if _, bucket, ok := strings.Cut(name, "GetBucketAcl@bucket="); ok {
			bucket, _, _ = strings.Cut(bucket, ".")
			if !strings.Contains(files[answersFolder+"oss/global/ListBuckets.xml"], "<Name>"+bucket+"</Name>") {
				t.Errorf("%s is of a bucket that the list does not name", name)
			}
		}
	}
	keys := 0
	for name := range files {
		if m := keyOfUser.FindStringSubmatch(name); m != nil {
			keys++
			if !strings.Contains(files[answersFolder+"ram/global/ListAccessKeys@UserName="+m[2]+".json"], m[1]) {
				t.Errorf("%s is of a key that the user's list does not name", name)
			}
		}
	}
	if keys == 0 {
		t.Error("no AccessKey's own answer was found")
	}
	if !anywhere(files, "AdministratorAccess") || !anywhere(files, "0.0.0.0/0") || !strings.Contains(files[pageFile], "sg-") {
		t.Error("what is nobody's own was taken out")
	}
}

var keyOfUser = regexp.MustCompile(`GetAccessKeyLastUsed@UserAccessKeyId=([^&]+)&UserName=(.+)\.json`)

// values are all texts of the answers, by the name of the field they stand in.
func values(t *testing.T, files map[string]string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name, body := range files {
		if !strings.HasPrefix(name, answersFolder) || name == FileName(scanManifest) {
			continue
		}
		if strings.HasSuffix(name, ".json") {
			var v any
			if err := json.Unmarshal([]byte(body), &v); err != nil {
				t.Fatal(err)
			}
			leaves("", v, all)
		}
		for _, m := range xmlLeaf.FindAllStringSubmatch(body, -1) {
			all[m[1]] = append(all[m[1]], m[2])
		}
	}
	return all
}

var xmlLeaf = regexp.MustCompile(`<(\w+)>\s*([^<>\s][^<>]*?)\s*</`)

func leaves(field string, v any, all map[string][]string) {
	switch x := v.(type) {
	case map[string]any:
		for k, v := range x {
			leaves(k, v, all)
		}
	case []any:
		for _, v := range x {
			leaves(field, v, all)
		}
	case string:
		all[field] = append(all[field], x)
	}
}

// noAddress looks for every address of the original answers.
func noAddress(t *testing.T, original, files map[string]string) {
	t.Helper()
	n := 0
	for _, list := range values(t, original) {
		for _, s := range list {
			for part := range strings.SplitSeq(s, ",") {
				part, _, _ = strings.Cut(strings.TrimSpace(part), "/")
				a, err := netip.ParseAddr(part)
				if err != nil || a.IsUnspecified() || a.IsLoopback() {
					continue
				}
				n++
				whole := regexp.MustCompile(`(?i)(^|[^0-9a-f.])` + regexp.QuoteMeta(part) + `($|[^0-9a-f.])`)
				for name, body := range files {
					if strings.Contains(body, part) && whole.MatchString(body) {
						t.Errorf("%s is in %s", part, name)
					}
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d addresses were looked for", n)
	}
}

// namingFields are those of the demo account that hold what its people chose,
// listed by hand: not by the rule that is tested.
var namingFields = []string{"InstanceName", "HostName", "DiskName", "SnapshotName", "ImageName", "SecurityGroupName", "SourceGroupName", "VpcName", "VSwitchName",
	"KeyPairName", "AccountName", "DBName", "DBInstanceDescription", "Description", "TagKey", "TagValue", "Key", "Value", "FlowLogName", "LogStoreName", "logstoreName",
	"ProjectName", "PrefixListName", "PortRangeListName", "OssBucketName", "TargetBucket", "LogPrefix", "TargetPrefix", "Name", "Sid", "Referer", "AliasName",
	"AutoSnapshotPolicyName", "NetworkInterfaceName", "Ipv6AddressName", "SourceGroupOwnerAccount", "SourcePrefixListName", "DBInstanceIPArrayName", "AccountId", "AliyunId", "OwnerId",
	"UserName", "DisplayName", "GroupName", "GroupId", "RoleName"}

// spared are names that nobody chose.
var spared = []string{"default"}

// common are tags of the demo account that are words of the API's too. Where they
// stand as tags they are replaced; as the type of a disk they are not.
var common = []string{"system", "data", "test", "zone"}

// noNameLeft looks for every name of the original answers in what is not ours: the
// bodies, the files' names, and the index's columns for resources and values.
func noNameLeft(t *testing.T, original, files map[string]string) {
	t.Helper()
	all, n := values(t, original), 0
	left := values(t, files)
	for _, field := range namingFields {
		if len(all[field]) == 0 {
			t.Errorf("no %s in the demo account", field)
		}
		for _, s := range all[field] {
			if slices.Contains(left[field], s) && s != "" && !slices.Contains(spared, s) && !strings.HasPrefix(s, "Aliyun") && !isPlace(all, s) && !isID(all, s) {
				t.Errorf("%s still holds %q", field, s)
			}
			if len([]rune(s)) < 2 || slices.Contains(spared, s) || strings.HasPrefix(s, "Aliyun") || isPlace(all, s) || isID(all, s) || len(s) < 5 && digits.FindString(s) == s {
				continue
			}
			n++
			holdGone(t, files, field, s)
		}
	}
	if n < 500 {
		t.Errorf("only %d names were looked for", n)
	}
}

func isPlace(all map[string][]string, s string) bool {
	return slices.Contains(all["RegionId"], s) || slices.Contains(all["ZoneId"], s)
}

func isID(all map[string][]string, s string) bool {
	return slices.Contains(all["DBInstanceId"], s) || slices.Contains(all["DiskId"], s) || slices.Contains(all["InstanceId"], s)
}

var gone = map[string]bool{}

// holdGone looks for one name, as a whole word where it is made of such letters.
func holdGone(t *testing.T, files map[string]string, field, s string) {
	t.Helper()
	if gone[s] {
		return
	}
	gone[s] = true
	if slices.Contains(common, s) {
		return
	}
	whole := regexp.MustCompile(`(^|[^0-9A-Za-z_-])` + regexp.QuoteMeta(s) + `($|[^0-9A-Za-z_-])`)
	for name, body := range files {
		if name == pageFile || name == readmeFile || name == manifestFile || name == sumsFile {
			body = "" // made of our words; what they quote is in index.csv too
		}
		if text := name + "\n" + body; strings.Contains(text, s) && whole.MatchString(text) {
			at := whole.FindStringIndex(text)
			t.Errorf("%s %q is in %s: …%s…", field, s, name, text[max(0, at[0]-60):min(len(text), at[1]+20)])
			return
		}
	}
}

// TestPseudonyms: another key gives other pseudonyms, the same key the same pack.
func TestPseudonyms(t *testing.T) {
	path := scanned(t, same)
	one := pack(t, path, Names, testKey)
	if !bytes.Equal(one, pack(t, path, Names, testKey)) {
		t.Error("two packs by one key differ")
	}
	name := regexp.MustCompile(`name-[0-9a-f]{12}`)
	other := unpacked(t, pack(t, path, Names, bytes.Repeat([]byte{8}, keySize)))
	if p := name.FindString(unpacked(t, one)[tableFile]); p == "" || anywhere(other, p) {
		t.Errorf("the pseudonym %q does not depend on the key", p)
	}
	a, err := cloud.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := Write(io.Discard, Pack{Archive: a, Report: judged(t, a), Redact: Names, Key: []byte("short")}); !errors.Is(err, errNoKey) {
		t.Errorf("a short key: %v", err)
	}
}

func TestTexts(t *testing.T) {
	n := newNames()
	for _, c := range [][2]string{{"InstanceName", "web-01"}, {"TagValue", "443"}, {"TagValue", "Running"}, {"Status", "Running"}, {"Description", "病历库"}, {"BucketName", "qh-logs"}} {
		n.collect([]string{c[0]}, c[1])
	}
	r := &redactor{key: testKey, level: Names, found: n}
	n.complete(r.pseudonym)
	web, ip := r.pseudonym("name", "web-01"), r.pseudonym("ip-public", "8.8.4.4")
	for in, want := range map[string]string{
		"web-01":                         web,
		"web-011 is not web-01.":         "web-011 is not " + web + ".",
		"open to 0.0.0.0/0 and ::/0":     "open to 0.0.0.0/0 and ::/0",
		"8.8.4.4/32, 8.8.4.4:443":        ip + "/32, " + ip + ":443",
		"::ffff:8.8.4.4":                 ip,
		"at 05:44:21 on 2024-06-12":      "at 05:44:21 on 2024-06-12",
		"Running on port 443":            "Running on port 443",
		"实例病历库未加密":                       "实例" + r.pseudonym("name", "病历库") + "未加密",
		"acs:oss:*:*:qh-logs/a*":         "acs:oss:*:*:" + r.pseudonym("name", "qh-logs") + "/" + r.pseudonym("name", "a") + "*",
		"acs:ram::1586402973150824:root": "acs:ram::" + r.pseudonym("account", "1586402973150824") + ":root",
	} {
		if got := r.text(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := r.value([]string{"Tag", "Value"}, "Running"); got == "Running" {
		t.Error("a tag is left where it stands as a tag")
	}
	if got, withheld := r.body("a.json", []byte(`{"a":`)); !withheld || !json.Valid(got) {
		t.Errorf("a body that cannot be read: %s", got)
	}
	if got, withheld := r.body("a.xml", []byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`)); !withheld {
		t.Errorf("a body with entities of its own: %s", got)
	}
}

// FuzzRewrite: what is not changed is copied byte for byte; what is, still parses.
func FuzzRewrite(f *testing.F) {
	f.Add([]byte(`{"a":["b",{"c":"{\"d\":1}"}, 1234567890123456 ,null],"":"\u0041"}`), false)
	f.Add([]byte(`<a b="c"><!-- x --><d/>e&amp;<![CDATA[f]]><g h="i"/></a>`), true)
	f.Fuzz(func(t *testing.T, body []byte, asXML bool) {
		name := "x.json"
		if asXML {
			name = "x.xml"
		}
		same, err := rewrite(name, body, func(_ []string, s string) string { return s })
		if err != nil {
			return
		}
		if !bytes.Equal(same, body) {
			t.Errorf("%q becomes %q", body, same)
		}
		changed, err := rewrite(name, body, func(_ []string, s string) string { return "<&\"" })
		if err == nil && !asXML && !json.Valid(changed) || err == nil && asXML && parsesXML(string(body)) == nil && parsesXML(string(changed)) != nil {
			t.Errorf("%q becomes %q, which does not parse", body, changed)
		}
	})
}
