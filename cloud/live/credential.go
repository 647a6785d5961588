package live

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Keys sign requests. Printed in any way, they show the beginning and the end
// of the AccessKey id and nothing else.
type Keys struct {
	ID, Secret string
	Token      string    // of temporary keys
	Expires    time.Time // zero where it is not known, or never
}

// String names the keys without giving them away.
func (k Keys) String() string { return mask(k.ID) }

// Format is String whatever the verb, so that %+v and %#v show nothing either.
func (k Keys) Format(f fmt.State, _ rune) { fmt.Fprint(f, mask(k.ID)) }

// MarshalText keeps the keys out of JSON too.
func (k Keys) MarshalText() ([]byte, error) { return []byte(mask(k.ID)), nil }

// mask shows enough of an id to tell it from another.
func mask(id string) string {
	if len(id) < 12 {
		return "****"
	}
	return id[:4] + "****" + id[len(id)-4:]
}

// A Credential brings the keys to sign a request with, renewed where they would
// expire. Keys may be called from many goroutines.
type Credential interface {
	Keys(ctx context.Context) (Keys, error)
}

// Static is a credential that never changes.
func Static(id, secret, token string) Credential {
	k := Keys{ID: id, Secret: secret, Token: token}
	return static(func() Keys { return k })
}

// static is a function, since fmt prints the fields of a struct inside another
// without asking it, and of a function only the address.
type static func() Keys

func (s static) Keys(context.Context) (Keys, error) { return s(), nil }

// idLike is an AccessKey id or a security token, whosever it is.
var idLike = regexp.MustCompile(`\b(?:LTAI|STS\.|CAIS)[A-Za-z0-9+/=%]{8,}`)

// signedText is where a provider begins to repeat what it signed.
var signedText = regexp.MustCompile(`(?i)(?:server )?string ?to ?sign`)

// redact takes these keys, and whatever looks like another's, out of a text
// that came from elsewhere. A provider that refuses a signature repeats what
// it was made of, which is cut off whole.
func (k Keys) redact(s string) string {
	if at := signedText.FindStringIndex(s); at != nil {
		s = s[:at[0]] + "(the text that was signed is left out)"
	}
	for _, secret := range []string{k.Secret, k.Token} {
		if secret != "" {
			for _, form := range []string{secret, url.QueryEscape(secret), url.QueryEscape(url.QueryEscape(secret))} {
				s = strings.ReplaceAll(s, form, "****")
			}
		}
	}
	if k.ID != "" {
		s = strings.ReplaceAll(s, k.ID, mask(k.ID))
	}
	return idLike.ReplaceAllStringFunc(s, func(found string) string {
		if strings.HasPrefix(found, "CAIS") { // the beginning of a token
			return "****"
		}
		return mask(found)
	})
}
