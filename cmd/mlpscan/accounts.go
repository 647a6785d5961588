package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
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
func (o *scanOptions) readMany(ctx context.Context, c *cobra.Command, targets []target, dir string, list []*checks.Check, take func(report.Reading) error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot write the archives: %w", err)
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
			r, err := o.readTarget(ctx, t, dir, list, progress)
			mu.Lock()
			defer mu.Unlock()
			if other, twice := read[r.ID]; err == nil && twice {
				r = twiceRead(t, r, other)
			}
			read[r.ID] = t.label()
			if err == nil {
				show.say(outcome(t, r))
				err = take(r)
			}
			if err != nil {
				stop(err)
			}
		})
	}
	wg.Wait()
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

// readTarget reads one account. The error is one that is not the account's own.
func (o *scanOptions) readTarget(ctx context.Context, t target, dir string, list []*checks.Check, progress *cloud.Progress) (report.Reading, error) {
	r := report.Reading{ID: t.id, Name: t.name, Failure: t.failure}
	if r.ID == "" {
		r.ID = t.name
	}
	if r.Failure == nil && ctx.Err() != nil {
		r.Failure = &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: cloud.CodeSkipped, Message: "the scan was stopped before this account"}
	}
	if r.Failure != nil {
		return r, nil
	}
	earlier, whole := o.earlier(ctx, r.ID, list)
	if whole != nil {
		whole.Name = t.name
		return *whole, nil
	}
	src, err := t.open()
	if err != nil {
		r.Failure = failureOf(err)
		return r, nil
	}
	path := filepath.Join(dir, archiveName(r.ID))
	acc, got, err := o.record(ctx, src, path, earlier, t.regions, list, progress)
	if err != nil {
		r.Failure = failureOf(err)
		return r, unlessAccounts(err)
	}
	if t.id != "" && acc.ID != t.id {
		r.Failure = &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: "OtherAccount", Message: "the credential is of account " + acc.ID}
		return r, os.Remove(path)
	}
	got.ID, got.Name = acc.ID, t.name
	got.Load = onceHeld(acc, path, t.regions, list)
	return got, nil
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
	r, err := readArchive(ctx, path, nil, list)
	if err != nil {
		return path, nil // Resume will say what is wrong with it
	}
	acc, err := r.Load()
	if err != nil || acc.Partial {
		return path, nil
	}
	r.Load = onceHeld(acc, path, nil, list)
	return path, &r
}

// onceHeld gives the account that is in memory the first time, and then lets go
// of it: from then on it comes from its archive.
func onceHeld(acc *cloud.Account, path string, regions []string, list []*checks.Check) func() (*cloud.Account, error) {
	return func() (*cloud.Account, error) {
		if held := acc; held != nil {
			acc = nil
			return held, nil
		}
		r, err := readArchive(context.Background(), path, regions, list)
		if err != nil {
			return nil, err
		}
		return r.Load()
	}
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

// archiveName makes a file's name of an account's id, or of the name that stands for it.
func archiveName(id string) string {
	safe := []rune(id)
	for i, r := range safe {
		if r == '/' || r == '\\' || r == 0 || i == 0 && r == '.' {
			safe[i] = '_'
		}
	}
	return string(safe) + archiveEnding
}

// archiveEnding is how the names of archives end.
const archiveEnding = ".mlpscan"

// outcome says in a line what came of one account.
func outcome(t target, r report.Reading) string {
	if r.Failure != nil {
		return fmt.Sprintf("account %s: not read: %s: %s", t.label(), r.Failure.Code, oneLine(r.Failure.Message))
	}
	t.id = r.ID
	return fmt.Sprintf("account %s: read", t.label())
}

// checkTwice refuses targets with one id: what one of them allows would be
// counted twice.
func checkTwice(targets []target) error {
	seen := map[string]bool{}
	for _, t := range targets {
		if t.id != "" && seen[t.id] {
			return usage("name each account once", "account %s is named twice", t.id)
		}
		seen[t.id] = true
	}
	return nil
}

// organization makes a target of each member of the resource directory that the
// base credential manages, taken on by a role.
func organization(ctx context.Context, base cloud.Source, as func(member cloud.Member) (cloud.Source, error), chosen func(cloud.Member) bool) ([]target, error) {
	members, err := cloud.Members(ctx, base)
	if err != nil {
		return nil, err
	}
	var list []target
	for _, m := range members {
		if !chosen(m) {
			continue
		}
		t := target{id: m.ID, name: m.Name, open: func() (cloud.Source, error) { return as(m) }}
		if !m.Joined() {
			t.failure = &cloud.Error{Service: "resourcemanager", Action: "ListAccounts", Code: "NotJoined", Message: "its status in the resource directory is " + m.Status}
		}
		list = append(list, t)
	}
	return list, nil
}
