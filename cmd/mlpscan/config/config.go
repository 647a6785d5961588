// Package config reads mlpscan.yaml: which accounts to scan and how, what the
// checks compare with, and which resources make up which grading object.
//
// The file is strict. A key that is not known, a value of another type, a check,
// region or level that does not exist is an [Error] with the line and column and,
// where one is near, the word that was meant: a setting that is silently ignored
// would be a scan that silently leaves something out.
//
// docs/mlpscan.example.yaml shows every key; docs/mlpscan.schema.json, which
// [WriteSchema] makes from these types, lets an editor complete and check them.
package config

import (
	"time"

	"github.com/mlpscan/mlpscan/checks"
)

// A Config is one mlpscan.yaml. What it leaves out is zero, and up to the flags
// and their defaults.
type Config struct {
	Level       int      `yaml:"level" jsonschema:"enum=2,enum=3,enum=4,description=MLPS level of what no system claims (default 3)"`
	Lang        string   `yaml:"lang" jsonschema:"enum=zh,enum=en,description=language of the reports (default: from the locale)"`
	Regions     []string `yaml:"regions" jsonschema:"description=regions to read; none means all that an account has opened"`
	Services    []string `yaml:"services" jsonschema:"description=services to judge; none means all"`
	FailOn      string   `yaml:"fail-on" jsonschema:"enum=low,enum=medium,enum=high,enum=critical,enum=never,description=lowest severity that makes exit code 3 (default low)"`
	Concurrency int      `yaml:"concurrency" jsonschema:"minimum=1,maximum=1000,description=calls under way at once over all accounts (default 16)"`
	Timeout     string   `yaml:"timeout" jsonschema:"pattern=^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$,description=stop reading after this long, such as 6h or 90m"`
	// EndpointURL sends every call to one address, Endpoints those of single
	// services: private clouds, VPC endpoints.
	EndpointURL string            `yaml:"endpoint-url" jsonschema:"description=send every call to this address"`
	Endpoints   map[string]string `yaml:"endpoints" jsonschema:"description=endpoints of single services, such as ecs: https://ecs-vpc.{region}.aliyuncs.com"`
	Checks      Selection         `yaml:"checks" jsonschema:"description=which checks run (default: all)"`
	// Parameters are what checks compare with, by check and parameter; see Values.
	Parameters   map[string]map[string]any `yaml:"parameters" jsonschema:"description=what checks compare with: check id, parameter, value"`
	Accounts     []Account                 `yaml:"accounts" jsonschema:"description=accounts to scan, each by a profile or a role"`
	Organization *Organization             `yaml:"organization" jsonschema:"description=scan the members of a resource directory (资源目录)"`
	Systems      []System                  `yaml:"systems" jsonschema:"description=grading objects (定级对象): one report each"`
	Estimate     Estimate                  `yaml:"estimate" jsonschema:"description=how the conclusion is estimated"`

	values  checks.Values
	timeout time.Duration
}

// Deadline is Timeout; 0 where there is none.
func (c *Config) Deadline() time.Duration { return c.timeout }

// Many reports whether the file names accounts to scan.
func (c *Config) Many() bool { return len(c.Accounts) > 0 || c.Organization != nil }

// Values are the parameters of checks as [checks.Run] takes them.
func (c *Config) Values() checks.Values { return c.values }

// A Selection is some of the checks.
type Selection struct {
	Only []string `yaml:"only" jsonschema:"description=run these alone"`
	Skip []string `yaml:"skip" jsonschema:"description=leave these out; the clauses that they tell of are then not assessed"`
}

// An Account is one account and the way into it.
type Account struct {
	ID          string   `yaml:"id" jsonschema:"description=16 digits; another account behind the credential is refused"`
	Name        string   `yaml:"name" jsonschema:"description=what reports call it"`
	Profile     string   `yaml:"profile" jsonschema:"description=profile of credentials (default: the default chain)"`
	RoleARN     string   `yaml:"role-arn" jsonschema:"description=RAM role to assume"`
	ExternalID  string   `yaml:"external-id" jsonschema:"description=external id that the role asks for"`
	SessionName string   `yaml:"session-name" jsonschema:"description=name of the session in the account's audit log (default mlpscan)"`
	Via         []string `yaml:"via" jsonschema:"description=roles to assume on the way to role-arn"`
	Regions     []string `yaml:"regions" jsonschema:"description=regions of this account to read"`
	Disabled    bool     `yaml:"disabled" jsonschema:"description=do not scan it"`
}

// An Organization is a resource directory whose members are scanned.
type Organization struct {
	RoleName    string   `yaml:"role-name" jsonschema:"description=role to assume in each member (default ResourceDirectoryAccountAccessRole)"`
	Profile     string   `yaml:"profile" jsonschema:"description=profile of the managing account or a delegated one (default: the default chain)"`
	ExternalID  string   `yaml:"external-id" jsonschema:"description=external id that the roles ask for"`
	SessionName string   `yaml:"session-name" jsonschema:"description=name of the sessions in the members' audit logs (default mlpscan)"`
	Folders     []string `yaml:"folders" jsonschema:"description=folders whose members are scanned, with those below them; none means all"`
	Include     []string `yaml:"include" jsonschema:"description=ids of members to scan; none means all"`
	Exclude     []string `yaml:"exclude" jsonschema:"description=ids of members to leave out"`
}

// A System is one grading object (定级对象).
type System struct {
	Name  string `yaml:"name" jsonschema:"required,description=as in the filing"`
	Level int    `yaml:"level" jsonschema:"enum=2,enum=3,enum=4,description=its level; the higher of s and a"`
	// S and A are the grades of business information and of system service; 0
	// where not given, which is the level.
	S        int    `yaml:"s" jsonschema:"minimum=1,maximum=4,description=grade of business information security"`
	A        int    `yaml:"a" jsonschema:"minimum=1,maximum=4,description=grade of system service assurance"`
	Template string `yaml:"template" jsonschema:"enum=2025,enum=2021,description=edition of the report template (default 2025)"`
	Select   Select `yaml:"select" jsonschema:"description=resources that belong to it: each line that is given must hold"`
	Exclude  Select `yaml:"exclude" jsonschema:"description=resources that do not, though selected"`
}

// A Select is a choice of resources. Each line that is given must hold; within
// a line one of its values.
type Select struct {
	Accounts       []string          `yaml:"accounts" jsonschema:"description=account ids"`
	Regions        []string          `yaml:"regions" jsonschema:"description=region ids"`
	ResourceGroups []string          `yaml:"resource-groups" jsonschema:"description=ids of resource groups"`
	Tags           map[string]Values `yaml:"tags" jsonschema:"description=tags that a resource must bear: key, and a value or a list of values"`
	VPCs           []string          `yaml:"vpcs" jsonschema:"description=ids of VPCs that a resource lies in, or is"`
	IDs            []string          `yaml:"ids" jsonschema:"description=ids of resources"`
}

// Empty reports whether nothing is given.
func (s Select) Empty() bool {
	return len(s.Accounts)+len(s.Regions)+len(s.ResourceGroups)+len(s.Tags)+len(s.VPCs)+len(s.IDs) == 0
}

// Estimate says how a conclusion is estimated (估算).
type Estimate struct {
	// PartlyWeight is what 部分符合 counts of a requirement, from 0 to 1; nil means 0.5.
	PartlyWeight *float64 `yaml:"partly-weight" jsonschema:"minimum=0,maximum=1,description=what a requirement that is partly met counts (default 0.5)"`
	// Attention is the factor y of the 2021 formula, from 0 to 1; nil means 0.5.
	Attention *float64 `yaml:"attention" jsonschema:"minimum=0,maximum=1,description=share of the technical requirements in the 2021 score (default 0.5)"`
}

// Values are one value or several.
type Values []string

// UnmarshalYAML reads a value or a list of values.
func (v *Values) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*v = Values{one}
		return nil
	}
	var several []string
	err := decode(&several)
	*v = several
	return err
}
