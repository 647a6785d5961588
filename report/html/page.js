// The page's behaviour: language, filters, the list of findings, printing.
// Everything a cloud account may have named is put in as text, never as markup.
(() => {
  'use strict';
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const data = JSON.parse($('data').textContent);
  const CHUNK = 100; // rows put in at a time
  const STATUS = ['fail', 'unknown', 'pass', 'not_applicable'];
  // A row of data: check, status, region, type, id, name, problem en, zh, evidence, finding id, arn, tags, account
  const [CHECK, ST, REGION, TYPE, ID, NAME, EN, ZH, EVIDENCE, FINDING, ARN, TAGS, ACCOUNT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

  let lang = root.dataset.lang;
  const say = (en, zh) => (lang === 'zh' ? zh : en);
  const word = (t) => (t ? t[lang] || t.en : '');

  function el(tag, attrs, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attrs || {})) e.setAttribute(k, v);
    for (const c of children) if (c !== null && c !== undefined) e.append(c);
    return e;
  }

  // ---- language
  function setLang(next) {
    lang = next;
    root.dataset.lang = next;
    root.lang = next === 'zh' ? 'zh-CN' : 'en';
    document.title = data.title[next];
    for (const b of document.querySelectorAll('[data-set-lang]')) b.setAttribute('aria-pressed', String(b.dataset.setLang === next));
    for (const e of document.querySelectorAll('[data-label-en]')) e.setAttribute('aria-label', e.getAttribute('data-label-' + next));
    for (const e of document.querySelectorAll('[data-hint-en]')) e.placeholder = e.getAttribute('data-hint-' + next);
    for (const e of document.querySelectorAll('option[data-en]')) e.textContent = e.getAttribute('data-' + next);
    filterClauses();
    filterRows();
  }
  for (const b of document.querySelectorAll('[data-set-lang]')) b.addEventListener('click', () => setLang(b.dataset.setLang));

  // ---- findings
  const body = $('rows').tBodies[0];
  const controls = ['q', 'f-status', 'f-severity', 'f-account', 'f-region', 'f-check'].map($);
  const [q, fStatus, fSeverity, fAccount, fRegion, fCheck] = controls;
  const index = data.rows.map((r) => {
    const c = data.checks[r[CHECK]];
    return [r[ID], r[NAME], r[EN], r[ZH], c.id, c.title.en, c.title.zh, c.clauses.join(' '), data.regions[r[REGION]], data.types[r[TYPE]], data.accounts[r[ACCOUNT]]].join('\n').toLowerCase();
  });
  let found = [];
  let shown = 0;
  for (const name of [...data.regions].filter(Boolean).sort()) fRegion.append(el('option', { value: name }, name));

  function matches() {
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const status = fStatus.value;
    const list = [];
    for (let i = 0; i < data.rows.length; i++) {
      const r = data.rows[i];
      const st = STATUS[r[ST]];
      if (status === 'open' ? r[ST] > 1 : status && st !== status) continue;
      const c = data.checks[r[CHECK]];
      if (fSeverity.value && c.severity !== fSeverity.value) continue;
      if (fCheck.value && c.id !== fCheck.value) continue;
      if (fAccount.value && data.accounts[r[ACCOUNT]] !== fAccount.value) continue;
      if (fRegion.value && data.regions[r[REGION]] !== fRegion.value) continue;
      if (!words.every((w) => index[i].includes(w) || r[FINDING] === w)) continue;
      list.push(i);
    }
    return list;
  }

  function filterRows() {
    found = matches();
    shown = 0;
    body.replaceChildren();
    showMore(CHUNK);
    $('count').textContent = say(`${found.length} of ${data.total} findings`, `${found.length} / ${data.total} 条结果`);
  }

  function showMore(n) {
    const part = document.createDocumentFragment();
    const end = Math.min(found.length, shown + n);
    for (; shown < end; shown++) part.append(row(found[shown]));
    if (!found.length) part.append(el('tr', { class: 'empty' }, el('td', { colspan: '5' }, say('Nothing matches.', '没有符合条件的结果。'))));
    body.append(part);
    $('more').hidden = shown >= found.length;
  }

  function row(i) {
    const r = data.rows[i];
    const c = data.checks[r[CHECK]];
    const st = STATUS[r[ST]];
    const problem = say(r[EN], r[ZH]);
    const open = el('button', { type: 'button', class: 'open', 'aria-expanded': 'false' }, problem || word(c.title));
    const tr = el('tr', { class: 'f' },
      el('td', { class: 'c-sev' }, el('span', { class: 'chip s-' + c.severity }, word(data.severities[c.severity]))),
      el('td', { class: 'c-st' }, el('span', { class: 'st st-' + st }, word(data.statuses[st]))),
      el('td', null, open, problem ? el('div', { class: 'of' }, say('check: ', '检查项：') + word(c.title)) : null),
      el('td', { class: 'c-res' }, el('div', null, r[NAME] || r[ID]), r[NAME] && r[NAME] !== r[ID] ? el('div', { class: 'mono small' }, r[ID]) : null),
      el('td', { class: 'c-reg mono' }, data.regions[r[REGION]] || '–', data.accounts.length > 1 ? el('div', { class: 'small' }, data.accounts[r[ACCOUNT]]) : null));
    open.addEventListener('click', () => {
      const now = open.getAttribute('aria-expanded') !== 'true';
      open.setAttribute('aria-expanded', String(now));
      if (now) tr.after(el('tr', { class: 'detail' }, el('td', { colspan: '5' }, detail(r, c))));
      else tr.nextElementSibling.remove();
    });
    return tr;
  }

  function detail(r, c) {
    const list = el('dl', { class: 'details' });
    const add = (en, zh, ...v) => list.append(el('div', null, el('dt', null, say(en, zh)), el('dd', null, ...v)));
    if (word(c.why)) add('Why', '风险', word(c.why));
    if (r[ST] === 0) add('Remedy', '整改', word(c.fix));
    if (c.cli && r[ST] === 0) add('aliyun', 'aliyun', el('pre', null, el('code', null, c.cli)));
    if (c.terraform && r[ST] === 0) add('Terraform', 'Terraform', el('pre', null, el('code', null, c.terraform)));
    const lines = r[EVIDENCE].map(([call, field, value, request, time]) => el('li', null,
      el('code', null, call + (field ? ` · ${field} = ${value}` : '')),
      request ? el('div', { class: 'mono small' }, `${request}${time ? ' · ' + time : ''}`) : null));
    if (lines.length) add('Evidence', '证据', el('ul', { class: 'evidence' }, ...lines));
    if (c.clauses.length) add('Clauses', '条款', ...c.clauses.flatMap((id, i) => [i ? ', ' : '', el('a', { class: 'mono', href: '#c-' + id }, id)]));
    if (data.accounts.length > 1) add('Account', '云账号', el('span', { class: 'mono' }, data.accounts[r[ACCOUNT]]));
    if (r[ARN]) add('Resource', '资源', el('span', { class: 'mono' }, r[ARN]));
    if (r[TAGS].length) add('Tags', '标签', r[TAGS].join(', '));
    add('Finding', '结果编号', el('span', { class: 'mono' }, r[FINDING]));
    return list;
  }

  let timer = 0;
  q.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filterRows, 80); });
  for (const c of controls.slice(1)) c.addEventListener('change', filterRows);
  function reset() { for (const c of controls) c.value = c === fStatus ? 'open' : ''; }
  $('reset').addEventListener('click', () => { reset(); filterRows(); q.focus(); });
  $('filters').addEventListener('submit', (e) => e.preventDefault());
  $('more').addEventListener('click', () => showMore(CHUNK));
  if ('IntersectionObserver' in window) {
    new IntersectionObserver((seen) => { if (seen[0].isIntersecting && shown < found.length) showMore(CHUNK); }, { rootMargin: '600px' }).observe($('more').parentElement);
  }

  // ---- clauses
  const items = [...document.querySelectorAll('details.item')];
  function filterClauses() {
    const words = $('clause-search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = $('clause-verdict').value;
    let n = 0;
    for (const e of items) {
      const text = (e.id + ' ' + e.closest('.point').firstElementChild.textContent + ' ' + e.textContent).toLowerCase();
      e.hidden = !((!verdict || e.dataset.v === verdict) && words.every((w) => text.includes(w)));
      if (!e.hidden) n++;
    }
    for (const group of document.querySelectorAll('.point, .layer')) group.hidden = !group.querySelector('details.item:not([hidden])');
    $('clause-count').textContent = say(`${n} of ${items.length} clauses`, `${n} / ${items.length} 项`);
  }
  let clauseTimer = 0;
  $('clause-search').addEventListener('input', () => { clearTimeout(clauseTimer); clauseTimer = setTimeout(filterClauses, 80); });
  $('clause-verdict').addEventListener('change', filterClauses);
  $('clause-filters').addEventListener('submit', (e) => e.preventDefault());

  // ---- links that set a filter, and links to what a filter hides
  document.addEventListener('click', (e) => {
    const a = e.target.closest('a[data-verdict], a[data-status], a[data-check]');
    if (!a) return;
    if (a.dataset.verdict) {
      $('clause-search').value = '';
      $('clause-verdict').value = a.dataset.verdict;
      filterClauses();
      return;
    }
    reset();
    fStatus.value = a.dataset.status || '';
    fSeverity.value = a.dataset.severity || '';
    fCheck.value = a.dataset.check || '';
    filterRows();
  });
  function reveal() {
    const e = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!e) return;
    if (e.closest('[hidden]')) {
      $('clause-search').value = $('clause-verdict').value = '';
      filterClauses();
    }
    if (e.tagName === 'DETAILS') { e.open = true; e.scrollIntoView(); }
  }
  window.addEventListener('hashchange', reveal);

  // ---- printing shows all that the filters let through, and every detail
  let closed = [];
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details[data-print]:not([open])')];
    for (const d of closed) d.open = true;
    showMore(found.length);
  });
  window.addEventListener('afterprint', () => { for (const d of closed) d.open = false; });
  $('print').addEventListener('click', () => window.print());

  setLang(lang);
  reveal();
})();
