package report

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestTopology: the picture of the demo account is well-formed XML without a script,
// names every VPC once, and counts what the inventory holds.
func TestTopology(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		r := newReport(t, hospital(t), Options{Level: 3, Language: lang, Version: "test"})
		out := string(render(t, WriteSVG, r))
		wellFormed(t, out)
		machines, want := 0, 0
		vpcs, gateways, switches, addresses := 0, 0, 0, 0
		for _, n := range networksOf(r) {
			machines, gateways, switches, addresses = machines+n.machines, gateways+len(n.gateways), switches+len(n.switches), addresses+n.addresses
			if n.id != "" && strings.Count(out, ">"+n.id+"<") != 1 {
				t.Errorf("%s stands %d times", n.id, strings.Count(out, ">"+n.id+"<"))
			}
			if n.id != "" {
				vpcs++
			}
		}
		all := 0
		for x := range r.Inventory() {
			switch x.Type {
			case "ecs.instance":
				want++
			case "vpc.vpc":
				all++
			case "slb.load_balancer", "alb.load_balancer", "nlb.load_balancer", "vpc.nat_gateway":
				gateways--
			case "vpc.vswitch":
				switches--
			case "vpc.eip_address":
				addresses--
			}
		}
		if gateways != 0 || switches != 0 || addresses != 0 {
			t.Errorf("gateways %+d, vSwitches %+d, addresses %+d against the inventory", gateways, switches, addresses)
		}
		for _, gateway := range []string{"ALB alb-web-portal", "NLB nlb-video", "CLB slb-his-insurance 39.105.17.236", "NAT nat-his-prod 39.105.17.201"} {
			if !strings.Contains(out, ">"+gateway) {
				t.Errorf("%s is not drawn", gateway)
			}
		}
		if n := strings.Count(out, `class="fact entry"`); n != 5 {
			t.Errorf("%d gateways on the internet, want 5", n)
		}
		if machines != want || vpcs != all || !strings.Contains(out, `class="line open"`) {
			t.Errorf("%d of %d instances in %d of %d VPCs", machines, want, vpcs, all)
		}
	}
}

// TestTopologyIsEscaped: a name of a VPC never becomes markup.
func TestTopologyIsEscaped(t *testing.T) {
	r := fixture("zh", 0)
	r.inventory = slices.Values([]Resource{{Type: "vpc.vpc", ID: "vpc-1", VPC: "vpc-1", Name: hostile, Region: "cn-hangzhou"}, {Type: "ecs.instance", ID: "i-1", VPC: "vpc-1", Region: "cn-hangzhou"}})
	out := string(render(t, WriteSVG, r))
	wellFormed(t, out)
	if strings.Contains(out, "<script") || !strings.Contains(out, "&lt;script&gt;") {
		t.Error(out)
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("a script stands in it")
		}
	}
}
