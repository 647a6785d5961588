package cloud

import "slices"

// A Reach says where a resource is to be found on the network.
type Reach struct {
	Addresses []string // IP addresses and host names, public ones first
	Internet  bool     // it has an address on the internet; whether rules let anybody in is for checks to say
}

// Reach is that of a resource of the account. One without addresses has none of its
// own, or nobody could read them. It is worked out when it is asked for: all of them
// would take as much memory as a tenth of the account.
func (a *Account) Reach(x *Resource) Reach {
	switch x.Type {
	case "ecs.instance":
		return reachOf(a.ECS.Instances, x)
	case "rds.instance":
		return reachOf(a.RDS.Instances, x)
	case "vpc.nat_gateway":
		return reachOf(a.VPC.NATGateways, x)
	case "vpc.eip_address":
		return reachOf(a.VPC.EIPAddresses, x)
	case "vpc.ipv6_address":
		return reachOf(a.VPC.IPv6Addresses, x)
	case "slb.load_balancer", "alb.load_balancer", "nlb.load_balancer":
		return reachOf(a.Balancers.LoadBalancers, x)
	}
	return Reach{}
}

// reachable is a resource that has addresses.
type reachable interface {
	Referrer
	addresses() (public, private []string)
}

func reachOf[R reachable](list []R, x *Resource) Reach {
	at, ok := slices.BinarySearchFunc(list, x, func(r R, x *Resource) int { return compareResources(r.Ref(), x) })
	if !ok {
		return Reach{}
	}
	public, private := list[at].addresses()
	public, private = nonEmpty(public), nonEmpty(private)
	return Reach{append(public, private...), len(public) > 0}
}

func (i *Instance) addresses() (public, private []string) {
	return append(slices.Clone(i.PublicIPAddress), i.EipAddress), slices.Clone(i.PrivateIPAddress)
}

func (d *DBInstance) addresses() (public, private []string) {
	for _, e := range d.NetInfo.Value {
		if e.IPType == "Public" {
			public = append(public, e.ConnectionString)
		} else {
			private = append(private, e.ConnectionString)
		}
	}
	return public, private
}

func (n *NATGateway) addresses() (public, private []string) {
	return onSide(n.NetworkType != "intranet", slices.Clone(n.IPAddress))
}

func (e *EIPAddress) addresses() (public, private []string) { return []string{e.IPAddress}, nil }

func (x *IPv6Address) addresses() (public, private []string) {
	return onSide(x.NetworkType == "Public", []string{x.Address.String()})
}

func (b *LoadBalancer) addresses() (public, private []string) {
	return onSide(b.Public(), []string{b.Address, b.DNSName})
}

// onSide puts addresses on the internet, or inside.
func onSide(internet bool, list []string) (public, private []string) {
	if internet {
		return list, nil
	}
	return nil, list
}
