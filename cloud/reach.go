package cloud

import "slices"

// A Reach says where a resource is to be found on the network.
type Reach struct {
	Addresses []string // IP addresses and host names, public ones first
	Internet  bool     // it has an address on the internet; whether rules let anybody in is for checks to say
}

// Reaches are those of all resources that have an address of their own. One that is
// not in the map has none, or nobody could read it.
func (a *Account) Reaches() map[*Resource]Reach {
	all := map[*Resource]Reach{}
	put := func(x *Resource, public, private []string) {
		if public, private = nonEmpty(public), nonEmpty(private); len(public)+len(private) > 0 {
			all[x] = Reach{append(public, private...), len(public) > 0}
		}
	}
	for _, x := range a.ECS.Instances {
		put(x.Ref(), append(slices.Clone(x.PublicIPAddress), x.EipAddress), slices.Clone(x.PrivateIPAddress))
	}
	for _, x := range a.RDS.Instances {
		var by [2][]string
		for _, e := range x.NetInfo.Value {
			if e.IPType == "Public" {
				by[0] = append(by[0], e.ConnectionString)
			} else {
				by[1] = append(by[1], e.ConnectionString)
			}
		}
		put(x.Ref(), by[0], by[1])
	}
	for _, x := range a.VPC.NATGateways {
		if addresses := slices.Clone(x.IPAddress); x.NetworkType == "intranet" {
			put(x.Ref(), nil, addresses)
		} else {
			put(x.Ref(), addresses, nil)
		}
	}
	for _, x := range a.Balancers.LoadBalancers {
		if addresses := []string{x.Address, x.DNSName}; x.Public() {
			put(x.Ref(), addresses, nil)
		} else {
			put(x.Ref(), nil, addresses)
		}
	}
	for _, x := range a.VPC.EIPAddresses {
		put(x.Ref(), []string{x.IPAddress}, nil)
	}
	for _, x := range a.VPC.IPv6Addresses {
		if address := []string{x.Address.String()}; x.NetworkType == "Public" {
			put(x.Ref(), address, nil)
		} else {
			put(x.Ref(), nil, address)
		}
	}
	return all
}
