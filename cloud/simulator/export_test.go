package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// SignACS3 signs a request with the given headers under the signature, for
// tests of what the vendor's signers never do.
func SignACS3(r *http.Request, id, secret string, signed ...string) string {
	a := acs3{keyID: id, signed: signed}
	h := http.Header{}
	for k, v := range r.Header { // the vendor's client spells them as it likes
		h[http.CanonicalHeaderKey(k)] = v
	}
	r = r.Clone(r.Context())
	r.Header = h
	a.signature = hex.EncodeToString(mac(sha256.New, secret, a.text(r)))
	return "ACS3-HMAC-SHA256 Credential=" + id + ",SignedHeaders=" + strings.Join(signed, ";") + ",Signature=" + a.signature
}
