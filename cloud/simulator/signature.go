package simulator

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxSkew is how far a client's clock may be off.
const maxSkew = 15 * time.Minute

func mac(h func() hash.Hash, key, text string) []byte {
	m := hmac.New(h, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func base64SHA1(key, text string) string {
	return base64.StdEncoding.EncodeToString(mac(sha1.New, key, text))
}

func hexSHA256(text string) string {
	b := sha256.Sum256([]byte(text))
	return hex.EncodeToString(b[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// percent encodes as RFC 3986 has it, which is stricter than a form: a space is
// %20, and only letters, digits and - _ . ~ stay.
func percent(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// canonicalQuery sorts parameters by name and encodes them.
func canonicalQuery(v url.Values) string {
	var parts []string
	for _, k := range sorted(v) {
		for _, x := range v[k] {
			parts = append(parts, percent(k)+"="+percent(x))
		}
	}
	return strings.Join(parts, "&")
}

// textV1 is what version 1 of the RPC protocol signs.
func textV1(method string, params url.Values) string {
	rest := url.Values{}
	for k, v := range params {
		if k != "Signature" {
			rest[k] = v
		}
	}
	return method + "&%2F&" + percent(canonicalQuery(rest))
}

// An acs3 is an Authorization header of version 3.
type acs3 struct {
	keyID, signature string
	signed           []string // names of headers
}

func parseACS3(header string) (acs3, bool) {
	rest, ok := strings.CutPrefix(header, "ACS3-HMAC-SHA256")
	if !ok {
		return acs3{}, false
	}
	f := authFields(rest)
	a := acs3{keyID: f["Credential"], signature: f["Signature"], signed: strings.Split(f["SignedHeaders"], ";")}
	return a, a.keyID != "" && a.signature != ""
}

// authFields splits `Credential=…, SignedHeaders=…,Signature=…`.
func authFields(s string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(s, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		out[k] = v
	}
	return out
}

// coversAll reports whether all headers are under the signature that version 3
// demands there: host, without which it would be good for another product, and
// the protocol's own.
func (a acs3) coversAll(h http.Header) bool {
	if !slices.Contains(a.signed, "host") {
		return false
	}
	for name := range h {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-acs-") && !slices.Contains(a.signed, name) {
			return false
		}
	}
	return true
}

// text is what version 3 signs.
func (a acs3) text(r *http.Request) string {
	var headers strings.Builder
	for _, name := range a.signed {
		v := strings.TrimSpace(r.Header.Get(name))
		if name == "host" {
			v = r.Host
		}
		headers.WriteString(name + ":" + v + "\n")
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	canonical := strings.Join([]string{r.Method, path, canonicalQuery(r.URL.Query()), headers.String(), strings.Join(a.signed, ";"),
		r.Header.Get("X-Acs-Content-Sha256")}, "\n")
	return "ACS3-HMAC-SHA256\n" + hexSHA256(canonical)
}

func (a acs3) verify(r *http.Request, secret string) bool {
	return same(a.signature, hex.EncodeToString(mac(sha256.New, secret, a.text(r))))
}

// textROA is what the older ROA protocol signs.
func textROA(r *http.Request) string {
	lines := []string{r.Method, r.Header.Get("Accept"), r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), r.Header.Get("Date")}
	resource := r.URL.Path
	var query []string
	q := r.URL.Query()
	for _, k := range sorted(q) {
		if v := q.Get(k); v != "" {
			query = append(query, k+"="+v)
		} else {
			query = append(query, k)
		}
	}
	if len(query) > 0 {
		resource += "?" + strings.Join(query, "&")
	}
	return strings.Join(lines, "\n") + "\n" + prefixedHeaders(r.Header, "x-acs-") + resource
}

// prefixedHeaders lists the headers with one of the prefixes, a line each.
func prefixedHeaders(h http.Header, prefixes ...string) string {
	var lines []string
	for name, v := range h {
		name = strings.ToLower(name)
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				lines = append(lines, name+":"+strings.TrimSpace(strings.Join(v, ","))+"\n")
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// textLOG is what version 1 of the log service's protocol signs.
func textLOG(r *http.Request) string {
	lines := []string{r.Method, r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), r.Header.Get("Date")}
	if r.Header.Get("X-Log-Date") != "" {
		lines[3] = r.Header.Get("X-Log-Date")
	}
	resource := r.URL.Path
	var query []string
	q := r.URL.Query()
	for _, k := range sorted(q) {
		query = append(query, k+"="+q.Get(k))
	}
	if len(query) > 0 {
		resource += "?" + strings.Join(query, "&")
	}
	return strings.Join(lines, "\n") + "\n" + prefixedHeaders(r.Header, "x-log-", "x-acs-") + resource
}

// ossWords are the query words that version 1 of the OSS protocol signs, as
// far as calls answered here have them.
var ossWords = []string{"acl", "policy", "bucketInfo", "stat", "location", "logging", "referer", "lifecycle", "encryption", "versioning",
	"replication", "publicAccessBlock", "worm", "website", "cors", "tagging", "inventory", "policyStatus", "requestPayment", "transferAcceleration",
	"security-token", "continuation-token", "regionList", "qosInfo", "resourceGroup", "style", "callback", "versions", "uploads", "objectInfo"}

// textOSS1 is what version 1 of the OSS protocol signs.
func textOSS1(r *http.Request, bucket, object string) string {
	date := r.Header.Get("Date")
	if d := r.Header.Get("X-Oss-Date"); d != "" {
		date = d
	}
	resource := "/"
	if bucket != "" {
		resource += bucket + "/" + object
	}
	var words []string
	q := r.URL.Query()
	for _, k := range sorted(q) {
		if !slices.Contains(ossWords, k) {
			continue
		}
		if v := q.Get(k); v != "" {
			k += "=" + v
		}
		words = append(words, k)
	}
	if len(words) > 0 {
		resource += "?" + strings.Join(words, "&")
	}
	return strings.Join([]string{r.Method, r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), date}, "\n") + "\n" +
		prefixedHeaders(r.Header, "x-oss-") + resource
}

// An oss4 is an Authorization header of version 4 of the OSS protocol.
type oss4 struct {
	keyID, day, region, signature string
	additional                    []string // names of further headers under the signature
}

func parseOSS4(header string) (oss4, bool) {
	rest, ok := strings.CutPrefix(header, "OSS4-HMAC-SHA256")
	if !ok {
		return oss4{}, false
	}
	f := authFields(rest)
	scope := strings.Split(f["Credential"], "/")
	if len(scope) != 5 || scope[3] != "oss" || scope[4] != "aliyun_v4_request" || f["Signature"] == "" {
		return oss4{}, false
	}
	a := oss4{keyID: scope[0], day: scope[1], region: scope[2], signature: f["Signature"]}
	if s := f["AdditionalHeaders"]; s != "" {
		a.additional = strings.Split(s, ";")
	}
	return a, true
}

// text is what version 4 of the OSS protocol signs.
func (a oss4) text(r *http.Request, bucket, object string) string {
	path := "/"
	if bucket != "" {
		path += bucket + "/" + object
	}
	var query []string
	q := r.URL.Query()
	for _, k := range sorted(q) {
		part := percent(k)
		if v := q.Get(k); v != "" {
			part += "=" + percent(v)
		}
		query = append(query, part)
	}
	canonical := strings.Join([]string{r.Method, strings.ReplaceAll(percent(path), "%2F", "/"), strings.Join(query, "&"),
		a.headers(r), strings.Join(a.additional, ";"), "UNSIGNED-PAYLOAD"}, "\n")
	return strings.Join([]string{"OSS4-HMAC-SHA256", r.Header.Get("X-Oss-Date"), a.day + "/" + a.region + "/oss/aliyun_v4_request", hexSHA256(canonical)}, "\n")
}

// headers lists those under the signature.
func (a oss4) headers(r *http.Request) string {
	var lines []string
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-oss-") || name == "content-type" || name == "content-md5" || slices.Contains(a.additional, name) {
			lines = append(lines, name+":"+strings.TrimSpace(r.Header.Get(name))+"\n")
		}
	}
	if slices.Contains(a.additional, "host") {
		lines = append(lines, "host:"+r.Host+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func (a oss4) verify(r *http.Request, bucket, object, secret string) bool {
	key := "aliyun_v4" + secret
	for _, part := range []string{a.day, a.region, "oss", "aliyun_v4_request"} {
		key = string(mac(sha256.New, key, part))
	}
	return same(a.signature, hex.EncodeToString(mac(sha256.New, key, a.text(r, bucket, object))))
}

// skewed reports whether a client's time is too far from the cloud's.
func skewed(now, client time.Time) bool { return now.Sub(client).Abs() > maxSkew }

// nonces remembers those that were used, for as long as a request can be
// repeated: two generations, of which the older is forgotten after its time.
type nonces struct {
	mu        sync.Mutex
	now, past map[string]struct{}
	turned    time.Time
}

// use takes a nonce; false means that it was used before.
func (n *nonces) use(nonce string, at time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now == nil || at.Sub(n.turned) > 2*maxSkew {
		n.past, n.now, n.turned = n.now, map[string]struct{}{}, at
	}
	_, recent := n.now[nonce]
	_, before := n.past[nonce]
	n.now[nonce] = struct{}{}
	return !recent && !before
}
