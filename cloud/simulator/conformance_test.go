package simulator_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"github.com/mlpscan/mlpscan/cloud/simulator"
)

// accounts are those whose every answer is held against the models.
func accounts() map[string]fs.FS {
	organization, _ := simulator.Organization(simulator.Hospital(), 12)
	return map[string]fs.FS{
		"hospital":     simulator.Hospital(),
		"generated":    simulator.Generate(simulator.Size{Instances: 100}),
		"organization": organization,
	}
}

// atLeast is how many files each has; an organization shows those of its directory alone.
var atLeast = map[string]int{"hospital": 100, "generated": 100, "organization": 10}

// answerName takes a file's name apart.
func answerName(name string) (service, region, action string, params map[string]string, ok bool) {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 3 || strings.HasSuffix(name, ".error.json") {
		return "", "", "", nil, false
	}
	rest := strings.TrimSuffix(strings.TrimSuffix(parts[2], ".json"), ".xml")
	action, query, _ := strings.Cut(rest, "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return "", "", "", nil, false
	}
	params = map[string]string{}
	for k := range v {
		params[k] = v.Get(k)
	}
	return parts[0], parts[1], action, params, true
}

// TestData holds every file of the accounts against the vendor's models.
func TestData(t *testing.T) {
	for name, data := range accounts() {
		t.Run(name, func(t *testing.T) {
			files := 0
			err := fs.WalkDir(data, ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				files++
				checkFile(t, data, path)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if files < atLeast[name] {
				t.Errorf("only %d files", files)
			}
		})
	}
}

func checkFile(t *testing.T, data fs.FS, path string) {
	t.Helper()
	b, err := fs.ReadFile(data, path)
	if err != nil {
		t.Error(err)
		return
	}
	if strings.HasSuffix(path, ".error.json") {
		var e struct{ Code string }
		if json.Unmarshal(b, &e) != nil || e.Code == "" {
			t.Errorf("%s is not an error", path)
		}
		return
	}
	service, _, action, _, ok := answerName(path)
	m, known := models[service+" "+action]
	switch {
	case !ok:
		t.Errorf("%s is not an answer's name", path)
	case known:
		err = checkJSON(b, m.response)
	case service == "oss" && strings.HasSuffix(path, ".xml"):
		err = checkXML(b)
	case service == "oss" && action == "GetBucketPolicy", service == "sls":
		if !json.Valid(b) {
			err = errors.New("not JSON")
		}
	default:
		err = errors.New("the simulator does not answer this call")
	}
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// words are the query words of OSS calls.
var words = map[string]string{
	"GetPublicAccessBlock": "publicAccessBlock", "GetBucketInfo": "bucketInfo", "GetBucketAcl": "acl", "GetBucketPolicy": "policy",
	"GetBucketPublicAccessBlock": "publicAccessBlock", "GetBucketEncryption": "encryption", "GetBucketLogging": "logging",
	"GetBucketVersioning": "versioning", "GetBucketReplication": "replication", "GetBucketReferer": "referer",
	"GetBucketLifecycle": "lifecycle", "GetBucketTags": "tagging", "GetBucketWorm": "worm",
}

// TestAnswers asks for every file of the accounts over HTTP, signed by the
// vendor's SDKs, and holds what comes against their models.
func TestAnswers(t *testing.T) {
	for name, data := range accounts() {
		t.Run(name, func(t *testing.T) {
			c := serve(t, data, simulator.Options{})
			err := fs.WalkDir(data, ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				c.ask(path)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if s := c.Stats(); s.Total() < atLeast[name] || s.Refused > 0 {
				t.Errorf("%d calls, %d refused", s.Total(), s.Refused)
			}
		})
	}
}

// ask makes the call of one file.
func (c *cloud) ask(path string) {
	c.t.Helper()
	service, region, action, params, ok := answerName(path)
	if !ok || service == "sls" {
		return
	}
	if region == "global" {
		region = "cn-beijing"
	}
	var b []byte
	var err error
	if service == "oss" {
		b, err = c.bucket(region, params["bucket"], words[action], nil)
		if err == nil && action != "GetBucketPolicy" {
			err = checkXML(b)
		}
	} else {
		if action != "GetTrailStatus" {
			params["RegionId"] = region
		}
		b, err = c.rpc(service, region, action, params)
		if err == nil {
			err = checkJSON(b, models[service+" "+action].response)
		}
		if err == nil && !strings.Contains(string(b), `"RequestId":"`) {
			err = errors.New("no RequestId")
		}
	}
	if err != nil {
		c.t.Errorf("%s: %v", path, err)
	}
}
