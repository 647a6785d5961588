package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/mlpscan/mlpscan/cmd/mlpscan/config"
	"github.com/spf13/cobra"
)

// newConfig is the command that helps to write a configuration file.
func newConfig() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Print an example of mlpscan.yaml or its schema, or check a file",
		Example: `  mlpscan config example > mlpscan.yaml
  mlpscan config check mlpscan.yaml`,
		RunE: func(*cobra.Command, []string) error {
			return usage("mlpscan config example, schema or check", "config needs to know what to do")
		},
	}
	c.AddCommand(printing("example", "Print a file with every setting, explained", config.WriteExample),
		printing("schema", "Print the JSON Schema, for editors", config.WriteSchema),
		&cobra.Command{
			Use: "check FILE", Short: "Say everything that is wrong with a file",
			Args: usageArgs(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, args []string) error {
				if _, err := loadConfig(args[0]); err != nil {
					return err
				}
				fmt.Fprintln(c.OutOrStdout(), local(args[0]+": nothing is wrong with it"))
				return nil
			},
		})
	return c
}

func printing(name, short string, write func(io.Writer) error) *cobra.Command {
	return &cobra.Command{Use: name, Short: short, Args: usageArgs(nil),
		RunE: func(c *cobra.Command, _ []string) error { return write(c.OutOrStdout()) }}
}

// loadConfig reads a configuration file. That there is something wrong with it
// is an error of usage.
func loadConfig(path string) (*config.Config, error) {
	c, err := config.Load(path)
	var wrong *config.Error
	if errors.As(err, &wrong) {
		return nil, usage("docs/mlpscan.example.yaml shows every key; so does: mlpscan config example", "%w", err)
	}
	return c, err
}
