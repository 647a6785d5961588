package evidence

import (
	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/report"
)

// A Level says what a pack leaves out. Each takes out what those before it do.
type Level string

// The levels.
const (
	None      Level = "none"
	Secrets   Level = "secrets"   // AccessKey ids, and what looks like a secret
	Addresses Level = "addresses" // IP and MAC addresses too
	Names     Level = "names"     // names, tags and account ids too
)

// Levels are all levels, from the least to the most.
var Levels = []Level{None, Secrets, Addresses, Names}

var levelNames = map[Level]checks.Text{
	None:      {EN: "nothing was redacted", ZH: "未脱敏"},
	Secrets:   {EN: "AccessKey IDs were replaced by pseudonyms", ZH: "AccessKey ID 已替换为假名"},
	Addresses: {EN: "AccessKey IDs and addresses were replaced by pseudonyms", ZH: "AccessKey ID 和网络地址已替换为假名"},
	Names:     {EN: "AccessKey IDs, addresses, names, tags and account IDs were replaced by pseudonyms", ZH: "AccessKey ID、网络地址、名称、标签和账号 ID 已替换为假名"},
}

// redactor replaces values by pseudonyms. A nil one changes nothing.
type redactor struct{}

func (b *builder) redactor() (*redactor, error) { return nil, nil }

func (r *redactor) text(s string) string                      { return s }
func (r *redactor) entry(name string) string                  { return name }
func (r *redactor) body(_ string, body []byte) ([]byte, bool) { return body, false }
func (r *redactor) finding(f report.Finding) report.Finding   { return f }
func (r *redactor) failure(f report.Failure) report.Failure   { return f }
