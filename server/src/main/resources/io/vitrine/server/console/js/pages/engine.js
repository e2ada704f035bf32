// Engine: the glass wall. Which request held which slot when, what each step did, why requests waited.

import { Page, html, nothing, panel, empty, exports, styled } from '../ui.js';
import { get, stream, url } from '../net.js';
import { link, range, rangeQuery } from '../state.js';
import { clockMillis, count, cut, digits, ms, percent, whole } from '../format.js';
import { phase } from '../canvas.js';
import '../chart.js';
import '../strip.js';

const PARTS = [['attention', 'attention_ms', 'attention_computation'], ['feed forward', 'feed_forward_ms', 'feed_forward'], ['output head', 'head_ms', 'output_head'], ['rest of the model', 'rest_ms', 'other'], ['sampling', 'sampling_ms', 'token_sampling'], ['planning, hand-over', 'around_ms', 'gateway_request']];
const SHOWN = 160;

class Engine extends Page {
  every = 10e3;
  steps = [];
  live = true;

  connectedCallback() {
    super.connectedCallback();
    this.keep(stream.watch('steps', ({ steps, slots }) => {
      if (!this.live) return;
      this.steps = [...this.steps, ...(steps ?? [])].slice(-SHOWN);
      if (slots) this.now = slots;
      if (!document.hidden) this.requestUpdate();
    }));
  }

  async load(signal) {
    const time = rangeQuery('15m');
    const [columns, slots, decisions, parts, latest] = await Promise.all([
      get('/api/engine/steps', { ...time, columns: 300 }, signal), get('/api/engine/slots', time, signal), get('/api/engine/decisions', time, signal),
      get('/api/metrics', { name: 'vitrine_engine_part_time_seconds_total', ...time }, signal).catch(() => null),
      this.steps.length ? null : get('/api/engine/steps', { from: new Date(Date.parse(time.to) - 30e3).toISOString(), to: time.to, limit: 1000 }, signal).catch(() => null),
    ]);
    Object.assign(this, { columns, slots, decisions, parts });
    if (latest && !this.steps.length) this.steps = latest.data.slice(-SHOWN);
  }

  #lanes() {
    const lanes = [...Array(Math.min(96, Math.max(1, ...this.slots.runs.map(run => run.slot + 1)))).keys()].map(index => ({ name: 'slot ' + index, runs: [] }));
    for (const run of this.slots.runs) {
      lanes[run.slot]?.runs.push({ from: run.from_ms, to: run.to_ms, split: 0, id: run.request_id, tenant: run.tenant_id, label: run.request_id, lines: [[run.tenant_id, run.finish_reason].filter(Boolean).join(' · ')] });
    }
    lanes.forEach(lane => lane.runs.sort((a, b) => a.from - b.from));
    return lanes;
  }

  body() {
    const { columns, slots, decisions } = this;
    if (!columns) return nothing;
    const time = rangeQuery('15m');
    const list = columns.columns ?? [];
    const seconds = list.map(column => Date.parse(column.at) / 1e3);
    const values = name => list.map(column => (column.steps ? column[name] : null));
    const { from, to } = range('15m');
    const axis = () => [from / 1e3, to / 1e3];
    return html`
      ${panel('Slots over time', slots.runs.length ? html`<v-lanes .lanes=${this.#lanes()} .start=${Date.parse(slots.from)} .total=${Date.parse(slots.to) - Date.parse(slots.from)} @run=${event => (location.hash = link(['requests', event.detail.id], { tenant: event.detail.tenant }))}></v-lanes>`
        : empty('No request held a slot in this time', 'Choose a longer time, or send a request.'), {
        note: 'from kept traces; Ctrl and wheel, or WASD, to zoom; a press opens the request', actions: exports([['as JSON', url('/api/engine/slots', time)], ['as CSV', url('/api/engine/slots', { ...time, format: 'csv' }), 'slots.csv']]),
      })}
      ${panel('Step by step', this.#steps(), {
        note: 'the newest ' + this.steps.length + ' steps, by part', actions: html`<button aria-pressed=${this.live ? 'true' : 'false'} @click=${() => { this.live = !this.live; this.requestUpdate(); }}>Live</button>${exports([['as JSON', url('/api/engine/steps', { ...time, limit: 1000 })], ['as CSV', url('/api/engine/steps', { ...time, limit: 1000, format: 'csv' }), 'steps.csv']])}`,
      })}
      <div class="grid">
        ${panel('Duration of steps', html`<v-chart .data=${[seconds, values('mean_ms'), values('max_ms')]} .format=${ms} .window=${axis} .series=${[{ label: 'mean', color: 'c1', fill: true }, { label: 'longest', color: 'c3' }]} height="140"></v-chart>`, { width: 'w6', flush: true })}
        ${panel('Tokens in steps', html`<v-chart .data=${[seconds, values('prefill_tokens'), values('decode_tokens')]} .format=${count} .window=${axis} .series=${[{ label: 'prompt', color: 'p-prefill', bars: true, stacked: true }, { label: 'decoded', color: 'p-decode', bars: true, stacked: true }]} height="140"></v-chart>`, { width: 'w6', flush: true })}
        ${panel('Batch', html`<v-chart .data=${[seconds, values('batch_mean')]} .format=${digits} .window=${axis} .series=${[{ label: 'mean size', color: 'c2', fill: true }]} height="140"></v-chart>`, { width: 'w6', flush: true })}
        ${panel('Waiting', html`<v-chart .data=${[seconds, values('waiting_max')]} .format=${count} .window=${axis} .series=${[{ label: 'most', color: 'c3', fill: true, step: true }]} height="140"></v-chart>`, { width: 'w6', flush: true })}
        ${panel('Why requests waited', this.#decisions(decisions), { width: 'w6', flush: true, note: 'the scheduler’s reasons', actions: exports([['as JSON', url('/api/engine/decisions', time)], ['as CSV', url('/api/engine/decisions', { ...time, format: 'csv' }), 'decisions.csv']]) })}
        ${panel('Time inside the model', this.#parts(), { width: 'w6', note: 'of timed steps in this range' })}
      </div>`;
  }

  #steps() {
    if (!this.steps.length) return empty('No step yet', html`Steps appear as the engine computes: <a href=${link('try')}>send a request</a>.`);
    const bars = this.steps.map(step => {
      const known = (step.attention_ms ?? 0) + (step.feed_forward_ms ?? 0) + (step.head_ms ?? 0);
      const model = step.model_ms ?? 0;
      return { ...step, rest_ms: Math.max(0, model - known), around_ms: Math.max(0, step.duration_ms - model - (step.sampling_ms ?? 0)) };
    });
    const sorted = bars.map(step => step.duration_ms).sort((a, b) => a - b);
    const most = Math.max(1e-9, sorted[Math.floor(sorted.length * 0.97)] ?? 1);
    return html`<div class="stepbars" role="img" aria-label="Steps by part">${bars.map(step => html`<span class="stepbar" title=${[clockMillis(step.at), ms(step.duration_ms) + ' ' + (step.phase ?? ''), 'batch ' + step.batch_size + ', waiting ' + (step.waiting ?? 0), whole(step.prefill_tokens) + ' prompt, ' + whole(step.decode_tokens) + ' decoded', ...PARTS.filter(([, field]) => step[field]).map(([name, field]) => name + ' ' + ms(step[field]))].join('\n')}>
        ${PARTS.map(([, field, name]) => (step[field] ? html`<i ${styled({ height: Math.min(100, (100 * step[field]) / most) + '%', background: `var(${phase(name)})` })}></i>` : nothing))}</span>`)}</div>
      <div class="legend-row">${PARTS.map(([name, , colour]) => html`<span><i class="key" ${styled({ background: `var(${phase(colour)})` })}></i>${name}</span>`)}<span>full height ${ms(most)}; steps whose parts were not timed show the model as one</span></div>`;
  }

  #decisions(decisions) {
    if (!decisions.reasons.length) return empty('Nobody waited', 'Every request had a slot at once.');
    const most = Math.max(...decisions.reasons.map(reason => reason.count));
    return html`<table><thead><tr><th>Reason</th><th class="num">Steps</th><th></th></tr></thead><tbody>${decisions.reasons.map(reason => html`<tr><td>${reason.reason.replaceAll('_', ' ')}</td><td class="num">${whole(reason.count)}</td><td><span class="barcell"><i ${styled({ width: (100 * reason.count) / most + '%' })}></i></span></td></tr>`)}</tbody></table>
      <table><thead><tr><th>Latest</th><th>Request</th><th>Reason</th></tr></thead><tbody>${decisions.latest.slice(0, 8).map(item => html`<tr><td>${clockMillis(item.at)}</td><td class="mono"><a href=${link(['requests', item.request_id])}>${cut(item.request_id, 20)}</a></td><td>${item.reason.replaceAll('_', ' ')}</td></tr>`)}</tbody></table>`;
  }

  #parts() {
    const parts = (this.parts?.data ?? []).map(series => ({ name: series.labels.part ?? '?', value: series.points.length > 1 ? series.points.at(-1).value - series.points[0].value : 0 })).filter(part => part.value > 0).sort((a, b) => b.value - a.value);
    const sum = parts.reduce((total, part) => total + part.value, 0);
    if (!sum) return empty('No timed step in this time');
    return html`<div class="stackbar">${parts.map((part, index) => html`<span ${styled({ width: (100 * part.value) / sum + '%', background: `var(--c${(index % 8) + 1})` })} title=${part.name}>${part.value / sum > 0.1 ? part.name : ''}</span>`)}</div>
      <dl class="kv">${parts.map(part => html`<dt>${part.name.replaceAll('_', ' ')}</dt><dd>${percent(part.value / sum)} <span class="muted">${ms(part.value * 1e3)}</span></dd>`)}</dl>`;
  }
}

customElements.define('p-engine', Engine);
