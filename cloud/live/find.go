package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/aliyun/credentials-go/credentials/providers"
)

// Why there is no credential. The text beside them names what was looked at.
var (
	// ErrNoCredential: nothing was found to sign with.
	ErrNoCredential = errors.New("no credential")
	// ErrHalfCredential: one half of a pair is there and the other is not.
	ErrHalfCredential = errors.New("half a credential")
	// ErrUnknownProfile: no file has a profile of that name.
	ErrUnknownProfile = errors.New("unknown profile")
	// ErrProfile: a profile, or the file it stands in, cannot be used.
	ErrProfile = errors.New("bad profile")
)

// The environment variables of Alibaba Cloud's tools.
const (
	envKeyID        = "ALIBABA_CLOUD_ACCESS_KEY_ID"
	envKeySecret    = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	envToken        = "ALIBABA_CLOUD_SECURITY_TOKEN"
	envOIDCFile     = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	envOIDCProvider = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
	envOIDCRole     = "ALIBABA_CLOUD_ROLE_ARN"
	envProfile      = "ALIBABA_CLOUD_PROFILE"
	envURI          = "ALIBABA_CLOUD_CREDENTIALS_URI"
	envNoMetadata   = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"
)

// find is the credential of a named profile, or the first of the default
// chain: environment, OIDC, the current profile of the aliyun command line,
// the default profile of the shared credentials file, the ECS instance's RAM
// role, a credentials URI.
//
// The order is that of the vendor's library, which does the asking in the end.
// The choice is made here, because the library passes over what is half set up
// and would scan another account than the one that was meant.
func (s *Source) find(profile string) (Credential, error) {
	if profile != "" {
		return s.profile(profile)
	}
	for _, next := range []func() (Credential, error){fromEnvironment, fromOIDC, s.fromProfiles} {
		if c, err := next(); c != nil || err != nil {
			return c, err
		}
	}
	return fromMachine()
}

func fromEnvironment() (Credential, error) {
	id, secret, token := os.Getenv(envKeyID), os.Getenv(envKeySecret), os.Getenv(envToken)
	switch {
	case id == "" && secret == "" && token == "":
		return nil, nil
	case id == "":
		return nil, fmt.Errorf("%w: %s is not set, but %s is", ErrHalfCredential, envKeyID, firstSet(envKeySecret, envToken))
	case secret == "":
		return nil, fmt.Errorf("%w: %s is set, but %s is not", ErrHalfCredential, envKeyID, envKeySecret)
	}
	return Static(id, secret, token), nil
}

func firstSet(names ...string) string {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

func fromOIDC() (Credential, error) {
	if os.Getenv(envOIDCFile) == "" {
		return nil, nil
	}
	for _, name := range []string{envOIDCProvider, envOIDCRole} {
		if os.Getenv(name) == "" {
			return nil, fmt.Errorf("%w: %s is set, but %s is not", ErrHalfCredential, envOIDCFile, name)
		}
	}
	p, err := providers.NewOIDCCredentialsProviderBuilder().Build()
	if err != nil {
		return nil, fmt.Errorf("%w: OIDC: %s", ErrProfile, Keys{}.redact(err.Error()))
	}
	return &library{name: "OIDC role " + os.Getenv(envOIDCRole), provider: p}, nil
}

// fromMachine is what the machine itself brings. Whether it does shows only
// when it is asked.
func fromMachine() (Credential, error) {
	var any firstOf
	if strings.ToLower(os.Getenv(envNoMetadata)) != "true" {
		if p, err := providers.NewECSRAMRoleCredentialsProviderBuilder().Build(); err == nil {
			any = append(any, &library{name: "ECS RAM role", provider: p})
		}
	}
	if os.Getenv(envURI) != "" {
		if p, err := providers.NewURLCredentialsProviderBuilder().Build(); err == nil {
			any = append(any, &library{name: envURI, provider: p})
		}
	}
	if len(any) == 0 {
		return nil, nothing()
	}
	return any, nil
}

// nothing tells where a credential was looked for.
func nothing() error {
	return fmt.Errorf("%w: %s is not set, %s has no current profile with keys, %s has no default profile, and this machine brings none (ECS RAM role, %s)",
		ErrNoCredential, envKeyID, cliFile(), sharedFile(), envURI)
}

// firstOf is the first credential that works.
type firstOf []Credential

func (f firstOf) Keys(ctx context.Context) (Keys, error) {
	reasons := nothing()
	for _, c := range f {
		k, err := c.Keys(ctx)
		if err == nil || ctx.Err() != nil {
			return k, err
		}
		reasons = fmt.Errorf("%w; %w", reasons, err)
	}
	return Keys{}, reasons
}

// library is a credential that the vendor's library finds and renews. Its
// providers know no context and no other goroutines, and throw away keys that
// are still good when renewing them fails.
type library struct {
	name     string
	provider providers.CredentialsProvider

	mu      sync.Mutex
	last    Keys      // that worked
	failing time.Time // since when renewing fails
}

// grace is how long keys are used after their renewal failed: the library
// renews them three minutes before they expire.
const grace = 2 * time.Minute

func (l *library) Keys(ctx context.Context) (Keys, error) {
	type found struct {
		keys Keys
		err  error
	}
	done := make(chan found, 1)
	go func() {
		k, err := l.ask()
		done <- found{k, err}
	}()
	select {
	case f := <-done:
		return f.keys, f.err
	case <-ctx.Done():
		return Keys{}, context.Cause(ctx)
	}
}

// ask asks the library, one goroutine at a time.
func (l *library) ask() (Keys, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.provider.GetCredentials()
	if err == nil && c != nil && c.AccessKeyId != "" && c.AccessKeySecret != "" {
		l.last, l.failing = Keys{ID: c.AccessKeyId, Secret: c.AccessKeySecret, Token: c.SecurityToken}, time.Time{}
		return l.last, nil
	}
	if l.failing.IsZero() {
		l.failing = time.Now()
	}
	if l.last.ID != "" && time.Since(l.failing) < grace {
		return l.last, nil
	}
	if err == nil {
		return Keys{}, fmt.Errorf("%s: %w", l.name, ErrHalfCredential)
	}
	return Keys{}, fmt.Errorf("%s: %s", l.name, Keys{}.redact(errorText(err)))
}
