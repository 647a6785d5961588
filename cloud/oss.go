package cloud

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// OSS is what was read of Object Storage Service.
type OSS struct {
	// Buckets are the account's buckets within the scan's regions, sorted.
	Buckets []*Bucket
	// PublicAccessBlock: Block Public Access is on for the whole account.
	PublicAccessBlock Fact[bool]
}

// A Bucket is an OSS bucket. Each setting took a call of its own; where a
// setting was never made, the Fact is Unset and its Value says "off".
type Bucket struct {
	Resource
	ACL               Fact[string] // private, public-read or public-read-write
	Policy            Fact[Policy]
	PublicAccessBlock Fact[bool]
	// AccountPublicAccessBlock is the account's own switch, which holds for every bucket.
	AccountPublicAccessBlock Fact[bool]
	Info                     Fact[BucketInfo]
	Encryption               Fact[Encryption]
	LogTarget                Fact[string] // the bucket that access logs go to; "" where logging is off
	Versioning               Fact[string] // Enabled or Suspended; "" where it never was on
	Replication              Fact[[]ReplicationRule]
	Referer                  Fact[Referer]
	// Lifecycle and Worm are read only of buckets that a trail delivers to.
	Lifecycle Fact[[]LifecycleRule]
	Worm      Fact[string] // state of the retention policy: InProgress or Locked; "" without one
}

// BucketInfo is what GetBucketInfo alone tells.
type BucketInfo struct {
	DataRedundancyType string // LRS or ZRS
	ResourceGroupID    string
}

// Encryption is a bucket's default server-side encryption.
type Encryption struct {
	SSEAlgorithm   string // AES256, SM4 or KMS
	KMSMasterKeyID string // "" for a key that the provider chooses
}

// A ReplicationRule copies a bucket's objects to another bucket.
type ReplicationRule struct {
	ID       string
	Status   string   // starting, doing or closing
	Bucket   string   // where to
	Location string   // region of that bucket: "cn-beijing"
	Prefixes []string // the objects that are copied; none means all
}

// Referer is a bucket's hotlink protection.
type Referer struct {
	AllowEmptyReferer bool
	RefererList       []string // those let in; none means that the list is not in force
}

// A LifecycleRule says when a bucket's objects are deleted.
type LifecycleRule struct {
	ID     string
	Status string // Enabled or Disabled
	Prefix string // "" for every object
	// NotPrefixes are prefixes that the rule leaves alone, whatever the objects' tags.
	NotPrefixes []string
	// Expiration deletes current objects; nil for a rule that does not.
	Expiration *Expiration
}

// Expiration is when a lifecycle rule deletes objects: one of its fields is set.
type Expiration struct {
	Days              int
	CreatedBeforeDate string // objects older than this day go
	Date              string // the deprecated form: all go from this day on
	// ExpiredObjectDeleteMarker removes delete markers, and no data.
	ExpiredObjectDeleteMarker bool
}

var ossService = service{
	name:   "oss",
	global: readOSS,
	link: func(a *Account) {
		for _, b := range a.OSS.Buckets {
			b.AccountPublicAccessBlock = a.OSS.PublicAccessBlock
			if b.ResourceGroupID == "" {
				b.ResourceGroupID, b.GroupUnread = b.Info.Value.ResourceGroupID, b.Info.Why() != nil
			}
		}
		sortResources(a.OSS.Buckets)
	},
	resources: func(a *Account, all []*Resource) []*Resource { return refs(all, a.OSS.Buckets) },
}

func readOSS(r *reader) {
	if !r.wants("oss/ListBuckets") {
		return
	}
	list, _ := r.buckets.read(r)
	list = slices.DeleteFunc(slices.Clone(list), func(b *Bucket) bool { return !r.inScope(b.Region) })
	block := ask(r, Request{Service: "oss", Action: "GetPublicAccessBlock"}, r.acc.ID, decodePublicAccessBlock)
	r.each(len(list), func(i int) { r.readBucket(list[i]) })
	r.add(func(a *Account) { a.OSS.Buckets, a.OSS.PublicAccessBlock = list, block })
}

// inScope reports whether the user's choice of regions leaves a region in.
func (r *reader) inScope(region string) bool {
	return len(r.opt.Regions) == 0 || slices.Contains(r.opt.Regions, region)
}

// readBucket reads what the checks of buckets need.
func (r *reader) readBucket(b *Bucket) {
	r.all(
		func() { r.readBucketProtection(b) },
		func() { b.readTags(r) },
		func() { b.Info = askBucket(r, b, "GetBucketInfo", decodeBucketInfo) },
		func() { b.Replication = askBucket(r, b, "GetBucketReplication", decodeReplication) },
		func() { b.Referer = askBucket(r, b, "GetBucketReferer", decodeReferer) },
	)
}

// readBucketProtection reads what a trail's bucket needs too, wherever it lies.
func (r *reader) readBucketProtection(b *Bucket) {
	r.all(
		func() { b.ACL = askBucket(r, b, "GetBucketAcl", decodeACL) },
		func() { b.Policy = askBucket(r, b, "GetBucketPolicy", decodePolicy) },
		func() { b.PublicAccessBlock = askBucket(r, b, "GetBucketPublicAccessBlock", decodePublicAccessBlock) },
		func() { b.Encryption = askBucket(r, b, "GetBucketEncryption", decodeEncryption) },
		func() { b.LogTarget = askBucket(r, b, "GetBucketLogging", decodeLogging) },
		func() { b.Versioning = askBucket(r, b, "GetBucketVersioning", decodeVersioning) },
	)
}

// askBucket asks at the bucket's own region: OSS answers nowhere else.
func askBucket[T any](r *reader, b *Bucket, action string, decode func([]byte) (T, error)) Fact[T] {
	req := Request{Service: "oss", Region: b.Region, Action: action, Params: map[string]string{"bucket": b.Name}}
	return ask(r, req, b.Name, decode)
}

// bucketList is the account's list of buckets, of every region. It is read once,
// by whoever asks first: the buckets' own reader, or that of trails, whose
// buckets may lie outside of the scan's regions.
type bucketList struct {
	once sync.Once
	all  []*Bucket
	from *Origin // the last answer
	fail *Error
}

func (l *bucketList) read(r *reader) ([]*Bucket, *Error) {
	l.once.Do(func() {
		req := Request{Service: "oss", Action: "ListBuckets"}
		l.fail = r.listed(req, paging{size: "max-keys", max: 1000, next: "marker"}, func(body []byte, from *Origin) (page, error) {
			found, next, err := decodeBuckets(body, from)
			l.all, l.from = append(l.all, found...), from
			return page{items: len(found), next: next}, err
		})
	})
	return l.all, l.fail
}

// find is the bucket of that name; nil where the list does not hold it.
func (l *bucketList) find(name string) *Bucket {
	if i := slices.IndexFunc(l.all, func(b *Bucket) bool { return b.Name == name }); i >= 0 {
		return l.all[i]
	}
	return nil
}

func decodeBuckets(body []byte, from *Origin) (list []*Bucket, next string, err error) {
	var doc struct {
		XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
		IsTruncated string
		NextMarker  string
		Owner       struct{ ID string }
		Buckets     *struct {
			Bucket []struct{ Name, Location, Region, ResourceGroupId string }
		}
	}
	if err := decodeXML(body, &doc); err != nil {
		return nil, "", err
	}
	if doc.Buckets == nil {
		return nil, "", absent("Buckets")
	}
	more, err := xmlBool("IsTruncated", &doc.IsTruncated)
	if doc.IsTruncated == "" {
		more, err = false, nil // a list that fits leaves it out
	}
	if err != nil {
		return nil, "", err
	}
	if more && doc.NextMarker == "" {
		return nil, "", absent("NextMarker")
	}
	if !more {
		doc.NextMarker = ""
	}
	for _, b := range doc.Buckets.Bucket {
		region := b.Region
		if region == "" {
			region = regionOf(b.Location)
		}
		if b.Name == "" || region == "" {
			return nil, "", absent("Name or Location of a bucket")
		}
		list = append(list, &Bucket{Resource: Resource{Kin: &Kin{Type: "oss.bucket", Region: region, ARNPrefix: "acs:oss:" + region + ":" + doc.Owner.ID + ":"}, ID: b.Name, Name: b.Name, ResourceGroupID: b.ResourceGroupId, From: from}})
	}
	return list, doc.NextMarker, nil
}

// regionOf is the region of an OSS location: "oss-cn-hangzhou" is cn-hangzhou.
func regionOf(location string) string { return strings.TrimPrefix(strings.TrimSpace(location), "oss-") }

func decodeACL(body []byte) (string, error) {
	var doc struct {
		XMLName           xml.Name `xml:"AccessControlPolicy"`
		AccessControlList struct{ Grant string }
	}
	if err := decodeXML(body, &doc); err != nil {
		return "", err
	}
	return required("AccessControlList.Grant", doc.AccessControlList.Grant)
}

func decodePublicAccessBlock(body []byte) (bool, error) {
	var doc struct {
		XMLName           xml.Name `xml:"PublicAccessBlockConfiguration"`
		BlockPublicAccess *string
	}
	if err := decodeXML(body, &doc); err != nil {
		return false, err
	}
	return xmlBool("BlockPublicAccess", doc.BlockPublicAccess)
}

func decodeBucketInfo(body []byte) (BucketInfo, error) {
	var doc struct {
		XMLName xml.Name `xml:"BucketInfo"`
		Bucket  struct{ DataRedundancyType, ResourceGroupId string }
	}
	if err := decodeXML(body, &doc); err != nil {
		return BucketInfo{}, err
	}
	kind, err := required("Bucket.DataRedundancyType", doc.Bucket.DataRedundancyType)
	return BucketInfo{DataRedundancyType: kind, ResourceGroupID: doc.Bucket.ResourceGroupId}, err
}

func decodeEncryption(body []byte) (Encryption, error) {
	var doc struct {
		XMLName                            xml.Name `xml:"ServerSideEncryptionRule"`
		ApplyServerSideEncryptionByDefault struct{ SSEAlgorithm, KMSMasterKeyID string }
	}
	if err := decodeXML(body, &doc); err != nil {
		return Encryption{}, err
	}
	set := doc.ApplyServerSideEncryptionByDefault
	algorithm, err := required("ApplyServerSideEncryptionByDefault.SSEAlgorithm", set.SSEAlgorithm)
	return Encryption{SSEAlgorithm: algorithm, KMSMasterKeyID: strings.TrimSpace(set.KMSMasterKeyID)}, err
}

func decodeLogging(body []byte) (string, error) {
	var doc struct {
		XMLName        xml.Name `xml:"BucketLoggingStatus"`
		LoggingEnabled *struct{ TargetBucket string }
	}
	if err := decodeXML(body, &doc); err != nil || doc.LoggingEnabled == nil {
		return "", err
	}
	return required("LoggingEnabled.TargetBucket", doc.LoggingEnabled.TargetBucket)
}

func decodeVersioning(body []byte) (string, error) {
	var doc struct {
		XMLName xml.Name `xml:"VersioningConfiguration"`
		Status  string
	}
	err := decodeXML(body, &doc)
	return strings.TrimSpace(doc.Status), err
}

func decodeReplication(body []byte) ([]ReplicationRule, error) {
	var doc struct {
		XMLName xml.Name `xml:"ReplicationConfiguration"`
		Rule    []struct {
			ID, Status  string
			Destination struct{ Bucket, Location string }
			PrefixSet   struct{ Prefix []string }
		}
	}
	if err := decodeXML(body, &doc); err != nil {
		return nil, err
	}
	var rules []ReplicationRule
	for _, x := range doc.Rule {
		rule := ReplicationRule{ID: x.ID, Status: strings.TrimSpace(x.Status), Bucket: x.Destination.Bucket,
			Location: regionOf(x.Destination.Location), Prefixes: x.PrefixSet.Prefix}
		if rule.Status == "" || rule.Location == "" {
			return nil, absent("Status or Destination.Location of a Rule")
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func decodeReferer(body []byte) (Referer, error) {
	var doc struct {
		XMLName           xml.Name `xml:"RefererConfiguration"`
		AllowEmptyReferer *string
		RefererList       struct{ Referer []string }
	}
	if err := decodeXML(body, &doc); err != nil {
		return Referer{}, err
	}
	empty, err := xmlBool("AllowEmptyReferer", doc.AllowEmptyReferer)
	return Referer{AllowEmptyReferer: empty, RefererList: doc.RefererList.Referer}, err
}

func decodeLifecycle(body []byte) ([]LifecycleRule, error) {
	type not struct {
		Prefix string
		Tag    *struct{}
	}
	var doc struct {
		XMLName xml.Name `xml:"LifecycleConfiguration"`
		Rule    []struct {
			ID, Status, Prefix string
			Filter             struct{ Not []not }
			Expiration         *struct {
				Days                      *string
				CreatedBeforeDate, Date   string
				ExpiredObjectDeleteMarker *string
			}
		}
	}
	if err := decodeXML(body, &doc); err != nil {
		return nil, err
	}
	var rules []LifecycleRule
	for _, x := range doc.Rule {
		rule := LifecycleRule{ID: x.ID, Prefix: x.Prefix}
		var err error
		if rule.Status, err = required("Rule.Status", x.Status); err != nil {
			return nil, err
		}
		for _, n := range x.Filter.Not {
			if n.Tag == nil && n.Prefix != "" {
				rule.NotPrefixes = append(rule.NotPrefixes, n.Prefix)
			}
		}
		if e := x.Expiration; e != nil {
			if rule.Expiration, err = newExpiration(e.Days, e.CreatedBeforeDate, e.Date, e.ExpiredObjectDeleteMarker); err != nil {
				return nil, err
			}
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func newExpiration(days *string, before, date string, marker *string) (*Expiration, error) {
	e := &Expiration{CreatedBeforeDate: strings.TrimSpace(before), Date: strings.TrimSpace(date)}
	var err error
	if days != nil {
		if e.Days, err = strconv.Atoi(strings.TrimSpace(*days)); err != nil || e.Days <= 0 {
			return nil, fmt.Errorf("Expiration.Days is %q", *days)
		}
	}
	if marker != nil {
		if e.ExpiredObjectDeleteMarker, err = xmlBool("ExpiredObjectDeleteMarker", marker); err != nil {
			return nil, err
		}
	}
	if e.Days == 0 && e.CreatedBeforeDate == "" && e.Date == "" && !e.ExpiredObjectDeleteMarker {
		return nil, errors.New("Expiration says nothing of when")
	}
	return e, nil
}

func decodeWorm(body []byte) (string, error) {
	var doc struct {
		XMLName xml.Name `xml:"WormConfiguration"`
		State   string
	}
	if err := decodeXML(body, &doc); err != nil {
		return "", err
	}
	return required("State", doc.State)
}

// decodeXML reads one whole document: nothing but space may follow the root
// element, which must be the one that v names.
func decodeXML(body []byte, v any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(v); err != nil {
		return err
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Comment, xml.ProcInst:
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return errors.New("something follows the document")
			}
		default:
			return errors.New("something follows the document")
		}
	}
}

// absent is the error of a field that the answer should hold.
func absent(field string) error { return fmt.Errorf("it has no %s", field) }

func required(field, value string) (string, error) {
	if value = strings.TrimSpace(value); value == "" {
		return "", absent(field)
	}
	return value, nil
}

// xmlBool reads true or false; what is absent is an error, never false.
func xmlBool(field string, value *string) (bool, error) {
	if value == nil {
		return false, absent(field)
	}
	switch strings.ToLower(strings.TrimSpace(*value)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%s is %q", field, *value)
}
