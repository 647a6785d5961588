package main

import (
	"fmt"

	"github.com/mlpscan/mlpscan/cloud"
	"github.com/mlpscan/mlpscan/report/evidence"
	"github.com/spf13/cobra"
)

func newVerify() *cobra.Command {
	var signature, signers, original, key string
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Confirm that an evidence pack or an archive is as it was written",
		Long: `Hold every file of an evidence pack (.zip), or every entry of an archive
(.mlpscan), against its SHA-256. The first that is altered, missing or extra is
named, and the exit code is 1.

The sums show that the files agree with each other. Who made them, only a
signature shows: --signature has ssh-keygen confirm it by a file of public keys
that you got from the signer, in the form of "man ssh-keygen", ALLOWED SIGNERS.`,
		Example: `  mlpscan verify evidence.zip
  mlpscan verify redacted.zip --original scan.mlpscan --key redacted.zip.key
  mlpscan verify evidence.zip --signature evidence.zip.sig --allowed-signers allowed_signers
  mlpscan verify mlpscan-20261123T020000Z.mlpscan`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if (signature == "") != (signers == "") {
				return usage("give both: --signature FILE.sig --allowed-signers FILE", "--signature and --allowed-signers belong together")
			}
			if (original == "") != (key == "") {
				return usage("give both: --original SCAN.mlpscan --key FILE.key", "--original and --key belong together")
			}
			found, err := evidence.Verify(args[0])
			if err != nil {
				return err
			}
			if original != "" {
				if err := verifyOriginal(args[0], found, original, key); err != nil {
					return err
				}
			}
			by := ""
			if signature != "" {
				if by, err = verifySignature(c.Context(), args[0], signature, signers); err != nil {
					return err
				}
			}
			return writeChecked(c, args[0], found, by)
		},
	}
	c.Flags().StringVar(&original, "original", "", "archive that a redacted pack is said to be made from")
	c.Flags().StringVar(&key, "key", "", "key of the redacted pack's pseudonyms")
	c.Flags().StringVar(&signature, "signature", "", "SSH signature of the file, which ssh-keygen is to confirm")
	c.Flags().StringVar(&signers, "allowed-signers", "", "public keys of those who may have signed")
	return c
}

// verifyOriginal confirms which archive a redacted pack was made from.
func verifyOriginal(path string, found *evidence.Checked, original, keyFile string) error {
	if !found.Pack || found.Redacted == evidence.None {
		return usage("--original is for a redacted pack", "%s is not redacted: its answers are as they came", path)
	}
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	a, err := cloud.OpenArchive(original)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := evidence.VerifyOriginal(path, a, key); err != nil {
		return withHint(err, "give the archive and the key that the pack was made with")
	}
	return nil
}

// writeChecked tells what was held against its sum.
func writeChecked(c *cobra.Command, path string, found *evidence.Checked, signedBy string) error {
	kind := "archive"
	if found.Pack {
		kind = "evidence pack"
	}
	w := c.OutOrStdout()
	lines := []string{local(fmt.Sprintf("%s: %s, %d files, none altered, missing or extra", path, kind, found.Files)), "sha256 " + found.SHA256,
		local("scan of " + found.Started.UTC().Format("2006-01-02 15:04:05 UTC"))}
	if found.Digest != "" {
		lines = append(lines, local("archive digest "+found.Digest))
	}
	if found.Redacted != "" && found.Redacted != evidence.None {
		lines = append(lines, local("redacted: "+string(found.Redacted)))
	}
	if signedBy != "" {
		lines = append(lines, local("signed by "+signedBy))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
