package main

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// The benchmarks run the command itself, in processes of their own, so that what
// the scanner uses is not mixed with what the simulator uses. They report ratios:
// what was done against the least that would have done.

// The simulated cloud of the benchmarks: what each answer takes, and how many
// calls a second each API of a region takes. The scanner keeps to less of its own
// accord (cloud.DefaultRates, 10 and 5 a second), and that is what the ideal goes by.
const (
	benchLatency = 30 * time.Millisecond
	benchQuota   = 50
	// benchDepth is how many answers any scan waits for one after another, besides
	// the pages of a list: whose account, which regions, and details of what was listed.
	benchDepth = 3
)

var benchSizes = []int{1_000, 10_000, 100_000}

// simulate serves a generated account and returns the environment that a scan of it needs.
func simulate(b *testing.B, bin string, instances, members int) (env []string, url string) {
	b.Helper()
	c := exec.Command(bin, "simulate", "--address", "127.0.0.1:0", "--instances", fmt.Sprint(instances), "--members", fmt.Sprint(members),
		"--latency", benchLatency.String(), "--rate", fmt.Sprint(benchQuota))
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			url = u
		}
		if vars, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			return append(os.Environ(), strings.Fields(vars)...), url
		}
	}
	b.Fatal("the simulator did not start")
	return nil, ""
}

// build makes the command for the benchmarks, without what tests add to it.
func build(b *testing.B) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "mlpscan")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return bin
}

// measured is one run of the command.
type measured struct {
	wall time.Duration
	peak float64 // MB
}

func runMeasured(b *testing.B, env []string, bin string, args ...string) measured {
	b.Helper()
	c := exec.Command(bin, args...)
	c.Env = env
	out, err := os.CreateTemp(b.TempDir(), "out")
	if err != nil {
		b.Fatal(err)
	}
	c.Stdout, c.Stderr = out, out
	start := time.Now()
	if err := c.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		b.Fatalf("mlpscan %s: %v: %.2000s", strings.Join(args, " "), err, text)
	}
	return measured{time.Since(start), float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024}
}

// BenchmarkScan reads generated accounts over HTTP: calls made against the
// fewest that could have read them, and wall time against the ideal for the
// simulator's latency and rate limit.
func BenchmarkScan(b *testing.B) {
	bin := build(b)
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			env, url := simulate(b, bin, n, 0)
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "a.mlpscan")
				_ = os.Remove(path)
				m := runMeasured(b, env, bin, "scan", "--endpoint-url", url, "--save", path, "--fail-on", "never", "--quiet", "--concurrency", "64")
				made, ideal := readCalls(b, path)
				fewest := made.fewest()
				b.ReportMetric(float64(made.total)/float64(fewest), "calls/fewest")
				b.ReportMetric(m.wall.Seconds()/ideal.Seconds(), "wall/ideal")
				b.ReportMetric(m.peak, "MB-peak")
			}
		})
	}
}

// BenchmarkOrganization reads the members of an organization, each as small as
// the demo account. All of them share the places for calls, so that the ideal is
// all calls' waiting, shared out over the places. The memory must not grow with
// the number of accounts.
func BenchmarkOrganization(b *testing.B) {
	bin := build(b)
	const places = 16
	for _, members := range []int{30, 300} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			env, url := simulate(b, bin, 0, members)
			file := filepath.Join(b.TempDir(), "mlpscan.yaml")
			if err := os.WriteFile(file, []byte("organization: {}\n"), 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "archives")
				_ = os.RemoveAll(dir)
				m := runMeasured(b, env, bin, "scan", "--config", file, "--endpoint-url", url, "--save", dir, "--fail-on", "never", "--quiet", "--concurrency", fmt.Sprint(places))
				made, fewest := 0, 0
				for i := range members {
					c, _ := readCalls(b, filepath.Join(dir, simulator.MemberID(i)+archiveEnding))
					made, fewest = made+c.total, fewest+c.fewest()
				}
				ideal := float64(made) * benchLatency.Seconds() / places
				b.ReportMetric(float64(made)/float64(fewest), "calls/fewest")
				b.ReportMetric(m.wall.Seconds()/ideal, "wall/ideal")
				b.ReportMetric(m.peak, "MB-peak")
			}
		})
	}
}

// calls are those an archive holds.
type calls struct {
	total int
	pages map[string]int // pages by list; 1 for a call about one resource
	items map[string]int // what each list holds
}

// A longList is one that can have several pages: the largest page the API
// gives, and where in the answer its items are.
type longList struct {
	page        int
	outer, item string
}

// longLists are all of them; every other call of a scan is needed, once.
var longLists = map[string]longList{
	"DescribeInstances": {100, "Instances", "Instance"}, "DescribeDisks": {500, "Disks", "Disk"},
	"DescribeNetworkInterfaces": {500, "NetworkInterfaceSets", "NetworkInterfaceSet"},
	"DescribeSecurityGroups":    {100, "SecurityGroups", "SecurityGroup"},
	"DescribeSnapshots":         {100, "Snapshots", "Snapshot"}, "DescribeImages": {100, "Images", "Image"},
	"DescribeAutoSnapshotPolicyEx": {100, "AutoSnapshotPolicies", "AutoSnapshotPolicy"},
	"DescribeVpcs":                 {50, "Vpcs", "Vpc"}, "DescribeVSwitches": {50, "VSwitches", "VSwitch"},
	"DescribeFlowLogs": {50, "FlowLogs", "FlowLog"}, "DescribeDBInstances": {100, "Items", "DBInstance"},
}

var entryName = regexp.MustCompile(`^(\w+/[^/]+/(\w+)(?:\?.*?)?)(?:\.\d+)?\.(?:error\.json|json|xml)$`)

// readCalls counts the calls in an archive, and works out the ideal time: the
// slowest API of a region decides, by its pages one after another (each waits for
// the token of the one before), or by its calls at the rate limit.
func readCalls(b *testing.B, path string) (calls, time.Duration) {
	b.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	c := calls{pages: map[string]int{}, items: map[string]int{}}
	perAPI, ideal := map[string]int{}, 0.0
	for _, f := range z.File {
		m := entryName.FindStringSubmatch(f.Name)
		if m == nil {
			continue
		}
		c.total++
		c.pages[m[1]]++
		api, _, _ := strings.Cut(m[1], "?")
		perAPI[api]++
		if l, ok := longLists[m[2]]; ok {
			c.items[m[1]] += l.count(b, z, f.Name)
		}
	}
	for _, pages := range c.pages {
		ideal = math.Max(ideal, float64(pages)*benchLatency.Seconds())
	}
	for api, n := range perAPI {
		ideal = math.Max(ideal, float64(n-burst(api))/rate(api))
	}
	return c, benchDepth*benchLatency + time.Duration(ideal*float64(time.Second))
}

// rate is the scanner's own limit for an API, and burst what may go at once before it counts.
func rate(api string) float64 {
	if strings.HasPrefix(api, "vpc/") {
		return cloud.DefaultRates["vpc"]
	}
	return cloud.DefaultRates[""]
}

func burst(api string) int { return int(2 * rate(api)) }

// count is how many items one page of the list holds.
func (l longList) count(b *testing.B, z fs.FS, name string) int {
	body, err := fs.ReadFile(z, name)
	if err != nil {
		b.Fatal(err)
	}
	var top map[string]json.RawMessage
	var inner map[string][]json.RawMessage
	if json.Unmarshal(body, &top) != nil || json.Unmarshal(top[l.outer], &inner) != nil {
		return 0
	}
	return len(inner[l.item])
}

// fewest is how many calls could have read the same: each list in pages of the
// largest size, every other call once.
func (c calls) fewest() int {
	n := 0
	for name, pages := range c.pages {
		action := entryName.FindStringSubmatch(name + ".json")[2]
		if l, ok := longLists[action]; ok {
			pages = max(1, (c.items[name]+l.page-1)/l.page)
		}
		n += pages
	}
	return n
}

// BenchmarkJudge judges saved accounts: how fast, in how much memory, and how
// both grow with the account.
func BenchmarkJudge(b *testing.B) {
	bin := build(b)
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			env, url := simulate(b, bin, n, 0)
			path := filepath.Join(b.TempDir(), "a.mlpscan")
			runMeasured(b, env, bin, "scan", "--endpoint-url", url, "--save", path, "--fail-on", "never", "--quiet", "--concurrency", "64")
			for b.Loop() {
				m := runMeasured(b, env, bin, "scan", "--from", path, "--fail-on", "never", "--output", "json="+filepath.Join(b.TempDir(), "r.json"))
				b.ReportMetric(float64(n)/m.wall.Seconds(), "instances/s")
				b.ReportMetric(m.peak, "MB-peak")
				b.ReportMetric(m.peak*1e3/float64(n), "kB/instance")
			}
		})
	}
}
