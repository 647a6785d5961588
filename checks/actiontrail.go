package checks

var actionTrailChecks []Check
