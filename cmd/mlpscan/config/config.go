// Package config reads mlpscan.yaml: which accounts to scan and how, what the
// checks compare with, and which resources make up which grading object.
//
// The file is strict. A key that is not known, a value of another type, a check,
// region or level that does not exist is an [Error] with the line and column and,
// where one is near, the word that was meant: a setting that is silently ignored
// would be a scan that silently leaves something out.
//
// docs/mlpscan.example.yaml, made by [WriteExample], shows every key; docs/mlpscan.schema.json, which
// [WriteSchema] makes from these types, lets an editor complete and check them.
// What a single value must be stands in the tags of the types (see rules.go), which
// the schema and [Parse] both follow, so that they cannot drift apart.
package config

import (
	"time"

	"github.com/mlpscan/mlpscan/checks"
)

// A Config is one mlpscan.yaml. What it leaves out is zero, and up to the flags
// and their defaults.
type Config struct {
	Level       int      `yaml:"level" is:"level"`             // MLPS level of what no system claims
	Lang        string   `yaml:"lang" is:"lang"`               // language of the reports, "zh" or "en"
	Regions     []string `yaml:"regions" is:"region"`          // regions to read; none means all that an account has opened
	Services    []string `yaml:"services" is:"service"`        // services to judge; none means all
	FailOn      string   `yaml:"fail-on" is:"fail-on"`         // lowest severity that makes exit code 3
	Concurrency int      `yaml:"concurrency" is:"concurrency"` // calls under way at once, over all accounts
	Timeout     string   `yaml:"timeout" is:"duration"`        // a duration; see Deadline
	// EndpointURL sends every call to one address, Endpoints those of single
	// services: private clouds, VPC endpoints.
	EndpointURL string            `yaml:"endpoint-url" is:"url"`
	Endpoints   map[string]string `yaml:"endpoints" is:"url" key:"endpoint"`
	Checks      Selection         `yaml:"checks"` // which checks run
	// Parameters are what checks compare with, by check and parameter; see Values.
	Parameters   map[string]map[string]any `yaml:"parameters"`
	Accounts     []Account                 `yaml:"accounts"`     // accounts to scan
	Organization *Organization             `yaml:"organization"` // resource directory whose members are scanned; nil for none
	Systems      []System                  `yaml:"systems"`      // grading objects (定级对象): one report each
	Estimate     Estimate                  `yaml:"estimate"`     // how the conclusion is estimated

	file    string
	where   map[string]position // of every value, by its path: "systems[0].name"
	timeout time.Duration
}

// Deadline is Timeout; 0 where there is none.
func (c *Config) Deadline() time.Duration { return c.timeout }

// Many reports whether the file names accounts to scan.
func (c *Config) Many() bool { return len(c.Accounts) > 0 || c.Organization != nil }

// Values are the parameters of checks as [checks.Run] takes them.
func (c *Config) Values() checks.Values { return c.Parameters }

// At is where a value stands in the file: At("systems[0].name") is
// "mlpscan.yaml:12:3". Of a value that the file does not have it is the file's
// name, so that an error can begin with it in any case.
func (c *Config) At(path string) string {
	if p, ok := c.where[path]; ok {
		return p.in(c.file)
	}
	return c.file
}

// A Selection is some of the checks.
type Selection struct {
	Only []string `yaml:"only" is:"check"` // run these alone; none means all
	Skip []string `yaml:"skip" is:"check"` // leave these out
}

// An Account is one account and the way into it.
type Account struct {
	ID          string   `yaml:"id" is:"account"`           // another account behind the credential is refused; "": the account itself tells
	Name        string   `yaml:"name" is:"text"`            // what reports call it
	Profile     string   `yaml:"profile" is:"text"`         // profile of credentials; "" means the default chain
	RoleARN     string   `yaml:"role-arn" is:"role-arn"`    // role to assume
	ExternalID  string   `yaml:"external-id" is:"text"`     // that the role asks for
	SessionName string   `yaml:"session-name" is:"session"` // in the account's audit log; "" means mlpscan
	Via         []string `yaml:"via" is:"role-arn"`         // roles to assume on the way to RoleARN
	Regions     []string `yaml:"regions" is:"region"`       // of this account; none means those of the file
	Disabled    bool     `yaml:"disabled"`                  // it is not scanned
}

// An Organization is a resource directory whose members are scanned.
type Organization struct {
	RoleName    string   `yaml:"role-name" is:"role-name"`  // role to assume in each member; "" means ResourceDirectoryAccountAccessRole
	Profile     string   `yaml:"profile" is:"text"`         // of the managing account or a delegated one; "" means the default chain
	ExternalID  string   `yaml:"external-id" is:"text"`     // that the roles ask for
	SessionName string   `yaml:"session-name" is:"session"` // in the members' audit logs; "" means mlpscan
	Folders     []string `yaml:"folders" is:"folder"`       // members of these and of those below them; none means all
	Include     []string `yaml:"include" is:"account"`      // these members alone; none means all
	Exclude     []string `yaml:"exclude" is:"account"`      // not these members
}

// A System is one grading object (定级对象).
type System struct {
	Name  string `yaml:"name" is:"text"`   // as in the filing; never ""
	Level int    `yaml:"level" is:"level"` // never 0: where the file leaves it out, the higher of S and A
	// S and A are the grades of business information and of system service; 0
	// where not given, which is the level.
	S        int    `yaml:"s" is:"grade"`
	A        int    `yaml:"a" is:"grade"`
	Template string `yaml:"template" is:"template"` // edition of the report template, "2025" or "2021"; "" means 2025
	Select   Select `yaml:"select"`                 // what belongs to it; never empty
	Exclude  Select `yaml:"exclude"`                // what does not, though selected; may be empty
}

// A Select is a choice of resources. Each line that is given must hold; within
// a line one of its values.
type Select struct {
	Accounts       []string          `yaml:"accounts" is:"account"`     // account ids
	Regions        []string          `yaml:"regions" is:"region"`       // region ids
	ResourceGroups []string          `yaml:"resource-groups" is:"text"` // ids of resource groups
	Tags           map[string]Values `yaml:"tags" is:"text" key:"text"` // keys that a resource must bear, each with one of its values
	VPCs           []string          `yaml:"vpcs" is:"text"`            // ids of VPCs that a resource lies in, or is
	IDs            []string          `yaml:"ids" is:"text"`             // ids of resources
}

// Empty reports whether nothing is given.
func (s Select) Empty() bool {
	return len(s.Accounts)+len(s.Regions)+len(s.ResourceGroups)+len(s.Tags)+len(s.VPCs)+len(s.IDs) == 0
}

// Estimate says how a conclusion is estimated (估算).
type Estimate struct {
	// PartlyWeight is what 部分符合 counts of a requirement, from 0 to 1; nil means 0.5.
	PartlyWeight *float64 `yaml:"partly-weight" is:"fraction"`
	// Attention is the factor y of the 2021 formula, from 0 to 1; nil means 0.5.
	Attention *float64 `yaml:"attention" is:"fraction"`
}

// Values are one value or several.
type Values []string
