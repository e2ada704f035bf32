// Now: what the server does this second. A graph a question, ten minutes of it, moving.

import { Page, html, nothing, panel, stat, outcome, icon, exportRows, styled } from '../ui.js';
import { get, stream } from '../net.js';
import { link } from '../state.js';
import { bytes, clock, count, cut, digits, ms, percent, whole } from '../format.js';
import { Ring } from '../ring.js';
import '../chart.js';

const FIELDS = ['running', 'slots', 'waiting', 'queue_limit', 'in_flight', 'kv_used_pages', 'kv_cached_pages', 'kv_pages', 'requests_per_second', 'refused_per_second', 'failed_per_second', 'input_tokens_per_second', 'output_tokens_per_second',
  'ttft_p50', 'ttft_p95', 'tpot_p50', 'tpot_p95', 'cache_hit_ratio', 'batch_mean', 'batch_efficiency', 'steps_per_second', 'step_ms_mean', 'cpu_ratio', 'process_memory_bytes', 'heap_used_bytes', 'heap_max_bytes'];
const SECONDS = 600;
const ROWS = 14;

class Now extends Page {
  ring = new Ring(['at', ...FIELDS], SECONDS);
  requests = [];
  slots = [];
  paused = false;
  /** The axis is ten minutes long from the start on: lines grow into it and do not stretch. */
  window = () => [this.ring.last('at') - SECONDS, this.ring.last('at')];
  last = null;

  connectedCallback() {
    super.connectedCallback();
    this.keep(
      stream.watch('overview', overview => this.#add(overview)),
      stream.watch('requests', request => {
        if (this.paused) return;
        this.requests = [request, ...this.requests].slice(0, ROWS);
      }),
      stream.watch('steps', ({ steps, slots }) => {
        if (slots) this.slots = slots;
        const latest = steps?.[steps.length - 1];
        if (latest) this.step = latest;
        if (!this.paused && !document.hidden) this.requestUpdate();
      }),
    );
  }

  async load(signal) {
    const [{ now, history }, recent] = await Promise.all([
      get('/api/overview', {}, signal),
      get('/api/search/requests', { limit: ROWS, order: 'newest' }, signal).catch(() => null),
    ]);
    this.ring = new Ring(['at', ...FIELDS], SECONDS);
    history.forEach(overview => this.#push(overview));
    if (now) this.#add(now);
    if (recent) this.requests = recent.data;
  }

  #push(overview) {
    const at = Date.parse(overview.at) / 1e3;
    if (at <= this.ring.last('at')) return;
    const flat = { ...overview, ttft_p50: overview.ttft_ms?.p50, ttft_p95: overview.ttft_ms?.p95, tpot_p50: overview.tpot_ms?.p50, tpot_p95: overview.tpot_ms?.p95 };
    this.ring.push([at, ...FIELDS.map(field => flat[field])]);
  }

  #add(overview) {
    this.#push(overview);
    this.last = overview;
    if (!this.paused && !document.hidden) this.requestUpdate();
  }

  #chart(title, series, { format = digits, note, width = 'w4', height = 132 } = {}) {
    const data = [this.ring.values('at'), ...series.map(([, field]) => this.ring.values(field))];
    return panel(title, html`<v-chart .data=${data} .format=${format} height=${height} .zoomable=${false} .window=${this.window} label=${title} .series=${series.map(([label, , color, more]) => ({ label, color, ...more }))}></v-chart>`, { width, note, flush: true });
  }

  body() {
    const now = this.last;
    if (!now) return this.loading ? nothing : html`<div class="empty"><strong>No reading yet</strong>The first comes within a second.</div>`;
    const share = (part, whole) => (whole ? part / whole : null);
    return html`
      <div class="stats" aria-label="This second">
        ${stat('In flight', count(now.in_flight), '', html`${digits(now.requests_per_second)} ended/s`)}
        ${stat('Slots', html`${count(now.running)}<small> / ${count(now.slots)}</small>`, '', percent(share(now.running, now.slots)) + ' busy')}
        ${stat('Queue', html`${count(now.waiting)}<small> / ${count(now.queue_limit)}</small>`, '', now.waiting ? 'waiting for a slot' : 'nobody waits', now.waiting > now.slots ? 'warn' : '')}
        ${stat('TTFT p50', ms(now.ttft_ms?.p50), '', 'p95 ' + ms(now.ttft_ms?.p95))}
        ${stat('TPOT p50', ms(now.tpot_ms?.p50), '', 'p95 ' + ms(now.tpot_ms?.p95))}
        ${stat('Tokens out', count(now.output_tokens_per_second), '/s', count(now.input_tokens_per_second) + ' in/s')}
        ${stat('KV cache', percent(share(now.kv_used_pages, now.kv_pages)), '', whole(now.kv_used_pages) + ' of ' + whole(now.kv_pages) + ' pages', share(now.kv_used_pages, now.kv_pages) > 0.95 ? 'warn' : '')}
        ${stat('Prefix cache hits', percent(now.cache_hit_ratio), '', whole(now.kv_cached_pages) + ' pages held')}
        ${stat('Batch efficiency', percent(now.batch_efficiency), '', 'mean batch ' + digits(now.batch_mean))}
        ${stat('Refused', digits(now.refused_per_second), '/s', digits(now.failed_per_second) + ' failed/s', now.failed_per_second > 0 ? 'bad' : now.refused_per_second > 0 ? 'warn' : '')}
      </div>
      <div class="grid">
        ${panel('Slots', html`<div class="slots">${this.#slots(now)}</div>`, {
          width: 'w12', note: this.step ? `last step: ${this.step.phase ?? ''} of ${this.step.batch_size}, ${ms(this.step.duration_ms)}` : '',
          actions: html`<button class="quiet" aria-pressed=${this.paused ? 'true' : 'false'} @click=${() => { this.paused = !this.paused; this.requestUpdate(); }}>${icon(this.paused ? 'play' : 'pause')}${this.paused ? 'Go on' : 'Pause'}</button>${exportRows('overview', [...Array(this.ring.size).keys()].map(i => Object.fromEntries(this.ring.columns.map(column => [column, this.ring.values(column)[i]]))).slice(0, 600))}`,
        })}
        ${this.#chart('Requests', [['ended', 'requests_per_second', 'c1', { fill: true }], ['refused', 'refused_per_second', 'warn'], ['failed', 'failed_per_second', 'bad']], { note: 'a second' })}
        ${this.#chart('Time to first token', [['p50', 'ttft_p50', 'c2'], ['p95', 'ttft_p95', 'c3']], { format: ms, note: 'last 60 s' })}
        ${this.#chart('Time per output token', [['p50', 'tpot_p50', 'c2'], ['p95', 'tpot_p95', 'c3']], { format: ms, note: 'last 60 s' })}
        ${this.#chart('Tokens', [['out', 'output_tokens_per_second', 'c2', { fill: true }], ['in', 'input_tokens_per_second', 'c1']], { format: count, note: 'a second' })}
        ${this.#chart('Slots and queue', [['running', 'running', 'c2', { fill: true, step: true }], ['waiting', 'waiting', 'c3', { step: true }], ['slots', 'slots', 'muted', { dash: [4, 4] }]], { format: count })}
        ${this.#chart('KV cache pages', [['in use', 'kv_used_pages', 'c1', { fill: true }], ['held by prefix cache', 'kv_cached_pages', 'c4']], { format: count })}
        ${this.#chart('Batch', [['efficiency', 'batch_efficiency', 'c2', { fill: true }], ['prefix cache hits', 'cache_hit_ratio', 'c4']], { format: percent })}
        ${this.#chart('Engine step', [['mean', 'step_ms_mean', 'c1']], { format: ms, note: 'duration' })}
        ${this.#chart('Process', [['processor', 'cpu_ratio', 'c3', { fill: true }]], { format: percent, note: bytes(now.process_memory_bytes) + ' resident, heap ' + bytes(now.heap_used_bytes) })}
        ${panel('Requests that ended', this.requests.length ? html`<table><thead><tr><th>Ended</th><th>Request</th><th>Tenant</th><th>Outcome</th><th class="num">Duration</th><th class="num">TTFT</th><th class="num">TPOT</th><th class="num">Tokens</th></tr></thead>
          <tbody>${this.requests.map(request => html`<tr class="link" @click=${() => (location.hash = link(['requests', request.request_id]))}><td>${clock(request.at)}</td><td class="mono"><a href=${link(['requests', request.request_id])}>${cut(request.request_id)}</a></td>
            <td>${request.tenant_id ?? '–'}</td><td>${outcome(request.outcome)}</td><td class="num">${ms(request.duration_ms)}</td><td class="num">${ms(request.ttft_ms)}</td><td class="num">${ms(request.tpot_ms)}</td><td class="num">${whole(request.input_tokens)} → ${whole(request.output_tokens)}</td></tr>`)}</tbody></table>`
          : html`<div class="empty"><strong>No request yet</strong>Send one from <a href=${link('try')}>Try it</a>, or with any OpenAI client.</div>`, { width: 'w12', flush: true, actions: html`<a class="small" href=${link('requests')}>All requests</a>` })}
      </div>`;
  }

  #slots(now) {
    const taken = new Map(this.slots.map(slot => [slot.slot, slot]));
    const known = this.slots.length > 0;
    return [...Array(Math.min(128, now.slots ?? 0)).keys()].map(index => {
      const slot = taken.get(index);
      if (!slot && (known || index >= now.running)) return html`<div class="slot free"><b>slot ${index}</b>free</div>`;
      if (!slot) return html`<div class="slot decode"><b>slot ${index}</b>busy</div>`;
      const most = slot.max_tokens ?? 0;
      const share = most ? Math.min(1, (slot.output_tokens ?? 0) / most) : 1;
      return html`<a class="slot ${slot.phase === 'prefill' ? 'prefill' : 'decode'}" href=${link(['requests', slot.request_id])}><b class="mono">${slot.request_id}</b>${slot.tenant_id ?? ''} ${slot.output_tokens !== undefined ? '· ' + slot.output_tokens + ' tokens' : ''}
        <span class="fill"><i ${styled({ width: share * 100 + '%' })}></i></span></a>`;
    });
  }
}

customElements.define('p-now', Now);
