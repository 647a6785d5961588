package live

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// TestProxies runs this test again with proxies in its environment, which Go
// reads only once, and looks at what reaches the proxy: calls to the cloud, but
// none to the simulator.
func TestProxies(t *testing.T) {
	if os.Getenv("MLPSCAN_TEST_PROXY") != "" {
		simulator := answering(t, 200, "application/json", `{"RequestId":"R"}`)
		for _, c := range calls {
			s, err := New(Options{Credential: Static(testID, testSecret, "")})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Call(t.Context(), c.req); err == nil {
				t.Error("the proxy lets nobody through")
			}
			if _, err := source(t, simulator).Call(t.Context(), c.req); err != nil {
				t.Errorf("%s does not reach the simulator: %v", c.req.Call(), err)
			}
		}
		return
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Method+" "+r.Host] = true
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	again := exec.Command(os.Args[0], "-test.run=^TestProxies$")
	again.Env = append(os.Environ(), "MLPSCAN_TEST_PROXY=1", "HTTPS_PROXY="+proxy.URL, "HTTP_PROXY="+proxy.URL, "NO_PROXY=")
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range calls {
		if !seen["CONNECT "+c.host+":443"] {
			t.Errorf("%s did not go through the proxy: %v", c.req.Call(), seen)
		}
	}
	for host := range seen {
		if strings.Contains(host, "127.0.0.1") {
			t.Errorf("the simulator was asked through the proxy: %s", host)
		}
	}
}
