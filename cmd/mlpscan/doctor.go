package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/spf13/cobra"
)

func newDoctor() *cobra.Command {
	var o scanOptions
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Try credentials, permissions and endpoints before a scan",
		Long: `Try what a scan needs: the credential, the clock, the endpoints, and each API
once, with the requests of the scan itself. It tells what to grant, what is not
activated, and what could not be tried because the account has nothing of the kind
in the region that was looked at.

Exit codes: 0 a scan can read everything that was tried, 1 there can be no scan,
4 something would be unknown.`,
		Example: `  mlpscan doctor
  mlpscan doctor --profile audit --region cn-beijing`,
		RunE: func(c *cobra.Command, _ []string) error { return o.doctor(c) },
	}
	f := c.Flags()
	f.BoolVar(&o.demo, "demo", false, "look at the simulated account, without credentials")
	f.StringSliceVar(&o.regions, "region", nil, "regions to try (default: cn-hangzhou, or the account's first)")
	f.StringSliceVar(&o.services, "service", nil, "services to try (default: all)")
	f.StringSliceVar(&o.checks, "check", nil, "checks to try (default: all)")
	o.sourceFlags(f)
	return c
}

// diagnosis is what doctor found out about one API.
type diagnosis struct {
	call   string
	result string
	advice string
	bad    bool
}

func (o *scanOptions) doctor(c *cobra.Command) error {
	o.concurrency = 16
	list, err := checks.Find(checks.All, o.services, o.checks)
	if err != nil {
		return usage(o.selectionHint(), "%w", err)
	}
	out := c.OutOrStdout()
	src, err := o.source(c.Context())
	if err != nil {
		return err
	}
	began := time.Now()
	account, regions, err := o.whereTo(c.Context(), src)
	if err != nil {
		return err
	}
	for _, line := range [][2]string{
		{"credential", "works, for account " + account},
		{"clock", "accepted by Alibaba Cloud"},
		{"regions", fmt.Sprintf("%d opened; tried: %s", len(regions.opened), strings.Join(regions.tried, ", "))},
	} {
		fmt.Fprintln(out, padded(local(line[0]), 11), local(line[1]))
	}
	fmt.Fprintln(out)
	probe := cloud.NewProbe(src)
	if _, err := cloud.Read(c.Context(), probe, cloud.Options{Regions: regions.tried, Calls: checks.Calls(list), Time: began}); err != nil {
		return err
	}
	return o.tell(out, diagnose(checks.Reads(list), probe.Tried()), time.Since(began))
}

// whereabouts are the regions of an account, and those that doctor looks at.
type whereabouts struct{ opened, tried []string }

// whereTo finds the account, and a region where there is something to try.
func (o *scanOptions) whereTo(ctx context.Context, src cloud.Source) (string, whereabouts, error) {
	account, err := cloud.Identity(ctx, src)
	if err != nil {
		return "", whereabouts{}, err
	}
	opened, err := cloud.Regions(ctx, src)
	w := whereabouts{opened, o.regions}
	if len(w.tried) == 0 {
		w.tried = []string{"cn-hangzhou"}
		if err == nil && !slices.Contains(opened, w.tried[0]) {
			w.tried = opened[:1]
		}
	}
	return account, w, ctx.Err()
}

// diagnose says of each API that the checks read how it answered.
func diagnose(reads []string, tried map[string]*cloud.Error) []diagnosis {
	var all []diagnosis
	for _, call := range reads {
		e, ok := tried[call]
		d := diagnosis{call: call, result: "answers"}
		switch {
		case !ok && strings.HasSuffix(call, "/DescribeRegions"):
			continue // asked before
		case !ok:
			d.result, d.advice = "not tried", "nothing of its kind was found"
		case e == nil:
		case e.Class() == cloud.Unset || e.Class() == cloud.Unsupported:
			d.advice = "(" + e.Code + ")"
		case e.Class() == cloud.NotHere:
			d.result, d.advice = "not activated", "nothing to scan here ("+e.Code+")"
		case e.Class() == cloud.Denied:
			d.result, d.advice, d.bad = "denied", "grant "+e.RAMAction(), true
		default:
			d.result, d.advice, d.bad = string(e.Class()), strings.TrimSpace(e.Code+" "+oneLine(e.Message)), true
		}
		all = append(all, d)
	}
	return all
}

// tell prints the findings, the bad ones last, where a reader's eye is.
func (o *scanOptions) tell(w io.Writer, all []diagnosis, took time.Duration) error {
	slices.SortStableFunc(all, func(x, y diagnosis) int {
		switch {
		case x.bad == y.bad:
			return 0
		case y.bad:
			return -1
		}
		return 1
	})
	bad := 0
	for _, d := range all {
		if d.bad {
			bad++
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(padded(local(d.result), 14)+fmt.Sprintf(" %-42s ", d.call)+local(d.advice), " ")); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "\n"+local(fmt.Sprintf("%d APIs tried in %.1f s, %d would leave something unknown", len(all), took.Seconds(), bad)))
	if bad > 0 {
		fmt.Fprintln(w, local("mlpscan policy prints the policy that grants what is missing"))
		return exitCode(exitUnknown)
	}
	return nil
}
