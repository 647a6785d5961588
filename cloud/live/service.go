package live

import (
	"maps"
	"slices"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/actiontrail"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/alb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ims"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/nlb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ram"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/rds"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/resourcemanager"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/slb"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
)

// A service is how one product is asked and how it answers.
type service struct {
	// send builds, signs and sends the request. What came back stays in the
	// call's exchange; the error matters only where nothing was sent.
	send func(*call) error
	// requestID is the header that names the request; "" where the body does.
	requestID string
}

// services is every product that can be asked, by the name in [cloud.Request].
// Endpoints come from the SDKs' own tables; taking the tables here, before any
// goroutine runs, also keeps the SDK from building them in a race.
var services = map[string]service{
	"ecs":             {send: sendECS},
	"vpc":             {send: rpc("Vpc", "2016-04-28", vpc.GetEndpointMap(), vpc.GetEndpointType())},
	"rds":             {send: rpc("Rds", "2014-08-15", rds.GetEndpointMap(), rds.GetEndpointType())},
	"actiontrail":     {send: rpc("Actiontrail", "2020-07-06", actiontrail.GetEndpointMap(), actiontrail.GetEndpointType())},
	"ram":             {send: rpc("Ram", "2015-05-01", ram.GetEndpointMap(), ram.GetEndpointType())},
	"ims":             {send: rpc("Ims", "2019-08-15", ims.GetEndpointMap(), ims.GetEndpointType())},
	"slb":             {send: rpc("Slb", "2014-05-15", slb.GetEndpointMap(), slb.GetEndpointType())},
	"alb":             {send: rpc("Alb", "2020-06-16", alb.GetEndpointMap(), alb.GetEndpointType())},
	"nlb":             {send: rpc("Nlb", "2022-04-30", nlb.GetEndpointMap(), nlb.GetEndpointType())},
	"sts":             {send: rpc("Sts", "2015-04-01", sts.GetEndpointMap(), sts.GetEndpointType())},
	"resourcemanager": {send: rpc("ResourceManager", "2020-03-31", resourcemanager.GetEndpointMap(), resourcemanager.GetEndpointType())},
	"oss":             {send: sendOSS, requestID: "X-Oss-Request-Id"},
	"sls":             {send: sendSLS, requestID: "X-Log-Requestid"},
}

// Services names the products that can be asked, sorted.
func Services() []string { return slices.Sorted(maps.Keys(services)) }
