package cloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ActionTrail is what was read of the service that records who called which API.
type ActionTrail struct {
	Trails []*Trail // of every home region, sorted
	From   *Origin  // the list's answer; nil where it was not read
}

// The states of a trail.
const (
	TrailEnabled  = "Enable"
	TrailDisabled = "Disable"
	TrailFresh    = "Fresh" // made, and never started
)

// A Trail delivers the account's events to a bucket, a logstore, or both.
type Trail struct {
	Resource
	Status      string // one of the Trail constants
	TrailRegion string // "All", or the regions whose events it takes
	EventRW     string // Write, Read or All
	HomeRegion  string // where it was made, and is asked for its status
	// IsOrganizationTrail: it belongs to the resource directory, and takes the
	// events of all member accounts.
	IsOrganizationTrail bool
	OssBucketName       string // "" where it does not deliver to OSS
	OssBucketLocation   string
	OssKeyPrefix        string
	SlsProjectArn       string // "" where it does not deliver to Log Service

	// TrailStatus, Bucket and LogStore are read of enabled trails only; LogStore
	// and the bucket's Lifecycle only where TrailRegion and EventRW say All.
	TrailStatus Fact[TrailStatus]
	// Bucket is where it delivers to. A known nil means that the account's own
	// list does not hold the bucket: it is another account's, or gone.
	Bucket   Fact[*Bucket]
	LogStore Fact[LogStore]
}

// TrailStatus is how a trail fares.
type TrailStatus struct {
	IsLogging                     bool
	LatestDeliveryError           string  // "" where none was
	LatestDeliveryTime            *string // of the last success; "" where none was, nil where the answer does not say
	LatestDeliveryLogServiceError string
	LatestDeliveryLogServiceTime  *string
	OssBucketStatus               *bool // nil where the answer does not say
	SlsLogStoreStatus             *bool
}

// A LogStore is a logstore of Log Service.
type LogStore struct {
	Name string
	TTL  int // days that logs are kept; 3650 means for ever
}

// TakesAll reports whether the trail is meant to take every event of every region.
func (t *Trail) TakesAll() bool {
	return t.Status == TrailEnabled && strings.EqualFold(t.TrailRegion, "All") && strings.EqualFold(t.EventRW, "All")
}

// LogProject takes SlsProjectArn apart: acs:log:<region>:<account>:project/<name>.
func (t *Trail) LogProject() (region, account, project string, err error) {
	p := strings.SplitN(t.SlsProjectArn, ":", 5)
	if len(p) == 5 {
		region, account = p[2], p[3]
		project = strings.TrimPrefix(p[4], "project/")
	}
	if region == "" || account == "" || project == "" || len(p[4]) == len(project) {
		return "", "", "", fmt.Errorf("SlsProjectArn %q is no project's", t.SlsProjectArn)
	}
	return region, account, project, nil
}

// LogStoreName is the logstore that the service makes for the trail.
func (t *Trail) LogStoreName() string { return "actiontrail_" + t.Name }

var actionTrailService = service{
	name:   "actiontrail",
	global: readActionTrail,
	link: func(a *Account) {
		for _, t := range a.ActionTrail.Trails {
			if b := t.Bucket.Value; b != nil {
				b.AccountPublicAccessBlock = a.OSS.PublicAccessBlock
			}
		}
		sortResources(a.ActionTrail.Trails)
	},
	resources: func(a *Account, all []*Resource) []*Resource { return refs(all, a.ActionTrail.Trails) },
}

func readActionTrail(r *reader) {
	if !r.wants("actiontrail/DescribeTrails") {
		return
	}
	var trails []*Trail
	var answer *Origin
	req := Request{Service: "actiontrail", Action: "DescribeTrails",
		Params: map[string]string{"IncludeShadowTrails": "true", "IncludeOrganizationTrail": "true"}}
	fail := r.listed(req, whole, func(body []byte, from *Origin) (page, error) {
		list, err := decodeTrails(body, from)
		trails, answer = list, from
		return page{items: len(list)}, err
	})
	r.each(len(trails), func(i int) { r.readTrail(trails[i]) })
	r.readTrailBuckets(trails)
	if fail != nil {
		answer = nil
	}
	r.add(func(a *Account) { a.ActionTrail = ActionTrail{Trails: trails, From: answer} })
}

// readTrail reads one trail's status and logstore.
func (r *reader) readTrail(t *Trail) {
	if t.Status != TrailEnabled {
		return
	}
	req := Request{Service: "actiontrail", Region: t.HomeRegion, Action: "GetTrailStatus", Params: map[string]string{"Name": t.Name}}
	if t.IsOrganizationTrail {
		req.Params["IsOrganizationTrail"] = "true"
	}
	t.TrailStatus = ask(r, req, t.Name, decodeTrailStatus)
	if t.SlsProjectArn != "" && t.TakesAll() {
		t.LogStore = r.readLogStore(t)
	}
}

func (r *reader) readLogStore(t *Trail) Fact[LogStore] {
	region, account, project, err := t.LogProject()
	req := Request{Service: "sls", Region: region, Action: "GetLogStore",
		Params: map[string]string{"project": project, "logstore": t.LogStoreName()}}
	if err != nil {
		return skipped[LogStore](req, t.LogStoreName(), err.Error())
	}
	if account != r.acc.ID {
		return skipped[LogStore](req, t.LogStoreName(), "the project belongs to account "+account)
	}
	return ask(r, req, t.LogStoreName(), decodeLogStore)
}

// readTrailBuckets finds the buckets that enabled trails deliver to, and reads
// of each once what the bucket's own reader does not: all of it where the
// scan's regions leave the bucket out.
func (r *reader) readTrailBuckets(trails []*Trail) {
	var found []*Bucket
	taker := map[string]bool{} // buckets of trails whose retention matters
	for _, t := range trails {
		if t.Status != TrailEnabled || t.OssBucketName == "" {
			continue
		}
		t.Bucket = r.trailBucket(t.OssBucketName)
		if b := t.Bucket.Value; b != nil {
			found = append(found, b)
			taker[b.Name] = taker[b.Name] || t.TakesAll()
		}
	}
	slices.SortFunc(found, func(x, y *Bucket) int { return cmp.Compare(x.Name, y.Name) })
	found = slices.Compact(found)
	r.each(len(found), func(i int) {
		b := found[i]
		if !r.inScope(b.Region) {
			r.readBucketProtection(b)
		}
		b.Worm = askBucket(r, b, "GetBucketWorm", decodeWorm)
		if taker[b.Name] {
			b.Lifecycle = askBucket(r, b, "GetBucketLifecycle", decodeLifecycle)
		}
	})
}

// trailBucket looks a bucket up in the account's list.
func (r *reader) trailBucket(name string) Fact[*Bucket] {
	_, fail := r.buckets.read(r)
	if b := r.buckets.find(name); b != nil {
		return known(b, b.From)
	}
	if fail != nil {
		return Fact[*Bucket]{Missing: fail}
	}
	return known[*Bucket](nil, r.buckets.from)
}

func decodeTrails(body []byte, from *Origin) ([]*Trail, error) {
	var doc struct {
		TrailList *[]struct {
			Name, Status, TrailRegion, EventRW, HomeRegion, TrailArn      string
			OssBucketName, OssBucketLocation, OssKeyPrefix, SlsProjectArn string
			IsOrganizationTrail                                           looseBool
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.TrailList == nil {
		return nil, absent("TrailList")
	}
	var list []*Trail
	for _, x := range *doc.TrailList {
		if x.Name == "" || x.Status == "" || x.HomeRegion == "" || x.TrailRegion == "" || x.EventRW == "" {
			return nil, absent("Name, Status, HomeRegion, TrailRegion or EventRW of a trail")
		}
		// A trail of all regions stands once more as its own shadow.
		if slices.ContainsFunc(list, func(t *Trail) bool { return t.Name == x.Name && t.HomeRegion == x.HomeRegion }) {
			continue
		}
		list = append(list, &Trail{
			Resource: Resource{Kin: &Kin{Type: "actiontrail.trail", ARNPrefix: strings.TrimSuffix(x.TrailArn, x.Name), Region: x.HomeRegion}, ID: x.Name, Name: x.Name, From: from},
			Status:   x.Status, TrailRegion: x.TrailRegion, EventRW: x.EventRW, HomeRegion: x.HomeRegion,
			OssBucketName: x.OssBucketName, OssBucketLocation: x.OssBucketLocation, OssKeyPrefix: x.OssKeyPrefix,
			SlsProjectArn: x.SlsProjectArn, IsOrganizationTrail: bool(x.IsOrganizationTrail),
		})
	}
	return list, nil
}

func decodeTrailStatus(body []byte) (TrailStatus, error) {
	var doc struct {
		IsLogging, OssBucketStatus, SlsLogStoreStatus      *looseBool
		LatestDeliveryError, LatestDeliveryLogServiceError string
		LatestDeliveryTime, LatestDeliveryLogServiceTime   *looseText
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return TrailStatus{}, err
	}
	if doc.IsLogging == nil {
		return TrailStatus{}, absent("IsLogging")
	}
	return TrailStatus{
		IsLogging:           bool(*doc.IsLogging),
		LatestDeliveryError: doc.LatestDeliveryError, LatestDeliveryTime: (*string)(doc.LatestDeliveryTime),
		LatestDeliveryLogServiceError: doc.LatestDeliveryLogServiceError, LatestDeliveryLogServiceTime: (*string)(doc.LatestDeliveryLogServiceTime),
		OssBucketStatus: (*bool)(doc.OssBucketStatus), SlsLogStoreStatus: (*bool)(doc.SlsLogStoreStatus),
	}, nil
}

func decodeLogStore(body []byte) (LogStore, error) {
	var doc struct {
		LogstoreName string    `json:"logstoreName"`
		TTL          looseText `json:"ttl"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return LogStore{}, err
	}
	ttl, err := strconv.Atoi(string(doc.TTL))
	if err != nil {
		return LogStore{}, fmt.Errorf("ttl is %q", string(doc.TTL))
	}
	name, err := required("logstoreName", doc.LogstoreName)
	return LogStore{Name: name, TTL: ttl}, err
}
