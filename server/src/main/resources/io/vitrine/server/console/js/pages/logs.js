// Logs: search what is stored, or watch lines as they are written. The tail is bounded and counts what it did not show.

import { Page, html, nothing, panel, empty, exports, icon } from '../ui.js';
import { get, isTenant, stream, url } from '../net.js';
import { link, range, rangeQuery, route, setParams } from '../state.js';
import { clockMillis, dateTimeMillis, whole } from '../format.js';
import '../search.js';

const LIMIT = 200;
const TAIL = 500;
const LEVELS = ['error', 'warn', 'info', 'debug'];

class Logs extends Page {
  opened = new Set();
  tail = [];
  held = 0;
  lost = 0;
  paused = false;
  #end = null;
  #frame = 0;

  connectedCallback() {
    super.connectedCallback();
    this.keep(() => this.#stop(), stream.watch('dropped', ({ count }) => {
      this.lost += Math.max(1, count ?? 0);
      this.requestUpdate();
    }));
  }

  #stop() {
    this.#end?.();
    this.#end = null;
    stream.filter('');
  }

  async load(signal) {
    const { params } = route;
    this.q = params.get('q') ?? '';
    const tailing = params.get('tail') === '1';
    if (!tailing) this.#stop();
    this.wrong = null;
    this.address = { q: this.q, ...rangeQuery('1h') };
    try {
      this.rows = await get('/api/search/logs', { ...this.address, limit: LIMIT, offset: params.get('offset') }, signal);
    } catch (e) {
      if (e.code !== 'invalid_query') throw e;
      this.wrong = e;
    }
    if (!tailing || this.wrong) return;
    // The tail begins with what is there; only a search that the server has understood is watched.
    if (!this.#end || this.q !== this.tailed) {
      this.tail = this.rows.data.slice(0, TAIL);
      this.held = this.lost = 0;
      this.paused = false;
    } else if (!this.tail.length) this.tail = this.rows.data.slice(0, TAIL);
    this.tailed = this.q;
    stream.filter(this.q);
    this.#end ??= stream.watch('logs', line => this.#add(line));
  }

  #add(line) {
    if (this.paused) {
      this.held++;
    } else {
      this.tail.unshift(line);
      if (this.tail.length > TAIL) this.tail.length = TAIL;
    }
    if (document.hidden || this.#frame) return;
    // Many lines in a frame are drawn once.
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.requestUpdate();
    });
  }

  body() {
    const tailing = route.params.get('tail') === '1';
    const lines = tailing ? this.tail : (this.rows?.data ?? []);
    const offset = this.rows?.offset ?? 0;
    const level = /(?:^|\s)level:(\w+)/.exec(this.q ?? '')?.[1];
    return html`
      <v-search .value=${this.q ?? ''} of="logs" label="Search log lines" .error=${this.wrong} @query=${event => setParams({ q: event.detail, offset: null })}></v-search>
      ${panel(tailing ? 'Live tail' : 'Log lines', lines.length ? html`<div class="logs" role="log" aria-live="off">${lines.map(line => this.#line(line))}</div>
        ${!tailing && (this.rows?.more || offset) ? html`<div class="bar pad"><button ?disabled=${!offset} @click=${() => setParams({ offset: Math.max(0, offset - LIMIT) || null })}>Newer</button><button ?disabled=${!this.rows.more} @click=${() => this.#older(offset)}>Older</button></div>` : nothing}`
        : empty(tailing ? 'Waiting for the next line' : 'No line matches', tailing ? 'Every request writes at least one.' : 'Choose a longer time, or clear a term of the search.'), {
        flush: true, note: tailing ? html`${whole(lines.length)} newest · <span class=${this.lost ? 'warn-text' : ''}>${whole(this.lost)} dropped</span>${this.paused ? html` · <strong>${whole(this.held)} held back</strong>` : nothing}` : this.rows ? `${whole(lines.length)}${this.rows.more ? ' and more' : ''}${this.rows.complete === false ? '; not all could be read, choose a shorter time' : ''}` : '',
        actions: html`<span class="seg" role="group" aria-label="Level">${LEVELS.map(name => html`<button aria-pressed=${level === name ? 'true' : 'false'} @click=${() => this.#level(level === name ? null : name)}>${name}</button>`)}</span>
          ${tailing ? html`<button id="pause" aria-pressed=${this.paused ? 'true' : 'false'} @click=${() => this.#pause()}>${icon(this.paused ? 'play' : 'pause')}${this.paused ? 'Go on' : 'Pause'}</button>` : nothing}
          <button id="tail" aria-pressed=${tailing ? 'true' : 'false'} @click=${() => setParams({ tail: tailing ? null : '1', offset: null })}>Live tail</button>
          ${exports([['as JSON', url('/api/search/logs', { ...this.address, limit: 1000, format: 'json' })], ['as CSV', url('/api/search/logs', { ...this.address, limit: 1000, format: 'csv' }), 'logs.csv']])}`,
      })}`;
  }

  #older(offset) {
    const { from, to, live } = range('1h');
    setParams({ offset: offset + LIMIT, ...(live ? { t: Math.floor(from) + '-' + Math.ceil(to) } : {}) });
  }

  #level(name) {
    const rest = (this.q ?? '').replace(/(?:^|\s)level:\S+/g, '').trim();
    setParams({ q: [name ? 'level:' + name : '', rest].filter(Boolean).join(' '), offset: null });
  }

  #pause() {
    this.paused = !this.paused;
    if (!this.paused && this.held) {
      // What came meanwhile is in the store: asked for, not kept here.
      this.tail = [];
      this.held = 0;
      this.reload(true);
    }
    this.requestUpdate();
  }

  #line(line) {
    const id = line.at + (line.span_id ?? '') + line.event;
    const open = this.opened.has(id);
    const toggle = () => {
      if (!this.opened.delete(id)) this.opened.add(id);
      this.requestUpdate();
    };
    return html`<div class="logline"><button class="plain" aria-expanded=${open ? 'true' : 'false'} title=${dateTimeMillis(line.at)} @click=${toggle}>${clockMillis(line.at)}</button><span class="lvl-${line.level}">${line.level}</span><span class="ev" title=${line.event}>${line.event}</span><span class="msg">${words(line)} ${line.request_id ? html`<a href=${link(['requests', line.request_id], isTenant() ? {} : { tenant: line.tenant_id })}>trace</a>` : nothing}</span></div>
      ${open ? html`<dl class="kv pad">${Object.entries({ at: line.at, category: line.category, tenant_id: line.tenant_id, request_id: line.request_id, trace_id: line.trace_id, span_id: line.span_id, ...line.fields }).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>`)}</dl>` : nothing}`;
  }
}

/** The line without what its other columns say. */
function words(line) {
  const text = line.message?.startsWith(line.event + ' ') ? line.message.slice(line.event.length + 1) : line.message;
  const { fields = {} } = line;
  return fields.duration_ms !== undefined ? text + ' duration_ms=' + Math.round(fields.duration_ms * 10) / 10 + (fields.output_tokens !== undefined ? ' output_tokens=' + fields.output_tokens : '') : text;
}

customElements.define('p-logs', Logs);
