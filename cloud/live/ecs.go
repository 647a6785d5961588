package live

import (
	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	ecs "github.com/alibabacloud-go/ecs-20140526/v7/client"
	"github.com/alibabacloud-go/tea/dara"
)

// sendECS sends by the ECS SDK's generic call, which leaves the body as it is.
// The client is made anew for each call: sharing one is a data race inside the
// SDK, and making one costs some microseconds.
func sendECS(c *call) error {
	config := &openapi.Config{
		AccessKeyId: &c.keys.ID, AccessKeySecret: &c.keys.Secret,
		RegionId: &c.region, Protocol: dara.String(c.scheme()),
		UserAgent: &c.agent, HttpClient: c.exchange,
	}
	if c.keys.Token != "" {
		config.SecurityToken = &c.keys.Token
	}
	if host := c.host(); host != "" {
		config.Endpoint = &host
	}
	client, err := ecs.NewClient(config)
	if err != nil {
		return err
	}
	query := map[string]*string{"RegionId": &c.region}
	for k, v := range c.Params {
		query[k] = &v
	}
	_, err = client.CallApiWithCtx(c.exchange.ctx, &openapi.Params{
		Action: &c.Action, Version: dara.String("2014-05-26"), Style: dara.String("RPC"),
		Protocol: dara.String(c.scheme()), Method: dara.String("POST"), Pathname: dara.String("/"),
		AuthType: dara.String("AK"), ReqBodyType: dara.String("formData"), BodyType: dara.String("binary"),
	}, &openapi.OpenApiRequest{Query: query}, &dara.RuntimeOptions{})
	return err
}
