package cloud

// ECS holds what was read of the service.
type ECS struct {
	Storage
}

var ecsService = service{
	name:      "ecs",
	regional:  readStorage,
	link:      linkStorage,
	resources: func(a *Account, all []*Resource) []*Resource { return a.ECS.Storage.resources(all) },
}
