// Telemetry: the catalogue, what watching costs, what is kept how long, and the switches.

import { Page, html, nothing, panel, stat, empty, exports, canChange, change, styled } from '../ui.js';
import { get, send } from '../net.js';
import { range, rangeQuery, route, setParams } from '../state.js';
import { bytes, count, ms, percent, whole } from '../format.js';
import { align } from '../chart.js';

const NAMES = ['vitrine_telemetry_*', 'vitrine_traces_*', 'vitrine_spans_*', 'vitrine_log_*', 'vitrine_store_*', 'vitrine_listener_failures_total', 'vitrine_process_cpu_time_seconds_total'];
const LEVELS = ['off', 'error', 'warn', 'info', 'debug'];

class Telemetry extends Page {
  every = 10e3;

  async load(signal) {
    const [readings, store, tracing, logging, cpu, process] = await Promise.all([
      get('/api/meters', { names: NAMES.join(',') }, signal), get('/api/telemetry/store', {}, signal).catch(() => null), get('/api/telemetry/tracing', {}, signal).catch(() => null), get('/api/telemetry/logging', {}, signal).catch(() => null),
      get('/api/metrics', { name: 'vitrine_telemetry_cpu_time_seconds_total', ...rangeQuery('1h') }, signal).catch(() => null), get('/api/metrics', { name: 'vitrine_process_cpu_time_seconds_total', ...rangeQuery('1h') }, signal).catch(() => null),
    ]);
    Object.assign(this, { readings: readings.readings, store, tracing, logging, cpu, process });
    this.catalogue ??= await get('/api/telemetry/catalogue', {}, signal);
  }

  #sum(name, pick = () => true) {
    const found = this.readings.filter(reading => reading.name === name && pick(reading.labels));
    return found.length ? found.reduce((total, reading) => total + reading.value, 0) : null;
  }

  body() {
    if (!this.readings) return nothing;
    const cost = align([...(this.cpu?.data ?? []), ...(this.process?.data ?? [])], { rates: true });
    const parts = this.cpu?.data ?? [];
    const own = this.#sum('vitrine_telemetry_cpu_time_seconds_total');
    const all = this.#sum('vitrine_process_cpu_time_seconds_total');
    const { from, to } = range('1h');
    return html`
      <div class="stats">
        ${stat('Own processor time', percent(all ? own / all : null), '', ms(own * 1e3) + ' of ' + ms(all * 1e3))}${stat('Series', whole(this.#sum('vitrine_telemetry_series')), '', 'lines of the last scrape')}
        ${stat('Traces kept', count(this.#sum('vitrine_traces_kept_total')), '', count(this.#sum('vitrine_traces_dropped_total')) + ' not kept')}
        ${stat('Spans lost', whole(this.#sum('vitrine_spans_lost_total')), '', whole(this.#sum('vitrine_spans_waiting')) + ' waiting', this.#sum('vitrine_spans_lost_total') > 0 ? 'warn' : '')}
        ${stat('Log lines lost', whole(this.#sum('vitrine_log_lost_lines_total')), '', whole(this.#sum('vitrine_log_waiting_lines')) + ' waiting', this.#sum('vitrine_log_lost_lines_total') > 0 ? 'warn' : '')}
        ${stat('Rows lost', whole(this.#sum('vitrine_store_rows_total', labels => ['lost', 'dropped'].includes(labels.result))), '', whole(this.#sum('vitrine_store_waiting')) + ' waiting')}${stat('On disk', bytes(this.#sum('vitrine_store_size_bytes')))}
      </div>
      <div class="grid">
        ${panel('What watching costs', parts.length ? html`<v-chart .data=${cost.slice(0, parts.length + 1)} .format=${percent} .window=${() => [from / 1e3, to / 1e3]} height="150" .series=${parts.slice(0, 8).map((series, index) => ({ label: Object.values(series.labels).join(' ') || 'telemetry', color: 'c' + (index + 1), fill: true, stacked: true }))}></v-chart>` : empty('No reading in this time'), { width: 'w6', flush: true, note: 'of one processor, by thread' })}
        ${panel('Stored', this.store ? html`<table><thead><tr><th>Signal</th><th class="num">Bytes</th><th><span class="sr">Of its limit</span></th><th>Oldest day</th><th class="num">Kept at most</th></tr></thead><tbody>${this.#stored().map(signal => html`<tr><td>${signal.signal}</td><td class="num">${bytes(signal.bytes)}</td><td><span class="barcell" title="of its limit"><i ${styled({ width: Math.min(100, (100 * signal.bytes) / signal.retention_bytes) + '%' })}></i></span></td><td>${signal.oldest ?? '–'}</td><td class="num">${signal.retention_days === undefined ? 'as its signals' : whole(signal.retention_days) + ' d, ' + bytes(signal.retention_bytes)}</td></tr>`)}</tbody></table>` : empty('Nothing is stored', 'Start the server with store.enabled=true.'), { width: 'w6', flush: true, note: this.store ? whole(this.store.files?.length) + ' files' : '', actions: exports([['as JSON', '/api/telemetry/store']]) })}
        ${this.tracing ? panel('Which traces are kept', this.#tracing(), { width: 'w6' }) : nothing}
        ${this.logging ? panel('Log levels', this.#logging(), { width: 'w6' }) : nothing}
      </div>
      ${this.#catalogue()}`;
  }

  /** Parquet by signal; the files of a day hold all signals and stand for themselves. */
  #stored() {
    const lines = new Map(this.store.signals.map(signal => [signal.signal, { ...signal, bytes: 0 }]));
    for (const file of this.store.files ?? []) {
      const name = lines.has(file.signal) ? file.signal : 'of the day, all signals';
      const line = lines.get(name) ?? { signal: name, bytes: 0, retention_bytes: this.store.signals.reduce((sum, signal) => sum + signal.retention_bytes, 0) };
      line.bytes += file.bytes;
      if (!line.oldest || file.day < line.oldest) line.oldest = file.day;
      lines.set(name, line);
    }
    return [...lines.values()];
  }

  #tracing() {
    const { tracing } = this;
    const may = canChange();
    return html`<form class="stack" id="tracing" @submit=${event => this.#trace(event)}>
      <div class="bar"><label class="field grow">Ratio of ordinary requests, 0 to 1<input name="ratio" type="number" min="0" max="1" step="any" required .value=${String(tracing.ratio)} ?disabled=${!may}></label><label class="field grow">Step by step (detailed), 0 to 1<input name="detailed_ratio" type="number" min="0" max="1" step="any" required .value=${String(tracing.detailed_ratio)} ?disabled=${!may}></label></div>
      <div class="bar"><label class="field grow">Slow: first token, ms<input name="slow_first_token_ms" type="number" min="0" required .value=${String(tracing.slow_first_token_ms)} ?disabled=${!may}></label><label class="field grow">Slow: request, ms<input name="slow_request_ms" type="number" min="0" required .value=${String(tracing.slow_request_ms)} ?disabled=${!may}></label><label class="field grow">Budget, spans a second<input name="spans_per_second" type="number" min="0" required .value=${String(tracing.spans_per_second)} ?disabled=${!may}></label></div>
      <p class="muted small">Failed and slow requests are always kept. Kept always: ${tracing.priority_tenants.join(', ') || 'no tenant'}; step by step: ${tracing.detailed_tenants.join(', ') || 'no tenant'}; by header: ${tracing.header_tenants.join(', ') || 'nobody'}.</p>
      ${may ? html`<div class="bar end"><button>Apply</button></div>` : nothing}</form>`;
  }

  async #trace(event) {
    event.preventDefault();
    const body = Object.fromEntries([...event.target.elements].filter(field => field.name).map(field => [field.name, Number(field.value)]));
    if (await change(() => send('PUT', '/api/telemetry/tracing', body), 'Holds from now on')) this.reload(true);
  }

  #logging() {
    return html`<div class="levels">${Object.entries(this.logging.levels).map(([category, level]) => html`<label class="field">${category}<select ?disabled=${!canChange()} @change=${event => this.#level(category, event.target.value)}>${LEVELS.map(name => html`<option ?selected=${name === level}>${name}</option>`)}</select></label>`)}</div>`;
  }

  async #level(category, level) {
    await change(() => send('PUT', '/api/telemetry/logging', { levels: { [category]: level } }), category + ' is at ' + level);
    this.reload(true);
  }

  #catalogue() {
    if (!this.catalogue) return nothing;
    const groups = Object.entries(this.catalogue).filter(([, list]) => Array.isArray(list) && list.length);
    const wanted = (route.params.get('find') ?? '').toLowerCase();
    const chosen = route.params.get('kind') ?? groups[0]?.[0];
    const list = (groups.find(([name]) => name === chosen)?.[1] ?? []).filter(item => !wanted || JSON.stringify(item).toLowerCase().includes(wanted));
    return panel('Catalogue', html`<div class="pad"><div class="bar"><label class="sr" for="find">Find in the catalogue</label><input id="find" type="search" placeholder="find a name or a meaning" .value=${wanted} @input=${event => setParams({ find: event.target.value || null }, { replace: true })}><span class="seg wrapped" role="group" aria-label="Kind">${groups.map(([name, items]) => html`<button aria-pressed=${chosen === name ? 'true' : 'false'} @click=${() => setParams({ kind: name })}>${name.replaceAll('_', ' ')} ${items.length}</button>`)}</span></div></div>
      ${list.length ? html`<table><thead><tr>${columns(list).map(column => html`<th>${column.replaceAll('_', ' ')}</th>`)}</tr></thead><tbody>${list.slice(0, 400).map(item => html`<tr>${columns(list).map(column => html`<td class=${/mean|labels|buckets/.test(column) ? 'wrap' : 'mono'}>${text(item[column])}</td>`)}</tr>`)}</tbody></table>` : empty('Nothing has this in its name or meaning')}`, { flush: true, note: `${whole(list.length)} shown`, actions: exports([['as JSON', '/api/telemetry/catalogue']]) });
  }
}

const columns = list => Object.keys(list[0] ?? {}).filter(column => column !== 'buckets').slice(0, 6);
const text = value => (value === null || value === undefined ? '' : Array.isArray(value) ? value.map(item => (typeof item === 'object' ? (item.name ?? JSON.stringify(item)) : item)).join(', ') : typeof value === 'object' ? Object.entries(value).map(([name, item]) => name + ': ' + (Array.isArray(item) ? item.join(' ') : item)).join('; ') : String(value));

customElements.define('p-telemetry', Telemetry);
