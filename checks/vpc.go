package checks

var vpcChecks []Check
