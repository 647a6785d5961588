package cloud

// VPC holds what was read of the service.
type VPC struct{}

var vpcService = service{
	name:      "vpc",
	resources: func(a *Account, all []*Resource) []*Resource { return all },
}
