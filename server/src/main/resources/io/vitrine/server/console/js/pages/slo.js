// Objectives: what is promised, how much of the error budget is left, and how fast it burns.

import { Page, html, nothing, panel, empty, exportRows, exports, styled } from '../ui.js';
import { get } from '../net.js';
import { link, range, rangeQuery } from '../state.js';
import { digits, ms, percent, whole } from '../format.js';
import { align } from '../chart.js';

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];
/** The burn rates that page, by the long window of each pair. */
const LIMIT = { '5m': 14.4, '1h': 14.4, '30m': 6, '6h': 6, '2h': 3, '1d': 3, '3d': 1 };
const COLOURS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];

class Slo extends Page {
  every = 10e3;

  async load(signal) {
    const time = rangeQuery('24h');
    const [slo, budget, burn] = await Promise.all([get('/api/slo', {}, signal), get('/api/metrics', { name: 'vitrine_slo_budget_left_ratio', ...time }, signal).catch(() => null), get('/api/metrics', { name: 'vitrine_slo_burn_rate_ratio', ...time }, signal).catch(() => null)]);
    Object.assign(this, { objectives: slo.objectives, budget, burn });
  }

  body() {
    if (!this.objectives) return nothing;
    const known = this.objectives.filter(objective => objective.compliance !== undefined);
    const unknown = this.objectives.filter(objective => objective.compliance === undefined);
    const { from, to } = range('24h');
    const axis = () => [from / 1e3, to / 1e3];
    const chart = (answer, format, pick) => {
      const series = (answer?.data ?? []).filter(pick).slice(0, 8);
      return series.length ? html`<v-chart .data=${align(series)} .format=${format} .window=${axis} height="150" .series=${series.map((item, index) => ({ label: name(item.labels), color: COLOURS[index] }))}></v-chart>` : empty('No reading in this time');
    };
    return html`
      ${known.length ? html`<div class="cards">${known.map(objective => this.#card(objective))}</div>` : empty('No event yet', html`Objectives count from the first request on: <a href=${link('try')}>send one</a>.`)}
      <div class="grid">${panel('Budget left', chart(this.budget, percent, () => true), { width: 'w6', flush: true })}${panel('Burn rate, one hour', chart(this.burn, digits, series => series.labels.window === '1h'), { width: 'w6', flush: true })}</div>
      ${unknown.length ? panel('Without an event so far', html`<dl class="kv">${unknown.map(objective => html`<dt>${objective.objective}</dt><dd>${objective.description} Target ${percent(objective.target)}.</dd>`)}</dl>`, { actions: exports([['as JSON', '/api/slo']]) }) : nothing}`;
  }

  #card(objective) {
    const left = Math.max(0, Math.min(1, objective.budget_left));
    const mood = objective.budget_left < 0 ? 'bad' : objective.budget_left < 0.25 ? 'warn' : 'good';
    const worst = Math.max(0.001, ...WINDOWS.map(window => (objective.windows[window]?.burn_rate ?? 0) / LIMIT[window]));
    return panel(objective.objective, html`
      <p class="muted small">${objective.description}</p>
      <div class="bar"><span class="big ${mood}-text">${percent(objective.budget_left)}</span><span class="muted">of the budget left</span><span class="grow"></span><span>${percent(objective.compliance)} <span class="muted">of ${percent(objective.target)} in ${objective.period}</span></span></div>
      <div class="meter" role="meter" aria-label="Budget left" aria-valuenow=${Math.round(left * 100)} aria-valuemin="0" aria-valuemax="100"><i class=${mood} ${styled({ width: left * 100 + '%' })}></i></div>
      <table class="tight"><thead><tr><th>Window</th><th class="num">Events</th><th class="num">Burn rate</th><th></th><th class="num">Pages at</th></tr></thead><tbody>${WINDOWS.filter(window => objective.windows[window]).map(window => {
        const { burn_rate: rate, events } = objective.windows[window];
        return html`<tr><td>${window}</td><td class="num">${whole(events)}</td><td class="num ${rate > LIMIT[window] ? 'bad-text' : ''}">${digits(rate)}</td><td><span class="barcell"><i ${styled({ width: Math.min(100, (100 * rate) / LIMIT[window] / Math.max(1, worst)) + '%', background: rate > LIMIT[window] ? 'var(--bad)' : rate > 1 ? 'var(--warn)' : 'var(--good)' })}></i></span></td><td class="num muted">${LIMIT[window]}</td></tr>`;
      })}</tbody></table>
      ${objective.exhausted_in_seconds !== undefined ? html`<p class="small ${objective.exhausted_in_seconds < 86400 ? 'warn-text' : 'muted'}">At the pace of the last six hours it is used up in ${ms(objective.exhausted_in_seconds * 1e3)}.</p>` : nothing}`, {
      note: Object.values(objective.labels).join(' · '), actions: exportRows('objective-' + objective.objective, WINDOWS.filter(window => objective.windows[window]).map(window => ({ objective: objective.objective, ...objective.labels, window, ...objective.windows[window], budget_left: objective.budget_left, compliance: objective.compliance }))),
    });
  }
}

const name = labels => [labels.slo ?? labels.objective, labels.tenant_class !== 'normal' ? labels.tenant_class : ''].filter(Boolean).join(' ');

customElements.define('p-slo', Slo);
