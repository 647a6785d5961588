package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

const (
	testID     = "LTAI5tTestTestTestTest99"
	testSecret = "verySecretVerySecretVerySecret"
	testToken  = "CAIStokenTokenTokenToken/+=="
)

// one call of each service, and the host it must be sent to
var calls = []struct {
	req  cloud.Request
	host string
	body string
}{
	{cloud.Request{Service: "ecs", Region: "cn-beijing", Action: "DescribeInstances", Params: map[string]string{"MaxResults": "100"}}, "ecs.cn-beijing.aliyuncs.com", `{"RequestId":"R","Instances":{"Instance":[]}}`},
	{cloud.Request{Service: "ecs", Action: "DescribeRegions"}, "ecs-cn-hangzhou.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "vpc", Region: "cn-beijing", Action: "DescribeVpcs", Params: map[string]string{"PageSize": "50"}}, "vpc.cn-beijing.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "rds", Region: "cn-hangzhou", Action: "DescribeDBInstances"}, "rds.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "rds", Region: "cn-wulanchabu", Action: "DescribeDBInstances"}, "rds.cn-wulanchabu.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "slb", Region: "cn-beijing", Action: "DescribeLoadBalancers", Params: map[string]string{"PageSize": "100"}}, "slb.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "alb", Region: "cn-beijing", Action: "ListLoadBalancers", Params: map[string]string{"MaxResults": "100"}}, "alb.cn-beijing.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "nlb", Region: "ap-southeast-1", Action: "ListLoadBalancers", Params: map[string]string{"MaxResults": "100"}}, "nlb.ap-southeast-1.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "actiontrail", Action: "DescribeTrails"}, "actiontrail.cn-hangzhou.aliyuncs.com", `{"RequestId":"R"}`},
	{cloud.Request{Service: "sts", Action: "GetCallerIdentity"}, "sts.cn-hangzhou.aliyuncs.com", `{"RequestId":"R","AccountId":"1"}`},
	{cloud.Request{Service: "oss", Action: "ListBuckets", Params: map[string]string{"max-keys": "1000"}}, "oss-cn-hangzhou.aliyuncs.com", `<ListAllMyBucketsResult></ListAllMyBucketsResult>`},
	{cloud.Request{Service: "oss", Action: "GetPublicAccessBlock"}, "oss-cn-hangzhou.aliyuncs.com", `<PublicAccessBlockConfiguration/>`},
	{cloud.Request{Service: "oss", Region: "cn-shanghai", Action: "GetBucketPolicy", Params: map[string]string{"bucket": "logs"}}, "logs.oss-cn-shanghai.aliyuncs.com", `{"Version":"1","Statement":[]}`},
	{cloud.Request{Service: "sls", Region: "cn-shanghai", Action: "GetLogStore", Params: map[string]string{"project": "audit", "logstore": "trail_1"}}, "audit.cn-shanghai.log.aliyuncs.com", `{"logstoreName":"trail_1","ttl":180}`},
}

// source asks the server as the test's identity.
func source(t *testing.T, url string) *Source {
	t.Helper()
	s, err := New(Options{Credential: Static(testID, testSecret, testToken), EndpointURL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answering serves one answer to every request, with the headers that OSS and
// SLS name requests in.
func answering(t *testing.T, status int, kind, body string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Oss-Request-Id", "R")
		w.Header().Set("X-Log-Requestid", "R")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestEveryServiceIsAskedAtItsOwnHost(t *testing.T) {
	for _, tt := range calls {
		t.Run(tt.req.Call()+"@"+tt.req.Region, func(t *testing.T) {
			var got *http.Request
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				w.Header().Set("X-Oss-Request-Id", "R")
				w.Header().Set("X-Log-Requestid", "R")
				_, _ = io.WriteString(w, tt.body)
			}))
			defer srv.Close()
			a, err := source(t, srv.URL).Call(t.Context(), tt.req)
			if err != nil {
				t.Fatal(err)
			}
			if string(a.Body) != tt.body || a.RequestID != "R" || a.Time.IsZero() {
				t.Errorf("answer %+v", a)
			}
			if got.Host != tt.host {
				t.Errorf("host %s, want %s", got.Host, tt.host)
			}
			if seen := got.Method + got.URL.String() + fmt.Sprint(got.Header); !strings.Contains(seen, testID) || strings.Contains(seen, testSecret) {
				t.Errorf("not signed, or with the secret itself: %s", seen)
			}
			for k, v := range tt.req.Params {
				if k != "bucket" && k != "project" && k != "logstore" && got.URL.Query().Get(k) != v {
					t.Errorf("%s is %q, want %q", k, got.URL.Query().Get(k), v)
				}
			}
		})
	}
}

func TestHTTPSWithoutAnEndpoint(t *testing.T) {
	for _, tt := range calls {
		at := ""
		s, err := New(Options{Credential: Static(testID, testSecret, ""), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			at = r.URL.Scheme + "://" + r.URL.Host
			return nil, errors.New("far away")
		})})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Call(t.Context(), tt.req)
		var e *cloud.Error
		if !errors.As(err, &e) || e.Code != cloud.CodeNetwork || !strings.Contains(e.Message, "far away") {
			t.Errorf("%s: %v", tt.req.Call(), err)
		}
		if at != "https://"+tt.host {
			t.Errorf("%s sent to %s", tt.req.Call(), at)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestOnlyReadingActionsAreSent(t *testing.T) {
	sent := false
	s, _ := New(Options{Credential: Static(testID, testSecret, ""), Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		sent = true
		return nil, errors.New("no")
	})})
	for _, action := range []string{"DeleteInstance", "StopInstances", "Getaway", "Describe", "describeInstances", "PutBucketAcl", "CreateTrail", "", "AssumeRole"} {
		for _, service := range Services() {
			_, err := s.Call(t.Context(), cloud.Request{Service: service, Action: action})
			if !errors.Is(err, ErrNotReadOnly) || sent {
				t.Errorf("%s/%s: sent %v, %v", service, action, sent, err)
			}
		}
	}
}

// TestFailuresAreToldApart gives each service the same broken or refusing answers.
func TestFailuresAreToldApart(t *testing.T) {
	const ok = "application/json"
	denied := map[string]string{
		"oss": `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no.</Message><RequestId>R</RequestId><EC>0003-1</EC></Error>`,
		"sls": `{"errorCode":"Unauthorized","errorMessage":"no"}`,
	}
	tests := []struct {
		name, kind, body string
		status           int
		class            cloud.Class
		code, says       string
	}{
		{"a gateway's page", "text/html", "<html><head><title>502 Bad Gateway</title></head><body>oops</body></html>", 502, cloud.Broken, cloud.CodeBroken, "502 Bad Gateway"},
		{"a page with success", "text/html", "<!DOCTYPE html><html><body><p>Please log in to the hotel's network</body></html>", 200, cloud.Broken, cloud.CodeBroken, "log in"},
		{"a well-formed page", "text/html", "<html><body>Welcome</body></html>", 200, cloud.Broken, cloud.CodeBroken, "Welcome"},
		{"nothing", ok, "", 200, cloud.Broken, cloud.CodeBroken, "empty body"},
		{"blanks", ok, " \n", 200, cloud.Broken, cloud.CodeBroken, "empty body"},
		{"half JSON", ok, `{"RequestId":"R","Instances":{"Inst`, 200, cloud.Broken, cloud.CodeBroken, "whole JSON"},
		{"half XML", "application/xml", `<ListAllMyBucketsResult><Buckets>`, 200, cloud.Broken, cloud.CodeBroken, "whole JSON nor XML"},
		{"XML and then something else", "application/xml", `<ListAllMyBucketsResult/><p>and`, 200, cloud.Broken, cloud.CodeBroken, "whole JSON nor XML"},
		{"an error with success", "application/xml", `<Error><Code>Oops</Code><Message>m</Message><RequestId>R</RequestId></Error>`, 200, cloud.Broken, cloud.CodeBroken, "says Oops"},
		{"elsewhere", "text/html", "", 302, cloud.Broken, cloud.CodeBroken, "302"},
		{"denied", ok, `{"RequestId":"R","HostId":"h","Code":"Forbidden.RAM","Message":"no."}`, 403, cloud.Denied, "Forbidden.RAM", "no."},
		{"throttled", ok, `{"RequestId":"R","Code":"Throttling.User","Message":"slow"}`, 400, cloud.Throttled, "Throttling.User", "slow"},
	}
	for _, tt := range tests {
		for _, c := range calls {
			t.Run(tt.name+"/"+c.req.Call(), func(t *testing.T) {
				body, code := tt.body, tt.code
				if tt.name == "denied" && denied[c.req.Service] != "" {
					body, tt.says = denied[c.req.Service], "no"
					code = map[string]string{"oss": "AccessDenied", "sls": "Unauthorized"}[c.req.Service]
				}
				_, err := source(t, answering(t, tt.status, tt.kind, body)).Call(t.Context(), c.req)
				var e *cloud.Error
				if !errors.As(err, &e) {
					t.Fatalf("error %v", err)
				}
				if e.Class() != tt.class || e.Code != code || e.HTTPStatus != tt.status || !strings.Contains(e.Message, tt.says) {
					t.Errorf("class %s, status %d, %s, code want %s", e.Class(), e.HTTPStatus, e, code)
				}
				if e.Service != c.req.Service || e.Action != c.req.Action || e.Region != c.req.Region {
					t.Errorf("names another call: %+v", e)
				}
				if tt.class != cloud.Broken && e.RequestID != "R" {
					t.Errorf("request id %q", e.RequestID)
				}
				noSecrets(t, err)
			})
		}
	}
}

// noSecrets fails where a text shows more of the test's keys than it may.
func noSecrets(t *testing.T, v any) {
	t.Helper()
	for _, f := range []string{"%v", "%+v", "%#v"} {
		s := fmt.Sprintf(f, v)
		for _, secret := range []string{testSecret, testToken, testID, "CAIS"} {
			if strings.Contains(s, secret) {
				t.Errorf("%s shows %s", s, secret)
			}
		}
	}
}

func TestNoRequestIDIsBroken(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"hello":"world"}`)
	}))
	defer srv.Close()
	for _, c := range calls {
		_, err := source(t, srv.URL).Call(t.Context(), c.req)
		var e *cloud.Error
		if !errors.As(err, &e) || e.Code != cloud.CodeBroken || !strings.Contains(e.Message, srv.URL+" does not answer as Alibaba Cloud does") {
			t.Errorf("%s: %v", c.req.Call(), err)
		}
	}
}

// TestConnectionsThatBreak drops the connection before and in the middle of an answer.
func TestConnectionsThatBreak(t *testing.T) {
	for _, head := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"RequestId\":\"R\"",
		// whole by accident: what is missing is beyond
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Oss-Request-Id: R\r\nX-Log-Requestid: R\r\n\r\n{\"RequestId\":\"R\"}"} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, head)
				_ = conn.Close()
			}
		}))
		want := map[bool]string{true: cloud.CodeNetwork, false: cloud.CodeBroken}[head == ""]
		for _, c := range calls {
			_, err := source(t, srv.URL).Call(t.Context(), c.req)
			var e *cloud.Error
			if !errors.As(err, &e) || e.Code != want {
				t.Errorf("%s: %v, want %s", c.req.Call(), err, want)
			}
			noSecrets(t, err)
		}
		srv.Close()
	}
}

func TestHangingServerAndCtrlC(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-hang }))
	defer srv.Close()
	defer close(hang)
	for _, c := range calls {
		s := source(t, srv.URL)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		_, err := s.Call(ctx, c.req)
		cancel()
		var e *cloud.Error
		if !errors.As(err, &e) || e.Code != cloud.CodeTimeout || time.Since(start) > time.Second {
			t.Errorf("%s: deadline: %v after %v", c.req.Call(), err, time.Since(start))
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		start = time.Now()
		if _, err = s.Call(ctx, c.req); !errors.Is(err, context.Canceled) || time.Since(start) > time.Second {
			t.Errorf("%s: Ctrl-C: %v after %v", c.req.Call(), err, time.Since(start))
		}
	}
}

func TestClockThatIsOff(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(2*time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(400)
		_, _ = io.WriteString(w, `{"RequestId":"R","Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp or date value is expired."}`)
	}))
	defer srv.Close()
	_, err := source(t, srv.URL).Call(t.Context(), calls[0].req)
	var e *cloud.Error
	if !errors.As(err, &e) || e.Class() != cloud.Fatal || !strings.Contains(e.Message, "clock is 1h59m59s behind") && !strings.Contains(e.Message, "clock is 2h0m") {
		t.Errorf("%v", err)
	}
}

// TestSecretsInAnswers: a provider that refuses a signature repeats what was signed.
func TestSecretsInAnswers(t *testing.T) {
	body := fmt.Sprintf(`{"RequestId":"R","Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. server string to sign is:POST&%%2F&AccessKeyId%%3D%s%%26SecurityToken%%3D%s"}`, testID, testToken)
	_, err := source(t, answering(t, 400, "application/json", body)).Call(t.Context(), calls[0].req)
	var e *cloud.Error
	if !errors.As(err, &e) || e.Code != "SignatureDoesNotMatch" || !strings.HasPrefix(e.Message, "Specified signature") {
		t.Errorf("%v", err)
	}
	noSecrets(t, err)
	noSecrets(t, *e)
	_, err = source(t, answering(t, 500, "text/plain", "who is "+testID+" with "+testSecret)).Call(t.Context(), calls[0].req)
	noSecrets(t, err)
	if !strings.Contains(err.Error(), "LTAI****st99") {
		t.Errorf("%v", err)
	}
	noSecrets(t, Static(testID, testSecret, testToken))
	noSecrets(t, Keys{ID: testID, Secret: testSecret, Token: testToken})
	noSecrets(t, &Keys{ID: testID, Secret: testSecret, Token: testToken})
}

func TestManyAtOnce(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Oss-Request-Id", "R")
		w.Header().Set("X-Log-Requestid", "R")
		_, _ = io.WriteString(w, `{"RequestId":"R"}`)
	}))
	defer srv.Close()
	s := source(t, srv.URL)
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			for _, c := range calls {
				if _, err := s.Call(t.Context(), c.req); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestTLSIsVerified(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	for _, c := range calls {
		_, err := source(t, srv.URL).Call(t.Context(), c.req)
		if err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", c.req.Call(), err)
		}
	}
}

func TestNamesThatWouldLeadElsewhere(t *testing.T) {
	s, _ := New(Options{Credential: Static(testID, testSecret, ""), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent to %s", r.URL.Host)
		return nil, errors.New("no")
	})})
	for _, bad := range []string{"evil.example/", "a@evil", "x.y", "a?b", "..", "a#"} {
		for _, c := range calls {
			req := c.req
			req.Region = bad
			if _, err := s.Call(t.Context(), req); err == nil {
				t.Errorf("region %q went through", bad)
			}
		}
		for _, req := range []cloud.Request{
			{Service: "sls", Action: "GetLogStore", Params: map[string]string{"project": bad, "logstore": "l"}},
			{Service: "sls", Action: "GetLogStore", Params: map[string]string{"project": "p", "logstore": bad}},
			{Service: "oss", Action: "GetBucketAcl", Params: map[string]string{"bucket": bad}},
		} {
			if _, err := s.Call(t.Context(), req); err == nil {
				t.Errorf("%v went through", req)
			}
		}
	}
}

func TestEndpoints(t *testing.T) {
	url := answering(t, 200, "application/json", `{"RequestId":"R"}`)
	at := map[string]string{}
	for _, name := range Services() {
		at[name] = "https://" + name + "-vpc.{region}.example.com:8443"
	}
	hosts := map[string]string{}
	s, err := New(Options{Credential: Static(testID, testSecret, ""), EndpointURL: url, Endpoints: at, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		hosts[r.URL.String()[:8]+r.URL.Host] = r.Host
		return nil, errors.New("far away")
	})})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range calls {
		_, _ = s.Call(t.Context(), c.req)
	}
	for _, want := range []string{"https://ecs-vpc.cn-beijing.example.com:8443", "https://rds-vpc.cn-wulanchabu.example.com:8443", "https://logs.oss-vpc.cn-shanghai.example.com:8443", "https://audit.sls-vpc.cn-shanghai.example.com:8443", "https://sts-vpc.cn-hangzhou.example.com:8443"} {
		if hosts[want] != strings.TrimPrefix(want, "https://") {
			t.Errorf("%s was not asked, or as another host: %v", want, hosts)
		}
	}
	for _, bad := range []Options{{EndpointURL: "localhost:80"}, {EndpointURL: "ftp://x"}, {EndpointURL: "http://"}, {Endpoints: map[string]string{"nosuch": "http://x"}}, {Endpoints: map[string]string{"ecs": "x"}}} {
		if _, err := New(bad); !errors.Is(err, ErrEndpoint) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{"X-Acs-Retry-After: 1500": 1500 * time.Millisecond, "Retry-After: 7": 7 * time.Second, "Retry-After: -1": 0, "Retry-After: soon": 0, "Retry-After: 99999": 2 * time.Minute} {
		name, value, _ := strings.Cut(header, ": ")
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(name, value)
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"RequestId":"R","Code":"Throttling","Message":"m"}`)
		}))
		_, err := source(t, srv.URL).Call(t.Context(), calls[0].req)
		var e *cloud.Error
		if !errors.As(err, &e) || e.RetryAfter != want {
			t.Errorf("%s: %v in %v", header, want, err)
		}
		srv.Close()
	}
}
