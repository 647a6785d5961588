package report

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/mlpscan/mlpscan/checks"
)

var shots = flag.String("shots", "", "keep pictures and PDFs of the page in this folder")

// TestPageInBrowser opens the page in a real Chromium, from a file, as a reader does.
func TestPageInBrowser(t *testing.T) {
	browser := startBrowser(t)
	file := writePage(t, fixture("zh", 300))
	for name, test := range map[string]func(*testing.T, *tab){
		"asks no network":   testNoNetwork,
		"escapes":           testEscapes,
		"filters":           testFilters,
		"links set filters": testLinks,
		"switches language": testLanguage,
		"opens by keyboard": testKeyboard,
		"filters clauses":   testClauses,
		"prints all":        testPrint,
		"is accessible":     testAccessible,
		"fits a phone":      testPhone,
		"has contrast":      testContrast,
	} {
		t.Run(name, func(t *testing.T) { test(t, openTab(t, browser, file)) })
	}
}

// startBrowser needs Chromium: without it nothing here is proven, so that its
// absence is a failure and no reason to skip.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("no Chromium found: the HTML report is tested in a real browser (Debian: apt-get install chromium fonts-noto-cjk)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

func writePage(t *testing.T, r *Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, render(t, WriteHTML, r), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tab is one page open in the browser.
type tab struct {
	*testing.T
	ctx  context.Context
	file string

	mu       sync.Mutex
	requests []string
	faults   []string
}

func openTab(t *testing.T, browser context.Context, file string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, file: file}
	if err := chromedp.Do(ctx); err != nil { // opens it; the context of this call must have no deadline
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{})
		return err
	}), chromedp.Navigate("file://"+file), chromedp.WaitReady(chromedp.CSS("#count")))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.faults) > 0 {
			t.Errorf("the page has faults: %q", b.faults)
		}
	})
	return b
}

// listen notes what the page asks for and every error in its script.
func (b *tab) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, ev.Request.URL)
	case *cdpruntime.EventExceptionThrown:
		b.faults = append(b.faults, fmt.Sprint(ev.ExceptionDetails.Text, ev.ExceptionDetails.Exception))
	case *cdpruntime.EventConsoleAPICalled:
		if ev.Type == "error" {
			b.faults = append(b.faults, "console error")
		}
	}
}

// patience bounds what a page may take: one that is broken must fail, not hang.
const patience = 30 * time.Second

// ask is what an action gives, within that time.
func ask[T any](b *tab, action chromedp.Action[T]) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func (b *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// script runs JavaScript for what it does.
func script(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// eval is what a JavaScript expression gives.
func eval[T any](b *tab, js string) T {
	b.Helper()
	return ask(b, chromedp.Evaluate[T](js))
}

func (b *tab) want(js, want string) {
	b.Helper()
	if got := eval[string](b, js); got != want {
		b.Errorf("%s = %q, want %q", js, got, want)
	}
}

// pick chooses an option as a reader does.
func (b *tab) pick(id, value string) {
	b.Helper()
	b.run(script(`{ const e = document.getElementById(` + quote(id) + `); e.value = ` + quote(value) + `; e.dispatchEvent(new Event('change')); }`))
}

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

const rowCount = `String(document.querySelectorAll('#rows tbody tr.f').length)`

func testNoNetwork(t *testing.T, b *tab) {
	b.T = t
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		if url != "file://"+b.file {
			t.Errorf("the page asks for %s", url)
		}
	}
}

// testEscapes: a name that holds markup is shown as it is, and does nothing.
func testEscapes(t *testing.T, b *tab) {
	b.run(chromedp.SendKeys(chromedp.CSS("#q"), "sg-bp1evil"), chromedp.Sleep(200*time.Millisecond), chromedp.Click(chromedp.CSS("#rows button.open")))
	b.want(`document.title`, "等保第三级 · 1234567890123456 · mlpscan")
	b.want(`String(document.querySelectorAll('main script, script:not([id]):not(:last-of-type)').length)`, "0")
	if shown := eval[string](b, `document.querySelector('#rows').textContent`); !strings.Contains(shown, visible(hostile)) || strings.ContainsAny(shown, "\x1b\u202e") {
		t.Errorf("the hostile name is not shown as it is: %q", shown)
	}
	if shown := eval[string](b, `document.querySelector('#clauses').textContent`); !strings.Contains(shown, `<script>document.title='owned'</script>`) {
		t.Error("the hostile name is not in the clause's evidence")
	}
}

// testFilters: each filter leaves what it says, and the count says so aloud.
func testFilters(t *testing.T, b *tab) {
	b.want(`document.querySelector('#count').textContent`, "312 / 319 条结果")
	b.want(`document.querySelector('#count').getAttribute('aria-live')`, "polite")
	for _, tt := range []struct{ id, value, count string }{
		{"f-status", "", "319 / 319 条结果"},
		{"f-status", "unknown", "1 / 319 条结果"},
		{"f-status", "pass", "6 / 319 条结果"},
		{"f-status", "not_applicable", "1 / 319 条结果"},
		{"f-status", "fail", "311 / 319 条结果"},
		{"f-severity", "low", "1 / 319 条结果"},
		{"f-severity", "", "311 / 319 条结果"},
		{"f-region", "cn-beijing", "154 / 319 条结果"},
		{"f-check", "ecs-security-group-admin-ports", "0 / 319 条结果"},
	} {
		b.pick(tt.id, tt.value)
		if got := eval[string](b, `document.querySelector('#count').textContent`); got != tt.count {
			t.Errorf("%s = %q: %s, want %s", tt.id, tt.value, got, tt.count)
		}
	}
	b.run(chromedp.Click(chromedp.CSS("#reset")))
	for query, count := range map[string]string{"sg-bp1web": "1", "8.1.4.8-b d-bp00000299": "1", "影像归档": "308", "SQL audit": "1", "nothing at all": "0"} {
		b.run(chromedp.SetValue(chromedp.CSS("#q"), query), script(`document.getElementById('q').dispatchEvent(new Event('input'))`), chromedp.Sleep(250*time.Millisecond))
		if got := eval[string](b, `document.querySelector('#count').textContent`); got != count+" / 319 条结果" {
			t.Errorf("search %q: %s, want %s", query, got, count)
		}
	}
}

// testLinks: a number on the first page leads to what it counts.
func testLinks(t *testing.T, b *tab) {
	b.run(chromedp.Click(chromedp.CSS(`a[data-status="unknown"]`)))
	b.want(`document.querySelector('#count').textContent`, "1 / 319 条结果")
	// Not a click with the mouse: the page may still be scrolling to the findings.
	b.run(script(`document.querySelector('.half a[data-verdict="partly"]').click()`))
	b.want(`document.querySelector('#clause-count').textContent`, "4 / 257 项")
	b.run(script(`location.hash = '#c-8.1.4.8-b'`), chromedp.Sleep(100*time.Millisecond))
	b.want(`String(document.getElementById('c-8.1.4.8-b').open) + document.getElementById('c-8.1.4.8-b').checkVisibility()`, "truetrue")
}

// testLanguage: the switch turns every word that is ours.
func testLanguage(t *testing.T, b *tab) {
	b.want(`document.documentElement.lang + document.querySelector('h1').innerText`, "zh-CN云上配置核查报告")
	b.run(chromedp.Click(chromedp.CSS(`button[data-set-lang="en"]`)))
	b.want(`document.documentElement.lang + document.querySelector('h1').innerText`, "enCloud configuration report")
	b.want(`document.title`, "MLPS level 3 · 1234567890123456 · mlpscan")
	b.want(`document.querySelector('#count').textContent`, "312 of 319 findings")
	b.want(`document.querySelector('#rows button.open').textContent`, "the disk is not encrypted")
	b.run(script(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`))
	han := regexp.MustCompile(`\p{Han}+`)
	for _, part := range []string{".toc", "#summary", "#notread", "#checks", "#reading", "#filters", "#clause-filters", "#rows thead"} {
		if found := han.FindString(eval[string](b, `document.querySelector('`+part+`').innerText`)); found != "" {
			t.Errorf("in English, %s still says %s", part, found)
		}
	}
	labels := eval[string](b, `[...document.querySelectorAll('[aria-label]')].map((e) => e.ariaLabel).join() + [...document.querySelectorAll('[placeholder]')].map((e) => e.placeholder).join()`)
	if found := han.FindString(labels); found != "" {
		t.Errorf("in English, a label still says %s", found)
	}
	b.run(chromedp.Click(chromedp.CSS(`button[data-set-lang="zh"]`)))
	b.want(`document.querySelector('#rows button.open').textContent`, "云盘未加密")
}

// testKeyboard: the first stop skips to the report; a row opens with Enter and tells its evidence.
func testKeyboard(t *testing.T, b *tab) {
	b.run(chromedp.KeyEvent(kb.Tab))
	b.want(`document.activeElement.className`, "skip")
	b.run(chromedp.KeyEvent(kb.Enter))
	b.want(`document.activeElement.id`, "main")
	b.run(chromedp.Focus(chromedp.CSS("#rows button.open")), chromedp.KeyEvent(kb.Enter))
	b.want(`document.querySelector('#rows button.open').getAttribute('aria-expanded')`, "true")
	if detail := eval[string](b, `document.querySelector('tr.detail').innerText`); !strings.Contains(detail, "SourceCidrIp = 0.0.0.0/0") || !strings.Contains(detail, "8D0B5F2A") {
		t.Errorf("the detail tells no evidence: %s", detail)
	}
	b.run(chromedp.KeyEvent(kb.Enter))
	b.want(`String(document.querySelectorAll('tr.detail').length)`, "0")
}

func testClauses(t *testing.T, b *tab) {
	b.want(`String(document.querySelectorAll('details.item').length)`, "257")
	b.pick("clause-verdict", "not_met")
	b.want(`document.querySelector('#clause-count').textContent`, "1 / 257 项")
	b.want(`[...document.querySelectorAll('details.item')].filter((e) => e.checkVisibility()).map((e) => e.id).join()`, "c-8.1.4.8-b")
	b.want(`String([...document.querySelectorAll('.layer')].filter((e) => e.checkVisibility()).length)`, "1")
	body := eval[string](b, `document.getElementById('c-8.1.4.8-b').textContent`)
	for _, part := range []string{"L3-CES1-28", "云盘已加密", "d-bp00000000", "SourceCidrIp = 0.0.0.0/0", "通过加密快照创建加密云盘"} {
		if !strings.Contains(body, part) {
			t.Errorf("the clause does not tell %s", part)
		}
	}
}

// testPrint: the PDF holds every row that the filters let through, though the
// screen holds a hundred, and every clause with its body.
func testPrint(t *testing.T, b *tab) {
	b.want(rowCount, "100")
	pdf := b.pdf("print.pdf")
	if !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Fatal("no PDF came")
	}
	b.want(rowCount, "312")
	b.want(`String(document.querySelectorAll('details[open]').length)`, "0")
	text := pdfText(t, pdf)
	for _, part := range []string{"目录", "8.1.10.14-d", "d-bp00000307", "整改", "1 / "} {
		if !strings.Contains(text, part) {
			t.Errorf("the print lacks %q", part)
		}
	}
}

func (b *tab) pdf(name string) []byte {
	b.Helper()
	pdf := ask(b, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	b.keep(name, pdf)
	return pdf
}

// pdfText is what pdftotext reads in a PDF.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Fatal("no pdftotext found: the printed report is read with it (Debian: apt-get install poppler-utils)")
	}
	cmd := exec.Command(tool, "-", "-")
	cmd.Stdin = strings.NewReader(string(pdf))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// keep stores a picture or PDF for a person to look at, where -shots asks for it.
func (b *tab) keep(name string, data []byte) {
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name), data, 0o644); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) shot(name string) {
	b.Helper()
	if *shots == "" {
		return
	}
	b.keep(name, ask(b, chromedp.FullScreenshot(100)))
}

// testAccessible: what a screen reader needs is there.
func testAccessible(t *testing.T, b *tab) {
	faults := eval[[]string](b, `(() => {
		const faults = [];
		const name = (e) => (e.ariaLabel || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText || '').trim();
		for (const e of document.querySelectorAll('input, select, button, a[href], summary')) if (e.checkVisibility() && !name(e)) faults.push('no name: ' + e.outerHTML.slice(0, 120));
		const ids = new Set();
		for (const e of document.querySelectorAll('[id]')) { if (ids.has(e.id)) faults.push('id twice: ' + e.id); ids.add(e.id); }
		for (const a of document.querySelectorAll('a[href^="#"]')) if (!document.getElementById(a.getAttribute('href').slice(1))) faults.push('leads nowhere: ' + a.getAttribute('href'));
		for (const e of document.querySelectorAll('[aria-labelledby]')) if (!document.getElementById(e.getAttribute('aria-labelledby'))) faults.push('label missing: ' + e.id);
		let level = 0;
		for (const h of document.querySelectorAll('h1, h2, h3, h4, h5')) { const l = +h.tagName[1]; if (l > level + 1) faults.push('heading jumps: ' + h.textContent); level = l; }
		for (const s of ['main', 'nav[aria-label]', 'header', 'html[lang]']) if (document.querySelectorAll(s).length !== 1) faults.push('not one ' + s);
		for (const th of document.querySelectorAll('th')) if (!th.scope) faults.push('th without scope: ' + th.textContent);
		for (const s of document.querySelectorAll('form')) if (!s.ariaLabel) faults.push('form without label');
		return faults;
	})()`)
	for _, f := range faults {
		t.Error(f)
	}
}

// testPhone: at a phone's width nothing runs out of the page.
func testPhone(t *testing.T, b *tab) {
	b.run(chromedp.EmulateViewport(390, 844), script(`document.querySelectorAll('details').forEach((d) => { d.open = true; }); document.querySelector('#rows button.open').click()`))
	if w := eval[int](b, `document.scrollingElement.scrollWidth`); w > 390 {
		t.Errorf("the page is %d pixels wide on a screen of 390", w)
	}
	b.want(`[...document.querySelectorAll('main *')].filter((e) => e.checkVisibility() && !e.closest('thead') && e.getBoundingClientRect().right > 390 - 15).map((e) => e.tagName + '.' + e.className).slice(0, 5).join()`, "")
}

// testContrast: every visible text has the contrast of WCAG AA, in light and in dark.
func testContrast(t *testing.T, b *tab) {
	b.run(script(`document.querySelectorAll('details').forEach((d) => { d.open = true; }); document.querySelector('#rows button.open').click()`))
	b.pick("f-status", "")
	for _, scheme := range []string{"light", "dark"} {
		b.run(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, media)
			return err
		}))
		for _, f := range eval[[]string](b, contrastFaults) {
			t.Errorf("%s: %s", scheme, f)
		}
		b.shot(scheme + ".png")
	}
}

const contrastFaults = `(() => {
	const parse = (s) => { const n = s.match(/[\d.]+/g).map(Number); return s.startsWith('color(') ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1]; };
	const lum = (c) => { const f = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
	const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
	const faults = new Set();
	for (const e of document.querySelectorAll('body *')) {
		if (!e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.tagName === 'OPTION') continue;
		const a = lum(parse(getComputedStyle(e).color)), b = lum(ground(e));
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) faults.add(ratio.toFixed(2) + ' ' + e.tagName + '.' + e.className + ' in ' + e.parentElement.className);
	}
	return [...faults].slice(0, 20);
})()`

// TestPageWith20000 : a large account stays quick to load, search and filter.
func TestPageWith20000(t *testing.T) {
	r := fixture("zh", 20_000)
	b := openTab(t, startBrowser(t), writePage(t, r))
	if n := eval[int](b, `document.querySelectorAll('#rows tbody tr.f').length`); n != 100 {
		t.Errorf("%d rows are put in at once", n)
	}
	took := func(js string) float64 {
		return eval[float64](b, `(() => { const t = performance.now(); `+js+`; return performance.now() - t; })()`)
	}
	for name, js := range map[string]string{
		"a status":   `const e = document.getElementById('f-status'); e.value = ''; e.dispatchEvent(new Event('change'))`,
		"a search":   `document.getElementById('q').value = '数据盘 d-bp000199'; document.getElementById('f-check').dispatchEvent(new Event('change'))`,
		"a language": `document.querySelector('[data-set-lang=en]').click()`,
	} {
		took(js) // once to warm up
		if ms := took(js); ms > 400 {
			t.Errorf("%s takes %.0f ms", name, ms)
		} else {
			t.Logf("%s takes %.0f ms", name, ms)
		}
	}
	b.want(`document.getElementById('count').textContent`, "100 of 20019 findings") // 19900 … 19999
}

// TestPageCaps: what the page leaves out is counted in it.
func TestPageCaps(t *testing.T) {
	r := fixture("en", 0)
	rows := map[checks.Status]int{}
	var many []Finding
	for f := range r.Findings() {
		many = append(many, f)
	}
	var pass, fail Finding
	for _, f := range many {
		switch f.Status {
		case checks.Pass:
			pass = f
		case checks.Fail:
			fail = f
		}
	}
	for range maxOpen {
		many = append(many, fail)
	}
	for range maxClosedPer * 2 {
		many = append(many, pass)
	}
	for i := range r.Checks {
		r.Checks[i].Tally = Tally{}
		for _, f := range many {
			if f.Check == r.Checks[i].ID {
				r.Checks[i].count(f.Status)
			}
		}
	}
	r.findings = func(yield func(Finding) bool) {
		for _, f := range many {
			if !yield(f) {
				return
			}
		}
	}
	for row := range newPageData(r).rows(r) {
		rows[statusOrder[row[1].(int)]]++
	}
	if open := rows[checks.Fail] + rows[checks.Unknown]; open != maxOpen {
		t.Errorf("%d failures and unknowns are listed, the cap is %d", open, maxOpen)
	}
	if closed := rows[checks.Pass]; closed < maxClosedPer || closed > maxClosedPer+6 {
		t.Errorf("%d passes are listed, one check may have %d", closed, maxClosedPer)
	}
}

// TestHazardSection: the page lists every candidate once, and no other requirement;
// the section is not there where there is none.
func TestHazardSection(t *testing.T) {
	for _, r := range []*Report{newReport(t, hospital(t), Options{Level: 3, Language: "zh", Version: "test"}), fixture("en", 0)} {
		page := string(render(t, WriteHTML, r))
		_, section, found := strings.Cut(page, `<section id="hazards"`)
		section, _, _ = strings.Cut(section, "</section>")
		candidates := 0
		for _, c := range r.Clauses {
			n := strings.Count(section, `href="#c-`+c.ID+`"`)
			if want := map[bool]int{true: 1}[c.Candidate()]; n != want {
				t.Errorf("%s stands %d times, want %d", c.ID, n, want)
			}
			candidates += n
		}
		if found != (candidates > 0) || candidates != r.Estimate.Hazards {
			t.Errorf("%d candidates, %d in the estimate, section: %v", candidates, r.Estimate.Hazards, found)
		}
	}
}
