package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/mlpscan/mlpscan/cloud/simulator"
	"github.com/mlpscan/mlpscan/report"
)

// mlpscan is a process of this command, against a simulator's address.
func mlpscan(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Args = append([]string{"mlpscan"}, args...) // by which name TestMain knows what to run
	c.Dir = home
	c.Env = []string{"HOME=" + home, "LANG=en_US.UTF-8", "PATH=" + os.Getenv("PATH"),
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + simulator.DemoKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + simulator.DemoKeySecret}
	return c
}

// statuses are the verdicts of a JSON report, by finding.
func statuses(t *testing.T, body []byte) map[string]string {
	t.Helper()
	r, err := report.Load(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for f := range r.Findings() {
		m[f.ID] = string(f.Status)
	}
	return m
}

// TestKilled kills a scan at ten random moments. Whatever moment it was, the
// archive opens and says that it is partial; what it does not hold is unknown and
// never a pass that was none; and a scan that resumes it ends as if nothing had
// happened, without asking again what was read.
func TestKilled(t *testing.T) {
	sim, err := simulator.New(simulator.Hospital(), simulator.Options{Latency: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	defer server.Close()
	home := t.TempDir()
	scan := func(args ...string) *exec.Cmd {
		return mlpscan(t, home, append([]string{"scan", "--endpoint-url", server.URL, "--format", "json", "--fail-on", "never", "--quiet"}, args...)...)
	}
	began := time.Now()
	whole, err := scan("--save", "whole.mlpscan").Output()
	if err != nil {
		t.Fatal(err)
	}
	took, calm := time.Since(began), statuses(t, whole)
	needed := sim.Stats().Total()
	for i := range 10 {
		part, rest := filepath.Join(home, string(rune('a'+i))+".mlpscan"), filepath.Join(home, string(rune('a'+i))+"-resumed.mlpscan")
		before := sim.Stats().Total()
		c := scan("--save", part)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		after := rand.N(took)
		time.Sleep(after)
		_ = c.Process.Kill()
		_ = c.Wait()
		if _, err := os.Stat(part); err != nil {
			continue // it had not begun
		}
		neverBetter(t, home, part, calm)
		out, err := scan("--resume", part, "--save", rest).Output()
		if err != nil {
			t.Fatalf("killed after %s: resume: %v", after, err)
		}
		for id, now := range statuses(t, out) {
			if calm[id] != now {
				t.Errorf("killed after %s: finding %s is %s, and was %s", after, id, now, calm[id])
			}
		}
		if n := len(statuses(t, out)); n != len(calm) {
			t.Errorf("killed after %s: %d findings, want %d", after, n, len(calm))
		}
		// What was under way is asked again, and so are failures and lists that were cut short.
		if again := sim.Stats().Total() - before - needed; again > 40 {
			t.Errorf("killed after %s: %d of %d calls were made twice", after, again, needed)
		} else {
			t.Logf("killed after %s of %s: %d of %d calls were made twice", after, took, again, needed)
		}
	}
}

// neverBetter judges a partial archive alone.
func neverBetter(t *testing.T, home, part string, calm map[string]string) {
	t.Helper()
	out, err := mlpscan(t, home, "scan", "--from", part, "--format", "json", "--fail-on", "never").Output()
	if err != nil {
		return // it ends before it names the account: an error, and no report
	}
	var head struct{ Run report.Run }
	if err := json.Unmarshal(out, &head); err != nil {
		t.Fatal(err)
	}
	for id, now := range statuses(t, out) {
		// One that was killed after its last call is whole, and says no less.
		if now != calm[id] && !(now == "unknown" && head.Run.Partial) {
			t.Errorf("%s: finding %s is %s, and was %q", part, id, now, calm[id])
		}
	}
}
