package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestNoKeygen: without OpenSSH a signature is not confirmed, and the user is told why.
func TestNoKeygen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	_, err := verifySignature(t.Context(), file, file, file)
	var h hinted
	if !errors.As(err, &h) || h.Error() != "there is no ssh-keygen here to confirm the signature" {
		t.Errorf("%v", err)
	}
}
