package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/term"
)

// signatureNamespace keeps a signature on a pack from being shown as one on
// something else: ssh-keygen -Y verify -n mlpscan.
const signatureNamespace = "mlpscan"

// signatureEnding is added to the name of what was signed, as ssh-keygen does.
const signatureEnding = ".sig"

// signer reads an SSH private key. It is read before the pack is made, so that
// a wrong key ends the command at once.
func signer(path string) (ssh.Signer, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParsePrivateKey(pem)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		key, err = unlock(path, pem)
	}
	var h hinted
	if err != nil && !errors.As(err, &h) {
		err = withHint(fmt.Errorf("%s: %w", path, err), "give an SSH private key, such as ~/.ssh/id_ed25519; ssh-keygen -t ed25519 makes one")
	}
	return key, err
}

// unlock asks for the passphrase of a key where a person can answer.
func unlock(path string, pem []byte) (ssh.Signer, error) {
	if !isTerminal(os.Stdin) || !isTerminal(os.Stderr) {
		return nil, withHint(fmt.Errorf("%s: the key has a passphrase, and nobody is there to type it", path),
			"run it on a terminal, or sign the finished file: ssh-keygen -Y sign -n "+signatureNamespace+" -f "+path+" FILE.zip")
	}
	fmt.Fprint(os.Stderr, local("passphrase of "+path)+": ")
	phrase, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return nil, fmt.Errorf("read the passphrase: %w", err)
	}
	return ssh.ParsePrivateKeyWithPassphrase(pem, phrase)
}

// sign writes the signature of a file beside it.
func sign(path string, key ssh.Signer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sig, err := sshsig.Sign(f, key, sshsig.HashSHA512, signatureNamespace)
	if err != nil {
		return fmt.Errorf("sign %s: %w", path, err)
	}
	return writeFile(path+signatureEnding, func(w io.Writer) error {
		_, err := w.Write(sshsig.Armor(sig))
		return err
	})
}

// verifySignature has OpenSSH confirm a signature, so that what allowed-signers
// files may say (validity, namespaces, certificates) holds as it does there. It
// returns who signed.
func verifySignature(ctx context.Context, path, signature, signers string) (string, error) {
	for _, p := range []string{signature, signers} {
		f, err := os.Open(p) // ssh-keygen's own words about a file that is gone are no help
		if err != nil {
			return "", err
		}
		_ = f.Close()
	}
	out, err := sshKeygen(ctx, "", "-Y", "find-principals", "-s", signature, "-f", signers)
	if err != nil {
		return "", err
	}
	principal, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
	_, err = sshKeygen(ctx, path, "-Y", "verify", "-f", signers, "-I", principal, "-n", signatureNamespace, "-s", signature)
	return principal, err
}

// sshKeygen runs ssh-keygen with a file as its input.
func sshKeygen(ctx context.Context, input string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "ssh-keygen", args...)
	if input != "" {
		f, err := os.Open(input)
		if err != nil {
			return "", err
		}
		defer f.Close()
		c.Stdin = f
	}
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", withHint(errors.New("there is no ssh-keygen here to confirm the signature"), "install OpenSSH's client: apt install openssh-client")
	case err != nil:
		return "", withHint(fmt.Errorf("the signature does not hold: ssh-keygen %s: %s", args[1], strings.TrimSpace(said.String()+string(out))),
			"take an untouched copy of the file and its signature, and the signer's public key from the signer")
	}
	return string(out), nil
}
