package main

import (
	"context"
	"errors"
	"time"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/cloud/live"
	"github.com/mlpscan/mlpscan/cloud/simulator"
	"github.com/mlpscan/mlpscan/cmd/mlpscan/config"
	"github.com/spf13/pflag"
)

// A door is the way to Alibaba Cloud, for as many accounts as a scan has: the
// endpoints, and one bound on the calls under way over all of them.
type door struct {
	opt    live.Options
	rates  cloud.Rates // nil: no limits
	places cloud.Places
}

// callTimeout is how long one call may take before it is tried again.
const callTimeout = 30 * time.Second

const noCredentialHint = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or choose --profile; without an account: mlpscan scan --demo"

// sourceFlags say which account is asked, and where.
func (o *scanOptions) sourceFlags(f *pflag.FlagSet) {
	f.StringVar(&o.profile, "profile", "", "profile of credentials to use")
	f.StringArrayVar(&o.roleARNs, "role-arn", nil, "RAM role to assume (repeatable: each is assumed by the one before)")
	f.StringVar(&o.externalID, "external-id", "", "external id that the last role asks for")
	f.StringVar(&o.sessionName, "role-session-name", "", "name of the role's session in audit logs (default mlpscan)")
	f.StringVar(&o.endpointURL, "endpoint-url", "", "send every call to this address, such as http://127.0.0.1:8080")
}

// door opens the way that the flags and the file name, or to the simulated account.
func (o *scanOptions) door(ctx context.Context) (*door, error) {
	d := &door{rates: cloud.DefaultRates, places: cloud.NewPlaces(o.concurrency),
		opt: live.Options{EndpointURL: o.endpointURL, Endpoints: o.render.config.Endpoints, Connections: o.concurrency, UserAgent: "mlpscan/" + toolVersion()}}
	if o.demo {
		url, err := startDemo(ctx, simulator.Hospital())
		if err != nil {
			return nil, err
		}
		d.opt.EndpointURL, d.opt.Credential = url, live.Static(simulator.DemoKeyID, simulator.DemoKeySecret, "")
		d.rates = nil // the simulated account has no quota
	}
	return d, nil
}

// source is the account of the flags, behind limits and retries.
func (o *scanOptions) source(ctx context.Context) (cloud.Source, error) {
	d, err := o.door(ctx)
	if err != nil {
		return nil, err
	}
	src, err := d.enter(o.profile, o.roles()...)
	if err != nil {
		return nil, err
	}
	return d.careful(src), nil
}

// enter is the way into an account by a profile and roles.
func (d *door) enter(profile string, roles ...live.Role) (*live.Source, error) {
	opt := d.opt
	opt.Profile, opt.Roles = profile, roles
	src, err := live.New(opt)
	if errors.Is(err, live.ErrEndpoint) {
		return nil, usage("give an address such as http://127.0.0.1:8080", "--endpoint-url: %w", err)
	}
	if err != nil {
		return nil, withHint(err, noCredentialHint)
	}
	return src, nil
}

// careful puts an account's own limits and retries around its Source, and the
// bound of all.
func (d *door) careful(src cloud.Source) cloud.Source {
	src = cloud.Bound(cloud.Deadline(src, callTimeout), d.places)
	if d.rates != nil {
		src = cloud.Limit(src, d.rates)
	}
	return cloud.Retry(src, cloud.Retrying{})
}

// roles are those of the flags, in the order in which they are assumed.
func (o *scanOptions) roles() []live.Role {
	var list []live.Role
	for i, arn := range o.roleARNs {
		r := live.Role{ARN: arn, Session: o.sessionName}
		if i == len(o.roleARNs)-1 {
			r.ExternalID = o.externalID
		}
		list = append(list, r)
	}
	return list
}

// targets are the accounts that the file names, and the members of its
// organization; none where it names none.
func (o *scanOptions) targets(ctx context.Context, d *door) ([]target, error) {
	var list []target
	for _, a := range o.render.config.Accounts {
		if a.Disabled {
			continue
		}
		list = append(list, target{id: a.ID, name: a.Name, regions: o.regionsOf(a.Regions), open: func() (cloud.Source, error) {
			src, err := d.enter(a.Profile, rolesOf(a)...)
			if err != nil {
				return nil, err
			}
			return d.careful(src), nil
		}})
	}
	if o.render.config.Organization == nil {
		return list, nil
	}
	members, err := o.members(ctx, d, *o.render.config.Organization)
	return append(list, members...), err
}

func (o *scanOptions) regionsOf(own []string) []string {
	if len(own) > 0 {
		return own
	}
	return o.regions
}

func rolesOf(a config.Account) []live.Role {
	var list []live.Role
	for _, arn := range a.Via {
		list = append(list, live.Role{ARN: arn, Session: a.SessionName})
	}
	if a.RoleARN != "" {
		list = append(list, live.Role{ARN: a.RoleARN, ExternalID: a.ExternalID, Session: a.SessionName})
	}
	return list
}
