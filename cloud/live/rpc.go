package live

import (
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
)

// rpc sends by the older SDK, which knows every RPC product. Its support ended
// in March 2025, but for some products it is the only one to be had in full;
// another product is one line in services.
func rpc(product, version string, endpoints map[string]string, kind string) func(*call) error {
	return func(c *call) error {
		client, err := c.rpcClient()
		if err != nil {
			return err
		}
		client.EndpointMap, client.EndpointType = endpoints, kind
		host := c.host()
		if host == "" {
			host = endpoints[c.region]
		}
		if host == "" {
			if host, err = client.GetEndpointRules(c.region, product); err != nil {
				return err
			}
		}
		req := &requests.RpcRequest{}
		req.InitWithApiInfo(product, version, c.Action, "", "")
		req.Method, req.Scheme, req.Domain = requests.POST, c.scheme(), host
		for k, v := range c.Params {
			req.QueryParams[k] = v
		}
		return client.DoAction(req, responses.NewCommonResponse())
	}
}

// rpcClient is made anew for each call: the SDK's clients race when shared.
func (c *call) rpcClient() (*sdk.Client, error) {
	var key auth.Credential = credentials.NewAccessKeyCredential(c.keys.ID, c.keys.Secret)
	if c.keys.Token != "" {
		key = credentials.NewStsTokenCredential(c.keys.ID, c.keys.Secret, c.keys.Token)
	}
	config := sdk.NewConfig().WithAutoRetry(false).WithMaxRetryTime(0).WithUserAgent(c.agent)
	config.Transport = c.exchange
	return sdk.NewClientWithOptions(c.region, config, key)
}
