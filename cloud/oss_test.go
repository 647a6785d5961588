package cloud

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"
)

// hospital reads the demo account's answers as a scan does.
func hospital(t *testing.T, opt Options, files ...string) *Account {
	t.Helper()
	answers := fstest.MapFS{}
	for _, name := range files {
		b, err := os.ReadFile("simulator/hospital/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(b).Files {
			answers[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return readAnswers(t, answers, opt)
}

func readAnswers(t *testing.T, answers fstest.MapFS, opt Options) *Account {
	t.Helper()
	src, err := NewArchive(answers)
	if err != nil {
		t.Fatal(err)
	}
	opt.Time = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	a, err := Read(t.Context(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func missingOf(a *Account, services ...string) (list []string) {
	for _, e := range a.Missing {
		if slices.Contains(services, e.Service) {
			list = append(list, e.Error())
		}
	}
	return list
}

func TestReadHospitalBuckets(t *testing.T) {
	a := hospital(t, Options{}, "sts", "oss", "actiontrail", "sls")
	if len(a.OSS.Buckets) != 20 || len(a.ActionTrail.Trails) != 2 {
		t.Fatalf("%d buckets, %d trails", len(a.OSS.Buckets), len(a.ActionTrail.Trails))
	}
	missing := missingOf(a, "oss", "actiontrail", "sls")
	if len(missing) != 1 || !strings.Contains(missing[0], "qh-his-insurance") {
		t.Errorf("missing: %q", missing)
	}
	for _, b := range a.OSS.Buckets {
		if b.Region == "" || b.From == nil || !b.ACL.Known() || !b.AccountPublicAccessBlock.Known() {
			t.Errorf("%s is not whole", b.Name)
		}
	}
	audit := a.ActionTrail.Trails[0]
	if audit.Name != "qinghe-audit" || !audit.TrailStatus.Value.IsLogging || audit.LogStore.Value.TTL != 90 ||
		audit.Bucket.Value.Name != "qh-audit-trail" || !audit.Bucket.Value.Lifecycle.Known() || !audit.Bucket.Value.Worm.Known() {
		t.Errorf("the covering trail: %+v", audit)
	}
}

// A trail's bucket is read wherever it lies; other buckets are out of scope.
func TestTrailBucketOutOfScope(t *testing.T) {
	a := hospital(t, Options{Regions: []string{"cn-shanghai"}}, "sts", "oss", "actiontrail", "sls")
	for _, b := range a.OSS.Buckets {
		if b.Region != "cn-shanghai" {
			t.Errorf("%s of %s is out of scope", b.Name, b.Region)
		}
	}
	for _, tr := range a.ActionTrail.Trails {
		b := tr.Bucket.Value
		if b == nil || !b.ACL.Known() || !b.Policy.Known() || !b.Versioning.Known() || !b.Worm.Known() || !b.AccountPublicAccessBlock.Known() {
			t.Errorf("the bucket of %s was not read: %+v", tr.Name, b)
		}
	}
}

// Each call is made once, and lifecycle rules are asked of trails' buckets only.
func TestTrailBucketCalls(t *testing.T) {
	a := hospital(t, Options{}, "sts", "oss", "actiontrail", "sls")
	for _, b := range a.OSS.Buckets {
		if used := b.Name == "qh-audit-trail"; used != (b.Lifecycle.From != nil) {
			t.Errorf("%s: lifecycle read: %v", b.Name, !used)
		}
	}
}

func TestDecodePolicy(t *testing.T) {
	const tail = `"Action":"oss:GetObject","Resource":["acs:oss:*:*:b/*"]`
	for body, fine := range map[string]bool{
		`{"Statement":[{"Effect":"Allow","Principal":"*",` + tail + `}]}`:                                   true,
		`{"Statement":{"Effect":"Allow","Principal":["*"],` + tail + `}}`:                                   true,
		`{"Version":"1","Statement":[]}`:                                                                    true,
		`{"Statement":[{"Effect":"Deny","NotPrincipal":["1"],` + tail + `}]}`:                               true,
		`{"Statement":[{"Effect":"Deny","Principal":"*",` + tail + `,"Condition":{"Bool":{"k":[false]}}}]}`: true,
		`{"Version":"1"}`:      false,
		`{"Statement":null}`:   false,
		`{"Statement":[null]}`: false,
		`{"Statement":[{"Effect":"allow","Principal":"*",` + tail + `}]}`:               false,
		`{"Statement":[{"Principal":"*",` + tail + `}]}`:                                false,
		`{"Statement":[{"Effect":"Allow",` + tail + `}]}`:                               false,
		`{"Statement":[{"Effect":"Allow","Principal":[],` + tail + `}]}`:                false,
		`{"Statement":[{"Effect":"Allow","Principal":{"RAM":["*"]},` + tail + `}]}`:     false,
		`{"Statement":[{"Effect":"Allow","Principal":[1],` + tail + `}]}`:               false,
		`{"Statement":[{"Effect":"Allow","Principal":"*","Except":"1",` + tail + `}]}`:  false,
		`{"Statement":[{"Effect":"Deny","Principal":"*",` + tail + `,"Condition":[]}]}`: false,
		`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"oss:*"}]}`:            false,
	} {
		if _, err := decodePolicy([]byte(body)); (err == nil) != fine {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestDecodeXMLWhole(t *testing.T) {
	const good = `<?xml version="1.0"?><PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>`
	if on, err := decodePublicAccessBlock([]byte(good + "\n")); err != nil || !on {
		t.Error(on, err)
	}
	for _, bad := range []string{"", "true", good[:len(good)-3], good + "<x/>", good + "x", strings.ReplaceAll(good, "PublicAccessBlockC", "C"),
		strings.ReplaceAll(good, "true", ""), strings.ReplaceAll(good, "true", "yes"), strings.ReplaceAll(good, "BlockPublicAccess", "Block")} {
		if on, err := decodePublicAccessBlock([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, on)
		}
	}
}

func TestBucketPages(t *testing.T) {
	const page1 = `<ListAllMyBucketsResult><Prefix></Prefix><Marker></Marker><MaxKeys>1</MaxKeys><IsTruncated>true</IsTruncated>` +
		`<NextMarker>a</NextMarker><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>a</Name><Location>oss-cn-beijing</Location></Bucket></Buckets></ListAllMyBucketsResult>`
	const page2 = `<ListAllMyBucketsResult><Prefix></Prefix><Marker>a</Marker><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated>` +
		`<NextMarker></NextMarker><Owner><ID>1</ID></Owner><Buckets><Bucket><Name>b</Name><Location>oss-cn-hangzhou</Location></Bucket></Buckets></ListAllMyBucketsResult>`
	answers := func(one string) fstest.MapFS {
		return fstest.MapFS{
			"sts/global/GetCallerIdentity.json": {Data: []byte(`{"AccountId":"1","RequestId":"R"}`)},
			"oss/global/ListBuckets.xml":        {Data: []byte(one)},
			"oss/global/ListBuckets.2.xml":      {Data: []byte(page2)},
		}
	}
	calls := map[string]bool{"oss/ListBuckets": true}
	a := readAnswers(t, answers(page1), Options{Calls: calls})
	if len(a.OSS.Buckets) != 2 || a.ListFailure("oss/ListBuckets", "") != nil || a.OSS.Buckets[1].Region != "cn-hangzhou" {
		t.Errorf("%d buckets, missing %v", len(a.OSS.Buckets), a.Missing)
	}
	a = readAnswers(t, answers(strings.Replace(page1, "<NextMarker>a</NextMarker>", "", 1)), Options{Calls: calls})
	if a.ListFailure("oss/ListBuckets", "") == nil {
		t.Error("a list that goes on without saying where is read as whole")
	}
}

// FuzzReadOSS: whatever the bytes, no panic, and no bucket without name and region.
func FuzzReadOSS(f *testing.F) {
	b, err := os.ReadFile("simulator/hospital/oss.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range txtar.Parse(b).Files {
		if i%7 == 0 {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, next, err := decodeBuckets(body, &Origin{})
		for _, b := range list {
			if err != nil || b.Name == "" || b.Region == "" {
				t.Errorf("bucket %+v with next %q and error %v", b, next, err)
			}
		}
		if p, err := decodePolicy(body); err == nil {
			for _, s := range p.Statement {
				if s.whole() != nil {
					t.Errorf("half a statement: %+v", s)
				}
			}
		}
		if acl, err := decodeACL(body); err == nil && acl == "" {
			t.Error("an empty ACL")
		}
		if e, err := decodeEncryption(body); err == nil && e.SSEAlgorithm == "" {
			t.Error("an empty algorithm")
		}
		if rules, err := decodeReplication(body); err == nil {
			for _, x := range rules {
				if x.Status == "" || x.Location == "" {
					t.Errorf("half a rule: %+v", x)
				}
			}
		}
		if rules, err := decodeLifecycle(body); err == nil {
			for _, x := range rules {
				if x.Status == "" || x.Expiration != nil && *x.Expiration == (Expiration{}) {
					t.Errorf("half a rule: %+v", x)
				}
			}
		}
		_, _ = decodePublicAccessBlock(body)
		_, _ = decodeBucketInfo(body)
		_, _ = decodeLogging(body)
		_, _ = decodeVersioning(body)
		_, _ = decodeReferer(body)
		_, _ = decodeWorm(body)
	})
}

// FuzzReadActionTrail: no panic, and no trail without what identifies it.
func FuzzReadActionTrail(f *testing.F) {
	for _, name := range []string{"actiontrail", "sls"} {
		b, err := os.ReadFile("simulator/hospital/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(b).Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := decodeTrails(body, &Origin{})
		for _, x := range list {
			if err != nil || x.Name == "" || x.HomeRegion == "" || x.Status == "" || x.EventRW == "" {
				t.Errorf("trail %+v with error %v", x, err)
			}
			if region, account, project, err := x.LogProject(); err == nil && (region == "" || account == "" || project == "") {
				t.Errorf("half a project: %q", x.SlsProjectArn)
			}
		}
		_, _ = decodeTrailStatus(body)
		if s, err := decodeLogStore(body); err == nil && s.Name == "" {
			t.Error("a logstore without name")
		}
	})
}
