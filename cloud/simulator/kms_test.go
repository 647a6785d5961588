package simulator_test

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/kms"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// keys lists the keys of a region, two a page.
func (c *cloud) keys(region string) map[string]bool {
	c.t.Helper()
	out := map[string]bool{}
	for number := 1; ; number++ {
		var page kms.ListKeysResponse
		c.get("kms", "ListKeys", map[string]string{"RegionId": region, "PageSize": "2", "PageNumber": strconv.Itoa(number)}, &page)
		for _, k := range page.Keys.Key {
			if out[k.KeyId] {
				c.t.Errorf("key %s comes twice", k.KeyId)
			}
			out[k.KeyId] = true
		}
		if number*2 >= page.TotalCount {
			return out
		}
	}
}

// TestKeys: the keys that resources name are those of the account, in their region.
func TestKeys(t *testing.T) {
	named := regexp.MustCompile(`"(?:KMSKeyId|EncryptionKey)": ?"([^"]+)"|<KMSMasterKeyID>([^<]+)<`)
	for name, data := range map[string]fs.FS{"hospital": simulator.Hospital(), "generated": simulator.Generate(simulator.Size{Instances: 40})} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, data, simulator.Options{})
			known := map[string]map[string]bool{}
			used := 0
			err := fs.WalkDir(data, ".", func(path string, d fs.DirEntry, err error) error {
				parts := strings.Split(path, "/")
				// A snapshot policy names the key of the region that it copies to.
				if err != nil || d.IsDir() || strings.HasPrefix(parts[2], "DescribeAutoSnapshotPolicyEx") {
					return err
				}
				b, err := fs.ReadFile(data, path)
				for _, m := range named.FindAllSubmatch(b, -1) {
					region, id := parts[1], string(m[1])+string(m[2])
					if known[region] == nil {
						known[region] = c.keys(region)
					}
					used++
					if !known[region][id] {
						t.Errorf("%s names key %s, which %s has not", path, id, region)
					}
				}
				return err
			})
			if err != nil || used == 0 {
				t.Fatalf("%d keys named, %v", used, err)
			}
			for region, keys := range known {
				for _, id := range slices.Sorted(maps.Keys(keys)) {
					c.checkKey(region, id)
				}
			}
		})
	}
}

// checkKey asks for a key by its id and by its ARN.
func (c *cloud) checkKey(region, id string) {
	c.t.Helper()
	var byID, byARN kms.DescribeKeyResponse
	c.get("kms", "DescribeKey", map[string]string{"RegionId": region, "KeyId": id}, &byID)
	m := byID.KeyMetadata
	if m.KeyId != id || !strings.HasPrefix(m.Arn, "acs:kms:"+region+":") || m.KeyState == "" || m.Origin == "" || m.Creator == "" {
		c.t.Errorf("%s: %+v", id, m)
	}
	if seconds, ok := strings.CutSuffix(m.RotationInterval, "s"); (m.AutomaticRotation == "Enabled") != (ok && seconds != "" && m.NextRotationDate != "") {
		c.t.Errorf("%s: rotation %s every %q, next %q", id, m.AutomaticRotation, m.RotationInterval, m.NextRotationDate)
	}
	c.get("kms", "DescribeKey", map[string]string{"RegionId": region, "KeyId": m.Arn}, &byARN)
	if byARN.KeyMetadata != m {
		c.t.Errorf("%s: by its ARN %+v", id, byARN.KeyMetadata)
	}
}

func TestKeyRefusals(t *testing.T) {
	c := serve(t, simulator.Hospital(), simulator.Options{})
	const his = "key-bjj66f2a1c3h7k9d0q2x8" // of Beijing
	for _, r := range []struct{ action, param, value, want string }{
		{"DescribeKey", "KeyId", his, "Forbidden.KeyNotFound"},
		{"DescribeKey", "KeyId", "acs:kms:cn-beijing:1586402973150824:key/" + his, "Forbidden.KeyNotFound"},
		{"DescribeKey", "KeyId", "alias/none", "Forbidden.AliasNotFound"},
		{"DescribeKey", "KeyId", "", "MissingKeyId"},
		{"ListKeys", "PageSize", "101", "InvalidPageSize"},
		{"ListKeys", "Filters", `[{"Key":"KeyState","Values":["Enabled"]}]`, "cannot obey"},
	} {
		_, err := c.rpc("kms", "cn-shanghai", r.action, map[string]string{"RegionId": "cn-shanghai", r.param: r.value})
		contains(t, err, r.want)
	}
	denied := serve(t, simulator.Hospital(), simulator.Options{Faults: []simulator.Fault{{Service: "kms", Kind: simulator.Deny}}})
	_, err := denied.rpc("kms", "cn-beijing", "ListKeys", nil)
	contains(t, err, "Forbidden.NoPermission")
}
