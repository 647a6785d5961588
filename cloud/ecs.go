package cloud

// ECS holds what was read of the service.
type ECS struct{}

var ecsService = service{
	name:      "ecs",
	resources: func(a *Account, all []*Resource) []*Resource { return all },
}
