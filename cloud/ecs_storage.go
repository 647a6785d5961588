package cloud

import (
	"encoding/json"
)

// Storage holds what ECS keeps data in: disks, their snapshots, and images.
type Storage struct {
	Disks                []*Disk
	AutoSnapshotPolicies []*AutoSnapshotPolicy
	Snapshots            []*Snapshot
	Images               []*Image
}

// A Disk is one block storage disk, attached or not, from DescribeDisks.
// Booleans that the answer left out are nil.
type Disk struct {
	Resource
	// Category tells cloud disks ("cloud_essd") from local and ephemeral ones.
	Category string
	Status   string // "In_use", "Available", …
	// Encrypted: by the key of the service or by one of the customer.
	Encrypted *bool
	// EnableAutomatedSnapshotPolicy says whether a policy is applied. (The
	// deprecated EnableAutoSnapshot says nothing, and is not read.)
	EnableAutomatedSnapshotPolicy *bool
	AutoSnapshotPolicyID          string // "" where none is applied
	// Policy is the policy of that id, from DescribeAutoSnapshotPolicyEx.
	Policy Fact[*AutoSnapshotPolicy]
}

// An AutoSnapshotPolicy says when snapshots are taken and how long they are
// kept, from DescribeAutoSnapshotPolicyEx. What the answer left out is nil.
type AutoSnapshotPolicy struct {
	Resource
	Status string // "Normal"; "Expire" where the account is overdue and none are taken
	// RetentionDays is how long snapshots are kept; -1 is for ever.
	RetentionDays *int
	// DiskNums and VolumeNums are how many disks and volumes use it.
	DiskNums, VolumeNums  *int
	EnableCrossRegionCopy *bool
	// TargetCopyRegions is where copies go; nil where the answer does not say.
	TargetCopyRegions []string
}

// A Snapshot is one snapshot of a disk, from DescribeSnapshots.
type Snapshot struct {
	Resource
	Encrypted *bool // nil where the answer left it out
}

// An Image is one custom image of the account's own, from DescribeImages.
type Image struct {
	Resource
	IsPublic     *bool // a community image, open to everybody; nil where the answer left it out
	IsSelfShared bool  // shared with other accounts, by the word of the list
	// Sharing is whom it is shared with, from DescribeImageSharePermission,
	// which is not asked for an image that is public anyway.
	Sharing Fact[ImageSharing]
}

// ImageSharing is whom an image is shared with.
type ImageSharing struct {
	Accounts []string // account ids
	Groups   []string // share groups: "all"
}

// The calls by which storage is read.
const (
	callDisks     = "ecs/DescribeDisks"
	callPolicies  = "ecs/DescribeAutoSnapshotPolicyEx"
	callSnapshots = "ecs/DescribeSnapshots"
	callImages    = "ecs/DescribeImages"
)

// readStorage reads the storage of one region.
func readStorage(r *reader, region string) {
	for call, read := range map[string]func(*reader, string){
		callDisks: readDisks, callPolicies: readSnapshotPolicies, callSnapshots: readSnapshots, callImages: readImages,
	} {
		if r.wants(call) {
			r.spawn(func() { read(r, region) })
		}
	}
}

// ecsTags is how ECS wraps tags.
type ecsTags struct{ Tag []tag }

func readDisks(r *reader, region string) {
	l := r.lean("ecs", region)
	req := Request{Service: "ecs", Region: region, Action: "DescribeDisks"}
	r.listed(req, byToken(500), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeDisks(l, body, from)
		if err == nil {
			r.add(func(a *Account) {
				a.ECS.Disks = append(a.ECS.Disks, list...)
				l.keepParts(a)
			})
		}
		return p, err
	})
}

func decodeDisks(l *lean, body []byte, from *Origin) ([]*Disk, page, error) {
	var doc struct {
		NextToken string
		Disks     struct {
			Disk *[]struct {
				DiskId, DiskName, Category, Status       string
				InstanceId                               string
				ZoneId, ResourceGroupId                  string
				AutoSnapshotPolicyId                     string
				Encrypted, EnableAutomatedSnapshotPolicy *looseBool
				Tags                                     ecsTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Disks.Disk == nil {
		return nil, page{}, absent("Disks.Disk")
	}
	var list []*Disk
	for _, d := range *doc.Disks.Disk {
		if d.DiskId == "" {
			return nil, page{}, absent("DiskId")
		}
		x := &Disk{Resource: l.resource("ecs.disk", "disk", d.DiskId, d.DiskName, from),
			Category: l.text(d.Category), Status: l.text(d.Status), Encrypted: flag(d.Encrypted),
			EnableAutomatedSnapshotPolicy: flag(d.EnableAutomatedSnapshotPolicy),
			AutoSnapshotPolicyID:          l.text(d.AutoSnapshotPolicyId)}
		x.Zone, x.ResourceGroupID, x.Tags = l.text(d.ZoneId), l.text(d.ResourceGroupId), l.tags(d.Tags.Tag)
		l.partOf(x.Ref(), d.InstanceId)
		list = append(list, x)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

func readSnapshotPolicies(r *reader, region string) {
	l := r.lean("ecs", region)
	req := Request{Service: "ecs", Region: region, Action: "DescribeAutoSnapshotPolicyEx"}
	r.listed(req, byNumber(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeSnapshotPolicies(l, body, from)
		if err == nil {
			r.add(func(a *Account) { a.ECS.AutoSnapshotPolicies = append(a.ECS.AutoSnapshotPolicies, list...) })
		}
		return p, err
	})
}

func decodeSnapshotPolicies(l *lean, body []byte, from *Origin) ([]*AutoSnapshotPolicy, page, error) {
	var doc struct {
		TotalCount           *looseInt
		AutoSnapshotPolicies struct {
			AutoSnapshotPolicy *[]struct {
				AutoSnapshotPolicyId, AutoSnapshotPolicyName, Status, ResourceGroupId string
				RetentionDays, DiskNums, VolumeNums                                   *looseInt
				EnableCrossRegionCopy                                                 *looseBool
				TargetCopyRegions                                                     *string
				Tags                                                                  ecsTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.AutoSnapshotPolicies.AutoSnapshotPolicy == nil {
		return nil, page{}, absent("AutoSnapshotPolicies.AutoSnapshotPolicy")
	}
	var list []*AutoSnapshotPolicy
	for _, p := range *doc.AutoSnapshotPolicies.AutoSnapshotPolicy {
		if p.AutoSnapshotPolicyId == "" {
			return nil, page{}, absent("AutoSnapshotPolicyId")
		}
		x := &AutoSnapshotPolicy{Resource: l.resource("ecs.snapshot_policy", "snapshotpolicy", p.AutoSnapshotPolicyId, p.AutoSnapshotPolicyName, from),
			Status: p.Status, RetentionDays: (*int)(p.RetentionDays), DiskNums: (*int)(p.DiskNums), VolumeNums: (*int)(p.VolumeNums),
			EnableCrossRegionCopy: flag(p.EnableCrossRegionCopy), TargetCopyRegions: decodeTargets(p.TargetCopyRegions)}
		x.ResourceGroupID, x.Tags = l.text(p.ResourceGroupId), l.tags(p.Tags.Tag)
		list = append(list, x)
	}
	p, err := counted(len(list), doc.TotalCount)
	return list, p, err
}

// decodeTargets reads a list that stands as JSON in a text: "[\"cn-shanghai\"]".
// It is nil where the field is absent or says something else, and empty where it
// names nothing.
func decodeTargets(text *string) []string {
	targets := []string{}
	if text == nil {
		return nil
	}
	if *text != "" && json.Unmarshal([]byte(*text), &targets) != nil {
		return nil
	}
	return targets
}

func readSnapshots(r *reader, region string) {
	l := r.lean("ecs", region)
	req := Request{Service: "ecs", Region: region, Action: "DescribeSnapshots"}
	r.listed(req, byToken(100), func(body []byte, from *Origin) (page, error) {
		list, p, err := decodeSnapshots(l, body, from)
		if err == nil {
			r.add(func(a *Account) {
				a.ECS.Snapshots = append(a.ECS.Snapshots, list...)
				l.keepParts(a)
			})
		}
		return p, err
	})
}

func decodeSnapshots(l *lean, body []byte, from *Origin) ([]*Snapshot, page, error) {
	var doc struct {
		NextToken string
		Snapshots struct {
			Snapshot *[]struct {
				SnapshotId, SnapshotName, ResourceGroupId string
				SourceDiskId                              string
				Encrypted                                 *looseBool
				Tags                                      ecsTags
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, page{}, err
	}
	if doc.Snapshots.Snapshot == nil {
		return nil, page{}, absent("Snapshots.Snapshot")
	}
	var list []*Snapshot
	for _, s := range *doc.Snapshots.Snapshot {
		if s.SnapshotId == "" {
			return nil, page{}, absent("SnapshotId")
		}
		x := &Snapshot{Resource: l.resource("ecs.snapshot", "snapshot", s.SnapshotId, s.SnapshotName, from), Encrypted: flag(s.Encrypted)}
		x.ResourceGroupID, x.Tags = l.text(s.ResourceGroupId), l.tags(s.Tags.Tag)
		l.partOf(x.Ref(), s.SourceDiskId)
		list = append(list, x)
	}
	return list, page{items: len(list), next: doc.NextToken}, nil
}

// linkStorage sorts the lists and gives each disk the policy it uses.
func linkStorage(a *Account) {
	s := &a.ECS.Storage
	sortResources(s.Disks)
	sortResources(s.AutoSnapshotPolicies)
	sortResources(s.Snapshots)
	sortResources(s.Images)
	policies := map[[2]string]*AutoSnapshotPolicy{}
	for _, p := range s.AutoSnapshotPolicies {
		policies[[2]string{p.Region, p.ID}] = p
	}
	for _, d := range s.Disks {
		if d.AutoSnapshotPolicyID != "" {
			d.Policy = policyOf(a, d, policies[[2]string{d.Region, d.AutoSnapshotPolicyID}])
		}
	}
}

// policyOf is what is known of the policy that a disk names. One that its
// region's list does not hold is not known, whether or not the list was read.
func policyOf(a *Account, d *Disk, p *AutoSnapshotPolicy) Fact[*AutoSnapshotPolicy] {
	if p != nil {
		return known(p, p.From)
	}
	if e := a.ListFailure(callPolicies, d.Region); e != nil {
		return Fact[*AutoSnapshotPolicy]{Missing: e}
	}
	e := Request{Service: "ecs", Region: d.Region, Action: "DescribeAutoSnapshotPolicyEx"}.
		failed(CodeBroken, "the list does not hold the policy "+d.AutoSnapshotPolicyID)
	e.Resource = d.AutoSnapshotPolicyID
	return Fact[*AutoSnapshotPolicy]{Missing: e}
}

// resources appends all of it for the inventory.
func (s *Storage) resources(all []*Resource) []*Resource {
	all = refs(all, s.Disks)
	all = refs(all, s.AutoSnapshotPolicies)
	all = refs(all, s.Snapshots)
	return refs(all, s.Images)
}
