package checks

import "slices"

// catalogue is the explicit list: a check exists only by standing in one of these.
func catalogue() []*Check {
	var all []*Check
	for _, c := range slices.Concat(ecsNetworkChecks, ecsChecks, ecsInstanceChecks, vpcChecks, rdsChecks, ossChecks, actionTrailChecks, ramAccountChecks, ramIdentityChecks, accountChecks) {
		all = append(all, &c)
	}
	return all
}
