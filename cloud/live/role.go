package live

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
)

// A Role is an identity to take on, in this account or another.
type Role struct {
	ARN        string        // acs:ram::<account>:role/<name>
	ExternalID string        // what the role's owner asks for; often ""
	Session    string        // the session's name in the owner's audit log; "" means mlpscan
	Duration   time.Duration // of one session, from 15 minutes; 0 means an hour
	Policy     string        // narrows what the session may do; "" means all the role may
	Region     string        // whose STS is asked; "" means that of the Source
}

// ErrRole: what should be the ARN of a role is none.
var ErrRole = errors.New("bad role ARN")

var roleARN = regexp.MustCompile(`^acs:ram::\d+:role/[\w.-]+$`)

func (r Role) check() error {
	if !roleARN.MatchString(r.ARN) {
		return fmt.Errorf("%w: %q: it takes the form acs:ram::<account>:role/<name>", ErrRole, r.ARN)
	}
	return nil
}

func (r Role) params() map[string]string {
	p := map[string]string{
		"RoleArn":         r.ARN,
		"RoleSessionName": cmp.Or(r.Session, "mlpscan"),
		"DurationSeconds": strconv.Itoa(int(cmp.Or(r.Duration, time.Hour).Seconds())),
	}
	if r.ExternalID != "" {
		p["ExternalId"] = r.ExternalID
	}
	if r.Policy != "" {
		p["Policy"] = r.Policy
	}
	return p
}

// assume is the credential of a role, taken on by another credential.
func (s *Source) assume(base Credential, role Role) Credential {
	return &assumed{source: s, base: base, role: role, renewing: make(chan struct{}, 1)}
}

// assumed holds the keys of a role's session, and renews them in time.
type assumed struct {
	source *Source // whose STS and transport are used
	base   Credential
	role   Role

	renewing chan struct{} // held by the one that renews

	mu   sync.Mutex // guards what follows
	keys Keys
	due  time.Time // when to renew: some time before the keys expire
}

// How the renewal of a session's keys is timed.
const (
	renewBefore = 5 * time.Minute  // at most so long before they expire
	renewAgain  = 30 * time.Second // after a renewal that failed
	lastMoment  = 5 * time.Second  // keys this close to their end are not used
)

// Keys are those at hand while they are fresh. When it is time to renew them
// one caller does, and the others go on with the old ones while those last.
func (a *assumed) Keys(ctx context.Context) (Keys, error) {
	k, fresh, usable := a.held()
	if fresh {
		return k, nil
	}
	select {
	case a.renewing <- struct{}{}:
	default:
		if usable {
			return k, nil
		}
		select {
		case a.renewing <- struct{}{}:
		case <-ctx.Done():
			return Keys{}, context.Cause(ctx)
		}
	}
	defer func() { <-a.renewing }()
	if k, fresh, usable = a.held(); fresh {
		return k, nil
	}
	renewed, err := a.renew(ctx)
	if err == nil {
		return renewed, nil
	}
	if usable {
		a.hold(k, time.Now().Add(renewAgain))
		return k, nil
	}
	return Keys{}, fmt.Errorf("cannot assume %s: %w", a.role.ARN, err)
}

func (a *assumed) held() (k Keys, fresh, usable bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	usable = a.keys.Expires.Sub(now) > lastMoment
	return a.keys, usable && now.Before(a.due), usable
}

func (a *assumed) hold(k Keys, due time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys, a.due = k, due
}

// expire drops the keys that the provider calls expired, whatever our clock says.
func (a *assumed) expire(k Keys) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys.ID == k.ID {
		a.keys = Keys{}
	}
}

// renew asks STS. The answer holds a secret, so that it goes no other way than
// into the keys: not through Call, behind which somebody may record.
func (a *assumed) renew(ctx context.Context) (Keys, error) {
	base, err := a.base.Keys(ctx)
	if err != nil {
		return Keys{}, err
	}
	req := cloud.Request{Service: "sts", Region: a.role.Region, Action: "AssumeRole", Params: a.role.params()}
	ans, err := a.source.send(ctx, services["sts"], req, base)
	if err != nil {
		return Keys{}, err
	}
	var body struct {
		Credentials struct {
			AccessKeyId, AccessKeySecret, SecurityToken string
			Expiration                                  time.Time
		}
	}
	if err := json.Unmarshal(ans.Body, &body); err != nil {
		return Keys{}, newError(req, cloud.CodeBroken, "the answer does not have the form of a session")
	}
	c := body.Credentials
	k := Keys{ID: c.AccessKeyId, Secret: c.AccessKeySecret, Token: c.SecurityToken, Expires: c.Expiration}
	if k.ID == "" || k.Secret == "" || k.Token == "" || k.Expires.IsZero() {
		return Keys{}, newError(req, cloud.CodeBroken, "the answer holds no keys")
	}
	a.hold(k, k.Expires.Add(-min(renewBefore, time.Until(k.Expires)/4)))
	return k, nil
}
