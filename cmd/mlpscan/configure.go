package main

import (
	"cmp"
	"os"

	"github.com/spf13/cobra"
)

// configVariable names the file of settings where --config does not. A file that
// merely lies in the folder is not taken: a scan must not depend on where it began.
const configVariable = "MLPSCAN_CONFIG"

// configure reads the file of settings, if one is named, and takes from it what a
// report needs. Flags that were given go before it.
func (o *renderOptions) configure(c *cobra.Command) error {
	o.configFile = cmp.Or(o.configFile, os.Getenv(configVariable))
	if o.configFile == "" {
		return nil
	}
	file, err := loadConfig(o.configFile)
	if err != nil {
		return err
	}
	o.config = *file
	from := settings{c}
	take(from, "level", &o.level, file.Level)
	take(from, "lang", &o.lang, file.Lang)
	take(from, "fail-on", &o.failOn, file.FailOn)
	return nil
}

// configure takes from the file what a scan needs besides.
func (o *scanOptions) configure(c *cobra.Command) error {
	if err := o.render.configure(c); err != nil {
		return err
	}
	file, from := &o.render.config, settings{c}
	take(from, "concurrency", &o.concurrency, file.Concurrency)
	take(from, "timeout", &o.timeout, file.Deadline())
	take(from, "endpoint-url", &o.endpointURL, file.EndpointURL)
	takeList(from, "region", &o.regions, file.Regions)
	takeList(from, "service", &o.services, file.Services)
	takeList(from, "check", &o.checks, file.Checks.Only)
	if !from.given("check") {
		o.skip = file.Checks.Skip
	}
	// Where everything is to be asked at one address, nothing is asked elsewhere.
	if from.given("endpoint-url") || o.demo {
		file.Endpoints = nil
	}
	return nil
}

// settings knows which flags were given.
type settings struct{ c *cobra.Command }

func (s settings) given(flag string) bool { return s.c.Flags().Changed(flag) }

// take sets what the file says where the flag was not given.
func take[T comparable](s settings, flag string, into *T, value T) {
	var zero T
	if value != zero && !s.given(flag) {
		*into = value
	}
}

func takeList(s settings, flag string, into *[]string, value []string) {
	if len(value) > 0 && !s.given(flag) {
		*into = value
	}
}
