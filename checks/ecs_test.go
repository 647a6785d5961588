package checks

import (
	"slices"
	"testing"

	"github.com/mlpscan/mlpscan/cloud"
)

// judged runs one check and returns its verdict on one resource.
func judged(t *testing.T, id, resource string, a *cloud.Account) Result {
	t.Helper()
	i := slices.IndexFunc(All, func(c *Check) bool { return c.ID == id })
	for r := range Run(All[i:i+1], a, nil) {
		if r.Resource.ID == resource {
			return r
		}
	}
	t.Fatalf("%s has no verdict on %s", id, resource)
	return Result{}
}

// Answers that contradict themselves prove nothing. They stand here and not in
// the cases, where the loss of one of two witnesses would be a fact.
func TestContradictions(t *testing.T) {
	yes, no := true, false
	disk := func(policy string, applied *bool) *cloud.Account {
		from := &cloud.Origin{Call: "ecs/DescribeDisks"}
		d := &cloud.Disk{Resource: cloud.Resource{Kin: &cloud.Kin{}, ID: "x", From: from}, Category: "cloud_essd", Status: "In_use",
			AutoSnapshotPolicyID: policy, EnableAutomatedSnapshotPolicy: applied}
		if policy != "" {
			p := &cloud.AutoSnapshotPolicy{Resource: cloud.Resource{Kin: &cloud.Kin{}, ID: policy}, Status: "Normal"}
			d.Policy = cloud.Fact[*cloud.AutoSnapshotPolicy]{Value: p, From: &cloud.Origin{Call: "ecs/DescribeAutoSnapshotPolicyEx"}}
		}
		return &cloud.Account{ECS: cloud.ECS{Storage: cloud.Storage{Disks: []*cloud.Disk{d}}}}
	}
	network := func(ids []string) *cloud.Account {
		n := &cloud.Network{Resource: cloud.Resource{Kin: &cloud.Kin{}, ID: "x", From: &cloud.Origin{Call: "vpc/DescribeVpcs"}}, VSwitchIDs: ids}
		n.VSwitches.From = &cloud.Origin{Call: "vpc/DescribeVSwitches"}
		return &cloud.Account{VPC: cloud.VPC{Networks: []*cloud.Network{n}}}
	}
	for _, tt := range []struct {
		name, check string
		account     *cloud.Account
		want        Status
	}{
		{"a policy that is said not to be applied", "ecs-disk-auto-snapshot", disk("sp-1", &no), Unknown},
		{"a policy that is said to be applied and has no id", "ecs-disk-auto-snapshot", disk("", &yes), Unknown},
		{"a policy, and no word on it", "ecs-disk-auto-snapshot", disk("sp-1", nil), Pass},
		{"no policy, and no word on it", "ecs-disk-auto-snapshot", disk("", nil), Fail},
		{"vSwitches that the list does not hold", "vpc-two-zones", network([]string{"vsw-1"}), Unknown},
		{"no vSwitches by either word", "vpc-two-zones", network([]string{}), NotApplicable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := judged(t, tt.check, "x", tt.account); got.Status != tt.want {
				t.Errorf("got %s (%v), want %s", got.Status, got.Problem, tt.want)
			}
		})
	}
}
