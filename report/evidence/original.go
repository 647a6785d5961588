package evidence

import (
	"archive/zip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/mlpscan/mlpscan/cloud"
)

// ErrOther: a redacted pack was not made from the archive, or not by the key.
var ErrOther = errors.New("the pack was not made from this archive by this key")

// VerifyOriginal confirms that a redacted pack was made from an archive: every
// entry of the archive, and no other, has its keyed sum in the pack. It takes the
// pack to be as it was written; see [Verify].
func VerifyOriginal(path string, a *cloud.Archive, key []byte) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return within(path, err)
	}
	defer z.Close()
	files, _ := zipFiles(&z.Reader)
	var m Manifest
	if err := decodeZip(files[manifestFile], &m); err != nil {
		return fmt.Errorf("%s: %s: %w", path, manifestFile, err)
	}
	left := map[string]string{} // file by sum
	for _, f := range m.Files {
		if f.Original != "" {
			left[f.Original] = f.Name
		}
	}
	names, err := a.Entries()
	if err != nil {
		return err
	}
	count := 0
	for _, name := range names {
		if name == scanManifest {
			continue
		}
		e, err := a.Entry(name)
		if err != nil {
			return err
		}
		if left[keyedSum(key, e.Name, e.Body)] == "" {
			return fmt.Errorf("%w: %s is not in the pack", ErrOther, name)
		}
		count++
	}
	if count != len(left) {
		return fmt.Errorf("%w: it has %d answers, and the archive %d", ErrOther, len(left), count)
	}
	return nil
}

// keyedSum stands for an entry before it was redacted. The name goes in too: two
// answers may say the same.
func keyedSum(key []byte, name string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(name + "\x00"))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
