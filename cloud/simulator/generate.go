package simulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// A Size says how large a generated account is.
type Size struct {
	// Instances is how many ECS instances the account has, spread evenly over
	// its regions. Each has two disks (a few have more), a network interface
	// or two, and now and then a snapshot.
	Instances int
	// Regions are those the account has opened; none means three.
	Regions []string
}

var defaultRegions = []string{"cn-beijing", "cn-hangzhou", "cn-shanghai"}

// regionCodes are the letters that resource ids of a region begin with.
var regionCodes = map[string]string{"cn-beijing": "2ze", "cn-hangzhou": "bp1", "cn-shanghai": "uf6", "cn-shenzhen": "wz9", "cn-guangzhou": "7xv",
	"cn-chengdu": "2vc", "cn-qingdao": "m5e", "cn-zhangjiakou": "8vb", "cn-huhehaote": "hp3", "ap-southeast-1": "t4n"}

// The region of the demo account that generated ones are copies of.
const patternRegion = "cn-beijing"

// Generate makes an account of any size. Every region is like the demo
// account's largest: the same networks, security groups, databases, images and
// policies; its instances, with their disks, network interfaces and snapshots,
// come again and again under ids of their own, until there are enough. They are
// made as they are asked for: a large account takes no more memory than a small one.
func Generate(size Size) fs.FS {
	if len(size.Regions) == 0 {
		size.Regions = defaultRegions
	}
	g := &generated{lists: map[string]*cells{}}
	all := &txtar.Archive{}
	var keys []txtar.File
	for _, f := range hospitalArchive().Files {
		service, place, _ := splitName(f.Name)
		switch {
		case service == "ecs" && place == globalRegion, service == "rds" && place == globalRegion:
			all.Files = append(all.Files, txtar.File{Name: f.Name, Data: onlyRegions(f.Data, size.Regions)})
		case service == "kms":
			keys = append(keys, f)
		case !slices.Contains(regionProducts, service):
			all.Files = append(all.Files, f)
		case place == patternRegion:
			for i, r := range size.Regions {
				n := size.Instances / len(size.Regions)
				if i < size.Instances%len(size.Regions) {
					n++
				}
				all.Files = append(all.Files, g.copy(f, r, n))
			}
		}
	}
	all.Files = append(all.Files, g.keys(keys, size.Regions)...)
	g.FS = mustFS(all)
	return g
}

// regionProducts are those whose things lie in regions, alike in every one.
var regionProducts = []string{"ecs", "rds", "vpc", "slb", "alb", "nlb"}

func splitName(name string) (service, region, rest string) {
	service, name, _ = strings.Cut(name, "/")
	region, rest, _ = strings.Cut(name, "/")
	return service, region, rest
}

// keys are those of the demo account, which its buckets name, and in every region
// those of the pattern, which the copies of its disks name.
func (g *generated) keys(files []txtar.File, regions []string) []txtar.File {
	out := slices.Clone(files)
	for _, f := range files {
		_, place, _ := splitName(f.Name)
		for _, r := range regions {
			if place != patternRegion || r == patternRegion {
				continue
			}
			c := g.copy(f, r, 0)
			at := slices.IndexFunc(out, func(o txtar.File) bool { return o.Name == c.Name })
			if at < 0 {
				out = append(out, c)
				continue
			}
			own, err := parseList(out[at].Data, "Keys.Key") // only the list of keys is in both
			more, err2 := parseList(c.Data, "Keys.Key")
			if err != nil || err2 != nil {
				panic(c.Name + " is no list of keys") // a test reads every file
			}
			both := append(own.items.(rawItems), more.items.(rawItems)...)
			out[at].Data = appendList([]byte(`{"RequestId":"",`), &action{list: "Keys.Key"}, both, 0, both.len())
		}
	}
	return out
}

// onlyRegions is a list of regions that names those alone, and all of those.
func onlyRegions(b []byte, regions []string) []byte {
	key, shape := "Region", `{"RegionId":%q,"RegionEndpoint":"ecs.%s.aliyuncs.com","LocalName":%q,"Status":"available"}`
	if bytes.Contains(b, []byte(`"RDSRegion"`)) {
		key, shape = "RDSRegion", `{"RegionId":%q,"RegionEndpoint":"rds.%s.aliyuncs.com","LocalName":%q,"ZoneId":"","ZoneName":""}`
	}
	var list []string
	for _, r := range regions {
		list = append(list, strings.NewReplacer("%q", strconv.Quote(r), "%s", r).Replace(shape))
	}
	return []byte(`{"Regions":{"` + key + `":[` + strings.Join(list, ",") + `]},"RequestId":""}`)
}

// growing are the lists that grow with the account.
var growing = map[string]string{
	"DescribeInstances.json": "Instances.Instance", "DescribeDisks.json": "Disks.Disk",
	"DescribeNetworkInterfaces.json": "NetworkInterfaceSets.NetworkInterfaceSet", "DescribeSnapshots.json": "Snapshots.Snapshot",
}

// copy puts a file of the pattern into a region that has n instances.
func (g *generated) copy(f txtar.File, region string, n int) txtar.File {
	service, _, rest := splitName(f.Name)
	code := cmp.Or(regionCodes[region], "j6c")
	swap := strings.NewReplacer(patternRegion, region, regionCodes[patternRegion], code)
	out := txtar.File{Name: path.Join(service, region) + "/" + swap.Replace(rest), Data: []byte(swap.Replace(string(f.Data)))}
	list, ok := growing[rest]
	if !ok || service != "ecs" {
		return out
	}
	if g.order == nil {
		g.order = instanceOrder()
	}
	d, err := parseList(out.Data, list)
	if err != nil {
		panic(f.Name + ": " + err.Error()) // a test reads every file
	}
	g.lists[strings.TrimSuffix(out.Name, ".json")] = newCells(d.items.(rawItems), list, code, n, g.order)
	out.Data = nil
	return out
}

// instanceOrder numbers the instances of the pattern, and their disks, by the
// part of the id that no region changes.
func instanceOrder() map[string]int {
	order := map[string]int{}
	read := func(action, list string, each func(i int, item map[string]any)) {
		b, err := fs.ReadFile(hospital(), "ecs/"+patternRegion+"/"+action+".json")
		if err != nil {
			panic(err) // it is embedded
		}
		d, err := parseList(b, list)
		if err != nil {
			panic(err)
		}
		for i, raw := range d.items.(rawItems) {
			var m map[string]any
			_ = json.Unmarshal(raw, &m)
			each(i, m)
		}
	}
	read("DescribeInstances", "Instances.Instance", func(i int, m map[string]any) { order[bare(m["InstanceId"])] = i })
	read("DescribeDisks", "Disks.Disk", func(_ int, m map[string]any) {
		if at, ok := order[bare(m["InstanceId"])]; ok {
			order[bare(m["DiskId"])] = at
		}
	})
	return order
}

// bare is an id without what stands for its kind and region.
func bare(id any) string {
	s, _ := id.(string)
	_, s, _ = strings.Cut(s, "-")
	return s[min(3, len(s)):]
}

// cells are one growing list: the pattern's items over and over, once a cell.
type cells struct {
	list      string
	templates []template
	instances int // of the pattern
	wanted    int // instances of the list
	last      int // items of the last cell, which may be cut off
}

// A template is an item whose own ids have places for the number of the cell.
type template struct {
	parts [][]byte // between two parts stands the cell's number
	order int      // which instance of the pattern it belongs to
}

const suffix = 5 // characters of an id that tell the cells apart

func newCells(it rawItems, list, code string, wanted int, order map[string]int) *cells {
	c := &cells{list: list, wanted: wanted}
	own := regexp.MustCompile(`"(?:i|d|s|sl|eni|eip)-` + code + `[0-9a-z]{17}"`)
	for _, raw := range it {
		var owner struct{ InstanceId, SourceDiskId string }
		_ = json.Unmarshal(raw, &owner)
		at, ok := order[bare(cmp.Or(owner.SourceDiskId, owner.InstanceId))]
		if !ok {
			at = len(order) // of no instance: in whole cells only
		}
		t := template{order: at}
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			panic(err) // it was parsed
		}
		b, from := compact.Bytes(), 0
		for _, m := range own.FindAllIndex(b, -1) {
			t.parts = append(t.parts, b[from:m[1]-1-suffix])
			from = m[1] - 1
		}
		t.parts = append(t.parts, b[from:])
		c.templates = append(c.templates, t)
	}
	slices.SortStableFunc(c.templates, func(a, b template) int { return a.order - b.order })
	for _, at := range order {
		c.instances = max(c.instances, at+1)
	}
	rest := wanted % c.instances
	for _, t := range c.templates {
		if t.order < rest {
			c.last++
		}
	}
	return c
}

func (c *cells) len() int { return c.wanted/c.instances*len(c.templates) + c.last }

// append makes one item.
func (c *cells) append(to []byte, i int) []byte {
	cell := i / len(c.templates)
	var number [suffix]byte
	for k := range suffix {
		const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
		number[suffix-1-k] = digits[cell%36]
		cell /= 36
	}
	for k, part := range c.templates[i%len(c.templates)].parts {
		if k > 0 {
			to = append(to, number[:]...)
		}
		to = append(to, part...)
	}
	return to
}

// generated is the file system of a generated account. Its growing lists are
// empty files underneath.
type generated struct {
	fs.FS
	lists map[string]*cells
	order map[string]int
}

func (g *generated) list(name string) (items, bool) {
	c, ok := g.lists[name]
	return c, ok
}

// Open opens a file; a growing list is made whole for it.
func (g *generated) Open(name string) (fs.File, error) {
	c, ok := g.lists[strings.TrimSuffix(name, ".json")]
	if !ok || !strings.HasSuffix(name, ".json") {
		return g.FS.Open(name)
	}
	b := appendList([]byte(`{"RequestId":"","NextToken":"",`), &action{list: c.list}, c, 0, c.len())
	return &listFile{Reader: bytes.NewReader(b), name: path.Base(name)}, nil
}

// listFile is a list made whole.
type listFile struct {
	*bytes.Reader
	name string
}

func (f *listFile) Close() error               { return nil }
func (f *listFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *listFile) Name() string               { return f.name }
func (f *listFile) Size() int64                { return f.Reader.Size() }
func (f *listFile) Mode() fs.FileMode          { return 0o444 }
func (f *listFile) ModTime() time.Time         { return time.Time{} }
func (f *listFile) IsDir() bool                { return false }
func (f *listFile) Sys() any                   { return nil }
