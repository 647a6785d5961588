package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/mlpscan/mlpscan/cloud/simulator"
	"github.com/spf13/cobra"
)

func newSimulate() *cobra.Command {
	var o struct {
		address   string
		instances int
		members   int
		latency   time.Duration
		rate      float64
	}
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Serve a simulated Alibaba Cloud account over HTTP",
		Long: `Serve a simulated Alibaba Cloud account over HTTP, for any Alibaba Cloud
client: an online hospital of invented data, or with --instances a generated
account of any size. Signatures are verified; the AccessKey is printed.`,
		RunE: func(c *cobra.Command, _ []string) error {
			data := simulator.Hospital()
			if o.instances > 0 {
				data = simulator.Generate(simulator.Size{Instances: o.instances})
			}
			opt := simulator.Options{Latency: o.latency, RateLimit: o.rate}
			if o.members > 0 {
				data, opt.Roles = simulator.Organization(data, o.members)
			}
			sim, err := simulator.New(data, opt)
			if err != nil {
				return err
			}
			l, err := net.Listen("tcp", o.address)
			if err != nil {
				return usage("choose an address such as 127.0.0.1:8080", "cannot listen on %s: %w", o.address, err)
			}
			fmt.Fprintf(c.OutOrStdout(), "listening on http://%s\nexport ALIBABA_CLOUD_ACCESS_KEY_ID=%s ALIBABA_CLOUD_ACCESS_KEY_SECRET=%s\nmlpscan scan --endpoint-url http://%s\n",
				l.Addr(), simulator.DemoKeyID, simulator.DemoKeySecret, l.Addr())
			return serve(c.Context(), l, sim)
		},
	}
	f := c.Flags()
	f.StringVar(&o.address, "address", "127.0.0.1:8080", "address to listen on; port 0 chooses a free one")
	f.IntVar(&o.instances, "instances", 0, "generate an account of this many ECS instances")
	f.IntVar(&o.members, "members", 0, "be the managing account of a resource directory with this many members alike")
	f.DurationVar(&o.latency, "latency", 0, "time each answer takes")
	f.Float64Var(&o.rate, "rate", 0, "calls a second that each API takes; more are throttled (0: any)")
	return c
}

// serve answers until ctx ends.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// startDemo serves the hospital on a free port of the loopback, for a scan in the same process.
func startDemo(ctx context.Context, data fs.FS) (url string, err error) {
	sim, err := simulator.New(data, simulator.Options{})
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = serve(ctx, l, sim) }()
	return "http://" + l.Addr().String(), nil
}
