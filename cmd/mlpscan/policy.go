package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/spf13/cobra"
)

// A ramPolicy is a RAM policy document.
type ramPolicy struct {
	Version   string
	Statement []ramStatement
}

type ramStatement struct {
	Effect   string
	Action   []string
	Resource []string
}

func newPolicy() *cobra.Command {
	var o struct {
		services, checks []string
		format, role     string
		organization     bool
	}
	c := &cobra.Command{
		Use:   "policy",
		Short: "Print the least RAM policy that a scan needs",
		Long: `Print the RAM policy that lets an identity make the calls of a scan, and no
other. It follows from what the selected checks read.`,
		Example: `  mlpscan policy > policy.json
  aliyun ram CreatePolicy --PolicyName mlpscan --PolicyDocument "$(mlpscan policy)"
  mlpscan policy --format terraform --service oss,rds
  mlpscan policy --organization   # for the account that takes on a role in each member`,
		RunE: func(c *cobra.Command, _ []string) error {
			list, err := checks.Find(checks.All, o.services, o.checks)
			if err != nil {
				return usage("mlpscan checks lists them", "%w", err)
			}
			p := newRAMPolicy(list)
			if o.organization {
				p.Statement = append(p.Statement,
					ramStatement{"Allow", []string{cloud.RAMAction("resourcemanager", "ListAccounts")}, []string{"*"}},
					ramStatement{"Allow", []string{"sts:AssumeRole"}, []string{"acs:ram::*:role/" + o.role}})
			}
			switch o.format {
			case "json":
				return p.writeJSON(c.OutOrStdout())
			case "terraform":
				return p.writeTerraform(c.OutOrStdout())
			}
			return usage("choose json or terraform", "unknown format %q", o.format)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.services, "service", nil, "services to judge (default: all)")
	f.StringSliceVar(&o.checks, "check", nil, "checks to run (default: all)")
	f.StringVar(&o.format, "format", "json", "json or terraform")
	f.BoolVar(&o.organization, "organization", false, "also list the members of a resource directory, and take on a role in each")
	f.StringVar(&o.role, "role-name", memberRole, "name of that role")
	return c
}

// memberRole is the role that the Resource Directory makes in each member it creates.
const memberRole = "ResourceDirectoryAccountAccessRole"

// newRAMPolicy allows the calls that checks read.
func newRAMPolicy(list []*checks.Check) ramPolicy {
	var actions []string
	for _, call := range checks.Reads(list) {
		service, action, _ := strings.Cut(call, "/")
		if a := cloud.RAMAction(service, action); a != "" {
			actions = append(actions, a)
		}
	}
	slices.Sort(actions)
	return ramPolicy{"1", []ramStatement{{"Allow", slices.Compact(actions), []string{"*"}}}}
}

func (p ramPolicy) writeJSON(w io.Writer) error {
	body, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", body)
	return err
}

func (p ramPolicy) writeTerraform(w io.Writer) error {
	var body bytes.Buffer
	if err := p.writeJSON(&body); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `resource "alicloud_ram_policy" "mlpscan" {
  policy_name     = "mlpscan"
  description     = "What mlpscan reads, and nothing else"
  policy_document = <<-EOT
%s  EOT
}
`, indent(body.String(), "    "))
	return err
}

// indent puts something before every line.
func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+by) + "\n"
}
