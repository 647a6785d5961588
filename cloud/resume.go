package cloud

import (
	"context"
	"errors"
)

// Resume is a Source that answers from a partial archive what the archive holds,
// and asks another Source for the rest, so that a scan that was killed goes on
// where it stopped.
//
// What had failed is asked again, unless the failure is a fact about the account
// (no such setting, not supported, not activated). A
// list that the archive does not hold to its end is read again from its first
// page, since the token of its next page may no longer be good. The account is
// asked for anew; one that is not the archive's is an error.
func Resume(ctx context.Context, saved *Archive, src Source) (Source, error) {
	whose, err := Identity(ctx, saved)
	if err != nil {
		return src, nil // it ended before it knew the account: there is nothing to go on from
	}
	now, err := Identity(ctx, src)
	if err != nil {
		return nil, err
	}
	if whose != now {
		return nil, &OtherAccountError{Archive: whose, Credential: now}
	}
	return &resuming{saved: saved, src: src, cut: cutLists(ctx, saved)}, nil
}

// OtherAccountError: a scan cannot go on with another account's credential.
type OtherAccountError struct{ Archive, Credential string }

func (e *OtherAccountError) Error() string {
	return "the archive is of account " + e.Archive + ", and the credential of account " + e.Credential
}

type resuming struct {
	saved *Archive
	src   Source
	cut   map[[3]string]bool
}

func (r *resuming) Call(ctx context.Context, req Request) (Answer, error) {
	if !r.cut[listKey(req.Service, req.Region, req.Action)] && req.Action != "GetCallerIdentity" {
		a, err := r.saved.Call(ctx, req)
		if err == nil {
			return a, nil
		}
		var e *Error
		if !errors.As(err, &e) {
			return Answer{}, err // the archive was altered
		}
		if c := e.Class(); c == Unset || c == Unsupported || c == NotHere {
			return Answer{}, err
		}
	}
	return r.src.Call(ctx, req)
}

func listKey(service, region, action string) [3]string { return [3]string{service, region, action} }

// cutLists are the lists that the archive does not hold to their end: those that
// a reading of it alone misses something of.
func cutLists(ctx context.Context, saved *Archive) map[[3]string]bool {
	acc, err := Read(ctx, saved, Options{Regions: saved.Scan.Regions, Time: saved.Scan.Started})
	cut := map[[3]string]bool{}
	if err != nil {
		return cut
	}
	for _, e := range acc.Missing {
		if e.Resource == "" {
			cut[listKey(e.Service, e.Region, e.Action)] = true
		}
	}
	return cut
}
