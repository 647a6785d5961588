package report

import (
	"testing"

	"github.com/mlpscan/mlpscan/cloud"
)

// TestSystemClaims: each criterion alone, together, and the doubt that takes in.
func TestSystemClaims(t *testing.T) {
	x := &cloud.Resource{Kin: &cloud.Kin{Type: "ecs.instance", Region: "cn-beijing"}, ID: "i-1", ResourceGroupID: "rg-1", VPCID: "vpc-1", Tags: map[string]string{"system": "his"}}
	unread := &cloud.Resource{Kin: &cloud.Kin{Type: "oss.bucket", Region: "cn-beijing"}, ID: "b", TagsUnread: true}
	noGroup := &cloud.Resource{Kin: &cloud.Kin{Type: "oss.bucket", Region: "cn-beijing"}, ID: "b", GroupUnread: true, Tags: map[string]string{"system": "web"}}
	noVPC := &cloud.Resource{Kin: &cloud.Kin{Type: "ecs.disk", Region: "cn-beijing"}, ID: "d", VPCUnread: true}
	vpc := &cloud.Resource{Kin: &cloud.Kin{Type: "vpc.vpc", Region: "cn-beijing"}, ID: "vpc-1"}
	tag := func(v ...string) map[string][]string { return map[string][]string{"system": v} }
	for name, tt := range map[string]struct {
		sel, not Selection
		x        *cloud.Resource
		want     bool
	}{
		"nothing selected":             {Selection{}, Selection{}, x, false},
		"account":                      {Selection{Accounts: []string{"1"}}, Selection{}, x, true},
		"other account":                {Selection{Accounts: []string{"2"}}, Selection{}, x, false},
		"region":                       {Selection{Regions: []string{"cn-beijing"}}, Selection{}, x, true},
		"resource group":               {Selection{ResourceGroups: []string{"rg-0", "rg-1"}}, Selection{}, x, true},
		"tag":                          {Selection{Tags: tag("web", "his")}, Selection{}, x, true},
		"other value":                  {Selection{Tags: tag("web")}, Selection{}, x, false},
		"no such tag":                  {Selection{Tags: map[string][]string{"zone": {"a"}}}, Selection{}, x, false},
		"VPC":                          {Selection{VPCs: []string{"vpc-1"}}, Selection{}, x, true},
		"the VPC itself":               {Selection{VPCs: []string{"vpc-1"}}, Selection{}, vpc, true},
		"id":                           {Selection{IDs: []string{"i-1"}}, Selection{}, x, true},
		"one criterion of two":         {Selection{IDs: []string{"i-1"}, Regions: []string{"cn-x"}}, Selection{}, x, false},
		"excluded":                     {Selection{Tags: tag("his")}, Selection{IDs: []string{"i-1"}}, x, false},
		"half excluded":                {Selection{Tags: tag("his")}, Selection{IDs: []string{"i-1"}, Regions: []string{"cn-x"}}, x, true},
		"tags unread":                  {Selection{Tags: tag("his")}, Selection{}, unread, true},
		"tags unread, other region":    {Selection{Tags: tag("his"), Regions: []string{"cn-x"}}, Selection{}, unread, false},
		"exclusion by tags unread":     {Selection{Accounts: []string{"1"}}, Selection{Tags: tag("his")}, unread, true},
		"tags unread, another group":   {Selection{Tags: tag("his"), ResourceGroups: []string{"rg-1"}}, Selection{}, unread, false},
		"group unread":                 {Selection{ResourceGroups: []string{"rg-1"}}, Selection{}, noGroup, true},
		"group unread, another tag":    {Selection{ResourceGroups: []string{"rg-1"}, Tags: tag("his")}, Selection{}, noGroup, false},
		"exclusion by group unread":    {Selection{Accounts: []string{"1"}}, Selection{ResourceGroups: []string{"rg-1"}}, noGroup, true},
		"VPC unread":                   {Selection{VPCs: []string{"vpc-1"}}, Selection{}, noVPC, true},
		"VPC unread, another region":   {Selection{VPCs: []string{"vpc-1"}, Regions: []string{"cn-x"}}, Selection{}, noVPC, false},
		"exclusion by VPC unread":      {Selection{Accounts: []string{"1"}}, Selection{VPCs: []string{"vpc-1"}}, noVPC, true},
		"no VPC where one is asked of": {Selection{VPCs: []string{""}}, Selection{}, unread, false},
	} {
		s := &System{Select: tt.sel, Exclude: tt.not}
		if got := s.claims("1", tt.x); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSystemOf: what stands for an account or a list counts where the system has
// a part, or may have.
func TestSystemOf(t *testing.T) {
	his := &System{Select: Selection{Tags: map[string][]string{"system": {"his"}}}}
	account, region := &cloud.Resource{Kin: &cloud.Kin{}, ID: "1"}, &cloud.Resource{Kin: &cloud.Kin{Type: "ecs.disk", Region: "cn-x"}, ID: "cn-x", Name: "all in cn-x"}
	user := &cloud.Resource{Kin: &cloud.Kin{Type: "ram.user"}, ID: "u", From: &cloud.Origin{}}
	with := func(tag string, missing ...*cloud.Error) *cloud.Account {
		a := &cloud.Account{ID: "1", Missing: missing}
		a.ECS.Instances = []*cloud.Instance{{Resource: cloud.Resource{Kin: &cloud.Kin{Type: "ecs.instance", Region: "cn-x"}, ID: "i-1", Tags: map[string]string{"system": tag}}}}
		return a
	}
	for name, tt := range map[string]struct {
		acc  *cloud.Account
		want bool
	}{
		"a part in it":       {with("his"), true},
		"no part":            {with("web"), false},
		"something not read": {with("web", &cloud.Error{Service: "ecs"}), true},
		"nothing read":       {&cloud.Account{ID: "1"}, true},
	} {
		holds := his.Of(tt.acc)
		for _, x := range []*cloud.Resource{account, region, user} {
			if holds(x) != tt.want {
				t.Errorf("%s: %s counts: %v", name, x.ID, !tt.want)
			}
		}
	}
}
