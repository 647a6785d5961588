package checks

var ecsChecks []Check
