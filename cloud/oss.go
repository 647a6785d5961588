package cloud

// OSS holds what was read of the service.
type OSS struct{}

var ossService = service{
	name:      "oss",
	resources: func(a *Account, all []*Resource) []*Resource { return all },
}
