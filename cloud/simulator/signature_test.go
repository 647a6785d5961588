package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// odd has every character that some signer encodes in a way of its own.
const odd = "a b+c*d~e/f?g&h=i%j(k)'l!医院é"

// TestOddCharacters signs parameters that are easy to encode wrongly.
func TestOddCharacters(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	if _, err := c.rpc("ecs", "cn-beijing", "DescribeInstances", map[string]string{"InstanceName": odd}); err != nil {
		t.Error("RPC 1.0:", err)
	}
	if _, err := c.ecs("cn-beijing").DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing"), InstanceName: p(odd)}); err != nil {
		t.Error("ACS3:", err)
	}
	if _, err := c.bucket("cn-beijing", "", "", map[string]string{"prefix": odd}); err != nil {
		t.Error("OSS 4:", err)
	}
}

// TestROA signs in the older style that has paths, with the older SDK.
func TestROA(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	ask := func(c *cloud) error {
		req := requests.NewCommonRequest()
		req.Product, req.Version, req.ApiName, req.PathPattern = "rds", versions["rds"], "DescribeRegions", "/"
		req.Domain, req.Method = "rds.aliyuncs.com", http.MethodGet
		_, err := c.sdk("cn-beijing").ProcessCommonRequest(req)
		return err
	}
	if err := ask(c); err != nil {
		t.Error(err)
	}
	contains(t, ask(c.with(c.id, "wrong", "")), "SignatureDoesNotMatch")
}

// capture records the requests that a client makes, and answers none.
type capture struct{ *http.Request }

func (k *capture) RoundTrip(r *http.Request) (*http.Response, error) {
	k.Request = r
	return nil, io.EOF
}

// TestTampering alters signed requests on their way: each must be refused.
func TestTampering(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	alter := map[string]func(r *http.Request){
		"host":      func(r *http.Request) { r.Host = strings.Replace(r.Host, "beijing", "hangzhou", 1) },
		"parameter": func(r *http.Request) { r.URL.RawQuery += "&Status=Stopped&marker=z&prefix=q" },
		"method":    func(r *http.Request) { r.Method = map[string]string{"GET": "POST", "POST": "GET"}[r.Method] },
		"header": func(r *http.Request) {
			r.Header.Set("x-acs-extra", "1")
			r.Header.Set("x-oss-extra", "1")
		},
	}
	signers := map[string]func(c *cloud){
		"ACS3": func(c *cloud) {
			_, _ = c.ecs("cn-beijing").DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing")})
		},
		"OSS 4": func(c *cloud) { _, _ = c.bucket("cn-beijing", "qh-audit-trail", "acl", nil) },
	}
	old := http.DefaultTransport
	for signer, ask := range signers {
		for what, change := range alter {
			if signer == "OSS 4" && what == "host" {
				continue // the host is not under that signature, its bucket and region are
			}
			var k capture
			http.DefaultTransport = &k
			ask(c)
			http.DefaultTransport = old
			k.Body = http.NoBody
			change(k.Request)
			resp, err := old.RoundTrip(k.Request)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode < 400 || !strings.Contains(string(b), "SignatureDoesNotMatch") {
				t.Errorf("%s, altered %s: %d %.200s", signer, what, resp.StatusCode, b)
			}
		}
	}
}

// TestHostMustBeSigned: a signature that leaves the host out is good for any product.
func TestHostMustBeSigned(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	var k capture
	old := http.DefaultTransport
	http.DefaultTransport = &k
	_, _ = c.ecs("cn-beijing").DescribeInstances(&ecs.DescribeInstancesRequest{RegionId: p("cn-beijing")})
	http.DefaultTransport = old
	var signed []string
	for name := range k.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-acs-") {
			signed = append(signed, name)
		}
	}
	slices.Sort(signed)
	k.Header.Set("Authorization", simulator.SignACS3(k.Request, c.id, c.secret, signed...))
	k.Body = http.NoBody
	resp, err := old.RoundTrip(k.Request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var e struct{ Code string }
	if json.NewDecoder(resp.Body).Decode(&e); e.Code != "SignatureDoesNotMatch" {
		t.Errorf("%d %s", resp.StatusCode, e.Code)
	}
}

// TestTotalsByToken: in token style the total of databases is the page's.
func TestTotalsByToken(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	b, err := c.rpc("rds", "cn-beijing", "DescribeDBInstances", map[string]string{"MaxResults": "3"})
	if err != nil || !strings.Contains(string(b), `"TotalRecordCount":3`) {
		t.Errorf("%v %.200s", err, b)
	}
	b, err = c.rpc("ecs", "cn-beijing", "DescribeSecurityGroups", map[string]string{"MaxResults": "3"})
	if err != nil || strings.Contains(string(b), `"TotalCount"`) {
		t.Errorf("%v %.200s", err, b)
	}
}
