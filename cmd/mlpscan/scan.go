package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
	"github.com/spf13/cobra"
)

// scanOptions are the flags of scan.
type scanOptions struct {
	demo        bool
	from        string
	save        string
	resume      string
	regions     []string
	services    []string
	checks      []string
	profile     string
	roleARNs    []string
	externalID  string
	sessionName string
	endpointURL string
	concurrency int
	timeout     time.Duration
	quiet       bool
	skip        []string // checks left out, from the file
	render      renderOptions
}

func newScan() *cobra.Command {
	var o scanOptions
	c := &cobra.Command{
		Use:   "scan",
		Short: "Read an account, judge it, and report",
		Long: `Read an account's configuration, judge it, and report. Every answer of the
cloud is kept in an archive, which is the evidence and can be judged again
with --from. Nothing is ever changed in the account.

Credentials come from where Alibaba Cloud's own tools take them:
ALIBABA_CLOUD_* variables, profiles in ~/.aliyun/config.json and
~/.alibabacloud/credentials, an ECS RAM role, OIDC.

Exit codes: 0 nothing failed, 1 could not do it, 2 usage, 3 findings at or
above --fail-on, 4 nothing failed but something is unknown.`,
		Example: `  mlpscan scan --demo
  mlpscan scan --profile audit --region cn-hangzhou,cn-shanghai --level 2
  mlpscan scan --output html=report.html --output json=report.json
  mlpscan scan --from mlpscan-20261123T020000Z.mlpscan --lang zh`,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	f := c.Flags()
	f.BoolVar(&o.demo, "demo", false, "scan the simulated account, without credentials")
	f.StringVar(&o.from, "from", "", "judge a saved archive instead of a live account")
	f.StringVar(&o.save, "save", "", "archive to write (default mlpscan-<time>.mlpscan)")
	f.StringVar(&o.resume, "resume", "", "go on from the partial archive of a scan that was killed, into a new one")
	f.StringSliceVar(&o.regions, "region", []string{"all"}, "regions to read, or all that the account has opened")
	f.StringSliceVar(&o.services, "service", nil, "services to judge (default: all)")
	f.StringSliceVar(&o.checks, "check", nil, "checks to run (default: all)")
	o.sourceFlags(f)
	f.IntVar(&o.concurrency, "concurrency", 16, "calls under way at once")
	f.DurationVar(&o.timeout, "timeout", 0, "stop reading after this long and report what was read (0: never)")
	f.BoolVar(&o.quiet, "quiet", false, "no progress")
	o.render.flags(c)
	return c
}

// run is the whole program: sources, accounts, results, report.
func (o *scanOptions) run(c *cobra.Command) error {
	if err := o.configure(c); err != nil {
		return err
	}
	list, err := o.validate()
	if err != nil {
		return err
	}
	outputs, err := o.render.open(c)
	if err != nil {
		return err
	}
	defer outputs.discard()
	ctx := c.Context()
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	all, err := o.read(ctx, c, list, outputs)
	if err != nil {
		return err
	}
	if err := outputs.write(all); err != nil {
		return err
	}
	if c.Context().Err() != nil {
		return withHint(errors.New("the scan was stopped before its end"), "what was read was judged and is in the archive; go on with --resume")
	}
	return o.render.verdict(all[0])
}

// validate finds every mistake that can be found before the first call.
func (o *scanOptions) validate() ([]*checks.Check, error) {
	if o.demo && o.from != "" {
		return nil, usage("use one of them", "--demo and --from exclude each other")
	}
	if o.from != "" && o.save != "" {
		return nil, usage("copy the archive if you need it twice", "--save makes no sense with --from: nothing is read from a cloud")
	}
	if o.resume != "" && (o.demo || o.from != "") {
		return nil, usage("--resume goes on reading an account; --from judges what was read", "--resume makes no sense with --demo or --from")
	}
	if o.concurrency < 1 || o.concurrency > 1000 {
		return nil, usage("16 is a good number", "--concurrency %d is not within 1 and 1000", o.concurrency)
	}
	if o.timeout < 0 {
		return nil, usage("use a duration such as 2h", "--timeout %s is negative", o.timeout)
	}
	if slices.Contains(o.regions, "all") {
		o.regions = nil
	}
	for _, id := range o.regions {
		if !plausibleRegion(id) {
			return nil, usage("region ids look like cn-hangzhou; all reads every region", "no region %q", id)
		}
	}
	list, err := checks.Find(checks.All, o.services, o.checks)
	if err != nil {
		return nil, usage(o.selectionHint(), "%w", err)
	}
	list = slices.DeleteFunc(list, func(k *checks.Check) bool { return slices.Contains(o.skip, k.ID) })
	if len(list) == 0 {
		return nil, usage("choose checks of the chosen services", "--service %s and --check %s have no check in common",
			strings.Join(o.services, ","), strings.Join(o.checks, ","))
	}
	return list, o.render.validate()
}

// selectionHint guesses what a wrong --check or --service was meant to be.
func (o *scanOptions) selectionHint() string {
	hint := "mlpscan checks lists them"
	for _, id := range o.checks {
		if !slices.Contains(checkIDs(), id) {
			return hint + closest(id, checkIDs())
		}
	}
	return "services are: " + strings.Join(serviceNames(), ", ")
}

func serviceNames() []string {
	var names []string
	for _, k := range checks.All {
		if !slices.Contains(names, k.Service) {
			names = append(names, k.Service)
		}
	}
	return names
}

// plausibleRegion refuses what can be no region id before it becomes part of a host name.
func plausibleRegion(id string) bool {
	ok := func(r rune) bool { return r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	return strings.Contains(id, "-") && !strings.ContainsFunc(id, func(r rune) bool { return !ok(r) })
}

// read gets the accounts from wherever they are to come, and judges them.
func (o *scanOptions) read(ctx context.Context, c *cobra.Command, list []*checks.Check, out *outputs) ([]*report.Report, error) {
	switch {
	case o.from != "":
		return o.render.saved(ctx, o.from, o.regions, list, func(r report.Reading, acc *cloud.Account) error {
			return out.pages(o.render.page(r, acc, list))
		})
	case o.render.config.Many():
		return o.readNamed(ctx, c, list, out)
	}
	src, err := o.source(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkRegions(ctx, src, o.regions); err != nil {
		return nil, err
	}
	r, acc, err := o.readOne(ctx, c, src, list)
	if err != nil {
		return nil, err
	}
	return o.render.one(r, acc, list), nil
}

// readNamed reads all accounts that the file names.
func (o *scanOptions) readNamed(ctx context.Context, c *cobra.Command, list []*checks.Check, out *outputs) ([]*report.Report, error) {
	d, err := o.door(ctx)
	if err != nil {
		return nil, err
	}
	targets, err := o.targets(ctx, d)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return nil, usage("see accounts and organization in it", "%s names no account to scan", o.render.configFile)
	}
	dir := cmp.Or(o.save, "mlpscan-"+time.Now().UTC().Format(archiveTime))
	all := o.render.begin(list)
	err = o.readMany(ctx, targets, dir, list, func(r report.Reading, acc *cloud.Account) error {
		all.add(r, acc)
		return out.pages(o.render.page(r, acc, list))
	})
	fmt.Fprintln(c.ErrOrStderr(), local("evidence: "+dir))
	return all.done(), err
}

// readOne reads one account, shows how it goes, and says where its evidence is.
func (o *scanOptions) readOne(ctx context.Context, c *cobra.Command, src cloud.Source, list []*checks.Check) (report.Reading, *cloud.Account, error) {
	path := o.save
	if path == "" {
		path = "mlpscan-" + time.Now().UTC().Format(archiveTime) + archiveEnding
	}
	progress := new(cloud.Progress)
	show := startProgress(progress, o.quiet)
	acc, r, err := o.record(ctx, src, path, o.resume, "", o.regions, list, progress)
	show.stop()
	if acc != nil {
		r.Load = report.Loaded(acc)
		fmt.Fprintln(c.ErrOrStderr(), local("evidence: "+path))
	}
	return r, acc, err
}

// archiveTime is how the default name of an archive tells when it was begun.
const archiveTime = "20060102T150405Z"

// record reads an account from a cloud and keeps every answer in an archive. An
// archive that holds nothing of an account is taken away. Where resume names a
// partial archive, what it holds is not asked again, and its regions and its time hold.
func (o *scanOptions) record(ctx context.Context, src cloud.Source, path, resume, name string, regions []string, list []*checks.Check, progress *cloud.Progress) (*cloud.Account, report.Reading, error) {
	opt := cloud.Options{Regions: regions, Calls: checks.Calls(list), Time: time.Now().UTC(), Progress: progress}
	if resume != "" {
		saved, err := cloud.OpenArchive(resume)
		if err != nil {
			return nil, report.Reading{}, err
		}
		defer saved.Close()
		if src, err = cloud.Resume(ctx, saved, src); err != nil {
			return nil, report.Reading{}, err
		}
		opt.Regions, opt.Time = saved.Scan.Regions, saved.Scan.Started
	}
	rec, err := cloud.Record(src, path, cloud.Scan{Tool: toolVersion(), Name: name, Started: opt.Time, Regions: opt.Regions,
		Calls: slices.Sorted(maps.Keys(opt.Calls)), Catalogue: checks.Digest(checks.All)})
	if err != nil {
		return nil, report.Reading{}, fmt.Errorf("cannot write the archive %s: %w", path, err)
	}
	acc, err := cloud.Read(ctx, rec, opt)
	r := report.Reading{Finished: time.Now().UTC()}
	var cerr error
	if r.Digest, cerr = rec.Close(acc, r.Finished); err == nil && cerr != nil {
		err = fmt.Errorf("cannot complete the archive %s: %w", path, cerr)
	}
	if acc == nil {
		return nil, r, errors.Join(err, os.Remove(path))
	}
	r.ID = acc.ID
	return acc, r, err
}

// checkRegions refuses a region that the account does not have before anything is read.
func checkRegions(ctx context.Context, src cloud.Source, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	have, err := cloud.Regions(ctx, src)
	if err != nil {
		return nil // the scan itself will say what is unreadable
	}
	for _, id := range ids {
		if !slices.Contains(have, id) {
			return usage("regions of this account: "+strings.Join(have, ", ")+closest(id, have), "no region %q", id)
		}
	}
	return nil
}
