package simulator

import (
	"net/http"
	"strings"
)

var noKey = fail(http.StatusNotFound, "Forbidden.KeyNotFound", "The specified Key is not found.")

var kmsActions = []action{
	{service: "kms", name: "ListKeys", list: "Keys.Key", paging: paging{style: numbered, size: 10, min: 1, max: 100, strict: true}},
	{service: "kms", name: "DescribeKey", required: []string{"KeyId"}, id: []string{"KeyId"}, absent: noKey},
}

// kmsKey answers DescribeKey, which takes a key's ARN for its id. It does not know
// aliases.
func (s *Simulator) kmsKey(c *call, a *action) (reply, *failure) {
	id := c.params["KeyId"]
	switch parts := strings.Split(id, ":"); {
	case strings.HasPrefix(id, "alias/"):
		return reply{}, fail(http.StatusNotFound, "Forbidden.AliasNotFound", "The specified Alias is not found.")
	case len(parts) == 5 && parts[1] == "kms" && parts[2] != c.region:
		return reply{}, noKey
	case len(parts) == 5 && parts[1] == "kms":
		c.params["KeyId"] = strings.TrimPrefix(parts[4], "key/")
	}
	d, _, f := c.document(a)
	if f != nil {
		return reply{}, f
	}
	return jsonReply(withRequestID(d.body, c.requestID)), nil
}
