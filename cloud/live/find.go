package live

// find is the credential of a profile, or of the default chain.
func (s *Source) find(profile string) (Credential, error) { return nil, ErrNoCredential }
