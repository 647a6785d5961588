package checks

var ecsNetworkChecks []Check
