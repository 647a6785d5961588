package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
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
