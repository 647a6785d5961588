package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/live"
	"github.com/mlpscan/mlpscan/cmd/mlpscan/config"
	"github.com/mlpscan/mlpscan/report"
)

// A target is one account of a scan of many, and the way into it.
type target struct {
	id, name string // "" where only the account itself can tell
	regions  []string
	// open makes the Source. Its failure is the account's own.
	open func() (cloud.Source, error)
	// failure is why the account cannot be scanned, known before the first call.
	failure *cloud.Error
}

// key names the account's archive before it is known whose it is.
func (t target) key() string { return cmp.Or(t.id, t.name) }

// label is what the user knows the account by.
func (t target) label() string {
	switch {
	case t.id == "":
		return t.name
	case t.name == "":
		return t.id
	}
	return t.id + " " + t.name
}

// atOnce is how many accounts are read side by side. Each is held in memory while
// it is, so that a scan of many takes what its largest few do, whatever their number.
const atOnce = 8

// readMany reads each account into an archive of its own in a folder, and hands
// over what came of it, one account at a time. An account that cannot be read is
// handed over as such; the error is one that ends the scan: a disk that is full,
// or an account that take refuses.
func (o *scanOptions) readMany(ctx context.Context, targets []target, dir string, list []*checks.Check, take func(report.Reading, *cloud.Account) error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot write the archives: %w", err)
	}
	done := newRoll(targets)
	if err := done.write(dir); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	progress := new(cloud.Progress)
	show := startProgress(progress, o.quiet)
	defer show.stop()
	var mu sync.Mutex           // guards take and read
	read := map[string]string{} // the labels of accounts, by the id they turned out to have
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for _, t := range targets {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			r, acc, err := o.readTarget(ctx, t, dir, list, progress)
			mu.Lock()
			defer mu.Unlock()
			if other, twice := read[r.ID]; err == nil && twice {
				r, acc = twiceRead(t, r, other), nil
				err = os.Remove(filepath.Join(dir, archiveName(t.key()))) // or the folder would count it twice
			}
			read[r.ID] = t.label()
			done.drop(t.key())
			done.note(r)
			if err == nil {
				show.say(outcome(t, r, acc))
				err = take(r, acc)
			}
			if err != nil {
				stop(err)
			}
		})
	}
	wg.Wait()
	if err := done.write(dir); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// twiceRead is an account that another way led to already: it counts once.
func twiceRead(t target, r report.Reading, other string) report.Reading {
	return report.Reading{ID: t.label(), Name: t.name, Failure: &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: "ReadTwice",
		Message: "it is account " + r.ID + ", which was read already as " + other}}
}

// readTarget reads one account; the account is nil where the Reading says why it
// could not be. The error is one that is not the account's own.
func (o *scanOptions) readTarget(ctx context.Context, t target, dir string, list []*checks.Check, progress *cloud.Progress) (report.Reading, *cloud.Account, error) {
	r := report.Reading{ID: t.key(), Name: t.name, Failure: t.failure}
	if r.Failure == nil && ctx.Err() != nil {
		r.Failure = &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: cloud.CodeSkipped, Message: "the scan was stopped before this account"}
	}
	if r.Failure != nil {
		return r, nil, nil
	}
	earlier, whole := o.earlier(ctx, r.ID, list)
	if whole != nil {
		acc, err := whole.Load()
		whole.Name = t.name
		return *whole, acc, err
	}
	src, err := t.open()
	if err != nil {
		r.Failure = failureOf(err)
		return r, nil, nil
	}
	path := filepath.Join(dir, archiveName(r.ID))
	acc, got, err := o.record(ctx, src, path, earlier, t.name, t.regions, list, progress)
	if err != nil {
		r.Failure = failureOf(err)
		return r, nil, unlessAccounts(err)
	}
	if t.id != "" && acc.ID != t.id {
		r.Failure = &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: "OtherAccount", Message: "the credential is of account " + acc.ID}
		return r, nil, os.Remove(path)
	}
	got.ID, got.Name, got.Load = acc.ID, t.name, fromArchive(path, t.regions, list)
	return got, acc, nil
}

// earlier is the account's archive in the folder that --resume names, "" where
// there is none; and what it says, where the account was read to its end then.
func (o *scanOptions) earlier(ctx context.Context, id string, list []*checks.Check) (path string, whole *report.Reading) {
	if o.resume == "" {
		return "", nil
	}
	path = filepath.Join(o.resume, archiveName(id))
	if _, err := os.Stat(path); err != nil {
		return "", nil
	}
	r, acc, err := readArchive(ctx, path, nil, list)
	if err != nil || acc.Partial {
		return path, nil // Resume will say what is wrong with it
	}
	return path, &r
}

// failureOf is why an account could not be read.
func failureOf(err error) *cloud.Error {
	var e *cloud.Error
	if errors.As(err, &e) {
		return e
	}
	return &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: "NoCredential", Message: err.Error()}
}

// unlessAccounts is the error if it ends the scan of every account: one of the
// archive on disk, and none of the account.
func unlessAccounts(err error) error {
	var e *cloud.Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// archiveName is the archive of an account, by its id or the name that stands for it.
func archiveName(id string) string { return safeName(id) + archiveEnding }

// archiveEnding is how the names of archives end.
const archiveEnding = ".mlpscan"

// outcome says in a line what came of one account.
func outcome(t target, r report.Reading, acc *cloud.Account) string {
	if r.Failure != nil {
		return fmt.Sprintf("account %s: not read: %s: %s", t.label(), r.Failure.Code, oneLine(r.Failure.Message))
	}
	t.id = r.ID
	if acc.Partial {
		return fmt.Sprintf("account %s: stopped before its end: what is missing is unknown", t.label())
	}
	return fmt.Sprintf("account %s: read", t.label())
}

// members makes a target of each member of a resource directory that the file
// chooses, entered by a role.
func (o *scanOptions) members(ctx context.Context, d *door, org config.Organization) ([]target, error) {
	manager, err := d.enter(org.Profile)
	if err != nil {
		return nil, err
	}
	all, err := cloud.Members(ctx, d.careful(manager))
	if err != nil {
		return nil, fmt.Errorf("cannot list the members of the organization: %w", err)
	}
	var list []target
	for _, m := range all {
		if !chosen(org, m) {
			continue
		}
		role := live.Role{ARN: "acs:ram::" + m.ID + ":role/" + cmp.Or(org.RoleName, memberRole), ExternalID: org.ExternalID, Session: org.SessionName}
		t := target{id: m.ID, name: m.Name, regions: o.regions, open: func() (cloud.Source, error) {
			src, err := manager.As(role)
			if err != nil {
				return nil, err
			}
			return d.careful(src), nil
		}}
		if !m.Joined() {
			t.failure = &cloud.Error{Service: "resourcemanager", Action: "ListAccounts", Code: "NotJoined", Message: "its status in the resource directory is " + m.Status}
		}
		list = append(list, t)
	}
	return list, nil
}

// chosen reports whether the file takes a member.
func chosen(org config.Organization, m cloud.Member) bool {
	return !slices.Contains(org.Exclude, m.ID) &&
		(len(org.Include) == 0 || slices.Contains(org.Include, m.ID)) &&
		(len(org.Folders) == 0 || slices.ContainsFunc(org.Folders, m.In))
}
