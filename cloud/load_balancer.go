package cloud

import (
	"encoding/json"
	"strings"
)

// Balancers holds the load balancers of the three products that have some:
// classic (slb), application (alb) and network (nlb).
type Balancers struct {
	LoadBalancers []*LoadBalancer
}

// A LoadBalancer takes connections in for the servers behind it, from slb
// DescribeLoadBalancers, and alb and nlb ListLoadBalancers. Its type says of which
// product it is: "slb.load_balancer", "alb.load_balancer", "nlb.load_balancer".
type LoadBalancer struct {
	Resource
	AddressType string // "internet" or "intranet", in small letters, though alb and nlb use a capital
	Status      string // as the product says: "active", "Active", "inactive", …
	Address     string // of a classic one; "" where the product gives a name alone
	DNSName     string // of the others
}

// Public: the internet reaches it.
func (b *LoadBalancer) Public() bool { return b.AddressType == "internet" }

// The calls by which load balancers are read.
const (
	callSLB = "slb/DescribeLoadBalancers"
	callALB = "alb/ListLoadBalancers"
	callNLB = "nlb/ListLoadBalancers"
)

var slbService = service{
	name: "slb",
	regional: func(r *reader, region string) {
		readBalancers(r, Request{Service: "slb", Region: region, Action: "DescribeLoadBalancers"}, byNumber(100), decodeClassic)
	},
	link:      func(a *Account) { sortResources(a.Balancers.LoadBalancers) },
	resources: func(a *Account, all []*Resource) []*Resource { return refs(all, a.Balancers.LoadBalancers) },
}

var (
	albService = balancerService("alb")
	nlbService = balancerService("nlb")
)

// balancerService is that of a newer product; its load balancers stand in one list with the classic ones.
func balancerService(name string) service {
	return service{
		name: name,
		regional: func(r *reader, region string) {
			readBalancers(r, Request{Service: name, Region: region, Action: "ListLoadBalancers"}, byToken(100), decodeBalancers)
		},
		resources: func(_ *Account, all []*Resource) []*Resource { return all },
	}
}

func readBalancers(r *reader, req Request, p paging, decode func(*lean, []byte, *Origin) ([]*LoadBalancer, page, error)) {
	if !r.wants(req.Call()) {
		return
	}
	l := r.lean(req.Service, req.Region)
	r.listed(req, p, func(body []byte, from *Origin) (page, error) {
		list, p, err := decode(l, body, from)
		if err == nil {
			r.add(func(a *Account) { a.Balancers.LoadBalancers = append(a.Balancers.LoadBalancers, list...) })
		}
		return p, err
	})
}

func decodeClassic(l *lean, body []byte, from *Origin) ([]*LoadBalancer, page, error) {
	var doc struct {
		TotalCount    *looseInt
		LoadBalancers struct {
			LoadBalancer *[]struct {
				LoadBalancerId, LoadBalancerName, LoadBalancerStatus string
				Address, AddressType, VpcId, MasterZoneId            string
				ResourceGroupId                                      string
				Tags                                                 struct{ Tag []tag }
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.LoadBalancers.LoadBalancer == nil {
		return nil, page{}, absent("LoadBalancers.LoadBalancer")
	}
	var list []*LoadBalancer
	for _, x := range *doc.LoadBalancers.LoadBalancer {
		b, err := l.balancer("slb", x.LoadBalancerId, x.LoadBalancerName, x.AddressType, from)
		if err != nil {
			return nil, page{}, err
		}
		b.Status, b.Address, b.Zone = x.LoadBalancerStatus, x.Address, l.text(x.MasterZoneId)
		b.VPCID, b.ResourceGroupID, b.Tags = l.text(x.VpcId), l.text(x.ResourceGroupId), l.tags(x.Tags.Tag)
		list = append(list, b)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

func decodeBalancers(l *lean, body []byte, from *Origin) ([]*LoadBalancer, page, error) {
	var doc struct {
		NextToken     string
		LoadBalancers *[]struct {
			LoadBalancerId, LoadBalancerName, LoadBalancerStatus string
			AddressType, DNSName, VpcId, ResourceGroupId         string
			Tags                                                 []tag
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.LoadBalancers == nil {
		return nil, page{}, absent("LoadBalancers")
	}
	product, _, _ := strings.Cut(from.Call, "/")
	var list []*LoadBalancer
	for _, x := range *doc.LoadBalancers {
		b, err := l.balancer(product, x.LoadBalancerId, x.LoadBalancerName, x.AddressType, from)
		if err != nil {
			return nil, page{}, err
		}
		b.Status, b.DNSName = x.LoadBalancerStatus, x.DNSName
		b.VPCID, b.ResourceGroupID, b.Tags = l.text(x.VpcId), l.text(x.ResourceGroupId), l.tags(x.Tags)
		list = append(list, b)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

// balancer is what all three products tell alike.
func (l *lean) balancer(product, id, name, addressType string, from *Origin) (*LoadBalancer, error) {
	if id == "" || addressType == "" {
		return nil, absent("LoadBalancerId or AddressType")
	}
	return &LoadBalancer{Resource: l.resource(product+".load_balancer", "loadbalancer", id, name, from), AddressType: strings.ToLower(addressType)}, nil
}
