package live

import (
	"fmt"
	"net/http"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/retry"
)

// subresources are the query words by which OSS tells its calls apart.
var subresources = map[string]string{
	"ListBuckets":                "",
	"GetPublicAccessBlock":       "publicAccessBlock",
	"GetBucketInfo":              "bucketInfo",
	"GetBucketAcl":               "acl",
	"GetBucketPolicy":            "policy",
	"GetBucketPublicAccessBlock": "publicAccessBlock",
	"GetBucketEncryption":        "encryption",
	"GetBucketLogging":           "logging",
	"GetBucketVersioning":        "versioning",
	"GetBucketReplication":       "replication",
	"GetBucketReferer":           "referer",
	"GetBucketTags":              "tagging",
	"GetBucketLifecycle":         "lifecycle",
	"GetBucketWorm":              "worm",
}

// paramBucket is the parameter that names the bucket; it becomes part of the host.
const paramBucket = "bucket"

// sendOSS sends with the OSS SDK, signed in its fourth version, which covers
// the region: a bucket must be asked at its own region's endpoint.
func sendOSS(c *call) error {
	word, ok := subresources[c.Action]
	if !ok {
		return fmt.Errorf("oss/%s: no such call", c.Action)
	}
	config := oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(c.keys.ID, c.keys.Secret, c.keys.Token)).
		WithRegion(c.region).WithSignatureVersion(oss.SignatureVersionV4).
		WithRetryer(retry.NopRetryer{}).WithRetryMaxAttempts(1).
		WithHttpClient(&http.Client{Transport: c.exchange}).WithUserAgent(c.agent)
	if c.endpoint != nil {
		config.WithEndpoint(c.endpoint.String())
	}
	in := &oss.OperationInput{OpName: c.Action, Method: http.MethodGet, Parameters: map[string]string{}}
	if word != "" {
		in.Parameters[word] = ""
	}
	for k, v := range c.Params {
		if k == paramBucket {
			in.Bucket = &v
			continue
		}
		in.Parameters[k] = v
	}
	_, err := oss.NewClient(config).InvokeOperation(c.exchange.ctx, in)
	return err
}
