// Command mlpscan reads an Alibaba Cloud account's configuration, judges it, and
// tells what that means for each clause of China's MLPS 2.0 baseline (等保2.0).
//
// Results go to standard output; progress, errors and hints to standard error.
// An error is one line "error: …" in lower case without a full stop, and after
// it, where there is a next step, one line "hint: …"; in Chinese where the locale or
// --lang says so.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, as README and `mlpscan scan --help` give them.
const (
	exitFine     = 0 // nothing failed
	exitBroken   = 1 // could not do it
	exitUsage    = 2 // the command was not understood
	exitFindings = 3 // findings at or above --fail-on
	exitUnknown  = 4 // nothing failed, but something is unknown
)

// heapGrowth is how far the heap grows, in percent of what lives on it, before the
// collector runs. An account is read once and then judged from memory: with Go's
// own 100 a large one would take twice what it holds; a third of that costs about
// a tenth of the time. GOGC in the environment goes before it.
const heapGrowth = 30

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	os.Exit(run())
}

// run is main with an exit code, so that tests can call it as a command.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// After the first signal a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	err := newRoot().ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	err = explain(err)
	for _, one := range mistakes(err) {
		fmt.Fprintln(os.Stderr, local("error: "+oneLine(one.Error())))
	}
	var h hinted
	if errors.As(err, &h) {
		fmt.Fprintln(os.Stderr, local("hint: "+oneLine(h.hint)))
		return h.code
	}
	return exitBroken
}

// mistakes are the errors that err joins: a file may have several.
func mistakes(err error) []error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if joined, ok := e.(interface{ Unwrap() []error }); ok && e.Error() == err.Error() {
			return joined.Unwrap()
		}
	}
	return []error{err}
}

// oneLine keeps an error that quotes a provider's words on its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// exitCode ends the command with a code and no message: the result was printed.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// hinted is an error with the next step for the user.
type hinted struct {
	error
	hint string
	code int
}

func (h hinted) Unwrap() error { return h.error }

// withHint adds the next step to an error that the program could not get past.
func withHint(err error, hint string) error { return hinted{err, hint, exitBroken} }

// usage is an error in how the command was called.
func usage(hint, format string, args ...any) error {
	return hinted{fmt.Errorf(format, args...), hint, exitUsage}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "mlpscan",
		Short: "Read an Alibaba Cloud account and say what MLPS 2.0 (等保2.0) asks of it",
		Long: `mlpscan reads the configuration of an Alibaba Cloud account, judges it, and maps
every verdict to a clause of China's MLPS 2.0 baseline (GB/T 22239-2019). It
never changes anything. What it could not read is "unknown", never "pass".

Try it without an account:  mlpscan scan --demo`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			return usage("mlpscan --help lists the commands"+closest(args[0], names), "unknown command %q", args[0])
		},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("see: "+c.CommandPath()+" --help", "%w", err)
	})
	root.AddCommand(newScan(), newReport(), newChecks(), newClauses(), newPolicy(), newDoctor(), newWorksheet(), newConfig(), newEvidence(), newVerify(), newSimulate(), newVersion())
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
	}
	localize(root, spoken())
	return root
}

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.NoArgs
	}
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage("see: "+c.CommandPath()+" --help", "%w", err)
		}
		return nil
	}
}
