package checks

var accountChecks []Check
