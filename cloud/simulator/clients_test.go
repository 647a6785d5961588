package simulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	osscredentials "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/retry"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// cloud is a simulator that is listening, and the keys to ask it with.
type cloud struct {
	*simulator.Simulator
	t                 *testing.T
	url               *url.URL
	id, secret, token string
}

func serve(t *testing.T, data fs.FS, opt simulator.Options) *cloud {
	t.Helper()
	sim, err := simulator.New(data, opt)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return &cloud{Simulator: sim, t: t, url: u, id: simulator.DemoKeyID, secret: simulator.DemoKeySecret}
}

// with is the same cloud, asked with another key.
func (c cloud) with(id, secret, token string) *cloud {
	c.id, c.secret, c.token = id, secret, token
	return &c
}

// RoundTrip brings every request to the simulator, whatever host it names.
func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	r.URL.Scheme, r.URL.Host = c.url.Scheme, c.url.Host
	return http.DefaultTransport.RoundTrip(r)
}

// Call is RoundTrip for the tea SDK.
func (c *cloud) Call(r *http.Request, _ *http.Transport) (*http.Response, error) {
	return c.RoundTrip(r)
}

func (c *cloud) ecs(region string) *ecs.Client {
	c.t.Helper()
	conf := &openapi.Config{AccessKeyId: &c.id, AccessKeySecret: &c.secret, RegionId: &region, HttpClient: c}
	if c.token != "" {
		conf.SecurityToken = &c.token
	}
	client, err := ecs.NewClient(conf)
	if err != nil {
		c.t.Fatal(err)
	}
	return client
}

func (c *cloud) oss(region string, signature oss.SignatureVersionType) *oss.Client {
	return oss.NewClient(oss.LoadDefaultConfig().WithRegion(region).WithSignatureVersion(signature).
		WithRetryer(retry.NopRetryer{}).WithHttpClient(&http.Client{Transport: c}).
		WithCredentialsProvider(osscredentials.NewStaticCredentialsProvider(c.id, c.secret, c.token)))
}

var versions = map[string]string{"ecs": "2014-05-26", "vpc": "2016-04-28", "rds": "2014-08-15", "actiontrail": "2020-07-06", "sts": "2015-04-01", "ram": "2015-05-01", "ims": "2019-08-15", "kms": "2016-01-20", "slb": "2014-05-15", "alb": "2020-06-16", "nlb": "2022-04-30", "resourcemanager": "2020-03-31"}

// sdk is the older SDK's client.
func (c *cloud) sdk(region string) *sdk.Client {
	c.t.Helper()
	conf := sdk.NewConfig()
	conf.Transport = c
	var key auth.Credential = credentials.NewAccessKeyCredential(c.id, c.secret)
	if c.token != "" {
		key = credentials.NewStsTokenCredential(c.id, c.secret, c.token)
	}
	client, err := sdk.NewClientWithOptions(region, conf, key)
	if err != nil {
		c.t.Fatal(err)
	}
	return client
}

// rpc asks one RPC call with the older SDK and returns the body as it came.
func (c *cloud) rpc(service, region, action string, params map[string]string) ([]byte, error) {
	c.t.Helper()
	req := requests.NewCommonRequest()
	req.Product, req.Version, req.ApiName = service, versions[service], action
	req.Domain, req.Method, req.Scheme = service+".aliyuncs.com", http.MethodPost, "HTTPS"
	for k, v := range params {
		req.QueryParams[k] = v
	}
	resp, err := c.sdk(region).ProcessCommonRequest(req)
	if err != nil {
		return nil, err
	}
	return resp.GetHttpContentBytes(), nil
}

// bucket asks one OSS call and returns the body as it came; bucket "" asks the service.
func (c *cloud) bucket(region, bucket, word string, params map[string]string) ([]byte, error) {
	in := &oss.OperationInput{OpName: "Get", Method: http.MethodGet, Parameters: map[string]string{}}
	if bucket != "" {
		in.Bucket = &bucket
	}
	if word != "" {
		in.Parameters[word] = ""
	}
	for k, v := range params {
		in.Parameters[k] = v
	}
	out, err := c.oss(region, oss.SignatureVersionV4).InvokeOperation(context.Background(), in)
	if err != nil {
		return nil, err
	}
	defer out.Body.Close()
	return io.ReadAll(out.Body)
}

// contains demands an error that says each of the words.
func contains(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

// GetCredentials gives the key to the OSS SDK.
func (c *cloud) GetCredentials(context.Context) (osscredentials.Credentials, error) {
	return osscredentials.Credentials{AccessKeyID: c.id, AccessKeySecret: c.secret}, nil
}

// ecsAt is a client that was given an address for its endpoint.
func ecsAt(c *cloud) (*ecs.Client, error) {
	host, protocol := c.url.Host, "http"
	return ecs.NewClient(&openapi.Config{AccessKeyId: &c.id, AccessKeySecret: &c.secret, Endpoint: &host, Protocol: &protocol})
}

// signed is a DescribeInstances request of RPC 1.0, signed here, which ends after a second.
func (c *cloud) signed() *http.Request {
	v := url.Values{"Action": {"DescribeInstances"}, "Version": {"2014-05-26"}, "RegionId": {"cn-beijing"}, "VpcId": {"vpc-none"}, "MaxResults": {"100"},
		"AccessKeyId": {c.id}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "SignatureNonce": {rand.Text()},
		"Timestamp": {time.Now().UTC().Format("2006-01-02T15:04:05Z")}}
	if c.t == nil {
		v.Del("VpcId")
		v.Set("AdditionalAttributes.1", "META_OPTIONS")
	}
	query := strings.ReplaceAll(v.Encode(), "+", "%20")
	m := hmac.New(sha1.New, []byte(c.secret+"&"))
	io.WriteString(m, "GET&%2F&"+url.QueryEscape(query))
	v.Set("Signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
	ctx := context.Background()
	if c.t != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second)
		c.t.Cleanup(cancel)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url.String()+"/?"+v.Encode(), nil)
	if err != nil {
		panic(err)
	}
	return r
}
