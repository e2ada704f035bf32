// Requests: search, heat map, comparison of a selection with the rest; one request from the socket to its tokens; two traces compared.

import { Page, html, nothing, panel, stat, outcome, empty, exports, copy, styled } from '../ui.js';
import { get, url, isTenant, currentSession } from '../net.js';
import { fixRange, link, range, rangeQuery, route, setParams } from '../state.js';
import { clockMillis, cut, dateTimeMillis, digits, money, ms, percent, when, whole } from '../format.js';
import { phase } from '../canvas.js';
import { rowsOf } from '../waterfall.js';
import '../search.js';
import '../heat.js';
import '../strip.js';

const METRICS = [['duration', 'Duration'], ['ttft', 'First token'], ['tpot', 'Per token'], ['queue', 'Queue']];
const LIMIT = 100;
const WINDOWED = 5000;

/* The list. */

class Requests extends Page {
  #detail = null;

  async load(signal) {
    if (route.parts[0]) return;
    this.#detail = null;
    const { params } = route;
    const q = params.get('q') ?? '';
    const time = rangeQuery('1h');
    this.metric = params.get('metric') ?? 'duration';
    this.box = parseBox(params.get('box'));
    const list = this.#list(q, time);
    this.address = list;
    this.wrong = null;
    try {
      const [map, rows, compared] = await Promise.all([
        get('/api/search/heatmap', { q, ...time, columns: Math.max(20, Math.min(80, Math.floor(innerWidth / 18))), metric: this.metric }, signal),
        get('/api/search/requests', { ...list, limit: LIMIT, offset: params.get('offset') }, signal),
        this.box ? get('/api/search/compare', { q, ...time, ...this.#selection() }, signal) : null,
      ]);
      Object.assign(this, { map, rows, compared });
    } catch (e) {
      if (e.code !== 'invalid_query') throw e;
      this.wrong = e;
    }
  }

  #selection() {
    const { least, most, from, to } = this.box;
    return { select: `${this.metric}>=${least}ms ${this.metric}<${most}ms`, select_from: new Date(from).toISOString(), select_to: new Date(to).toISOString() };
  }

  /** The list is of the selected box where there is one. */
  #list(q, time) {
    const order = route.params.get('order') ?? 'newest';
    if (!this.box) return { q, ...time, order };
    const { select, select_from, select_to } = this.#selection();
    return { q: (q + ' ' + select).trim(), from: select_from, to: select_to, order };
  }

  render() {
    if (!route.parts[0]) return super.render();
    // A request is a page of its own, made anew for another id.
    const id = route.parts[0];
    if (this.#detail?.id !== id) {
      this.#detail = document.createElement('v-request');
      this.#detail.id = id;
    }
    return html`${this.#detail}`;
  }

  body() {
    const q = route.params.get('q') ?? '';
    const order = route.params.get('order') ?? 'newest';
    return html`
      <v-search .value=${q} of="requests" label="Search requests" .error=${this.wrong} @query=${event => setParams({ q: event.detail, offset: null, box: null })}></v-search>
      ${panel('Latency', this.map?.total === 0 ? empty('No request in this time', html`Choose a longer time, loosen the search, or <a href=${link('try')}>send one</a>.`)
        : html`<v-heat .map=${this.map} .box=${this.box} @box=${event => this.#chose(event.detail)}></v-heat>`, {
        note: this.map ? html`${whole(this.map.total)} requests${this.map.complete === false ? ' of the newest that could be read: choose a shorter time' : ''} · drag to select` : '',
        actions: html`<span class="seg" role="group" aria-label="Measure">${METRICS.map(([id, label]) => html`<button aria-pressed=${this.metric === id ? 'true' : 'false'} @click=${() => setParams({ metric: id, box: null })}>${label}</button>`)}</span>
          ${this.box ? html`<button @click=${() => fixRange(this.box.from, this.box.to)}>Zoom to it</button><button @click=${() => setParams({ box: null })}>Clear selection</button>` : nothing}`,
      })}
      <div class=${this.box ? 'cols' : 'stack'}>
        ${panel(this.box ? 'Requests in the selection' : 'Requests', this.#table(), {
          flush: true, note: this.rows ? `${whole(this.rows.data.length)}${this.rows.more ? ' and more' : ''}` : '',
          actions: html`<label class="sr" for="order">Order</label><select id="order" @change=${event => setParams({ order: event.target.value, offset: null })}>${[['newest', 'Newest first'], ['slowest', 'Slowest first'], ['ttft', 'Slowest first token']].map(([id, label]) => html`<option value=${id} ?selected=${order === id}>${label}</option>`)}</select>
            ${exports([['as JSON', url('/api/search/requests', { ...this.address, limit: 1000, format: 'json' })], ['as CSV', url('/api/search/requests', { ...this.address, limit: 1000, format: 'csv' }), 'requests.csv'], ['heat map as JSON', url('/api/search/heatmap', { q, ...rangeQuery('1h'), metric: this.metric })], ['heat map as CSV', url('/api/search/heatmap', { q, ...rangeQuery('1h'), metric: this.metric, format: 'csv' }), 'heatmap.csv']])}`,
        })}
        ${this.box ? this.#compared() : nothing}
      </div>`;
  }

  #chose(box) {
    setParams({ box: box ? [box.from, box.to, digits(box.least).replaceAll(',', ''), digits(box.most).replaceAll(',', '')].join('_') : null, offset: null, ...(range('1h').live && box ? { t: Math.floor(range('1h').from) + '-' + Math.ceil(range('1h').to) } : {}) });
  }

  #table() {
    if (!this.rows) return html`<div class="empty"></div>`;
    if (!this.rows.data.length) return empty('No request matches', 'Clear a term of the search, or choose a longer time.');
    // One request that took an hour does not make the bars of all others invisible.
    const sorted = this.rows.data.map(row => row.duration_ms ?? 0).sort((a, b) => a - b);
    const most = Math.max(1, sorted[Math.floor((sorted.length - 1) * 0.95)]);
    const picked = route.params.get('pick');
    const offset = this.rows.offset ?? 0;
    return html`<table><thead><tr><th>Ended</th><th>Request</th><th>Tenant</th><th>Outcome</th><th class="num">Duration</th><th><span class="sr">Queue and total</span></th><th class="num">Queue</th><th class="num">TTFT</th><th class="num">TPOT</th><th class="num">In</th><th class="num">Cached</th><th class="num">Out</th><th>Finish</th><th class="num">Price${this.rows.data.find(row => row.currency)?.currency ? ', ' + this.rows.data.find(row => row.currency).currency : ''}</th><th><span class="sr">Compare</span></th></tr></thead>
      <tbody>${this.rows.data.map(row => html`<tr class="link" @click=${event => this.#open(event, row)}>
        <td>${when(row.at)}</td><td class="mono"><a href=${link(['requests', row.request_id], isTenant() ? {} : { tenant: row.tenant_id })}>${cut(row.request_id, 22)}</a></td><td class="cut">${row.tenant_id ?? '–'}</td>
        <td>${outcome(row.outcome)} ${row.error_type ? html`<span class="muted small">${row.error_type}</span>` : nothing}</td><td class="num strong">${ms(row.duration_ms)}</td>
        <td><span class="barcell"><i ${styled({ width: Math.min(100, (100 * (row.duration_ms ?? 0)) / most) + '%' })}></i><i class="second" ${styled({ width: Math.min(100, (100 * (row.queue_ms ?? 0)) / most) + '%' })}></i></span></td>
        <td class="num">${ms(row.queue_ms)}</td><td class="num">${ms(row.ttft_ms)}</td><td class="num">${ms(row.tpot_ms)}</td><td class="num">${whole(row.input_tokens)}</td><td class="num muted">${whole(row.cached_tokens)}</td><td class="num">${whole(row.output_tokens)}</td>
        <td>${row.finish_reason ?? '–'}</td><td class="num">${money(row.cost)}</td>
        <td>${row.trace_id ? html`<button class="quiet small" title="Compare its trace with another" @click=${event => this.#pick(event, row)}>${picked === row.trace_id ? 'picked' : picked ? 'compare' : '⇄'}<span class="sr"> trace of ${row.request_id}</span></button>` : nothing}</td></tr>`)}</tbody></table>
      ${this.rows.more || offset ? html`<div class="bar body"><button ?disabled=${!offset} @click=${() => setParams({ offset: Math.max(0, offset - LIMIT) || null })}>Newer</button><button ?disabled=${!this.rows.more} @click=${() => this.#older(offset)}>Older</button></div>` : nothing}`;
  }

  #older(offset) {
    const { from, to, live } = range('1h');
    setParams({ offset: offset + LIMIT, ...(live ? { t: Math.floor(from) + '-' + Math.ceil(to) } : {}) });
  }

  #open(event, row) {
    if (event.target.closest('a, button')) return;
    location.hash = link(['requests', row.request_id], isTenant() ? {} : { tenant: row.tenant_id });
  }

  #pick(event, row) {
    event.stopPropagation();
    const picked = route.params.get('pick');
    if (picked && picked !== row.trace_id) location.hash = link('compare', { left: picked, right: row.trace_id });
    else setParams({ pick: picked ? null : row.trace_id }, { replace: true });
  }

  #compared() {
    if (!this.compared) return nothing;
    const { selected, rest, attributes } = this.compared;
    // What it was selected by differs by itself.
    const differing = attributes.filter(attribute => attribute.attribute !== this.metric);
    return panel('What is different about it', html`<p class="muted small">${whole(selected)} selected against ${whole(rest)} others; the most different attribute first. A press adds it to the search.</p>
      <div class="legend-row"><span><i class="key" ${styled({ background: 'var(--c3)' })}></i>selected</span><span><i class="key" ${styled({ background: 'var(--c1)' })}></i>rest</span></div>
      ${differing.length === 0 ? empty('Nothing differs', 'The selection looks like the rest.') : differing.slice(0, 10).map(attribute => html`<h3 class="small">${attribute.attribute} <span class="muted">${percent(attribute.difference)} different</span></h3>
        <table class="compare"><tbody>${attribute.values.slice(0, 5).map(value => html`<tr class="link" @click=${() => this.#narrow(attribute.attribute, value.value)}><td class="cut">${value.value}</td>
          <td class="num">${percent(value.selected_share)}</td><td><span class="barcell"><i ${styled({ width: value.selected_share * 100 + '%', background: 'var(--c3)', height: '6px' })}></i><i ${styled({ width: value.rest_share * 100 + '%', top: '6px' })}></i></span></td><td class="num muted">${percent(value.rest_share)}</td></tr>`)}</tbody></table>`)}`, {});
  }

  #narrow(key, value) {
    const known = { tenant: 'tenant', model: 'model', route: 'route', outcome: 'outcome', finish: 'finish', error: 'error', stream: 'stream', status: 'status' }[key];
    const parts = /^([\d.]+)–([\d.]+)$/.exec(value);
    const term = known ? `${known}:${/\s/.test(value) ? JSON.stringify(value) : value}` : parts ? `${key}>=${parts[1]} ${key}<=${parts[2]}` : `${key}:${value}`;
    setParams({ q: ((route.params.get('q') ?? '') + ' ' + term).trim(), box: null });
  }
}

function parseBox(text) {
  const numbers = (text ?? '').split('_').map(Number);
  return numbers.length === 4 && numbers.every(Number.isFinite) ? { from: numbers[0], to: numbers[1], least: numbers[2], most: numbers[3] } : null;
}

customElements.define('p-requests', Requests);

/* One request. */

class RequestView extends Page {
  static properties = { id: {}, chosen: { state: true } };

  /** Grows while the request runs: "Try it" shows it beside the chat. */
  compact = false;
  tries = 0;
  chosen = '';

  async load(signal) {
    if (!this.id) return;
    const tenant = route.page === 'requests' ? route.params.get('tenant') : null;
    const query = { tenant: isTenant() ? null : tenant };
    const base = '/api/requests/' + encodeURIComponent(this.id);
    const optional = promise => promise.catch(e => {
      if (e.name === 'AbortError') throw e;
      return null;
    });
    const [story, why, neighbours, tokens] = await Promise.all([
      get(base, query, signal), optional(get(base + '/why', query, signal)), this.compact ? null : optional(get(base + '/neighbours', query, signal)), optional(get(base + '/tokens', query, signal)),
    ]);
    Object.assign(this, { story, why, neighbours, tokens });
    await this.#trace(story, signal);
    // Spans are stored a moment after the log line.
    this.every = this.compact && !this.trace && ++this.tries < 20 ? 500 : 0;
  }

  async #trace(story, signal) {
    this.trace = story.trace ?? null;
    this.spans = this.trace ? rowsOf(this.trace) : [];
    this.total = Math.max(this.trace?.duration_ms ?? 1, ...this.spans.map(span => span.from + span.duration));
    this.windowed = (this.trace?.span_count ?? 0) > WINDOWED;
    if (!signal.aborted && !this.spans.some(span => span.id === this.chosen)) this.chosen = this.spans[0]?.id ?? '';
  }

  #completed() {
    return this.story?.log.findLast(line => line.event === 'request_completed');
  }

  body() {
    const story = this.story;
    if (!story) return nothing;
    const last = this.#completed();
    const fields = last?.fields ?? {};
    const inference = this.spans.find(span => span.name === 'inference_process')?.node.attributes ?? {};
    const root = this.spans[0]?.node.attributes ?? {};
    if (this.compact) return html`${this.#why()}${this.#waterfall()}`;
    return html`
      <div class="bar"><a href=${link('requests', { q: route.params.get('q') })}>← Requests</a><strong class="mono">${story.request_id}</strong><button class="quiet small" @click=${() => copy(story.request_id)}>Copy</button>
        ${outcome(fields.outcome ?? root['vitrine.outcome'])}${story.tenant_id ? html`<span class="tag">${story.tenant_id}</span>` : nothing}<span class="muted">${dateTimeMillis(this.trace?.start ?? last?.at)}</span><span class="grow"></span>
        <button @click=${() => copy(curl(inference, root, fields), 'The command')}>Copy as curl</button>
        ${exports([['as JSON', url('/api/requests/' + encodeURIComponent(this.id), { tenant: story.tenant_id })], ...(this.trace ? traceExports(this.trace.trace_id) : []), ['tokens as CSV', url('/api/requests/' + encodeURIComponent(this.id) + '/tokens', { tenant: isTenant() ? null : story.tenant_id, format: 'csv' }), 'tokens.csv'], ['neighbours as CSV', url('/api/requests/' + encodeURIComponent(this.id) + '/neighbours', { tenant: isTenant() ? null : story.tenant_id, format: 'csv' }), 'neighbours.csv']])}</div>
      ${story.other_uses?.length ? html`<div class="notice">Other requests used this id: ${story.other_uses.map(use => html` <a href=${link(['requests', this.id], { tenant: use.tenant_id })}>${use.tenant_id} ${when(use.ended_at ?? use.end)}</a>`)}</div>` : nothing}
      <div class="stats">
        ${stat('Duration', ms(fields.duration_ms ?? this.trace?.duration_ms), '', fields.route ?? root['http.route'] ?? '')}
        ${stat('Queue', ms(fields.queue_time_ms), '', fields.batch_size ? 'then a batch of ' + fields.batch_size : '')}
        ${stat('First token', ms(fields.ttft_ms), '', '')}
        ${stat('Per token', ms(fields.output_tokens > 1 && fields.ttft_ms ? (fields.duration_ms - fields.ttft_ms) / (fields.output_tokens - 1) : null), '', 'mean gap')}
        ${stat('Tokens in', whole(fields.input_tokens), '', fields.cached_tokens ? whole(fields.cached_tokens) + ' from the prefix cache' : 'none from the prefix cache')}
        ${stat('Tokens out', whole(fields.output_tokens), '', fields.finish_reason ?? '')}
        ${stat('Price', money(fields.cost), fields.currency, fields.cost === undefined ? 'no price book' : '')}
        ${stat('Machine cost', money(fields.infrastructure_cost), fields.currency, inference['vitrine.engine_ns'] ? ms(inference['vitrine.engine_ns'] / 1e6) + ' of the engine' : '')}
      </div>
      ${this.#why()}
      ${this.#waterfall()}
      ${this.tokens?.tokens?.length ? panel('Tokens', html`<v-strip .tokens=${this.tokens.tokens.map(token => ({ ...token, cause: token.prefill_tokens ? 'neighbour_prefill' : undefined }))}></v-strip>`, { note: `${whole(this.tokens.tokens.length)} gaps, from the ${this.tokens.source === 'trace' ? 'trace' : 'engine’s steps'}; the dashed line is the median, red is over three times that; violet: prompts were computed in the same step` }) : nothing}
      ${this.#neighbours()}
      ${panel('Log', html`<div class="logs">${story.log.map(line => html`<div class="logline"><span class="muted">${clockMillis(line.at)}</span><span class="lvl-${line.level}">${line.level}</span><span class="ev">${line.event}</span><span class="msg">${line.message}</span></div>`)}</div>`, { flush: true, note: whole(story.log.length) + ' lines', actions: html`<a class="small" href=${link('logs', { q: 'id:' + this.id })}>In the log</a>` })}`;
  }

  #why() {
    const why = this.why;
    if (!why) return nothing;
    const phases = why.phases ?? why.critical_path.map(part => ({ phase: part.stage, duration_ms: part.duration_ms, share: part.share, usual_ms: part.usual_ms, evidence: [] }));
    const shown = phases.filter(part => part.share > 0.0005);
    return panel('Why it took ' + ms(why.duration_ms), html`
      ${why.cause ? html`<p class="strong">${why.cause.sentence}</p>` : nothing}
      <div class="stackbar" role="img" aria-label=${shown.map(part => part.phase + ' ' + percent(part.share)).join(', ')}>${shown.map(part => html`<span title=${part.phase + ' ' + ms(part.duration_ms)} ${styled({ width: part.share * 100 + '%', background: `var(${phase(part.phase)})` })}>${part.share > 0.07 ? part.phase.replaceAll('_', ' ') : ''}</span>`)}</div>
      <div class="legend-row">${shown.map(part => html`<span><i class="key" ${styled({ background: `var(${phase(part.phase)})` })}></i>${part.phase.replaceAll('_', ' ')} <b>${ms(part.duration_ms)}</b> ${percent(part.share)}${part.usual_ms !== undefined && part.usual_ms !== null ? html`, usually ${ms(part.usual_ms)}` : nothing}</span>`)}</div>
      ${this.compact ? nothing : html`<ul class="small muted">${(why.summary ?? []).map(line => html`<li>${line}</li>`)}${shown.flatMap(part => part.evidence ?? []).filter(line => !(why.summary ?? []).includes(line)).map(line => html`<li>${line}</li>`)}</ul>
        ${why.waited_behind?.requests?.length ? html`<div class="bar small">Waited behind: ${why.waited_behind.requests.slice(0, 8).map(other => html`<a class="tag" href=${link(['requests', other.request_id], { tenant: other.tenant_id })}>${cut(other.request_id ?? 'another tenant’s', 14)} · ${ms(other.overlap_ms)}</a>`)}</div>` : nothing}`}`, {
      note: why.trace_kept === false ? 'its trace was not kept: from its log line, coarse' : '',
    });
  }

  #waterfall() {
    if (!this.trace) return panel('Trace', empty(this.compact ? 'Waiting for the first spans' : 'Its trace was not kept', this.compact ? '' : html`Traces are kept by rule: raise <code>telemetry.traces.ratio</code>, or send <code>x-vitrine-trace: detailed</code> with the request.`));
    if (this.windowed) return html`<p-trace .trace=${this.trace.trace_id}></p-trace>`;
    const span = this.spans.find(row => row.id === this.chosen);
    return panel('Trace', html`<v-trace .spans=${this.spans} .total=${this.total} .selected=${this.chosen} @span=${event => { this.chosen = event.detail; }}></v-trace>${span ? details(span) : nothing}`, {
      note: html`<span class="mono">${this.trace.trace_id.slice(0, 16)}</span>`, actions: this.compact ? html`<a class="small" href=${link(['requests', this.id])}>Open</a>` : html`<a class="small" href=${link(['trace', this.trace.trace_id])}>Trace alone</a>`,
    });
  }

  #neighbours() {
    const near = this.neighbours;
    if (!near?.requests?.length) return near ? panel('Batch neighbours', empty('It had the batch to itself')) : nothing;
    const total = Math.max(1, this.trace?.duration_ms ?? 0, ...near.requests.map(other => Math.min(other.to_ms, this.trace?.duration_ms ?? other.to_ms)));
    const lanes = [{ name: 'this one', runs: [{ from: this.why?.phases?.find(part => part.phase === 'queue')?.duration_ms ?? 0, to: total, id: this.id, label: this.id, phase: 'decode' }] },
      ...near.requests.slice(0, 24).map(other => ({ name: other.tenant_id ?? '', runs: [{ from: Math.max(0, other.from_ms), to: Math.min(total, other.to_ms), id: other.request_id ?? 'other', label: other.request_id ?? 'another tenant’s', tenant: other.tenant_id, lines: [ms(other.overlap_ms) + ' together', ...(other.input_tokens ? [whole(other.input_tokens) + ' prompt tokens, ' + whole(other.output_tokens) + ' answer tokens'] : [])] }] }))];
    return panel('Batch neighbours', html`<v-lanes .lanes=${lanes} .total=${total} start="0" .mine=${this.id} @run=${event => { if (event.detail.id !== 'other') location.hash = link(['requests', event.detail.id], { tenant: event.detail.tenant }); }}></v-lanes>`, { note: `${whole(near.requests.length)} requests shared steps with it` });
  }
}

customElements.define('v-request', RequestView);

function details(span) {
  const { node } = span;
  const attributes = Object.entries(node.attributes ?? {});
  return html`<div class="details" aria-live="polite"><div class="bar"><i class="key" ${styled({ background: `var(${phase(span.name)})` })}></i><strong>${span.name}</strong><span>${ms(span.duration)}</span><span class="muted">${clockMillis(node.start)} · at ${ms(span.from)} · ${node.status}</span>
      ${(node.links ?? []).slice(0, 6).map(other => html`<a class="tag" href=${link(['trace', other.trace_id])}>linked trace ${other.trace_id.slice(0, 8)}</a>`)}</div>
    <div class="grid"><dl class="kv w8">${attributes.length ? attributes.map(([name, value]) => html`<dt class="mono">${name}</dt><dd>${typeof value === 'object' ? JSON.stringify(value) : /_ns$/.test(name) ? ms(value / 1e6) : String(value)}</dd>`) : html`<dt class="muted">no attributes</dt><dd></dd>`}</dl>
      <div class="w4">${span.events.map(event => html`<div class="small">◆ ${event.name} <span class="muted">at ${ms(event.at)}</span></div>`)}</div></div></div>`;
}

/** What can be told of the request without its content, which is not stored. */
function curl(inference, root, fields) {
  const path = fields.route ?? root['http.route'] ?? '/v1/chat/completions';
  const body = { model: inference['gen_ai.request.model'] ?? fields.model_name ?? currentSession()?.model };
  if (path.includes('chat')) body.messages = [{ role: 'user', content: '…' }];
  else body.prompt = '…';
  const names = { max_tokens: 'max_tokens', temperature: 'temperature', top_p: 'top_p', presence_penalty: 'presence_penalty', frequency_penalty: 'frequency_penalty', seed: 'seed' };
  for (const [name, field] of Object.entries(names)) {
    const value = inference['gen_ai.request.' + name];
    if (value !== undefined && value !== null) body[field] = value;
  }
  if (inference['gen_ai.request.choice.count']) body.n = inference['gen_ai.request.choice.count'];
  if (inference['gen_ai.request.stream'] ?? fields.streamed) body.stream = true;
  const quoted = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl http://127.0.0.1:${currentSession()?.api_port ?? 8080}${path} -H 'content-type: application/json' -H 'authorization: Bearer vt_…' -d '${quoted}'`;
}

function traceExports(id) {
  const file = 'trace-' + id.slice(0, 8);
  return [['trace as JSON', '/api/traces/' + id], ['trace as OTLP JSON', url('/api/traces/' + id + '/export', { format: 'otlp' }), file + '.otlp.json'], ['trace for Perfetto (Chrome)', url('/api/traces/' + id + '/export', { format: 'chrome' }), file + '.chrome.json']];
}

/* A trace by its id: a step of the engine, or one too big for the tree. */

class TraceView extends Page {
  static properties = { chosen: { state: true }, trace: {} };

  async load(signal) {
    const id = this.trace ?? route.parts[0];
    if (this.shown !== id) Object.assign(this, { shown: id, spans: null, chosen: '', attributes: null, frame: null });
    const query = { width: Math.max(400, Math.round(innerWidth * 0.7)), rows: 2000, from_ns: this.frame ? Math.round(this.frame.from * 1e6) : null, to_ns: this.frame ? Math.round(this.frame.to * 1e6) : null };
    const answer = await get(`/api/traces/${id}/window`, query, signal);
    this.answer = answer;
    this.total = answer.duration_ns / 1e6;
    const rows = answer.spans.map(span => ({ id: span.id, parent: span.parent ?? null, name: answer.names[span.name], depth: span.depth, from: span.from_ns / 1e6, duration: span.duration_ns / 1e6, error: span.status === 'error', events: [], children: span.children, note: '' }));
    const merged = (answer.merged ?? []).map((span, index) => ({ id: 'merged-' + index, parent: null, name: answer.names[span.name], depth: span.depth, from: span.from_ns / 1e6, duration: span.duration_ns / 1e6, error: span.errors > 0, events: [], children: 0, note: '× ' + span.count.toLocaleString('en') }));
    this.spans = inOrder(rows, merged);
    if (!this.chosen && rows[0]) this.#choose(rows[0].id);
  }

  async #choose(id) {
    this.chosen = id;
    this.attributes = null;
    if (!id.startsWith('merged-')) {
      try {
        const node = await get(`/api/traces/${this.shown}/spans/${id}`);
        if (this.chosen === id) this.attributes = node;
      } catch {
        this.attributes = null;
      }
    }
    this.requestUpdate();
  }

  body() {
    const answer = this.answer;
    if (!answer) return nothing;
    const span = this.spans.find(row => row.id === this.chosen);
    const request = this.attributes?.attributes?.['vitrine.request_id'];
    return html`<div class="bar" ?hidden=${Boolean(this.trace)}><a href=${link('requests')}>← Requests</a><strong class="mono">${answer.trace_id}</strong><span class="muted">${dateTimeMillis(answer.start)}</span>${request ? html`<a href=${link(['requests', request])}>its request</a>` : nothing}<span class="grow"></span>
        ${exports(traceExports(answer.trace_id))}</div>
      ${panel('Trace', html`<v-trace .spans=${this.spans} .total=${this.total} .selected=${this.chosen} @span=${event => this.#choose(event.detail)} @window=${event => this.#window(event.detail)}></v-trace>
        ${span && this.attributes ? details({ ...span, node: { ...this.attributes, start: this.attributes.start ?? answer.start } }) : nothing}`, { note: `${whole(answer.span_count)} spans, ${whole(this.spans.length)} rows${answer.merged?.length ? '; spans narrower than a pixel are one row: zoom in to see them' : ''}` })}`;
  }

  #window(frame) {
    if (!this.answer?.merged?.length && !this.frame) return;
    this.frame = frame.to - frame.from > this.total * 0.999 ? null : frame;
    this.reload(true);
  }
}

/** Rows of one window: what is merged stands below the span it lies in. */
function inOrder(rows, merged) {
  const below = new Map();
  const ids = new Set(rows.map(row => row.id));
  for (const row of rows) {
    const parent = ids.has(row.parent) ? row.parent : null;
    (below.get(parent) ?? below.set(parent, []).get(parent)).push(row);
  }
  for (const row of merged) {
    const home = rows.findLast(other => other.depth === row.depth - 1 && other.from <= row.from + 1e-6 && other.from + other.duration >= row.from - 1e-6);
    row.parent = home?.id ?? null;
    (below.get(row.parent) ?? below.set(row.parent, []).get(row.parent)).push(row);
  }
  const all = [];
  const walk = parent => {
    for (const row of (below.get(parent) ?? []).sort((a, b) => a.from - b.from)) {
      all.push(row);
      walk(row.id);
    }
  };
  walk(null);
  return all;
}

customElements.define('p-trace', TraceView);

/* Two traces. */

class Compare extends Page {
  async load(signal) {
    const { params } = route;
    this.answer = await get('/api/traces/compare', { left: params.get('left'), right: params.get('right') }, signal);
  }

  body() {
    if (!this.answer) return nothing;
    const { left, right, stages } = this.answer;
    const most = Math.max(1e-9, ...stages.map(stage => Math.abs(stage.difference_ms)));
    return html`<div class="bar"><a href=${link('requests')}>← Requests</a><span class="grow"></span><button @click=${() => setParams({ left: right.trace_id, right: left.trace_id })}>Swap</button>${exports(['json', 'csv'].map(format => ['as ' + format.toUpperCase(), url('/api/traces/compare', { left: left.trace_id, right: right.trace_id, format: format === 'csv' ? format : null }), format === 'csv' ? 'compare.csv' : undefined]))}</div>
      <div class="stats">${stat('Left', ms(left.duration_ms), '', html`<a class="mono" href=${link(['trace', left.trace_id])}>${left.trace_id.slice(0, 16)}</a>`)}${stat('Right', ms(right.duration_ms), '', html`<a class="mono" href=${link(['trace', right.trace_id])}>${right.trace_id.slice(0, 16)}</a>`)}${stat('Difference', (right.duration_ms >= left.duration_ms ? '+' : '−') + ms(Math.abs(right.duration_ms - left.duration_ms)), '', digits(right.duration_ms / left.duration_ms) + ' times as long')}</div>
      ${panel('Stages', html`<table><thead><tr><th>Stage</th><th class="num">Left</th><th class="num">Right</th><th class="num">Difference</th><th><span class="sr">Difference</span></th><th class="num">Spans</th></tr></thead><tbody>${stages.map(stage => html`<tr><td><span ${styled({ paddingLeft: (stage.depth ?? 0) * 14 + 'px' })}><i class="key" ${styled({ background: `var(${phase(stage.name)})` })}></i> ${stage.name}</span></td>
        <td class="num">${ms(stage.left_ms)}</td><td class="num">${ms(stage.right_ms)}</td><td class="num ${stage.difference_ms > 0 ? 'bad-text' : 'good-text'}">${stage.difference_ms > 0 ? '+' : '−'}${ms(Math.abs(stage.difference_ms))}</td>
        <td><span class="barcell"><i ${styled({ width: (Math.abs(stage.difference_ms) / most) * 100 + '%', background: stage.difference_ms > 0 ? 'var(--bad)' : 'var(--good)' })}></i></span></td><td class="num muted">${stage.left_count} / ${stage.right_count}</td></tr>`)}</tbody></table>`, { flush: true })}`;
  }
}

customElements.define('p-compare', Compare);
