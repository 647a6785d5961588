package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/checks/mlps"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
	"github.com/mlpscan/mlpscan/report/evidence"
	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"
)

// evidenceOptions are the flags of mlpscan evidence.
type evidenceOptions struct {
	from, output string
	level        int
	lang         string
	sign         string
}

func newEvidence() *cobra.Command {
	var o evidenceOptions
	c := &cobra.Command{
		Use:   "evidence --from SCAN.mlpscan --output FILE.zip",
		Short: "Pack the raw answers behind every verdict for an assessor",
		Long: `Write a ZIP file that an assessor can check without mlpscan: the provider's raw
answers, an index by clause and by resource (HTML and CSV, Chinese and English)
that leads from every verdict to the answers it rests on, and the SHA-256 of
every file, which sha256sum -c SHA256SUMS confirms. Its README.txt tells how.

The same archive gives the same bytes. What is printed is the file's SHA-256.

--sign writes an SSH signature beside the pack, which this confirms:
  ssh-keygen -Y verify -f allowed_signers -I SIGNER -n mlpscan -s FILE.zip.sig < FILE.zip`,
		Example: `  mlpscan evidence --from mlpscan-20261123T020000Z.mlpscan --output evidence.zip
  mlpscan evidence --from scan.mlpscan --output evidence.zip --sign ~/.ssh/id_ed25519
  mlpscan verify evidence.zip`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(c)
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "archive (.mlpscan) of the scan")
	f.StringVar(&o.output, "output", "", "evidence pack (.zip) to write")
	f.IntVar(&o.level, "level", 3, "MLPS level of the system: 2, 3 or 4")
	f.StringVar(&o.sign, "sign", "", "SSH private key to sign with: writes FILE.zip.sig")
	langFlag(c, &o.lang)
	return c
}

func (o *evidenceOptions) validate() error {
	switch {
	case o.from == "":
		return usage("name the archive of a scan: --from FILE", "--from is missing")
	case o.output == "":
		return usage("name the file to write: --output evidence.zip", "--output is missing")
	case filepath.Clean(o.output) == filepath.Clean(o.from):
		return usage("choose another name for the evidence pack", "--output is the archive itself")
	case !slices.Contains(mlps.Levels(), o.level):
		return usage("choose 2, 3 or 4", "no MLPS level %d", o.level)
	}
	var err error
	o.lang, err = language(o.lang)
	return err
}

func (o *evidenceOptions) run(c *cobra.Command) error {
	var key ssh.Signer
	if o.sign != "" {
		var err error
		if key, err = signer(o.sign); err != nil {
			return err
		}
	}
	a, err := cloud.OpenArchive(o.from)
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := o.report(c.Context(), a)
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = writeFile(o.output, func(w io.Writer) error {
		return evidence.Write(io.MultiWriter(w, sum), evidence.Pack{Archive: a, Report: rep, Catalogue: checks.Digest(checks.All), Redact: evidence.None})
	})
	if err != nil {
		return err
	}
	if key != nil {
		if err := sign(o.output, key); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), o.output)
	return err
}

// report judges the archive by this version's checks.
func (o *evidenceOptions) report(ctx context.Context, a *cloud.Archive) (*report.Report, error) {
	acc, err := cloud.Read(ctx, a, cloud.Options{Regions: a.Scan.Regions, Calls: checks.Calls(checks.All), Time: a.Scan.Started})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.from, err)
	}
	acc.Partial = acc.Partial || a.Partial
	return report.New(acc, checks.All, nil, report.Options{Level: o.level, Language: o.lang, Version: toolVersion(), Finished: a.Finished, Digest: a.Digest}), nil
}
