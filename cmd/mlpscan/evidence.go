package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report"
	"github.com/mlpscan/mlpscan/report/evidence"
	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"
)

// evidenceOptions are the flags of mlpscan evidence.
type evidenceOptions struct {
	from, output string
	system       string
	sign         string
	redact, key  string
	render       renderOptions // what the report says
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
Of a folder of archives each account gets a pack of its own, in the folder that
--output names. --system packs what one grading object of --config is judged by;
the raw answers are those of the whole account all the same.

--redact replaces values by pseudonyms everywhere in the pack, the same value by
the same pseudonym. Their key is written beside it, FILE.zip.key: keep it, and do
not hand it on; mlpscan verify --original --key confirms by it which archive the
pack was made from.

--sign writes an SSH signature beside the pack, which this confirms:
  ssh-keygen -Y verify -f allowed_signers -I SIGNER -n mlpscan -s FILE.zip.sig < FILE.zip`,
		Example: `  mlpscan evidence --from mlpscan-20261123T020000Z.mlpscan --output evidence.zip
  mlpscan evidence --from scan.mlpscan --config mlpscan.yaml --system HIS --worksheet answers.xlsx --output his.zip
  mlpscan evidence --from scan.mlpscan --output redacted.zip --redact names
  mlpscan evidence --from scan.mlpscan --output evidence.zip --sign ~/.ssh/id_ed25519
  mlpscan verify evidence.zip`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.render.configure(c); err != nil {
				return err
			}
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(c)
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "archive (.mlpscan) of the scan, or folder of archives")
	f.StringVar(&o.output, "output", "", "evidence pack (.zip) to write; of a folder of archives, the folder to write packs into")
	f.StringVar(&o.system, "system", "", "grading object of --config that is meant (default: everything)")
	f.StringVar(&o.sign, "sign", "", "SSH private key to sign with: writes FILE.zip.sig")
	f.StringVar(&o.redact, "redact", "none", "replace by pseudonyms: secrets (AccessKey ids), addresses (those too), names (and names, tags, account ids)")
	f.StringVar(&o.key, "key", "", "key of an earlier redacted pack, so that its pseudonyms are used again")
	o.render.modelFlags(c)
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
	case !slices.Contains(evidence.Levels, evidence.Level(o.redact)):
		return usage("choose none, secrets, addresses or names", "unknown redaction %q", o.redact)
	case o.key != "" && o.redact == string(evidence.None):
		return usage("add --redact names", "--key is for a redacted pack")
	}
	return o.render.validate()
}

func (o *evidenceOptions) run(c *cobra.Command) error {
	var key ssh.Signer
	if o.sign != "" {
		var err error
		if key, err = signer(o.sign); err != nil {
			return err
		}
	}
	files := archives(o.from)
	if len(files) == 0 {
		secret, err := o.pseudonyms(o.output + keyEnding)
		if err != nil {
			return err
		}
		return o.pack(c, o.from, o.output, secret, key)
	}
	missing, err := unread(o.from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.output, 0o700); err != nil {
		return fmt.Errorf("cannot write the packs: %w", err)
	}
	// One key for all: who is the same in two accounts has the same pseudonym.
	secret, err := o.pseudonyms(filepath.Join(o.output, "packs"+keyEnding))
	if err != nil {
		return err
	}
	for _, x := range missing {
		fmt.Fprintln(c.ErrOrStderr(), local(fmt.Sprintf("no pack: account %s was not read: %s", x.ID, x.Failure.Code)+": "+oneLine(x.Failure.Message)))
	}
	for _, file := range files {
		err := o.pack(c, file, filepath.Join(o.output, strings.TrimSuffix(filepath.Base(file), archiveEnding)+".zip"), secret, key)
		if errors.Is(err, errNoPart) {
			fmt.Fprintln(c.ErrOrStderr(), local("no pack: "+err.Error()))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errNoPart: the grading object has nothing in the account.
var errNoPart = errors.New("nothing of the grading object is in the account")

// pack writes the pack of one archive, and prints its sum.
func (o *evidenceOptions) pack(c *cobra.Command, from, to string, secret *pseudonymKey, key ssh.Signer) error {
	a, err := cloud.OpenArchive(from)
	if err != nil {
		return err
	}
	defer a.Close()
	rep, err := o.report(c.Context(), from)
	if err != nil {
		return err
	}
	if err := secret.keep(); err != nil {
		return err
	}
	sum := sha256.New()
	err = writeFile(to, func(w io.Writer) error {
		return evidence.Write(io.MultiWriter(w, sum), evidence.Pack{Archive: a, Report: rep, Catalogue: checks.Digest(checks.All),
			Redact: evidence.Level(o.redact), Key: secret.bytes})
	})
	if err != nil {
		return err
	}
	if key != nil {
		if err := sign(to, key); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), to)
	return err
}

// report judges the archive by this version's checks.
func (o *evidenceOptions) report(ctx context.Context, from string) (*report.Report, error) {
	r, acc, err := readArchive(ctx, from, nil, checks.All)
	if err != nil {
		return nil, err
	}
	rep, err := ofSystem(o.render.one(r, acc, checks.All), o.system)
	if err != nil {
		return nil, err
	}
	if s := rep.Summary; s.Pass+s.Fail+s.Unknown+s.NotApplicable == 0 {
		return nil, withHint(fmt.Errorf("%s: %w", from, errNoPart), "see what it selects in "+o.render.configFile)
	}
	return rep, nil
}

// keyEnding is added to a pack's name for the key of its pseudonyms.
const keyEnding = ".key"

// A pseudonymKey makes the pseudonyms of redacted packs. A new one is written to a
// file that its owner alone can read, once there is something to pack.
type pseudonymKey struct {
	bytes []byte
	path  string // "" where there is nothing to write
}

// pseudonyms is the key that was given, or a new one; none where nothing is redacted.
func (o *evidenceOptions) pseudonyms(path string) (*pseudonymKey, error) {
	if o.redact == string(evidence.None) {
		return &pseudonymKey{}, nil
	}
	if o.key != "" {
		key, err := readKey(o.key)
		return &pseudonymKey{bytes: key}, err
	}
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return &pseudonymKey{key, path}, nil
}

// keep writes the key, the first time.
func (k *pseudonymKey) keep() error {
	if k.path == "" {
		return nil
	}
	path := k.path
	k.path = ""
	return writeFile(path, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, hex.EncodeToString(k.bytes))
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
