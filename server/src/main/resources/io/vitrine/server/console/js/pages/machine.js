// GPU & host: what the machine does and how it is, now and over time; what hours of it advise.

import { Page, html, nothing, panel, stat, empty, exports, styled } from '../ui.js';
import { get } from '../net.js';
import { range, rangeQuery } from '../state.js';
import { ago, bytes, count, digits, ms, percent, whole } from '../format.js';
import { align } from '../chart.js';

const SERIES = ['vitrine_process_cpu_time_seconds_total', 'vitrine_process_resident_memory_bytes', 'vitrine_host_memory_available_bytes', 'vitrine_host_network_io_bytes_total', 'vitrine_host_disk_io_bytes_total', 'vitrine_data_disk_free_bytes'];
const STATE = { ok: 'good', degraded: 'warn', unknown: 'warn', failed: 'bad' };

class Machine extends Page {
  every = 5000;

  async load(signal) {
    const time = rangeQuery('1h');
    const [gpu, capacity, health, ...series] = await Promise.all([get('/api/gpu', {}, signal), get('/api/capacity', { hours: 24 }, signal), get('/health', {}, signal).catch(e => (e.status === 503 ? e.body : null)), ...SERIES.map(name => get('/api/metrics', { name, ...time }, signal).catch(() => null))]);
    Object.assign(this, { gpu, capacity, health, series });
  }

  #chart(title, index, format, options = {}) {
    const data = this.series[index]?.data ?? [];
    const { from, to } = range('1h');
    return panel(title, data.length ? html`<v-chart .data=${align(data, options)} .format=${format} .window=${() => [from / 1e3, to / 1e3]} height="130" .series=${data.slice(0, 6).map((item, i) => ({ label: Object.values(item.labels).join(' ') || title.toLowerCase(), color: 'c' + (i + 1), fill: data.length === 1 }))}></v-chart>` : empty('No reading in this time', 'Readings are stored every 15 seconds.'), { width: 'w4', flush: true });
  }

  body() {
    if (!this.gpu) return nothing;
    const { gpus, host, collector } = this.gpu;
    const values = host?.values ?? {};
    return html`
      ${gpus.length ? html`<div class="cards">${gpus.map(gpu => this.#gpu(gpu))}</div>` : html`<div class="notice"><strong>No GPU.</strong><span class="muted">${collector.sentence}</span></div>`}
      <div class="stats">
        ${stat('Processors', percent(values.cpu_utilization_ratio), '', whole(values.cpu_count) + ' of them', '')}${stat('Load average', digits(values.load_average), '', 'one minute')}
        ${stat('Memory', percent(values.memory_used_ratio), '', bytes(values.memory_available_bytes) + ' of ' + bytes(values.memory_total_bytes) + ' free', values.memory_used_ratio > 0.92 ? 'warn' : '')}${stat('Swap', bytes(values.swap_used_bytes), '', '', values.swap_used_bytes > 0 ? 'warn' : '')}
        ${stat('Memory bandwidth', bytes(values.memory_bandwidth_bytes_per_second), '/s', 'estimate')}${stat('Power', values.power_watts === undefined ? '–' : digits(values.power_watts), 'W', host?.absent?.power_watts ?? 'RAPL')}
      </div>
      ${this.health ? panel('Health', html`<table><thead><tr><th>Component</th><th>Verdict</th><th>Why</th></tr></thead><tbody>${Object.entries(this.health.components).map(([name, part]) => html`<tr><td>${name}</td><td><span class="tag ${part.healthy ? (part.verdict === 'off' ? '' : 'good') : 'bad'}">${part.verdict}</span></td><td class="wrap">${part.reason}</td></tr>`)}</tbody></table>`, { flush: true, note: this.health.status }) : nothing}
      <div class="grid">
        ${this.#chart('Processor time, of one processor', 0, percent, { rates: true })}${this.#chart('Resident memory', 1, bytes)}${this.#chart('Memory available', 2, bytes)}
        ${this.#chart('Network', 3, value => bytes(value) + '/s', { rates: true })}${this.#chart('Disk', 4, value => bytes(value) + '/s', { rates: true })}${this.#chart('Data disk free', 5, bytes)}
      </div>
      ${panel('Capacity advice', html`<div class="stack">${this.capacity.subjects.map(subject => html`<div><h3>${subject.kind === 'host' ? 'Host' : `GPU ${subject.index} ${subject.name}`} <span class="muted small">${whole(subject.history.minutes)} minutes of history</span></h3><ul>${subject.advice.map(item => html`<li>${item.sentence}</li>`)}</ul></div>`)}</div>`, { actions: exports([['as JSON', '/api/capacity?hours=24'], ['GPU as JSON', '/api/gpu']]) })}`;
  }

  #gpu(gpu) {
    const values = gpu.values ?? {};
    const used = values.memory_occupied_bytes ?? values.memory_used_bytes;
    return panel(`GPU ${gpu.index} ${gpu.name ?? ''}`, html`
      <div class="bar"><span class="tag ${STATE[gpu.health] ?? ''}">${gpu.health}</span>${gpu.runs_the_model ? html`<span class="tag info">runs the model</span>` : nothing}<span class="muted small mono">${gpu.uuid}</span></div>
      ${(gpu.reasons ?? []).map(reason => html`<div class="notice ${STATE[reason.state]}">${reason.detail}</div>`)}
      <div class="meter" role="meter" aria-label="GPU memory" aria-valuenow=${Math.round(100 * (used / values.memory_total_bytes || 0))} aria-valuemin="0" aria-valuemax="100"><i ${styled({ width: (100 * used) / values.memory_total_bytes + '%' })}></i></div>
      <dl class="kv">${Object.entries(values).map(([name, value]) => html`<dt>${name.replace(/_(ratio|bytes|watts|celsius|megahertz|seconds|joules)$/, '').replaceAll('_', ' ')}</dt><dd>${shown(name, value)}</dd>`)}</dl>
      ${gpu.throttle_reasons?.length ? html`<p class="warn-text small">Clocks are held: ${gpu.throttle_reasons.join(', ')}</p>` : nothing}
      ${(gpu.xids ?? []).map(xid => html`<p class="small bad-text">XID ${xid.xid} × ${xid.count}: ${xid.meaning}. ${xid.action}</p>`)}
      ${Object.keys(gpu.absent ?? {}).length ? html`<details class="small"><summary class="muted">${Object.keys(gpu.absent).length} values are absent</summary><dl class="kv">${Object.entries(gpu.absent).map(([name, why]) => html`<dt>${name.replaceAll('_', ' ')}</dt><dd>${why}</dd>`)}</dl></details>` : nothing}`, { note: this.gpu.taken_at ? 'read ' + ago(this.gpu.taken_at) : '' });
  }
}

function shown(name, value) {
  if (/_ratio$/.test(name)) return percent(value);
  if (/_bytes$/.test(name)) return bytes(value);
  if (/bytes_per_second$/.test(name)) return bytes(value) + '/s';
  if (/_watts$/.test(name)) return digits(value) + ' W';
  if (/_celsius$/.test(name)) return digits(value) + ' °C';
  if (/_megahertz$/.test(name)) return whole(value) + ' MHz';
  if (/_seconds$/.test(name)) return ms(value * 1e3);
  if (/_joules$/.test(name)) return count(value) + ' J';
  return count(value);
}

customElements.define('p-machine', Machine);
