package main

import (
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/live"
	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// TestPolicyIsLeast holds the policy against what a scan of the demo account
// really asks: every call is allowed, and nothing is that no check reads.
func TestPolicyIsLeast(t *testing.T) {
	for _, service := range []string{"", "oss", "actiontrail", "rds"} {
		var services []string
		if service != "" {
			services = []string{service}
		}
		list, err := checks.Find(checks.All, services, nil)
		if err != nil {
			t.Fatal(err)
		}
		asked := askedOf(t, list)
		allowed := newRAMPolicy(list).Statement[0].Action
		for _, a := range asked {
			if !slices.Contains(allowed, a) {
				t.Errorf("service %q: the scan asks %s, and the policy does not allow it", service, a)
			}
		}
		for _, a := range allowed {
			if !slices.Contains(asked, a) && !rare[a] {
				t.Errorf("service %q: the policy allows %s, and the scan does not ask it", service, a)
			}
		}
	}
}

// rare are permissions for calls that the demo account gives no reason for.
var rare = map[string]bool{}

// askedOf are the permissions that a scan by some checks uses.
func askedOf(t *testing.T, list []*checks.Check) []string {
	t.Helper()
	sim, err := simulator.New(simulator.Hospital(), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	defer server.Close()
	src, err := live.New(live.Options{EndpointURL: server.URL, Credential: live.Static(simulator.DemoKeyID, simulator.DemoKeySecret, "")})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := cloud.Record(cloud.Bound(src, cloud.NewPlaces(32)), filepath.Join(t.TempDir(), "a.mlpscan"), cloud.Scan{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.Read(t.Context(), rec, cloud.Options{Calls: checks.Calls(list)}); err != nil {
		t.Fatal(err)
	}
	var all []string
	for call := range sim.Stats().Calls {
		if a := cloud.RAMAction(call.Service, call.Action); a != "" {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
