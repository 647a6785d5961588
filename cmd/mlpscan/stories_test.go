package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/cloud/simulator"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// exitCodeIs runs a command and demands its exit code: exitcode 3 mlpscan scan …
func exitCodeIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N command [arg …]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// serveSimulator serves the demo account, or something that is not Alibaba
// Cloud, and puts its address into the variable URL: serve account|website|hang|secret
func serveSimulator(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve account|late|website|hang")
	}
	var h http.Handler
	switch args[0] {
	case "account":
		sim, err := simulator.New(simulator.Hospital(), simulator.Options{})
		ts.Check(err)
		h = sim
	case "late":
		sim, err := simulator.New(simulator.Hospital(), simulator.Options{Now: func() time.Time { return time.Now().Add(time.Hour) }})
		ts.Check(err)
		h = sim
	case "website":
		h = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<!doctype html><title>Welcome to nginx!</title>")
		})
	case "hang":
		h = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	default:
		ts.Fatalf("serve: %q is not known", args[0])
	}
	listen(ts, h)
}

// serveOrganization serves a resource directory with some members: organization 3
func serveOrganization(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: organization MEMBERS")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	data, roles := simulator.Organization(simulator.Hospital(), n)
	sim, err := simulator.New(data, simulator.Options{Roles: roles})
	ts.Check(err)
	listen(ts, sim)
}

func listen(ts *testscript.TestScript, h http.Handler) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	go func() { _ = serve(ctx, l, h) }()
	ts.Defer(stop)
	ts.Setenv("URL", "http://"+l.Addr().String())
	ts.Setenv("KEY", simulator.DemoKeyID)
	ts.Setenv("SECRET", simulator.DemoKeySecret)
}

// cutFile shortens a file to a part of its length, in hundredths: cut FILE 60
func cutFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE PERCENT")
	}
	percent, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()*percent/100))
}

// expandFile puts the values of variables into a file: expand FILE
func expandFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expand FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// allowSigners writes a file of public keys as ssh-keygen wants it: signers FILE WHO KEY.pub …
func allowSigners(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: signers FILE WHO KEY.pub …")
	}
	text := ""
	for _, key := range args[2:] {
		text += args[1] + " " + ts.ReadFile(key)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// fillIn answers a clause of a worksheet as a person would: fill FILE SHEET CLAUSE VERDICT DATE NAME
func fillIn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 6 {
		ts.Fatalf("usage: fill FILE SHEET CLAUSE VERDICT DATE NAME")
	}
	path, sheet := ts.MkAbs(args[0]), args[1]
	f, err := excelize.OpenFile(path)
	ts.Check(err)
	found, err := f.SearchSheet(sheet, args[2])
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s stands %d times in %s", args[2], len(found), sheet)
	}
	row := strings.TrimPrefix(found[0], "A")
	for column, v := range map[string]string{"I": args[3], "K": args[4], "L": args[5]} {
		ts.Check(f.SetCellValue(sheet, column+row, v))
	}
	ts.Check(f.Save())
	ts.Check(f.Close())
}
