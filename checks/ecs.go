package checks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mlpscan/mlpscan/cloud"
)

// ecsChecks judge disks, snapshot policies, snapshots, images and instances;
// what is open to the network is in ecs_network.go.
var ecsChecks = []Check{{
	ID:    "ecs-disk-encrypted",
	Title: Text{"Disks are encrypted", "云盘已加密"},
	Why: Text{"Data on a disk that is not encrypted can be read by whoever gets hold of a copy: a snapshot, an image, or the medium itself. Detached disks are copies too, and nobody watches them.",
		"未加密云盘上的数据，只要取得其副本（快照、镜像或存储介质）即可读取；已卸载的云盘同样是数据副本，且往往无人看管。"},
	Fix: Fix{Text: Text{"A disk cannot be encrypted in place: make a snapshot, copy it encrypted (ECS console > Snapshots > Copy Snapshot > Encrypt), and create a disk from the copy in place of the old one. For new disks turn on encryption by default of the region (ECS console > Account-level settings).",
		"云盘不能原地加密：先创建快照，再加密复制该快照（ECS 控制台 > 快照 > 复制快照 > 勾选加密），用加密快照创建新云盘替换旧云盘。对新建云盘，可开启地域级的默认加密（ECS 控制台 > 账号级别设置）。"},
		CLI:       "aliyun ecs CopySnapshot --RegionId <region> --SnapshotId <snapshot> --DestinationRegionId <region> --DestinationSnapshotName <name> --Encrypted true --KMSKeyId <key>",
		Terraform: "alicloud_ecs_disk: encrypted = true, kms_key_id"},
	Severity: High, Service: "ecs", Reads: []string{"ecs/DescribeDisks"},
	Clauses: direct("8.1.4.8-b", "9.1.4.8-b"), Hazards: []string{"A-25"},
	resourceType: "ecs.disk", run: each(disks, diskEncrypted),
}, {
	ID:    "ecs-disk-auto-snapshot",
	Title: Text{"Disks in use have an automatic snapshot policy in effect", "使用中的云盘已启用有效的自动快照策略"},
	Why: Text{"Without regular snapshots a deleted, damaged or extorted disk cannot be put back to a time before the damage.",
		"没有定期快照，云盘数据被误删、损坏或遭勒索加密后，无法恢复到受损之前的时间点。"},
	Fix: Fix{Text: Text{"Create a policy and apply it to the disk: ECS console > Storage & Snapshots > Snapshots > Auto Snapshot Policies > Apply to Disks. A policy whose status is Expire takes no snapshots until the overdue bill is paid.",
		"创建自动快照策略并应用到云盘：ECS 控制台 > 存储与快照 > 快照 > 自动快照策略 > 设置云盘。状态为 Expire（欠费）的策略不会创建快照，结清欠费后方恢复。"},
		CLI:       `aliyun ecs ApplyAutoSnapshotPolicy --regionId <region> --autoSnapshotPolicyId <policy> --diskIds '["<disk>"]'`,
		Terraform: "alicloud_ecs_auto_snapshot_policy_attachment: auto_snapshot_policy_id, disk_id"},
	Severity: High, Service: "ecs", Reads: []string{"ecs/DescribeDisks", "ecs/DescribeAutoSnapshotPolicyEx"},
	Clauses: direct("8.1.4.9-a", "7.1.4.8-a", "9.1.4.9-a"), Hazards: []string{"A-26"},
	resourceType: "ecs.disk", run: each(disks, diskAutoSnapshot),
}, {
	ID:    "ecs-snapshot-policy-retention",
	Title: Text{"Automatic snapshots are kept long enough", "自动快照保留时间足够长"},
	Why: Text{"Damage is often found only after days. Snapshots that are gone by then cannot help.",
		"数据受损往往在数日后才被发现，若快照届时已过期删除，便无从恢复。"},
	Fix: Fix{Text: Text{"Lengthen the retention period: ECS console > Storage & Snapshots > Snapshots > Auto Snapshot Policies > Modify Policy > Retention Period.",
		"延长快照保留时间：ECS 控制台 > 存储与快照 > 快照 > 自动快照策略 > 修改策略 > 快照保留时间。"},
		CLI:       "aliyun ecs ModifyAutoSnapshotPolicyEx --regionId <region> --autoSnapshotPolicyId <policy> --retentionDays 30",
		Terraform: "alicloud_ecs_auto_snapshot_policy: retention_days = 30"},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeAutoSnapshotPolicyEx"},
	Params:       []Param{{"days", Text{"days for which snapshots must be kept at the least", "快照最少保留天数"}, 7}},
	Clauses:      partial("8.1.4.9-a", "7.1.4.8-a", "9.1.4.9-a"),
	resourceType: "ecs.snapshot_policy", run: each(snapshotPolicies, policyRetention),
}, {
	ID:    "ecs-snapshot-policy-cross-region",
	Title: Text{"Automatic snapshots are copied to another region", "自动快照跨地域复制"},
	Why: Text{"A failure of a whole region takes the disks and their snapshots with it. Only a copy elsewhere survives.",
		"整个地域发生故障时，云盘与同地域的快照会一并不可用，只有异地副本可供恢复。"},
	Fix: Fix{Text: Text{"Turn on cross-region copy to another region of mainland China: ECS console > Storage & Snapshots > Snapshots > Auto Snapshot Policies > Modify Policy > Cross-region Replication.",
		"开启跨地域复制，目标选择境内的另一地域：ECS 控制台 > 存储与快照 > 快照 > 自动快照策略 > 修改策略 > 跨地域复制快照。"},
		CLI:       `aliyun ecs ModifyAutoSnapshotPolicyEx --regionId <region> --autoSnapshotPolicyId <policy> --EnableCrossRegionCopy true --TargetCopyRegions '["<other region>"]' --CopiedSnapshotsRetentionDays 30`,
		Terraform: "alicloud_ecs_auto_snapshot_policy: enable_cross_region_copy = true, target_copy_regions, copied_snapshots_retention_days"},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeAutoSnapshotPolicyEx"},
	Clauses:      partial("8.1.4.9-b", "7.1.4.8-b", "9.1.4.9-b"),
	resourceType: "ecs.snapshot_policy", run: each(snapshotPolicies, policyCrossRegion),
}, {
	ID:    "ecs-snapshot-encrypted",
	Title: Text{"Snapshots are encrypted", "快照已加密"},
	Why: Text{"A snapshot holds all data of its disk, outlives it, and can be shared with other accounts.",
		"快照包含云盘的全部数据，云盘释放后仍可保留，还可能被共享给其他账号。"},
	Fix: Fix{Text: Text{"Copy the snapshot encrypted and delete the old one: ECS console > Storage & Snapshots > Snapshots > Copy Snapshot > Encrypt. Snapshots of an encrypted disk are encrypted by themselves.",
		"加密复制快照后删除原快照：ECS 控制台 > 存储与快照 > 快照 > 复制快照 > 勾选加密。加密云盘的快照自动加密。"},
		CLI:       "aliyun ecs CopySnapshot --RegionId <region> --SnapshotId <snapshot> --DestinationRegionId <region> --DestinationSnapshotName <name> --Encrypted true --KMSKeyId <key>",
		Terraform: "alicloud_ecs_disk: encrypted = true (for the disk that the snapshots are made of)"},
	Severity: Medium, Service: "ecs", Reads: []string{"ecs/DescribeSnapshots"},
	Clauses:      direct("8.2.4.4-c", "9.2.4.4-c"),
	resourceType: "ecs.snapshot", run: each(snapshots, snapshotEncrypted),
}, {
	ID:    "ecs-image-private",
	Title: Text{"Own images are neither public nor shared with other accounts", "自定义镜像未公开，也未共享给其他账号"},
	Why: Text{"An image is a whole disk: programs, configuration, keys and forgotten data. Whoever it is shared with can start a machine from it and read everything.",
		"镜像包含整块系统盘的内容：程序、配置、密钥和遗留数据。被共享者可用其创建实例并读取全部内容。"},
	Fix: Fix{Text: Text{"Take the permissions back: ECS console > Images > Custom Images > Share Image > Unshare; a community image > Unpublish. An account that shall keep access goes into the parameter allowed_accounts.",
		"收回共享权限：ECS 控制台 > 镜像 > 自定义镜像 > 共享镜像 > 取消共享；社区镜像须取消发布。确需保留权限的账号，请列入参数 allowed_accounts。"},
		CLI:       "aliyun ecs ModifyImageSharePermission --RegionId <region> --ImageId <image> --RemoveAccount.1 <account>",
		Terraform: "alicloud_image_share_permission: remove the resource"},
	Severity: High, Service: "ecs", Reads: []string{"ecs/DescribeImages", "ecs/DescribeImageSharePermission"},
	Params:       []Param{{"allowed_accounts", Text{"account ids that images may be shared with", "允许共享镜像的账号 ID"}, []string{}}},
	Clauses:      direct("8.2.4.4-c", "9.2.4.4-c"),
	resourceType: "ecs.image", run: each(images, imagePrivate),
}}

func disks(a *cloud.Account) []*cloud.Disk { return a.ECS.Disks }
func snapshotPolicies(a *cloud.Account) []*cloud.AutoSnapshotPolicy {
	return a.ECS.AutoSnapshotPolicies
}
func snapshots(a *cloud.Account) []*cloud.Snapshot { return a.ECS.Snapshots }
func images(a *cloud.Account) []*cloud.Image       { return a.ECS.Images }

func diskEncrypted(s *see, d *cloud.Disk) verdict {
	if d.Encrypted != nil && *d.Encrypted {
		s.saw(d.From, "Disks.Disk.Encrypted", true)
		return pass()
	}
	if isLocalDisk(s, d) {
		return notApplicable("a local or ephemeral disk (%s) cannot be encrypted", "本地盘或弹性临时盘（%s）不支持加密", d.Category)
	}
	if d.Encrypted == nil {
		s.unclear(d.From, "Disks.Disk.Encrypted", "")
	}
	s.saw(d.From, "Disks.Disk.Encrypted", false)
	return fail("the disk is not encrypted", "云盘未加密")
}

// isLocalDisk tells the disks that can have neither snapshots nor encryption.
func isLocalDisk(s *see, d *cloud.Disk) bool {
	s.saw(d.From, "Disks.Disk.Category", d.Category)
	switch {
	case d.Category == "cloud", strings.HasPrefix(d.Category, "cloud_"):
		return false
	case strings.HasPrefix(d.Category, "local_"), strings.HasPrefix(d.Category, "elastic_ephemeral_disk_"),
		d.Category == "ephemeral", strings.HasPrefix(d.Category, "ephemeral_"):
		return true
	}
	s.unclear(d.From, "Disks.Disk.Category", d.Category)
	return false
}

func diskAutoSnapshot(s *see, d *cloud.Disk) verdict {
	if !diskInUse(s, d) {
		return notApplicable("the disk is not in use (%s)", "云盘未在使用中（%s）", d.Status)
	}
	applied := d.EnableAutomatedSnapshotPolicy
	s.saw(d.From, "Disks.Disk.AutoSnapshotPolicyId", d.AutoSnapshotPolicyID)
	if d.AutoSnapshotPolicyID == "" {
		if isLocalDisk(s, d) {
			return notApplicable("a local or ephemeral disk (%s) cannot have snapshots", "本地盘或弹性临时盘（%s）不支持快照", d.Category)
		}
		if applied != nil && *applied {
			s.unclear(d.From, "Disks.Disk.AutoSnapshotPolicyId", "")
		}
		return fail("no automatic snapshot policy is applied", "未应用自动快照策略")
	}
	// A policy id beside the word that none is applied is a contradiction.
	if applied != nil && !*applied {
		s.unclear(d.From, "Disks.Disk.EnableAutomatedSnapshotPolicy", "false")
	}
	p := need(s, d.Policy)
	s.saw(p.From, "AutoSnapshotPolicies.AutoSnapshotPolicy.Status", p.Status)
	switch p.Status {
	case "Normal":
		return pass()
	case "Expire":
		return fail("its snapshot policy %s is not in effect: the account is overdue (Expire)", "其自动快照策略 %s 因账号欠费已失效（Expire）", p.ID)
	}
	s.unclear(p.From, "AutoSnapshotPolicies.AutoSnapshotPolicy.Status", p.Status)
	return verdict{}
}

func diskInUse(s *see, d *cloud.Disk) bool {
	s.saw(d.From, "Disks.Disk.Status", d.Status)
	switch d.Status {
	case "In_use", "Attaching", "Detaching", "ReIniting":
		return true
	case "Available", "Creating":
		return false
	}
	s.unclear(d.From, "Disks.Disk.Status", d.Status)
	return false
}

// policyInUse reports whether disks or volumes use a snapshot policy.
func policyInUse(s *see, p *cloud.AutoSnapshotPolicy) bool {
	const path = "AutoSnapshotPolicies.AutoSnapshotPolicy."
	for _, n := range []struct {
		field string
		count *int
	}{{path + "DiskNums", p.DiskNums}, {path + "VolumeNums", p.VolumeNums}} {
		switch {
		case n.count == nil || *n.count < 0:
			// It matters only where the other count does not tell.
		case *n.count > 0:
			s.saw(p.From, n.field, *n.count)
			return true
		}
	}
	for _, n := range []*int{p.DiskNums, p.VolumeNums} {
		if n == nil || *n < 0 {
			s.unclear(p.From, path+"DiskNums", "")
		}
	}
	s.saw(p.From, path+"DiskNums", 0)
	return false
}

func policyRetention(s *see, p *cloud.AutoSnapshotPolicy) verdict {
	if !policyInUse(s, p) {
		return notApplicable("no disk or volume uses the policy", "没有云盘或卷使用该策略")
	}
	const field = "AutoSnapshotPolicies.AutoSnapshotPolicy.RetentionDays"
	if p.RetentionDays == nil {
		s.unclear(p.From, field, "")
	}
	kept, days := *p.RetentionDays, param[int](s, "days")
	s.saw(p.From, field, kept)
	switch {
	case kept == -1 || kept > 0 && kept >= days:
		return pass()
	case kept < 0:
		s.unclear(p.From, field, strconv.Itoa(kept))
	}
	return fail("snapshots are kept for %d days; %d are wanted", "快照仅保留 %d 天，要求至少 %d 天", kept, days)
}

func policyCrossRegion(s *see, p *cloud.AutoSnapshotPolicy) verdict {
	if !policyInUse(s, p) {
		return notApplicable("no disk or volume uses the policy", "没有云盘或卷使用该策略")
	}
	const path = "AutoSnapshotPolicies.AutoSnapshotPolicy."
	if p.EnableCrossRegionCopy == nil {
		s.unclear(p.From, path+"EnableCrossRegionCopy", "")
	}
	s.saw(p.From, path+"EnableCrossRegionCopy", *p.EnableCrossRegionCopy)
	if !*p.EnableCrossRegionCopy {
		return fail("snapshots are not copied to another region", "快照未复制到其他地域")
	}
	if p.TargetCopyRegions == nil {
		s.unclear(p.From, path+"TargetCopyRegions", "")
	}
	s.saw(p.From, path+"TargetCopyRegions", strings.Join(p.TargetCopyRegions, ", "))
	if slices.ContainsFunc(p.TargetCopyRegions, func(to string) bool { return to != "" && to != p.Region }) {
		return pass()
	}
	return fail("cross-region copy names no other region", "跨地域复制未指定其他地域")
}

func snapshotEncrypted(s *see, x *cloud.Snapshot) verdict {
	if x.Encrypted == nil {
		s.unclear(x.From, "Snapshots.Snapshot.Encrypted", "")
	}
	s.saw(x.From, "Snapshots.Snapshot.Encrypted", *x.Encrypted)
	if *x.Encrypted {
		return pass()
	}
	return fail("the snapshot is not encrypted", "快照未加密")
}

func imagePrivate(s *see, x *cloud.Image) verdict {
	if x.IsPublic != nil && *x.IsPublic {
		s.saw(x.From, "Images.Image.IsPublic", true)
		return fail("the image is public: every account can use it", "镜像已公开，任何账号均可使用")
	}
	to := need(s, x.Sharing)
	from := x.Sharing.Origin()
	s.saw(from, "Accounts.Account.AliyunId", strings.Join(to.Accounts, ", "))
	s.saw(from, "ShareGroups.ShareGroup.Group", strings.Join(to.Groups, ", "))
	if len(to.Groups) > 0 {
		return fail("the image is shared with the group %s", "镜像已共享给用户组 %s", strings.Join(to.Groups, ", "))
	}
	allowed := append(slices.Clone(param[[]string](s, "allowed_accounts")), s.run.account.ID)
	others := slices.DeleteFunc(slices.Clone(to.Accounts), func(id string) bool { return slices.Contains(allowed, id) })
	if len(others) > 0 {
		return fail("the image is shared with other accounts: %s", "镜像已共享给其他账号：%s", strings.Join(others, ", "))
	}
	if x.IsPublic == nil {
		s.unclear(x.From, "Images.Image.IsPublic", "")
	}
	s.saw(x.From, "Images.Image.IsPublic", false)
	// The list says shared, the permissions name nobody: one of them is wrong.
	if x.IsSelfShared && len(to.Accounts) == 0 {
		s.unclear(x.From, "Images.Image.IsSelfShared", "true")
	}
	return pass()
}
