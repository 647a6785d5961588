package live

import "errors"

// ErrNoCredential: nothing was found to sign with.
var ErrNoCredential = errors.New("no credential")

// A Role is an identity to take on, in this account or another.
type Role struct {
	ARN        string // acs:ram::<account>:role/<name>
	ExternalID string // what the role's owner asks for; often ""
	Session    string // how the session is named in the owner's audit log; "" means mlpscan
}

func (s *Source) assume(base Credential, role Role) Credential { return base }
