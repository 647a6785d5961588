package mlps

// Strength says how much a check tells of a clause.
type Strength string

// The strengths.
const (
	// Direct: the check decides the cloud part of the clause.
	Direct Strength = "direct"
	// Partial: it supports the clause; a person must confirm the rest.
	Partial Strength = "partial"
)
