// Package report turns verdicts into an assessment and renders it.
package report
