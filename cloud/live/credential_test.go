package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"

	"github.com/mlpscan/mlpscan/cloud"
)

// home is an empty home directory, and an environment without any credential.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "ALIBABA_CLOUD_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", dir)
	t.Setenv(envNoMetadata, "true")
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sharedText and cliText are the two files, with a profile for each case.
var cliText = `{"current":"main","profiles":[
 {"name":"main","mode":"AK","access_key_id":"` + testID + `","access_key_secret":"` + testSecret + `","region_id":"cn-hangzhou"},
 {"name":"sts","mode":"StsToken","access_key_id":"STS.x","access_key_secret":"` + testSecret + `","sts_token":"` + testToken + `"},
 {"name":"half","mode":"AK","access_key_id":"` + testID + `"},
 {"name":"halfsts","mode":"StsToken","access_key_id":"STS.x","access_key_secret":"s"},
 {"name":"role","mode":"RamRoleArn","access_key_id":"` + testID + `","access_key_secret":"` + testSecret + `","ram_role_arn":"acs:ram::1:role/audit","ram_session_name":"me","external_id":"ext","expired_seconds":900,"sts_region":"cn-shanghai"},
 {"name":"badrole","mode":"RamRoleArn","access_key_id":"a","access_key_secret":"b","ram_role_arn":"audit"},
 {"name":"chain","mode":"ChainableRamRoleArn","source_profile":"role","ram_role_arn":"acs:ram::2:role/member"},
 {"name":"loop","mode":"ChainableRamRoleArn","source_profile":"pool","ram_role_arn":"acs:ram::2:role/member"},
 {"name":"pool","mode":"ChainableRamRoleArn","source_profile":"loop","ram_role_arn":"acs:ram::2:role/member"},
 {"name":"orphan","mode":"ChainableRamRoleArn","source_profile":"gone","ram_role_arn":"acs:ram::2:role/member"},
 {"name":"rsa","mode":"RsaKeyPair"},
 {"name":"blank","mode":"AK"}]}`

const sharedText = "[default]\ntype = access_key\naccess_key_id = shared-id\naccess_key_secret = shared-secret\n" +
	"[half]\ntype=access_key\naccess_key_id=x\n[sharedhalf]\ntype=access_key\naccess_key_id=x\n[odd]\ntype=rsa_key_pair\n"

func TestCredentialsAreFound(t *testing.T) {
	tests := []struct {
		name, profile, cli, shared string
		env                        map[string]string
		id                         string
		want                       error
		says                       string
	}{
		{name: "nothing", want: ErrNoCredential, says: ".aliyun/config.json"},
		{name: "environment", env: map[string]string{envKeyID: "env-id", envKeySecret: "s"}, cli: cliText, id: "env-id"},
		{name: "half an environment", env: map[string]string{envKeyID: testID}, cli: cliText, want: ErrHalfCredential, says: envKeySecret},
		{name: "the other half", env: map[string]string{envKeySecret: testSecret}, cli: cliText, want: ErrHalfCredential, says: envKeyID},
		{name: "a token alone", env: map[string]string{envToken: testToken}, cli: cliText, want: ErrHalfCredential, says: envToken},
		{name: "half of OIDC", env: map[string]string{envOIDCFile: "/x"}, cli: cliText, want: ErrHalfCredential, says: envOIDCProvider},
		{name: "current profile", cli: cliText, shared: sharedText, id: testID},
		{name: "shared file", shared: sharedText, id: "shared-id"},
		{name: "a blank current profile", cli: strings.Replace(cliText, `"current":"main"`, `"current":"blank"`, 1), shared: sharedText, id: "shared-id"},
		{name: "a blank one asked for", profile: "blank", cli: cliText, shared: sharedText, want: ErrHalfCredential, says: `"blank"`},
		{name: "named", profile: "sts", cli: cliText, id: "STS.x"},
		{name: "named before the environment", profile: "sts", env: map[string]string{envKeyID: "env-id", envKeySecret: "s"}, cli: cliText, id: "STS.x"},
		{name: "named by the environment", env: map[string]string{envProfile: "sts"}, cli: cliText, id: "STS.x"},
		{name: "unknown", profile: "prod", cli: cliText, shared: sharedText, want: ErrUnknownProfile, says: "main, sts, half"},
		{name: "unknown by the environment", env: map[string]string{envProfile: "prod"}, cli: cliText, want: ErrUnknownProfile, says: `"prod"`},
		{name: "no file at all", profile: "prod", want: ErrUnknownProfile, says: "which has none"},
		{name: "half a profile", profile: "half", cli: cliText, want: ErrHalfCredential, says: "access_key_secret"},
		{name: "half a session", profile: "halfsts", cli: cliText, want: ErrHalfCredential, says: "sts_token"},
		{name: "half a shared profile", profile: "sharedhalf", shared: sharedText, want: ErrHalfCredential, says: ".alibabacloud/credentials"},
		{name: "a bad role", profile: "badrole", cli: cliText, want: ErrProfile, says: "acs:ram::<account>"},
		{name: "a circle", profile: "loop", cli: cliText, want: ErrProfile, says: "itself"},
		{name: "no source", profile: "orphan", cli: cliText, want: ErrUnknownProfile, says: `"gone"`},
		{name: "a mode nobody has", profile: "rsa", cli: cliText, want: ErrProfile, says: "RsaKeyPair"},
		{name: "a type nobody has", profile: "odd", shared: sharedText, want: ErrProfile, says: "rsa_key_pair"},
		{name: "a broken file", cli: cliText[:len(cliText)-20], want: ErrProfile, says: "config.json is not"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := home(t)
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			if tt.cli != "" {
				write(t, filepath.Join(dir, ".aliyun/config.json"), tt.cli)
			}
			if tt.shared != "" {
				write(t, filepath.Join(dir, ".alibabacloud/credentials"), tt.shared)
			}
			s, err := New(Options{Profile: tt.profile})
			if !errors.Is(err, tt.want) || tt.want != nil && !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v", err)
			}
			noSecrets(t, err)
			if err == nil {
				if k, err := s.credential.Keys(t.Context()); err != nil || k.ID != tt.id {
					t.Errorf("keys %q, %v", k.ID, err)
				}
				noSecrets(t, *s)
			}
		})
	}
}

// stsServer assumes roles: the keys it gives say who asked for which role.
type stsServer struct {
	mu     sync.Mutex
	asked  []string
	lasts  time.Duration
	refuse string // code
	reject bool   // answers other calls with an expired token, once
}

func (s *stsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if q.Get("Action") != "AssumeRole" {
		if s.reject {
			s.reject = false
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"RequestId":"R","Code":"InvalidSecurityToken.Expired","Message":"expired"}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"RequestId":"R","AccountId":"1","by":%q}`, q.Get("AccessKeyId"))
		return
	}
	s.asked = append(s.asked, strings.Join([]string{q.Get("AccessKeyId"), q.Get("RoleArn"), q.Get("RoleSessionName"), q.Get("ExternalId"), q.Get("DurationSeconds"), r.Host}, " "))
	if s.refuse != "" {
		w.WriteHeader(403)
		_, _ = fmt.Fprintf(w, `{"RequestId":"R","Code":%q,"Message":"no"}`, s.refuse)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"RequestId": "R", "Credentials": map[string]string{
		"AccessKeyId": fmt.Sprintf("STS.%d", len(s.asked)), "AccessKeySecret": testSecret, "SecurityToken": testToken,
		"Expiration": time.Now().Add(s.lasts).UTC().Format(time.RFC3339)}})
}

var whoami = cloud.Request{Service: "sts", Action: "GetCallerIdentity"}

// by is the id that a call was signed with.
func by(t *testing.T, s *Source) string {
	t.Helper()
	a, err := s.Call(t.Context(), whoami)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ By string }
	if err := json.Unmarshal(a.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v.By
}

func TestRolesAreAssumedOverTheSameTransport(t *testing.T) {
	write(t, filepath.Join(home(t), ".aliyun/config.json"), cliText)
	h := &stsServer{lasts: time.Hour}
	srv := httptest.NewServer(h)
	defer srv.Close()
	s, err := New(Options{Profile: "chain", EndpointURL: srv.URL, Roles: []Role{{ARN: "acs:ram::3:role/third"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := by(t, s); got != "STS.3" {
		t.Errorf("signed by %s", got)
	}
	want := testID + " acs:ram::1:role/audit me ext 900 sts.cn-shanghai.aliyuncs.com\n" +
		"STS.1 acs:ram::2:role/member mlpscan  3600 sts.cn-hangzhou.aliyuncs.com\n" +
		"STS.2 acs:ram::3:role/third mlpscan  3600 sts.cn-hangzhou.aliyuncs.com"
	if got := strings.Join(h.asked, "\n"); got != want {
		t.Errorf("asked\n%s\nwant\n%s", got, want)
	}
	by(t, s)
	if len(h.asked) != 3 {
		t.Errorf("fresh keys were renewed: %v", h.asked)
	}
	other, err := s.As(Role{ARN: "acs:ram::4:role/fourth", ExternalID: "e"})
	if err != nil || by(t, other) != "STS.4" || by(t, s) != "STS.3" {
		t.Errorf("as another: %v, %v", h.asked, err)
	}
	noSecrets(t, *s)
	noSecrets(t, *other)
	if _, err := s.As(Role{ARN: "nonsense"}); !errors.Is(err, ErrRole) {
		t.Errorf("%v", err)
	}
}

func TestKeysAreRenewedInTime(t *testing.T) {
	h := &stsServer{lasts: 8 * time.Second} // renewed after 6 of them
	srv := httptest.NewServer(h)
	defer srv.Close()
	s, _ := New(Options{Credential: Static(testID, testSecret, ""), EndpointURL: srv.URL, Roles: []Role{{ARN: "acs:ram::1:role/a"}}})
	role := s.credential.(*assumed)
	if first, again := by(t, s), by(t, s); first != "STS.1" || again != "STS.1" {
		t.Fatalf("asked %v", h.asked)
	}
	role.hold(role.keys, time.Now()) // it is time
	if by(t, s) != "STS.2" {
		t.Errorf("not renewed: %v", h.asked)
	}
	role.hold(role.keys, time.Now())
	h.refuse = "ServiceUnavailable"
	if first, again := by(t, s), by(t, s); first != "STS.2" || again != "STS.2" || len(h.asked) != 3 {
		t.Errorf("good keys were thrown away: %v", h.asked)
	}
	h.refuse = "EntityNotExist.Role"
	role.keys.Expires = time.Now()
	_, err := s.Call(t.Context(), whoami)
	var e *cloud.Error
	if !errors.As(err, &e) || e.Class() != cloud.Fatal || e.Code != CodeCredential || !strings.Contains(e.Message, "cannot assume acs:ram::1:role/a") || !strings.Contains(e.Message, "EntityNotExist.Role") {
		t.Errorf("%v", err)
	}
	noSecrets(t, err)
	h.refuse = "Throttling"
	if _, err = s.Call(t.Context(), whoami); !errors.As(err, &e) || e.Class() != cloud.Throttled {
		t.Errorf("STS that throttles ends the scan: %v", err)
	}
	h.refuse = ""
	if by(t, s) == "STS.2" {
		t.Error("not renewed when STS was back")
	}
	h.reject = true
	n := len(h.asked)
	if got := by(t, s); len(h.asked) != n+1 || got == fmt.Sprintf("STS.%d", n) {
		t.Errorf("a token that expired was not replaced: %s, %v", got, h.asked)
	}
}

// TestOneRenewalForAll: many callers at once make one call for keys.
func TestOneRenewalForAll(t *testing.T) {
	h := &stsServer{lasts: time.Hour}
	srv := httptest.NewServer(h)
	defer srv.Close()
	s, _ := New(Options{Credential: Static(testID, testSecret, ""), EndpointURL: srv.URL, Roles: []Role{{ARN: "acs:ram::1:role/a"}}})
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { by(t, s) })
	}
	wg.Wait()
	if len(h.asked) != 1 {
		t.Errorf("asked %d times", len(h.asked))
	}
}

// TestNoSecretOfABrokenSession: half an answer of STS is not quoted.
func TestNoSecretOfABrokenSession(t *testing.T) {
	for _, body := range []string{
		`{"RequestId":"R","Credentials":{"AccessKeyId":"STS.x","AccessKeySecret":"` + testSecret + `","Secur`,
		`{"RequestId":"R","Credentials":{"AccessKeyId":"STS.x","AccessKeySecret":"` + testSecret + `"}}`,
		`{"Credentials":{"AccessKeyId":"STS.x","AccessKeySecret":"` + testSecret + `","SecurityToken":"` + testToken + `"}}`,
		`{"RequestId":"R","Credentials":{"AccessKeyId":"STS.x","AccessKeySecret":"` + testSecret + `","SecurityToken":"` + testToken + `","Expiration":"` + testSecret + `"}}`,
	} {
		s, _ := New(Options{Credential: Static(testID, "other", ""), EndpointURL: answering(t, 200, "application/json", body), Roles: []Role{{ARN: "acs:ram::1:role/a"}}})
		_, err := s.Call(t.Context(), whoami)
		var e *cloud.Error
		if !errors.As(err, &e) || e.Class() != cloud.Broken {
			t.Errorf("%v", err)
		}
		noSecrets(t, err)
	}
}

// provider is one of the library's, made of a function.
type provider func() (*providers.Credentials, error)

func (p provider) GetCredentials() (*providers.Credentials, error) { return p() }
func (p provider) GetProviderName() string                         { return "test" }

func TestLibraryIsKeptAtArmsLength(t *testing.T) {
	good := &providers.Credentials{AccessKeyId: testID, AccessKeySecret: testSecret}
	var answer *providers.Credentials
	var fail error
	l := &library{name: "ECS RAM role", provider: provider(func() (*providers.Credentials, error) { return answer, fail })}
	fail = errors.New("refresh failed: " + testID + " " + testToken)
	if _, err := l.Keys(t.Context()); err == nil || !strings.Contains(err.Error(), "ECS RAM role: refresh failed") {
		t.Errorf("%v", err)
	} else {
		noSecrets(t, err)
	}
	answer, fail = good, nil
	if k, err := l.Keys(t.Context()); err != nil || k.ID != testID {
		t.Errorf("%v %v", k, err)
	}
	answer, fail = nil, errors.New("metadata service is away")
	if k, err := l.Keys(t.Context()); err != nil || k.ID != testID {
		t.Errorf("good keys were thrown away: %v", err)
	}
	l.failing = time.Now().Add(-grace)
	if _, err := l.Keys(t.Context()); err == nil {
		t.Error("used for ever")
	}
	hang := make(chan struct{})
	defer close(hang)
	l = &library{name: "x", provider: provider(func() (*providers.Credentials, error) { <-hang; return good, nil })}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := l.Keys(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
