package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the command itself, for the stories.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mlpscan": func() { os.Exit(run()) },
	})
}

// TestStories runs testdata/*.txt: what a user types and reads, one story a file.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			// Nothing of the developer's own: no credentials, no profiles, English.
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exitcode":     exitCodeIs,
			"serve":        serveSimulator,
			"organization": serveOrganization,
			"fill":         fillIn,
			"cut":          cutFile,
			"signers":      allowSigners,
			"expand":       expandFile,
		},
	})
}
