package simulator

import (
	"encoding/json"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// protocolOf tells how a request speaks: by its kind of signature, and where
// it is unsigned by its host.
func protocolOf(r *http.Request) protocol {
	auth := r.Header.Get("Authorization")
	host := hostname(r.Host)
	switch {
	case strings.HasPrefix(auth, "OSS"), auth == "" && strings.Contains(host, "oss-"):
		return ossProtocol{}
	case strings.HasPrefix(auth, "LOG"), auth == "" && strings.HasSuffix(host, ".log.aliyuncs.com"):
		return slsProtocol{}
	}
	return rpcProtocol{}
}

func hostname(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return strings.ToLower(h)
	}
	return strings.ToLower(hostport)
}

// rpcProtocol is that of all products but storage and logs, in all its
// versions: RPC 1.0, RPC 3.0 and ROA.
type rpcProtocol struct{}

func (rpcProtocol) idHeader() string { return "x-acs-request-id" }

// productOfHost finds the product and region in a host such as
// ecs.cn-hangzhou.aliyuncs.com, ecs-cn-hangzhou.aliyuncs.com or rds.aliyuncs.com.
func productOfHost(host string) (service, region string) {
	label, rest, ok := strings.Cut(host, ".")
	if !ok || !strings.HasSuffix(rest, "aliyuncs.com") {
		return "", ""
	}
	name, dashed, _ := strings.Cut(strings.TrimSuffix(label, "-vpc"), "-")
	for _, p := range products {
		if p.host != name {
			continue
		}
		if in := strings.TrimSuffix(rest, ".aliyuncs.com"); in != rest {
			dashed = in
		}
		return p.name, dashed
	}
	return "", ""
}

func productOfVersion(version string) string {
	for _, p := range products {
		if p.version == version {
			return p.name
		}
	}
	return ""
}

// read understands and authenticates a request.
func (rpcProtocol) read(s *Simulator, r *http.Request, body []byte, c *call) *failure {
	params, f := requestParams(r, body)
	if f != nil {
		return f
	}
	version, name := params.Get("Version"), params.Get("Action")
	version, name = first(version, r.Header.Get("X-Acs-Version")), first(name, r.Header.Get("X-Acs-Action"))
	a, f := route(hostname(r.Host), version, name, r, c)
	if f != nil {
		return f
	}
	switch auth := r.Header.Get("Authorization"); {
	case strings.HasPrefix(auth, "ACS3"):
		f = s.authV3(r, body, c)
	case strings.HasPrefix(auth, "acs "):
		f = s.authROA(r, c)
	default:
		f = s.authV1(r, params, c)
	}
	if f != nil {
		return f
	}
	return c.take(a, params)
}

// route finds the action that a request asks for, and the region from its host.
func route(host, version, name string, r *http.Request, c *call) (*action, *failure) {
	c.service, c.region = productOfHost(host)
	byVersion := productOfVersion(version)
	c.action = name
	switch {
	case version == "":
		return nil, fail(http.StatusBadRequest, "MissingVersion", "Version is mandatory for this action.")
	case name == "":
		return nil, fail(http.StatusBadRequest, "MissingAction", "Action is mandatory for this action.")
	case byVersion == "" || c.service != "" && c.service != byVersion:
		return nil, fail(http.StatusBadRequest, "InvalidVersion", "Specified parameter Version is not valid.")
	}
	c.service = byVersion
	a := findAction(c.service, name)
	if a == nil {
		return nil, fail(http.StatusNotFound, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, fail(http.StatusMethodNotAllowed, "UnsupportedHTTPMethod", "This http method is not supported.")
	}
	return a, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// requestParams are those of the query and of a form in the body.
func requestParams(r *http.Request, body []byte) (url.Values, *failure) {
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalid("query")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(body) > 0 && kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, invalid("body")
		}
		for k, v := range form {
			params[k] = append(params[k], v...)
		}
	}
	for k, v := range params {
		if len(v) > 1 {
			return nil, invalid(k)
		}
	}
	return params, nil
}

// protocolParams belong to version 1 of the protocol and to no action.
var protocolParams = map[string]bool{
	"Action": true, "Version": true, "Format": true, "AccessKeyId": true, "Signature": true, "SignatureMethod": true,
	"SignatureVersion": true, "SignatureNonce": true, "SignatureType": true, "Timestamp": true, "SecurityToken": true,
}

// regionName is what can be one; it becomes part of a file's name.
var regionName = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)

// take moves the action's parameters into the call and checks them.
func (c *call) take(a *action, params url.Values) *failure {
	c.params = map[string]string{}
	for k := range params {
		if !protocolParams[k] {
			c.params[k] = params.Get(k)
		}
	}
	if f := a.checkParams(c); f != nil {
		return f
	}
	if id := c.params["RegionId"]; id != "" {
		c.region = id
	}
	if c.region == "" {
		c.region, c.anywhere = defaultRegion, true
	}
	if !regionName.MatchString(c.region) || !c.caller.account.hasRegion(c.service, c.region) {
		return fail(http.StatusNotFound, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
	}
	if a.global {
		c.region = ""
	}
	return nil
}

// defaultRegion is the one that products without a region in their address are in.
const defaultRegion = "cn-hangzhou"

var badKey = fail(http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")

func badSignature(text string) *failure {
	return fail(http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:"+text)
}

var (
	oldTime = fail(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	badTime = fail(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
)

// key looks the caller up.
func (s *Simulator) key(id string, c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	got, ok := s.keys[id]
	c.keyID, c.caller = id, got
	return ok
}

// checkToken holds the security token that came with a request against the key's.
func (c *call) checkToken(given string) *failure {
	k := c.caller
	switch {
	case k.Token == "" && given == "":
		return nil
	case k.Token != given && given == "":
		return badKey // a temporary key does not exist on its own
	case k.Token != given:
		return fail(http.StatusBadRequest, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.")
	case !k.Expires.IsZero() && c.now.After(k.Expires):
		return tokenExpired(c.service)
	}
	return nil
}

// checkNonce refuses a request that was sent before.
func (s *Simulator) checkNonce(nonce string, c *call) *failure {
	if nonce == "" {
		return fail(http.StatusBadRequest, "MissingSignatureNonce", "SignatureNonce is mandatory for this action.")
	}
	if !s.nonces.use(c.keyID+" "+nonce, c.now) {
		return fail(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	return nil
}

// checkTime refuses a request whose clock is off.
func (c *call) checkTime(stamp string) *failure {
	t, err := time.Parse("2006-01-02T15:04:05Z", stamp)
	if err != nil {
		return badTime
	}
	if skewed(c.now, t) {
		return oldTime
	}
	return nil
}

func (s *Simulator) authV1(r *http.Request, params url.Values, c *call) *failure {
	for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp"} {
		if params.Get(name) == "" {
			return fail(http.StatusBadRequest, "Missing"+name, name+" is mandatory for this action.")
		}
	}
	if params.Get("SignatureMethod") != "HMAC-SHA1" || params.Get("SignatureVersion") != "1.0" {
		return fail(http.StatusBadRequest, "InvalidSignatureMethod", "Specified signature method is not valid.")
	}
	if f := c.checkTime(params.Get("Timestamp")); f != nil {
		return f
	}
	if !s.key(params.Get("AccessKeyId"), c) {
		return badKey
	}
	text := textV1(r.Method, params)
	if !same(params.Get("Signature"), base64SHA1(c.caller.Secret+"&", text)) {
		return badSignature(text)
	}
	if f := c.checkToken(params.Get("SecurityToken")); f != nil {
		return f
	}
	return s.checkNonce(params.Get("SignatureNonce"), c)
}

func (s *Simulator) authV3(r *http.Request, body []byte, c *call) *failure {
	a, ok := parseACS3(r.Header.Get("Authorization"))
	if !ok {
		return fail(http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
	}
	if f := c.checkTime(r.Header.Get("X-Acs-Date")); f != nil {
		return f
	}
	if !s.key(a.keyID, c) {
		return badKey
	}
	if r.Header.Get("X-Acs-Content-Sha256") != hexSHA256(string(body)) {
		return fail(http.StatusBadRequest, "ContentSha256NotMatch", "The x-acs-content-sha256 header does not match the body.")
	}
	if !a.coversAll(r.Header) || !a.verify(r, c.caller.Secret) {
		return badSignature(a.text(r))
	}
	if f := c.checkToken(r.Header.Get("X-Acs-Security-Token")); f != nil {
		return f
	}
	return s.checkNonce(r.Header.Get("X-Acs-Signature-Nonce"), c)
}

func (s *Simulator) authROA(r *http.Request, c *call) *failure {
	id, signature, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "acs "), ":")
	if !ok {
		return fail(http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
	}
	date, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return badTime
	}
	if skewed(c.now, date) {
		return oldTime
	}
	if !s.key(id, c) {
		return badKey
	}
	if text := textROA(r); !same(signature, base64SHA1(c.caller.Secret, text)) {
		return badSignature(text)
	}
	if f := c.checkToken(r.Header.Get("X-Acs-Security-Token")); f != nil {
		return f
	}
	// Not every client of this protocol sends a nonce.
	if nonce := r.Header.Get("X-Acs-Signature-Nonce"); nonce != "" {
		return s.checkNonce(nonce, c)
	}
	return nil
}

// answer is what the account says.
func (rpcProtocol) answer(s *Simulator, c *call) (reply, *failure) {
	a := findAction(c.service, c.action)
	switch c.action {
	case "DescribeSecurityGroupAttribute":
		return s.rules(c, a)
	case "DescribeDBInstanceAttribute":
		return s.databases(c, a)
	case "DescribeTrails":
		return s.trails(c, a)
	case "GetCallerIdentity":
		return s.callerIdentity(c, a)
	case "AssumeRole":
		return s.assumeRole(c)
	case "DescribeKey":
		return s.kmsKey(c, a)
	}
	d, name, f := c.document(a)
	if f != nil {
		return reply{}, f
	}
	if a.list == "" {
		return jsonReply(withRequestID(d.body, c.requestID)), nil
	}
	return s.listReply(c, a, d, name)
}

// document finds the answer's file: that of all the identifying parameters that
// are given, or else of the first alone.
func (c *call) document(a *action) (*document, string, *failure) {
	acc := c.caller.account
	id := map[string]string{}
	for _, p := range a.id {
		if v := c.params[p]; v != "" {
			id[p] = v
		}
	}
	name := entry(a.service, c.region, a.name, id)
	d, err := acc.find(name, a.list)
	if errors.Is(err, errAbsent) && len(id) > 1 {
		name = entry(a.service, c.region, a.name, map[string]string{a.id[0]: id[a.id[0]]})
		d, err = acc.find(name, a.list)
	}
	if errors.Is(err, errAbsent) && c.anywhere && len(id) > 0 {
		// A central endpoint knows the resources of all its regions.
		for _, place := range acc.regions(a.service) {
			if d, err = acc.find(entry(a.service, place, a.name, id), a.list); err == nil {
				break
			}
		}
	}
	switch {
	case errors.Is(err, errAbsent):
		d, f := c.without(a)
		return d, name, f
	case err != nil:
		return nil, name, badData(err)
	case d.failure != nil:
		return nil, name, d.failure
	}
	return d, name, nil
}

// without is the answer to a call that the account has no file for.
func (c *call) without(a *action) (*document, *failure) {
	if a.of != nil {
		if f := a.of.missing(c); f != nil {
			return nil, f
		}
	}
	if a.absent != nil {
		return nil, a.absent
	}
	if ecs := regionLists["ecs"]; a == regionLists[a.service] && a != ecs {
		// An account that says nothing of a product's regions has it where it has machines.
		if d, err := c.caller.account.find(entry(ecs.service, "", ecs.name, nil), ecs.list); err == nil {
			return d, d.failure
		}
	}
	return &document{items: rawItems{}, body: []byte(a.otherwise)}, nil
}

// badData tells the author of the data what is wrong with them.
func badData(err error) *failure {
	return fail(http.StatusInternalServerError, "InternalError", "the simulated account's data are broken: "+err.Error())
}

// listReply answers a page of a list.
func (s *Simulator) listReply(c *call, a *action, d *document, name string) (reply, *failure) {
	it, identity, f := c.caller.account.pick(c, a, name, d.items)
	if f != nil {
		return reply{}, f
	}
	pg, f := s.pageOf(c, a.paging, identity)
	if f != nil {
		return reply{}, f
	}
	if a.detail != "" && !c.asksFor(a.attribute) {
		it = without{it, a.detail}
	}
	buf := make([]byte, 0, 4096+len(d.fields))
	buf = append(buf, '{')
	buf = appendField(buf, "RequestId", []byte(`"`+c.requestID+`"`))
	buf = append(buf, d.fields...)
	return jsonReply(s.appendPage(buf, a, it, pg, identity)), nil
}

// asksFor reports whether AdditionalAttributes names an attribute.
func (c *call) asksFor(attribute string) bool {
	for k, v := range c.params {
		if base, _, ok := cutOrdinal(k); ok && base == "AdditionalAttributes" && v == attribute {
			return true
		}
	}
	return false
}

// without are items less one of their fields.
type without struct {
	items
	field string
}

func (w without) append(to []byte, i int) []byte {
	var m map[string]json.RawMessage
	raw := w.items.append(nil, i)
	if json.Unmarshal(raw, &m) != nil || m[w.field] == nil {
		return append(to, raw...)
	}
	delete(m, w.field)
	b, err := json.Marshal(m)
	if err != nil {
		return append(to, raw...)
	}
	return append(to, b...)
}

// withRequestID puts the id of this request in place of the one in the data.
func withRequestID(body []byte, id string) []byte {
	var m map[string]json.RawMessage
	if json.Unmarshal(body, &m) != nil {
		return body
	}
	delete(m, "RequestId")
	out := appendField(append(make([]byte, 0, len(body)+64), '{'), "RequestId", []byte(`"`+id+`"`))
	for _, k := range sorted(m) {
		out = appendField(out, k, m[k])
	}
	out[len(out)-1] = '}'
	return out
}

func jsonReply(body []byte) reply {
	return reply{status: http.StatusOK, contentType: "application/json;charset=utf-8", body: body}
}

// fail answers a failure as JSON.
func (rpcProtocol) fail(r *http.Request, c *call, f *failure) reply {
	m := map[string]any{
		"RequestId": c.requestID, "HostId": hostname(r.Host), "Code": f.code, "Message": f.message,
		"Recommend": "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(f.code),
	}
	for k, v := range f.details {
		m[k] = v
	}
	b, _ := json.Marshal(m) // strings only
	return reply{status: f.status, contentType: "application/json;charset=utf-8", body: b, header: f.header}
}
