package main

import (
	"os"
	"strings"
	"sync"

	"github.com/mlpscan/mlpscan/cmd/mlpscan/words"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func langFlag(c *cobra.Command, lang *string) {
	c.Flags().StringVar(lang, "lang", "", "zh or en (default: from the locale)")
}

// language is the one asked for, or the locale's.
func language(asked string) (string, error) {
	switch asked {
	case "zh", "en":
		return asked, nil
	case "":
		return localeLanguage(), nil
	}
	return "", usage("choose zh or en", "unknown language %q", asked)
}

// localeLanguage reads the locale as POSIX orders its variables.
func localeLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// spoken is the language of help, errors and progress: that of --lang, wherever it
// stands, or the locale's. It must be known before the flags are read, since they may
// be what is wrong.
var spoken = sync.OnceValue(func() string {
	for i, arg := range os.Args {
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(os.Args) {
			value, ok = os.Args[i+1], true
		}
		if ok && (value == "zh" || value == "en") {
			return value
		}
	}
	return localeLanguage()
})

// local is a text of ours in that language.
func local(text string) string { return words.In(spoken(), text) }

// usageWords are those of cobra's own template.
var usageWords = []string{"Usage:", "Aliases:", "Examples:", "Available Commands:", "Flags:", "Global Flags:", "Additional help topics:",
	`Use "{{.CommandPath}} [command] --help" for more information about a command.`}

// localize puts the help of a command, and of those below it, into a language.
func localize(c *cobra.Command, language string) {
	if language == "en" {
		return
	}
	c.InitDefaultHelpFlag()
	if !c.HasParent() {
		c.InitDefaultHelpCmd()
		c.InitDefaultCompletionCmd()
	}
	c.Short = words.In(language, c.Short)
	c.Long = words.Help(language, c.CommandPath(), c.Long)
	each := func(f *pflag.Flag) { f.Usage = words.In(language, f.Usage) }
	c.LocalFlags().VisitAll(each)
	for _, sub := range c.Commands() {
		localize(sub, language)
	}
	if c.HasParent() {
		return
	}
	template := c.UsageTemplate()
	for _, w := range usageWords {
		template = strings.Replace(template, w, words.In(language, w), 1)
	}
	c.SetUsageTemplate(template)
}
