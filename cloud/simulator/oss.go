package simulator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ossProtocol is that of object storage.
type ossProtocol struct{}

func (ossProtocol) idHeader() string { return "x-oss-request-id" }

// A bucketCall is a call about one bucket, told apart by a word in the query.
type bucketCall struct {
	word, action string
	// json: the answer is JSON, every other is XML.
	json bool
	// unset is the error of a bucket that has no such setting; absent is what
	// one answers that needs none.
	unset  *failure
	absent string
}

func unset(code, message string) *failure { return fail(http.StatusNotFound, code, message) }

var bucketCalls = []bucketCall{
	{word: "bucketInfo", action: "GetBucketInfo"},
	{word: "acl", action: "GetBucketAcl"},
	{word: "policy", action: "GetBucketPolicy", json: true, unset: unset("NoSuchBucketPolicy", "The bucket policy does not exist.")},
	{word: "publicAccessBlock", action: "GetBucketPublicAccessBlock",
		absent: `<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess></PublicAccessBlockConfiguration>`},
	{word: "encryption", action: "GetBucketEncryption", unset: unset("NoSuchServerSideEncryptionRule", "The server side encryption configuration was not found.")},
	{word: "logging", action: "GetBucketLogging", absent: `<BucketLoggingStatus></BucketLoggingStatus>`},
	{word: "versioning", action: "GetBucketVersioning", absent: `<VersioningConfiguration></VersioningConfiguration>`},
	{word: "replication", action: "GetBucketReplication", unset: unset("NoSuchReplicationConfiguration", "The bucket you specified does not have replication configuration.")},
	{word: "referer", action: "GetBucketReferer",
		absent: `<RefererConfiguration><AllowEmptyReferer>true</AllowEmptyReferer><RefererList></RefererList></RefererConfiguration>`},
	{word: "tagging", action: "GetBucketTags", absent: `<Tagging></Tagging>`},
	{word: "lifecycle", action: "GetBucketLifecycle", unset: unset("NoSuchLifecycle", "No Row found in Lifecycle Table.")},
	{word: "worm", action: "GetBucketWorm", unset: unset("NoSuchWORMConfiguration", "The WORM Configuration does not exist.")},
}

// read understands and authenticates a request.
func (ossProtocol) read(s *Simulator, r *http.Request, _ []byte, c *call) *failure {
	c.service = oss
	c.requestID = shortID(c.requestID)
	bucket, region, object := addressed(r)
	c.region = region
	if f := s.authOSS(r, bucket, object, c); f != nil {
		return f
	}
	if r.Method != http.MethodGet {
		return fail(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	if object != "" {
		return fail(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	if bucket == "" {
		return c.readService(r.URL.Query())
	}
	return c.readBucket(bucket, r.URL.Query())
}

// shortID is a request's id as storage and logs give them.
func shortID(id string) string { return strings.ReplaceAll(id, "-", "")[:24] }

// addressed takes bucket, region and object out of a request's address: the
// virtual-host style names the bucket in the host, the path style in the path.
func addressed(r *http.Request) (bucket, region, object string) {
	host, path := hostname(r.Host), strings.TrimPrefix(r.URL.Path, "/")
	if net.ParseIP(host) == nil {
		label, rest, _ := strings.Cut(host, ".")
		switch {
		case strings.HasPrefix(label, "oss-") && strings.HasSuffix(rest, "aliyuncs.com"):
			region = ossRegion(label)
		case strings.HasPrefix(rest, "oss-"):
			endpoint, _, _ := strings.Cut(rest, ".")
			return label, ossRegion(endpoint), path
		case rest != "": // bucket.localhost, bucket.127.0.0.1
			return label, "", path
		}
	}
	bucket, object, _ = strings.Cut(path, "/")
	return bucket, region, object
}

func ossRegion(label string) string {
	return strings.TrimSuffix(strings.TrimPrefix(label, "oss-"), "-internal")
}

// readService is a call that names no bucket.
func (c *call) readService(q url.Values) *failure {
	known := []string{"marker", "max-keys", "prefix"}
	c.action = "ListBuckets"
	if q.Has("publicAccessBlock") {
		c.action, known = "GetPublicAccessBlock", []string{"publicAccessBlock"}
	}
	c.region = "" // the same list, wherever it is asked
	return c.takeQuery(q, known)
}

func (c *call) takeQuery(q url.Values, known []string) *failure {
	if c.params == nil {
		c.params = map[string]string{}
	}
	for k := range q {
		if !slices.Contains(known, k) {
			return fail(http.StatusBadRequest, "InvalidArgument", "The parameter "+k+" is one that the simulator does not know.")
		}
		if v := q.Get(k); v != "" {
			c.params[k] = v
		}
	}
	return nil
}

// readBucket is a call about a bucket: it must exist, and be asked in its own region.
func (c *call) readBucket(bucket string, q url.Values) *failure {
	i := slices.IndexFunc(bucketCalls, func(b bucketCall) bool { return q.Has(b.word) })
	if i < 0 {
		c.action = "GetObject"
		return fail(http.StatusNotImplemented, "NotImplemented", "The simulator answers calls about a bucket's settings only.")
	}
	c.action, c.params = bucketCalls[i].action, map[string]string{"bucket": bucket}
	if f := c.takeQuery(q, []string{bucketCalls[i].word}); f != nil {
		return f
	}
	home, f := c.home(bucket)
	if f != nil {
		return f
	}
	if c.region != "" && c.region != home {
		f := fail(http.StatusForbidden, "AccessDenied", "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")
		f.endpoint = "oss-" + home + ".aliyuncs.com"
		return f
	}
	c.region = home
	return nil
}

// home is the region of a bucket.
func (c *call) home(bucket string) (string, *failure) {
	l, f := c.buckets()
	if f != nil {
		// A list that is denied hides no bucket from those that know its name.
		for _, place := range c.caller.account.regions(oss) {
			if _, err := c.caller.account.find(entry(oss, place, "GetBucketInfo", map[string]string{"bucket": bucket}), ""); err == nil {
				return place, nil
			}
		}
		return "", f
	}
	for _, b := range l.Bucket {
		if b.Name == bucket {
			return strings.TrimPrefix(b.Location, "oss-"), nil
		}
	}
	return "", fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist.")
}

// authOSS verifies the signature, and takes the region out of it where the host names none.
func (s *Simulator) authOSS(r *http.Request, bucket, object string, c *call) *failure {
	auth := r.Header.Get("Authorization")
	if auth == "" {
		return fail(http.StatusForbidden, "AccessDenied", "Anonymous access is forbidden for this operation.")
	}
	v4, isV4 := parseOSS4(auth)
	id, signature, isV1 := strings.Cut(strings.TrimPrefix(auth, "OSS "), ":")
	if !isV4 && (!isV1 || !strings.HasPrefix(auth, "OSS ")) {
		return fail(http.StatusBadRequest, "InvalidArgument", "The authorization header that you provided is not valid.")
	}
	if f := checkOSSTime(r, v4, isV4, c.now); f != nil {
		return f
	}
	if isV4 {
		id = v4.keyID
	}
	if !s.key(id, c) {
		return fail(http.StatusForbidden, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
	}
	good := isV4 && v4.verify(r, bucket, object, c.caller.Secret) ||
		!isV4 && same(signature, base64SHA1(c.caller.Secret, textOSS1(r, bucket, object)))
	if !good {
		return fail(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	}
	if isV4 && c.region == "" {
		c.region = v4.region
	}
	return ossToken(c.checkToken(r.Header.Get("X-Oss-Security-Token")))
}

// ossToken puts what is wrong with a security token as OSS does.
func ossToken(f *failure) *failure {
	if f == nil || f.status == http.StatusForbidden {
		return f
	}
	return fail(http.StatusForbidden, "InvalidAccessKeyId", "The security token you provided is invalid.")
}

func checkOSSTime(r *http.Request, a oss4, isV4 bool, now time.Time) *failure {
	stamp := first(r.Header.Get("X-Oss-Date"), r.Header.Get("Date"))
	t, err := http.ParseTime(stamp)
	if isV4 {
		t, err = time.Parse("20060102T150405Z", stamp)
	}
	if err != nil || isV4 && t.Format("20060102") != a.day {
		return fail(http.StatusForbidden, "AccessDenied", "OSS authentication requires a valid Date.")
	}
	if skewed(now, t) {
		return fail(http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
	}
	return nil
}

// answer is what the account says.
func (ossProtocol) answer(s *Simulator, c *call) (reply, *failure) {
	switch c.action {
	case "ListBuckets":
		return c.listBuckets(s.opt.MaxPage)
	case "GetPublicAccessBlock":
		return c.setting(bucketCall{action: c.action, absent: `<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess></PublicAccessBlockConfiguration>`})
	}
	i := slices.IndexFunc(bucketCalls, func(b bucketCall) bool { return b.action == c.action })
	return c.setting(bucketCalls[i])
}

// setting answers one file, or what OSS answers where the setting was never made.
func (c *call) setting(b bucketCall) (reply, *failure) {
	d, err := c.caller.account.find(entry(oss, c.region, b.action, c.params), "")
	switch {
	case errors.Is(err, errAbsent) && b.unset != nil:
		return reply{}, b.unset
	case errors.Is(err, errAbsent) && b.absent != "":
		return xmlReply([]byte(b.absent)), nil
	case errors.Is(err, errAbsent):
		return c.basics(b.action)
	case err != nil:
		return reply{}, badData(err)
	case d.failure != nil:
		return reply{}, d.failure
	}
	if b.json {
		return reply{status: http.StatusOK, contentType: "application/json", body: d.body}, nil
	}
	return xmlReply(d.body), nil
}

// basics answers, for a bucket without a file, what every bucket has.
func (c *call) basics(action string) (reply, *failure) {
	l, f := c.buckets()
	if f != nil {
		return reply{}, f
	}
	owner := "<Owner>" + l.Owner.Inner + "</Owner>"
	const private = "<AccessControlList><Grant>private</Grant></AccessControlList>"
	if action == "GetBucketAcl" {
		return xmlReply([]byte("<AccessControlPolicy>" + owner + private + "</AccessControlPolicy>")), nil
	}
	for _, b := range l.Bucket {
		if b.Name == c.params["bucket"] {
			return xmlReply([]byte("<BucketInfo><Bucket>" + b.Inner + owner + private + "</Bucket></BucketInfo>")), nil
		}
	}
	return reply{}, fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist.")
}

// bucketList is an answer of ListBuckets.
type bucketList struct {
	Owner  inner         `xml:"Owner"`
	Bucket []bucketEntry `xml:"Buckets>Bucket"`
}

type inner struct {
	Inner string `xml:",innerxml"`
}

type bucketEntry struct {
	Name     string
	Location string
	Inner    string `xml:",innerxml"`
}

// buckets are those of the account, by name.
func (c *call) buckets() (*bucketList, *failure) {
	acc := c.caller.account
	d, err := acc.find(entry(oss, "", "ListBuckets", nil), "")
	switch {
	case errors.Is(err, errAbsent):
		return &bucketList{}, nil
	case err != nil:
		return nil, badData(err)
	case d.failure != nil:
		return nil, d.failure
	}
	acc.mu.Lock()
	defer acc.mu.Unlock()
	if acc.buckets == nil {
		l := &bucketList{}
		if err := xml.Unmarshal(d.body, l); err != nil {
			return nil, badData(err)
		}
		slices.SortFunc(l.Bucket, func(a, b bucketEntry) int { return strings.Compare(a.Name, b.Name) })
		acc.buckets = l
	}
	return acc.buckets, nil
}

// listBuckets answers a page of the account's buckets. What is said about the
// page is there only when a part of the list was asked for, or is what is told.
func (c *call) listBuckets(most int) (reply, *failure) {
	l, f := c.buckets()
	if f != nil {
		return reply{}, f
	}
	limit := 100
	if v, ok := c.params["max-keys"]; ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 1000 {
			return reply{}, fail(http.StatusBadRequest, "InvalidArgument", "Argument max-keys must be an integer between 1 and 1000.")
		}
		limit = n
	}
	if most > 0 {
		limit = min(limit, most)
	}
	prefix, marker := c.params["prefix"], c.params["marker"]
	var shown []bucketEntry
	more := false
	for _, b := range l.Bucket {
		if b.Name <= marker || !strings.HasPrefix(b.Name, prefix) {
			continue
		}
		if more = len(shown) == limit; more {
			break
		}
		shown = append(shown, b)
	}
	var out bytes.Buffer
	out.WriteString("<ListAllMyBucketsResult>")
	if more || len(c.params) > 0 {
		out.WriteString("<Prefix>" + escaped(prefix) + "</Prefix><Marker>" + escaped(marker) + "</Marker><MaxKeys>" + strconv.Itoa(limit) +
			"</MaxKeys><IsTruncated>" + strconv.FormatBool(more) + "</IsTruncated>")
	}
	if more {
		out.WriteString("<NextMarker>" + escaped(shown[len(shown)-1].Name) + "</NextMarker>")
	}
	out.WriteString("<Owner>" + l.Owner.Inner + "</Owner><Buckets>")
	for _, b := range shown {
		out.WriteString("<Bucket>" + b.Inner + "</Bucket>")
	}
	out.WriteString("</Buckets></ListAllMyBucketsResult>")
	return xmlReply(out.Bytes()), nil
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func xmlReply(body []byte) reply {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<?xml")) {
		body = append([]byte(xmlHeader), body...)
	}
	return reply{status: http.StatusOK, contentType: "application/xml", body: body, header: map[string]string{"Server": "AliyunOSS"}}
}

// fail answers a failure as XML.
func (ossProtocol) fail(r *http.Request, c *call, f *failure) reply {
	e := struct {
		XMLName                          xml.Name `xml:"Error"`
		Code, Message, RequestId, HostId string
		BucketName                       string `xml:",omitempty"`
		Endpoint                         string `xml:",omitempty"`
	}{Code: f.code, Message: f.message, RequestId: c.requestID, HostId: hostname(r.Host), BucketName: c.params["bucket"], Endpoint: f.endpoint}
	b, _ := xml.Marshal(e) // strings only
	out := xmlReply(b)
	out.status = f.status
	for k, v := range f.header {
		out.header[k] = v
	}
	return out
}
