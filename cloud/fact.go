package cloud

import "time"

// An Origin says which answer a fact was read from, so that a verdict can name
// its evidence. All resources of one page share one Origin.
type Origin struct {
	Call      string // "ecs/DescribeInstances"
	Region    string
	Entry     string // the answer's name in the archive
	RequestID string
	Time      time.Time // when the answer arrived
}

// A Fact is something about a resource that took a call of its own to learn:
// its Value, or the reason why it is not known. The zero Fact is not known.
// Checks do not look inside: they ask for it with their machinery, which makes
// "unknown" of what is missing.
type Fact[T any] struct {
	Value T
	From  *Origin // nil where Missing is not
	// Missing is why there is no Value. Class Unsupported means that the
	// resource can have no such thing; every other class that it was not read.
	Missing *Error
	// Unset: the provider said that there is no such setting; Value is zero.
	Unset bool
}

// Known reports whether the fact was read, if only to learn that it is unset.
func (f Fact[T]) Known() bool { return f.From != nil && f.Missing == nil }

// Why is the failure that hides the fact; nil where it is known.
func (f Fact[T]) Why() *Error {
	if f.Known() {
		return nil
	}
	if f.Missing == nil {
		return &Error{Code: CodeSkipped, Message: "the call was not made"}
	}
	return f.Missing
}

// Origin is where the fact was read from; nil where it is not known.
func (f Fact[T]) Origin() *Origin { return f.From }
