package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	redact, key  string
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

--redact replaces values by pseudonyms everywhere in the pack, the same value by
the same pseudonym. Their key is written beside it, FILE.zip.key: keep it, and do
not hand it on; mlpscan verify --original --key confirms by it which archive the
pack was made from.

--sign writes an SSH signature beside the pack, which this confirms:
  ssh-keygen -Y verify -f allowed_signers -I SIGNER -n mlpscan -s FILE.zip.sig < FILE.zip`,
		Example: `  mlpscan evidence --from mlpscan-20261123T020000Z.mlpscan --output evidence.zip
  mlpscan evidence --from scan.mlpscan --output redacted.zip --redact names
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
	f.StringVar(&o.redact, "redact", "none", "replace by pseudonyms: secrets (AccessKey ids), addresses (those too), names (and names, tags, account ids)")
	f.StringVar(&o.key, "key", "", "key of an earlier redacted pack, so that its pseudonyms are used again")
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
	case !slices.Contains(evidence.Levels, evidence.Level(o.redact)):
		return usage("choose none, secrets, addresses or names", "unknown redaction %q", o.redact)
	case o.key != "" && o.redact == string(evidence.None):
		return usage("add --redact names", "--key is for a redacted pack")
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
	secret, err := o.pseudonymKey()
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = writeFile(o.output, func(w io.Writer) error {
		return evidence.Write(io.MultiWriter(w, sum), evidence.Pack{Archive: a, Report: rep, Catalogue: checks.Digest(checks.All),
			Redact: evidence.Level(o.redact), Key: secret})
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

// keyEnding is added to a pack's name for the key of its pseudonyms.
const keyEnding = ".key"

// pseudonymKey is the key of a redacted pack: the one that was given, or a new one,
// written beside the pack and readable by its owner alone.
func (o *evidenceOptions) pseudonymKey() ([]byte, error) {
	if o.redact == string(evidence.None) {
		return nil, nil
	}
	if o.key != "" {
		return readKey(o.key)
	}
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return key, writeFile(o.output+keyEnding, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, hex.EncodeToString(key))
		return err
	})
}

// keySize is as many bytes as the sum that a key goes into has.
const keySize = sha256.Size

func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, withHint(fmt.Errorf("%s: not a key of an evidence pack", path), "give what mlpscan evidence --redact wrote: FILE.zip"+keyEnding)
	}
	return key, nil
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
