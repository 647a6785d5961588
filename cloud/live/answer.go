package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

// Codes of failures before anything was sent.
const (
	// CodeBadRequest: the request cannot be made: a region or name that is none.
	CodeBadRequest = "BadRequest"
	// CodeCredential: there is no credential, or it could not be renewed.
	CodeCredential = "NoCredential"
)

func newError(req cloud.Request, code, message string) *cloud.Error {
	return &cloud.Error{Service: req.Service, Region: req.Region, Action: req.Action, Code: code, Message: message}
}

// interrupted tells a deadline, which is a failure of the call, from a scan
// that was stopped.
func interrupted(ctx context.Context, req cloud.Request) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return newError(req, cloud.CodeTimeout, "no whole answer within the time limit")
	}
	return fmt.Errorf("%s: %w", req.Call(), context.Cause(ctx))
}

// keysError is the failure to find or renew a credential: nothing else can
// succeed after it, unless the way to STS was broken, which may pass. Its
// message is free of secrets already.
func keysError(ctx context.Context, req cloud.Request, err error) error {
	if ctx.Err() != nil {
		return interrupted(ctx, req)
	}
	e := newError(req, CodeCredential, err.Error())
	e.Kind = cloud.Fatal
	var inner *cloud.Error
	if !errors.As(err, &inner) {
		return e
	}
	e.HTTPStatus, e.RequestID, e.RetryAfter = inner.HTTPStatus, inner.RequestID, inner.RetryAfter
	switch {
	case inner.Class() == cloud.Throttled:
		e.Code, e.Kind = inner.Code, cloud.Throttled
	case inner.Class() == cloud.Broken && (inner.HTTPStatus == 0 || inner.HTTPStatus >= 500 || inner.Code == cloud.CodeBroken):
		e.Code, e.Kind = inner.Code, ""
	}
	return e
}

// answer makes an Answer of what came back, or an *[cloud.Error]. This is the
// one place that judges answers, for all services.
func (c *call) answer(svc service, now time.Time) (cloud.Answer, error) {
	x := c.exchange
	if x.err != nil {
		return cloud.Answer{}, c.networkError()
	}
	r, err := parse(x.body)
	id := cmp.Or(r.RequestID, x.requestID(svc))
	if x.status >= 200 && x.status < 300 && err == nil && id != "" && fine[r.Code] {
		return cloud.Answer{Body: x.body, RequestID: id, Time: now.UTC()}, nil
	}
	e := c.failed(r.Code, r.Message)
	e.RequestID = id
	if x.status >= 200 && x.status < 300 || r.Code == "" {
		e.Code, e.Message = cloud.CodeBroken, c.notAnswer(svc, r, err)
	}
	if skewed[e.Code] {
		e.Message = strings.TrimSuffix(e.Message, ".") + "; " + x.skew(now)
	}
	return cloud.Answer{}, e
}

// fine are the codes of success, which some products put into every answer.
var fine = map[string]bool{"": true, "200": true, "OK": true, "Success": true}

func (c *call) failed(code, message string) *cloud.Error {
	e := newError(c.Request, code, c.keys.redact(message))
	e.HTTPStatus, e.RetryAfter = c.exchange.status, c.exchange.retryAfter()
	return e
}

// retryAfter is how long the answer asks to wait: Alibaba Cloud says it in
// milliseconds, HTTP in seconds. More than some minutes is not believed.
func (x *exchange) retryAfter() time.Duration {
	d := time.Duration(0)
	if ms, err := strconv.Atoi(x.header.Get("X-Acs-Retry-After")); err == nil {
		d = time.Duration(ms) * time.Millisecond
	} else if s, err := strconv.Atoi(x.header.Get("Retry-After")); err == nil {
		d = time.Duration(s) * time.Second
	}
	return min(max(d, 0), 2*time.Minute)
}

// A reply is what every answer has in common, whatever the product calls it.
type reply struct {
	RequestID, Code, Message string
}

// errEmpty: there is nothing to parse.
var errEmpty = errors.New("the body is empty")

// parse reads what an answer says of itself. The error is not nil where it is
// neither JSON nor XML from its beginning to its end.
func parse(body []byte) (reply, error) {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return reply{}, errEmpty
	case body[0] == '<':
		return parseXML(body)
	}
	return parseJSON(body)
}

func parseJSON(body []byte) (reply, error) {
	var v struct {
		RequestId, ErrorCode, ErrorMessage string
		// In a success, a product may use these words for something else.
		Code, Message any
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return reply{}, err
	}
	if v.ErrorCode != "" {
		return reply{v.RequestId, v.ErrorCode, v.ErrorMessage}, nil
	}
	code, _ := v.Code.(string)
	message, _ := v.Message.(string)
	return reply{v.RequestId, code, message}, nil
}

func parseXML(body []byte) (reply, error) {
	if err := wellFormed(body); err != nil {
		return reply{}, err
	}
	var v struct {
		XMLName                      xml.Name
		RequestId, Code, Message, EC string
	}
	if err := xml.Unmarshal(body, &v); err != nil {
		return reply{}, err
	}
	switch {
	case v.XMLName.Local == "html":
		return reply{}, errors.New("an HTML page")
	case v.XMLName.Local != "Error":
		return reply{RequestID: v.RequestId}, nil
	case v.EC != "":
		v.Message = strings.TrimSuffix(v.Message, ".") + " (EC " + v.EC + ")"
	}
	return reply{v.RequestId, v.Code, v.Message}, nil
}

// wellFormed reads XML to its end; Unmarshal alone would stop at the end of
// the root element.
func wellFormed(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (x *exchange) requestID(svc service) string {
	if svc.requestID == "" {
		return ""
	}
	return x.header.Get(svc.requestID)
}

// notAnswer says what is wrong with an answer that is not what the API promises.
func (c *call) notAnswer(svc service, r reply, err error) string {
	x := c.exchange
	kind, _, _ := mime.ParseMediaType(x.header.Get("Content-Type"))
	what := fmt.Sprintf("HTTP %d %s", x.status, kind)
	switch {
	case x.status >= 300 && x.status < 400:
		what += " leads to " + host(x.header.Get("Location"))
	case errors.Is(err, errEmpty):
		what += " with an empty body"
	case err != nil:
		what += fmt.Sprintf(" that is neither whole JSON nor XML: %s", c.quote())
	case r.Code != "":
		what += " says " + r.Code + ": " + c.keys.redact(r.Message)
	default:
		what += fmt.Sprintf(" names no request id and no error code: %s", c.quote())
	}
	if x.fromAlibaba(svc) {
		return what
	}
	return fmt.Sprintf("%s does not answer as Alibaba Cloud does: %s", x.at, what)
}

// fromAlibaba reports whether the headers are the provider's.
func (x *exchange) fromAlibaba(svc service) bool {
	return x.requestID(svc) != "" || x.header.Get("X-Acs-Request-Id") != "" || x.header.Get("X-Acs-Trace-Id") != ""
}

// host names where a redirection leads, without the query, which may be signed.
func host(location string) string {
	location, _, _ = strings.Cut(location, "?")
	return cmp.Or(location, "nowhere")
}

// quote is the beginning of the body; of one that may hold keys, nothing.
func (c *call) quote() string {
	if c.Call() == "sts/AssumeRole" {
		return "(not shown)"
	}
	return strconv.Quote(firstWords(c.keys.redact(string(c.exchange.body))))
}

var (
	markup = regexp.MustCompile(`(?s)<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// firstWords is the beginning of a text that nobody expected, fit for one line.
func firstWords(s string) string {
	const most = 120
	if len(s) > 8192 {
		s = s[:8192]
	}
	s = strings.TrimSpace(spaces.ReplaceAllString(markup.ReplaceAllString(s, " "), " "))
	if r := []rune(strings.ToValidUTF8(s, "?")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

// networkError is the failure of a request that brought no whole answer.
func (c *call) networkError() *cloud.Error {
	x := c.exchange
	var timeout net.Error
	code := cloud.CodeNetwork
	switch {
	case errors.As(x.err, &timeout) && timeout.Timeout():
		code = cloud.CodeTimeout
	case x.status != 0:
		code = cloud.CodeBroken
	}
	message := errorText(x.err)
	if x.cut >= 0 {
		message = fmt.Sprintf("the answer broke off after %d bytes: %s", x.cut, message)
	}
	return c.failed(code, x.at+": "+message)
}

// errorText is an error's text on one line.
func errorText(err error) string {
	if err == nil {
		return "the SDK gave no reason"
	}
	return spaces.ReplaceAllString(err.Error(), " ")
}

// skewed are the codes by which the products say that the clock is off.
var skewed = map[string]bool{
	"InvalidTimeStamp.Expired": true, "InvalidTimeStamp.Format": true, "IllegalTimestamp": true,
	"RequestTimeTooSkewed": true, "RequestTimeExpired": true, "SignatureExpired": true,
}

// skew tells how far this computer's clock is from the one that answered.
func (x *exchange) skew(now time.Time) string {
	theirs, err := http.ParseTime(x.header.Get("Date"))
	if err != nil {
		return "this computer's clock is off"
	}
	d := now.Sub(theirs).Round(time.Second)
	switch {
	case d > 0:
		return fmt.Sprintf("this computer's clock is %s ahead of Alibaba Cloud's", d)
	case d < 0:
		return fmt.Sprintf("this computer's clock is %s behind Alibaba Cloud's", -d)
	}
	return "this computer's clock agrees with Alibaba Cloud's"
}
