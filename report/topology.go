package report

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/mlpscan/mlpscan/checks"
)

// WriteSVG draws the network: the internet, regions, VPCs with their vSwitches, load
// balancers and NAT gateways, and how many machines and databases lie in each, have
// a public address, and can be reached where they should not. It is one picture without a script, for a page,
// for a filing's annex, and for print.
func WriteSVG(w io.Writer, r *Report) error {
	nets := networksOf(r)
	if r.err != nil {
		return r.err
	}
	d := &drawing{lang: r.Run.Language, failed: len(r.Missing)}
	d.draw(nets)
	_, err := io.WriteString(w, d.svg())
	return err
}

// topologies are the picture for the HTML page, in both languages. Names in them
// were escaped where they were written.
func topologies(r *Report) (en, zh template.HTML, err error) {
	nets := networksOf(r)
	draw := func(lang string) template.HTML {
		d := &drawing{lang: lang, failed: len(r.Missing)}
		d.draw(nets)
		return template.HTML(d.svg())
	}
	return draw("en"), draw("zh"), r.err
}

// A netBox is one VPC of the picture, or what lies in none of a region.
type netBox struct {
	region, id, name     string
	switches             []string  // names and zones
	gateways             []gateway // load balancers, then NAT gateways
	addresses            int       // elastic public ones
	machines, databases  int
	publicMachines       int // with a public address
	publicDatabases      int // with a public endpoint
	openMachines         int // whose administration ports the internet reaches
	openDatabases        int // that the internet reaches
	buckets, openBuckets int // of the region; only where id is ""
	unknown              int // whose exposure could not be told
	index                int // of its region, so that lines lie side by side
}

// exposed and public say what the line from the internet means.
func (n *netBox) exposed() bool { return n.openMachines+n.openDatabases+n.openBuckets > 0 }
func (n *netBox) public() bool {
	return n.publicMachines+n.publicDatabases > 0 || slices.ContainsFunc(n.gateways, func(g gateway) bool { return g.internet })
}

func (n *netBox) empty() bool {
	return n.id == "" && len(n.gateways)+n.addresses+n.machines+n.databases+n.buckets == 0
}

// A gateway is where traffic enters or leaves a network.
type gateway struct {
	kind     string // type of the resource
	name     string
	address  string // its first; "" where it has none of its own
	internet bool
}

// gatewayNames are the kinds of gateways, in the order in which they are drawn.
var gatewayNames = map[string]checks.Text{
	"alb.load_balancer": {EN: "ALB", ZH: "ALB"}, "nlb.load_balancer": {EN: "NLB", ZH: "NLB"},
	"slb.load_balancer": {EN: "CLB", ZH: "CLB"}, "vpc.nat_gateway": {EN: "NAT", ZH: "NAT"},
}

// marks are the checks whose failures the picture shows.
var marks = map[string]string{
	"ecs-instance-no-public-address": "public", "rds-instance-no-public-endpoint": "public",
	"ecs-instance-admin-ports-unreachable": "open", "rds-instance-not-exposed": "open",
	"oss-bucket-no-public-read": "open", "oss-bucket-no-public-write": "open", "oss-bucket-no-anonymous-policy": "open",
}

// networksOf counts the inventory by VPC, in the order of regions and names.
func networksOf(r *Report) []*netBox {
	failed := map[string]map[string]bool{} // what is marked of each resource
	for f := range r.Findings() {
		m := marks[f.Check]
		if m != "" && f.Status == checks.Unknown {
			m = "unknown"
		} else if f.Status != checks.Fail {
			m = ""
		}
		if m != "" {
			key := f.Account + "|" + f.Resource.Type + "|" + f.Resource.ID
			if failed[key] == nil {
				failed[key] = map[string]bool{}
			}
			failed[key][m] = true
		}
	}
	by := map[[2]string]*netBox{}
	at := func(region, vpc string) *netBox {
		key := [2]string{region, vpc}
		if by[key] == nil {
			by[key] = &netBox{region: region, id: vpc}
		}
		return by[key]
	}
	for x := range r.Inventory() {
		if x.Region != "" {
			at(x.Region, x.VPC).count(x, failed[x.Account+"|"+x.Type+"|"+x.ID])
		}
	}
	var list []*netBox
	for _, n := range by {
		if !n.empty() {
			slices.Sort(n.switches)
			slices.SortFunc(n.gateways, func(x, y gateway) int { return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.name, y.name)) })
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(x, y *netBox) int {
		return cmp.Or(cmp.Compare(x.region, y.region), cmp.Compare(order(x), order(y)), cmp.Compare(x.name, y.name), cmp.Compare(x.id, y.id))
	})
	return list
}

// order puts what lies in no VPC last.
func order(n *netBox) int {
	if n.id == "" {
		return 1
	}
	return 0
}

func (n *netBox) count(x Resource, marked map[string]bool) {
	is := func(m string) int {
		if marked[m] {
			return 1
		}
		return 0
	}
	n.unknown += is("unknown")
	if _, ok := gatewayNames[x.Type]; ok {
		g := gateway{kind: x.Type, name: cmp.Or(x.Name, x.ID), internet: x.Internet}
		if len(x.Addresses) > 0 {
			g.address = x.Addresses[0]
		}
		n.gateways = append(n.gateways, g)
		return
	}
	switch x.Type {
	case "vpc.vpc":
		n.name = x.Name
	case "vpc.vswitch":
		n.switches = append(n.switches, strings.TrimSuffix(cmp.Or(x.Name, x.ID)+" · "+strings.TrimPrefix(strings.TrimPrefix(x.Zone, x.Region), "-"), " · "))
	case "vpc.eip_address":
		n.addresses++
	case "ecs.instance":
		n.machines++
		n.publicMachines += is("public")
		n.openMachines += is("open")
	case "rds.instance":
		n.databases++
		n.publicDatabases += is("public")
		n.openDatabases += is("open")
	case "oss.bucket":
		n.buckets++
		n.openBuckets += is("open")
	}
}

// Sizes of the picture, in its own units.
const (
	boxWidth   = 300
	factHeight = 18
	switchGap  = 8
	gateways   = 4 // of a box that are drawn one by one
	switchRows = 3 // of two vSwitches each
	boxGap     = 18
	boxesInRow = 3
	pictureTop = 90
	regionHead = 34
)

// A drawing is an SVG under way.
type drawing struct {
	lang   string
	failed int // calls, which may have hidden something
	body   strings.Builder
	lines  strings.Builder // under the boxes
	height int
}

func (d *drawing) say(en, zh string) string { return checks.Text{EN: en, ZH: zh}.In(d.lang) }

// width is that of a full row of boxes in a region's frame.
func (d *drawing) width() int { return boxesInRow*(boxWidth+boxGap) + 3*boxGap }

func (d *drawing) draw(nets []*netBox) {
	y := pictureTop
	for region := 0; len(nets) > 0; region++ {
		n := slices.IndexFunc(nets, func(x *netBox) bool { return x.region != nets[0].region })
		if n < 0 {
			n = len(nets)
		}
		for _, x := range nets[:n] {
			x.index = region
		}
		y = d.region(y, nets[:n]) + boxGap
		nets = nets[n:]
	}
	d.height = y + 40
}

// region draws a frame with its networks, and returns where it ends.
func (d *drawing) region(y int, nets []*netBox) int {
	h, from := regionHead, y+regionHead
	for row := range slices.Chunk(nets, boxesInRow) {
		h += d.rowHeight(row) + boxGap
	}
	fmt.Fprintf(&d.body, `<rect class="region" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, boxGap, y, d.width()-2*boxGap, h)
	d.text(boxGap*2, y+22, "head", nets[0].region)
	for row := range slices.Chunk(nets, boxesInRow) {
		height := d.rowHeight(row)
		for i, n := range row {
			d.box(2*boxGap+i*(boxWidth+boxGap), from, height, n)
		}
		from += height + boxGap
	}
	return y + h
}

// rowHeight is that of the box which has most to say.
func (d *drawing) rowHeight(row []*netBox) int {
	h := 0
	for _, n := range row {
		h = max(h, 34+factHeight*(len(d.facts(n))+min(len(n.gateways), gateways+1))+(factHeight+switchGap)*n.switchRows())
	}
	return h
}

// switchRows is how many rows of vSwitches a box has.
func (n *netBox) switchRows() int { return min((len(n.switches)+1)/2, switchRows) }

func (d *drawing) box(x, y, height int, n *netBox) {
	class := "net"
	if n.exposed() {
		class = "net open"
	} else if n.public() {
		class = "net public"
	}
	if n.exposed() || n.public() {
		line := strings.TrimPrefix(class, "net ")
		fmt.Fprintf(&d.lines, `<path class="line %s" d="M%d 58 V%d"/>`, line, x+boxWidth-14-n.index%12*9, y)
	}
	fmt.Fprintf(&d.body, `<g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, escaped(d.title(n)), class, x, y, boxWidth, height)
	d.text(x+12, y+22, "name", d.title(n))
	y += 22
	for _, line := range d.facts(n) {
		y += factHeight
		d.text(x+12, y, "fact", line)
	}
	y = d.gateways(x, y, n)
	d.switches(x, y+switchGap, n)
	d.body.WriteString("</g>")
}

// gateways draws a line for each, and returns where the last one stands.
func (d *drawing) gateways(x, y int, n *netBox) int {
	for i, g := range n.gateways {
		y += factHeight
		if i == gateways && len(n.gateways) > gateways+1 {
			d.text(x+12, y, "fact", fmt.Sprintf(d.say("… %d more gateways", "……另有 %d 个网关"), len(n.gateways)-gateways))
			return y
		}
		class := "fact"
		if g.internet {
			class = "fact entry"
		}
		d.short(x+12, y, class, strings.TrimSpace(gatewayNames[g.kind].In(d.lang)+" "+g.name+" "+g.address), 38) // they are bold
	}
	return y
}

// switches draws the vSwitches, two in a row.
func (d *drawing) switches(x, y int, n *netBox) {
	const width = (boxWidth - 24 - switchGap) / 2
	for i, name := range n.switches {
		at, top := x+12+i%2*(width+switchGap), y+i/2*(factHeight+switchGap)
		if i == 2*switchRows-1 && len(n.switches) > 2*switchRows {
			d.short(at+6, top+14, "fact", fmt.Sprintf(d.say("… %d more", "……另有 %d 个"), len(n.switches)-i), 20)
			return
		}
		fmt.Fprintf(&d.body, `<rect class="switch" x="%d" y="%d" width="%d" height="%d" rx="3"/>`, at, top, width, factHeight+2)
		d.short(at+6, top+14, "fact", name, 20)
	}
}

func (d *drawing) title(n *netBox) string {
	switch {
	case n.id == "":
		return d.say("outside of any VPC", "不在专有网络中")
	case n.name == "":
		return n.id
	}
	return n.name
}

// facts are the lines of a box.
func (d *drawing) facts(n *netBox) []string {
	var lines []string
	if n.id != "" {
		lines = append(lines, n.id)
	}
	if n.addresses > 0 {
		lines = append(lines, fmt.Sprintf(d.say("elastic public addresses %d", "弹性公网 IP %d 个"), n.addresses))
	}
	if n.machines > 0 {
		lines = append(lines, fmt.Sprintf(d.say("instances %d · public %d · reachable %d", "实例 %d · 公网地址 %d · 管理端口暴露 %d"), n.machines, n.publicMachines, n.openMachines))
	}
	if n.databases > 0 {
		lines = append(lines, fmt.Sprintf(d.say("databases %d · public %d · reachable %d", "数据库 %d · 公网地址 %d · 暴露 %d"), n.databases, n.publicDatabases, n.openDatabases))
	}
	if n.buckets > 0 {
		lines = append(lines, fmt.Sprintf(d.say("buckets %d · open to the public %d", "存储空间 %d · 对公众开放 %d"), n.buckets, n.openBuckets))
	}
	if n.unknown > 0 {
		lines = append(lines, fmt.Sprintf(d.say("exposure unknown: %d", "暴露情况未知：%d"), n.unknown))
	}
	return lines
}

// maxChars is what a line of a box has room for, in columns.
const maxChars = 44

func (d *drawing) text(x, y int, class, s string) { d.short(x, y, class, s, maxChars) }

// short writes as much of a text as some columns have room for.
func (d *drawing) short(x, y int, class, s string, columns int) {
	s = visible(s)
	if textWidth(s) > columns {
		s = string([]rune(s)[:fitting([]rune(s), columns-1)]) + "…"
	}
	fmt.Fprintf(&d.body, `<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, escaped(s))
}

// escaped makes a name safe in the picture, whoever chose it.
func escaped(s string) string { return html.EscapeString(visible(s)) }

// The looks: of the page where it has some, and readable alone, light and dark.
const svgStyle = `<style>.topology{--ink:#1a2230;--soft:#5b6573;--paper:#fff;--frame:#c9ced6;--bad:#b3261e;--warn:#8a5a00;--badbg:#fdecea;--warnbg:#fff6e0}
@media (prefers-color-scheme:dark){.topology{--ink:#e8eaee;--soft:#a7b0bd;--paper:#15191f;--frame:#3c4552;--bad:#ff8a80;--warn:#ffcc66;--badbg:#3a1c1a;--warnbg:#332a14}}
@media print{.topology{--ink:#000;--soft:#333;--paper:#fff;--frame:#999;--bad:#b3261e;--warn:#8a5a00;--badbg:#fff;--warnbg:#fff}}
.topology text{font-family:system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;fill:var(--ink);font-size:12px}.topology .head{font-size:14px;font-weight:600}.topology .name{font-weight:600;font-size:13px}.topology .fact{fill:var(--soft)}.topology .entry{fill:var(--warn);font-weight:600}.topology .switch{fill:none;stroke:var(--frame)}
.topology .region{fill:none;stroke:var(--frame);stroke-dasharray:4 4}.topology .net{fill:var(--paper);stroke:var(--frame)}.topology .net.public{fill:var(--warnbg);stroke:var(--warn)}.topology .net.open{fill:var(--badbg);stroke:var(--bad);stroke-width:2}
.topology .internet{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}.topology .line{fill:none;stroke-width:1.5;stroke:var(--warn)}.topology .line.open{stroke:var(--bad);stroke-width:2.5}</style>`

func (d *drawing) svg() string {
	var b strings.Builder
	w := d.width()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="topology" viewBox="0 0 %[1]d %[2]d" width="100%%" role="img" aria-labelledby="topology-title-%[3]s" aria-describedby="topology-desc-%[3]s">`, w, d.height, d.lang)
	fmt.Fprintf(&b, `<title id="topology-title-%[4]s">%[1]s</title><desc id="topology-desc-%[4]s">%[2]s</desc>%[3]s`, escaped(d.say("Network topology", "网络拓扑")),
		escaped(d.say("The internet on top, below it the regions with their VPCs. A red line leads to what the internet reaches, a yellow one to what has a public address.", "上方为互联网，下方为各地域及其专有网络。红线表示可从互联网访问，黄线表示有公网地址。")), svgStyle, d.lang)
	b.WriteString(d.lines.String())
	fmt.Fprintf(&b, `<rect class="internet" x="%d" y="18" width="%d" height="40" rx="20"/>`, boxGap, w-2*boxGap)
	fmt.Fprintf(&b, `<text class="head" x="%d" y="43" text-anchor="middle">%s</text>`, w/2, escaped(d.say("Internet", "互联网")))
	b.WriteString(d.body.String())
	note := d.say("Firewalls are not read, and not drawn. Yellow gateways have an address on the internet.", "防火墙未读取，图中未绘制。黄色网关具有公网地址。")
	if d.failed > 0 {
		note += fmt.Sprintf(d.say(" Calls that failed: %d; what they hide is not drawn.", "有 %d 次调用失败，其内容未绘制。"), d.failed)
	}
	fmt.Fprintf(&b, `<text class="fact" x="%d" y="%d">%s</text></svg>`, boxGap, d.height-16, escaped(note))
	return b.String()
}
