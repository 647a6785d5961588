package main

import (
	"context"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/live"
	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// scanned is one scan of the demo account over HTTP under faults.
type scanned struct {
	account  *cloud.Account
	verdicts map[string]checks.Result // by check and resource
}

func scanUnder(t *testing.T, ctx context.Context, faults ...simulator.Fault) scanned {
	t.Helper()
	sim, err := simulator.New(simulator.Hospital(), simulator.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	src, err := live.New(live.Options{EndpointURL: server.URL, Credential: live.Static(simulator.DemoKeyID, simulator.DemoKeySecret, "")})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := cloud.Record(cloud.Retry(cloud.Bound(cloud.Deadline(src, patience(faults)), cloud.NewPlaces(32)), cloud.Retrying{Broken: 10, Throttled: 20, Pause: time.Millisecond, MaxPause: 20 * time.Millisecond, Timeouts: 1}), filepath.Join(t.TempDir(), "a.mlpscan"), cloud.Scan{})
	if err != nil {
		t.Fatal(err)
	}
	acc, err := cloud.Read(ctx, rec, cloud.Options{Time: time.Now(), Concurrency: 32})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rec.Close(acc, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := scanned{account: acc, verdicts: map[string]checks.Result{}}
	for r := range checks.Run(checks.All, acc, nil) {
		s.verdicts[r.Check.ID+" "+r.Resource.Type+" "+r.Resource.ID] = r
	}
	return s
}

// patience is how long a call may take: long enough for a busy machine, unless
// something hangs that would be waited for.
func patience(faults []simulator.Fault) time.Duration {
	for _, f := range faults {
		if f.Kind == simulator.Hang {
			return 2 * time.Second
		}
	}
	return time.Minute
}

// TestFaults scans the demo account under every kind of fault. Faults that pass
// by leave every verdict as it is; faults that stay may turn a verdict into
// unknown. Nothing ever becomes a pass, and nothing goes away.
func TestFaults(t *testing.T) {
	calm := scanUnder(t, t.Context())
	if len(calm.verdicts) < 500 {
		t.Fatalf("only %d verdicts on the demo account", len(calm.verdicts))
	}
	passing := map[string]simulator.Fault{
		"throttled every second call": {Kind: simulator.Throttle, Every: 2},
		"connection dropped":          {Kind: simulator.Drop, Every: 5},
		"body cut in the middle":      {Kind: simulator.Truncate, Every: 5},
		"garbage for JSON":            {Kind: simulator.Garble, Every: 5},
		"502 with a web page":         {Kind: simulator.HTML502, Every: 5},
		"200 and nothing":             {Kind: simulator.Empty200, Every: 5},
	}
	for name, f := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := scanUnder(t, t.Context(), f)
			for key, was := range calm.verdicts {
				if now := got.verdicts[key]; now.Status != was.Status {
					t.Errorf("%s was %s and became %q (%+v)", key, was.Status, now.Status, now.Missing)
				}
			}
			if len(got.verdicts) != len(calm.verdicts) {
				t.Errorf("%d verdicts, and %d in calm", len(got.verdicts), len(calm.verdicts))
			}
		})
	}
	staying := map[string]simulator.Fault{
		"rds denied":             {Kind: simulator.Deny, Service: "rds"},
		"disks cut":              {Kind: simulator.Truncate, Service: "ecs", Action: "DescribeDisks"},
		"rules garbled":          {Kind: simulator.Garble, Service: "ecs", Action: "DescribeSecurityGroupAttribute"},
		"buckets' ACLs empty":    {Kind: simulator.Empty200, Service: "oss", Action: "GetBucketAcl"},
		"trails down":            {Kind: simulator.HTML502, Service: "actiontrail"},
		"a region hangs":         {Kind: simulator.Hang, Region: "cn-shanghai", Service: "ecs"},
		"regions denied":         {Kind: simulator.Deny, Service: "ecs", Action: "DescribeRegions"},
		"whitelists are dropped": {Kind: simulator.Drop, Service: "rds", Action: "DescribeDBInstanceIPArrayList"},
	}
	for name, f := range staying {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holdsNothingBack(t, calm, scanUnder(t, t.Context(), f))
		})
	}
}

// holdsNothingBack demands of a damaged scan that each verdict of the calm one
// is there still or is unknown, in its own name or its region's or account's.
func holdsNothingBack(t *testing.T, calm, got scanned) {
	t.Helper()
	unknown := 0
	for key, was := range calm.verdicts {
		now, ok := got.verdicts[key]
		switch {
		case ok && now.Status == was.Status:
		case ok && now.Status == checks.Unknown:
			unknown++
		case !ok && got.covers(was):
			unknown++
		default:
			t.Errorf("%s was %s and became %q", key, was.Status, now.Status)
		}
	}
	if unknown == 0 || len(got.account.Missing) == 0 {
		t.Errorf("the fault left no trace: %d unknown, %d missing", unknown, len(got.account.Missing))
	}
	for key := range maps.Keys(got.verdicts) {
		if _, ok := calm.verdicts[key]; !ok && got.verdicts[key].Status != checks.Unknown {
			t.Errorf("%s appeared as %s", key, got.verdicts[key].Status)
		}
	}
}

// covers reports whether an unknown of the same check stands for the resource's
// whole region or account.
func (s scanned) covers(r checks.Result) bool {
	for _, v := range s.verdicts {
		if v.Check == r.Check && v.Status == checks.Unknown && (v.Resource.ID == r.Resource.Region || v.Resource.ID == s.account.ID) {
			return true
		}
	}
	return false
}

// TestStopIsQuick stops a scan that hangs: it is over within a second, and what
// was read is there.
func TestStopIsQuick(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	began := make(chan time.Time, 1)
	time.AfterFunc(700*time.Millisecond, func() { began <- time.Now(); cancel() })
	got := scanUnder(t, ctx, simulator.Fault{Kind: simulator.Hang, Service: "rds"})
	if took := time.Since(<-began); took > time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if !got.account.Partial || len(got.account.ECS.Instances) == 0 {
		t.Errorf("partial %v, %d instances", got.account.Partial, len(got.account.ECS.Instances))
	}
}
