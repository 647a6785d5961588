package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
)

// A roll lists the accounts of a scan of many, in accounts.json beside their
// archives. It is written before the first call and again at the end, so that an
// account that was never read is not forgotten when the archives are judged again.
type roll []rollEntry

type rollEntry struct {
	ID      string       `json:"id"`
	Name    string       `json:"name,omitempty"`
	Failure *rollFailure `json:"failure,omitempty"` // none for an account that was read
}

type rollFailure struct {
	Service    string `json:"service"`
	Action     string `json:"action"`
	Code       string `json:"code"`
	Message    string `json:"message,omitempty"`
	HTTPStatus int    `json:"http_status,omitempty"`
	RequestID  string `json:"request_id,omitempty"`
}

const rollName = "accounts.json"

// notYet is the failure of an account whose turn has not come.
var notYet = &cloud.Error{Service: "sts", Action: "GetCallerIdentity", Code: cloud.CodeSkipped, Message: "the scan ended before this account"}

// newRoll begins with all accounts unread.
func newRoll(targets []target) roll {
	var r roll
	for _, t := range targets {
		r.note(report.Reading{ID: t.key(), Name: t.name, Failure: notYet})
	}
	return r
}

// note puts down what came of one account, in place of what stood there.
func (r *roll) note(x report.Reading) {
	e := rollEntry{ID: x.ID, Name: x.Name}
	if f := x.Failure; f != nil {
		e.Failure = &rollFailure{f.Service, f.Action, f.Code, f.Message, f.HTTPStatus, f.RequestID}
	}
	if i := slices.IndexFunc(*r, func(o rollEntry) bool { return o.ID == x.ID }); i >= 0 {
		(*r)[i] = e
		return
	}
	*r = append(*r, e)
}

// drop takes out an account that turned out to have another id.
func (r *roll) drop(id string) {
	*r = slices.DeleteFunc(*r, func(o rollEntry) bool { return o.ID == id })
}

func (r roll) write(dir string) error {
	slices.SortFunc(r, func(x, y rollEntry) int { return strings.Compare(x.ID, y.ID) })
	return writeFile(filepath.Join(dir, rollName), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(r)
	})
}

// unread are the accounts of a folder of archives that were not read.
func unread(dir string) ([]report.Reading, error) {
	path := filepath.Join(dir, rollName)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r roll
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var list []report.Reading
	for _, e := range r {
		if f := e.Failure; f != nil {
			list = append(list, report.Reading{ID: e.ID, Name: e.Name, Failure: &cloud.Error{Service: f.Service, Action: f.Action,
				Code: f.Code, Message: f.Message, HTTPStatus: f.HTTPStatus, RequestID: f.RequestID}})
		}
	}
	return list, nil
}
