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

// WriteSVG draws the network: the internet, regions, VPCs with their zones, and
// how many machines and databases lie in each, have a public address, and can be
// reached where they should not. It is one picture without a script, for a page,
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
	zones                []string
	switches             int
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
func (n *netBox) public() bool  { return n.publicMachines+n.publicDatabases > 0 }

func (n *netBox) empty() bool {
	return n.id == "" && n.machines+n.databases+n.buckets == 0
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
			slices.Sort(n.zones)
			n.zones = slices.Compact(n.zones)
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
	switch x.Type {
	case "vpc.vpc":
		n.name = x.Name
	case "vpc.vswitch":
		n.switches++
		n.zones = append(n.zones, strings.TrimPrefix(strings.TrimPrefix(x.Zone, x.Region), "-"))
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
	boxHeight  = 134
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
	rows := (len(nets) + boxesInRow - 1) / boxesInRow
	h := regionHead + rows*(boxHeight+boxGap)
	fmt.Fprintf(&d.body, `<rect class="region" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, boxGap, y, d.width()-2*boxGap, h)
	d.text(boxGap*2, y+22, "head", nets[0].region)
	for i, n := range nets {
		d.box(2*boxGap+i%boxesInRow*(boxWidth+boxGap), y+regionHead+i/boxesInRow*(boxHeight+boxGap), n)
	}
	return y + h
}

func (d *drawing) box(x, y int, n *netBox) {
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
	fmt.Fprintf(&d.body, `<g><title>%s</title><rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`, escaped(d.title(n)), class, x, y, boxWidth, boxHeight)
	d.text(x+12, y+22, "name", d.title(n))
	for i, line := range d.facts(n) {
		d.text(x+12, y+44+i*18, "fact", line)
	}
	d.body.WriteString("</g>")
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
		lines = append(lines, n.id, fmt.Sprintf(d.say("vSwitches %d · zones %s", "交换机 %d 个 · 可用区 %s"), n.switches, cmp.Or(strings.Join(n.zones, ", "), "–")))
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

func (d *drawing) text(x, y int, class, s string) {
	s = visible(s)
	if textWidth(s) > maxChars {
		s = string([]rune(s)[:fitting([]rune(s), maxChars-1)]) + "…"
	}
	fmt.Fprintf(&d.body, `<text class="%s" x="%d" y="%d">%s</text>`, class, x, y, escaped(s))
}

// escaped makes a name safe in the picture, whoever chose it.
func escaped(s string) string { return html.EscapeString(visible(s)) }

// The looks: of the page where it has some, and readable alone, light and dark.
const svgStyle = `<style>.topology{--ink:#1a2230;--soft:#5b6573;--paper:#fff;--frame:#c9ced6;--bad:#b3261e;--warn:#8a5a00;--badbg:#fdecea;--warnbg:#fff6e0}
@media (prefers-color-scheme:dark){.topology{--ink:#e8eaee;--soft:#a7b0bd;--paper:#15191f;--frame:#3c4552;--bad:#ff8a80;--warn:#ffcc66;--badbg:#3a1c1a;--warnbg:#332a14}}
@media print{.topology{--ink:#000;--soft:#333;--paper:#fff;--frame:#999;--bad:#b3261e;--warn:#8a5a00;--badbg:#fff;--warnbg:#fff}}
.topology text{font-family:system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;fill:var(--ink);font-size:12px}.topology .head{font-size:14px;font-weight:600}.topology .name{font-weight:600;font-size:13px}.topology .fact{fill:var(--soft)}
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
	note := d.say("Load balancers, NAT gateways and firewalls are not read, and not drawn.", "负载均衡、NAT 网关与防火墙未读取，图中未绘制。")
	if d.failed > 0 {
		note += fmt.Sprintf(d.say(" Calls that failed: %d; what they hide is not drawn.", "有 %d 次调用失败，其内容未绘制。"), d.failed)
	}
	fmt.Fprintf(&b, `<text class="fact" x="%d" y="%d">%s</text></svg>`, boxGap, d.height-16, escaped(note))
	return b.String()
}
