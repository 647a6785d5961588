package cloud

// RDS holds what was read of the service.
type RDS struct{}

var rdsService = service{
	name:      "rds",
	resources: func(a *Account, all []*Resource) []*Resource { return all },
}
