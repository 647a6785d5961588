package checks

var rdsChecks []Check
