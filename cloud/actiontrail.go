package cloud

// ActionTrail holds what was read of the service.
type ActionTrail struct{}

var actionTrailService = service{
	name:      "actiontrail",
	resources: func(a *Account, all []*Resource) []*Resource { return all },
}
