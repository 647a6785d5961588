package checks

var ossChecks []Check
