package cloud

import (
	"encoding/json"
	"encoding/xml"
)

// Tags of most resources come with their lists. Those of databases and buckets
// have calls of their own, which no check reads: they serve the inventory, and
// tell which grading object a resource belongs to.
const (
	callDBTags     = "rds/DescribeTags"
	callBucketTags = "oss/GetBucketTags"
)

// InventoryCalls are the calls whose answers no check reads: they serve the
// inventory, the picture of the network, and tell which grading object a resource
// belongs to.
func InventoryCalls() []string {
	return []string{callDBTags, callBucketTags, callNATGateways, callEIPAddresses, callSLB, callALB, callNLB}
}

// readDBTags reads the tags of all databases of a region in one call, and puts
// them to the databases.
func readDBTags(r *reader, region string, list []*DBInstance) {
	if len(list) == 0 {
		return
	}
	tags := ask(r, Request{Service: "rds", Region: region, Action: "DescribeTags"}, "all databases", decodeDBTags)
	for _, d := range list {
		if tags.Why() != nil {
			d.TagsUnread = true
			continue
		}
		d.Tags = tags.Value[d.ID]
	}
}

func decodeDBTags(body []byte) (map[string]map[string]string, error) {
	var doc struct {
		Items struct {
			TagInfos *[]struct {
				TagKey, TagValue string
				DBInstanceIds    struct{ DBInstanceIds []string }
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if doc.Items.TagInfos == nil {
		return nil, absent("Items.TagInfos")
	}
	all := map[string]map[string]string{}
	for _, t := range *doc.Items.TagInfos {
		for _, id := range t.DBInstanceIds.DBInstanceIds {
			if all[id] == nil {
				all[id] = map[string]string{}
			}
			all[id][t.TagKey] = t.TagValue
		}
	}
	return all, nil
}

// readTags reads the tags of a bucket.
func (b *Bucket) readTags(r *reader) {
	tags := askBucket(r, b, "GetBucketTags", decodeBucketTags)
	b.Tags, b.TagsUnread = tags.Value, tags.Why() != nil
}

func decodeBucketTags(body []byte) (map[string]string, error) {
	var doc struct {
		XMLName xml.Name                                    `xml:"Tagging"`
		TagSet  struct{ Tag []struct{ Key, Value string } } // not there without tags
	}
	if err := decodeXML(body, &doc); err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, t := range doc.TagSet.Tag {
		tags[t.Key] = t.Value
	}
	return tags, nil
}
