// Tenants & cost: who uses the server, what it earns and costs, budgets with a forecast, and what was refused why.

import { Page, html, nothing, panel, stat, empty, exports, canChange, change, copy, styled } from '../ui.js';
import { get, isAdmin, send, url } from '../net.js';
import { link, route, setParams } from '../state.js';
import { count, dateTime, digits, money, percent, when, whole } from '../format.js';
import '../chart.js';

const DAYS = [[1, 'Today'], [7, '7 days'], [31, '31 days'], [90, '90 days']];

class Tenants extends Page {
  every = 15e3;

  async load(signal) {
    const days = Number(route.params.get('days') ?? 31);
    const from = new Date(Date.now() - (days - 1) * 86400e3).toISOString().slice(0, 10);
    const to = new Date().toISOString().slice(0, 10);
    this.days = days;
    this.query = { from, to };
    const [business, costs, tenants, keys, audit] = await Promise.all([get('/api/business', this.query, signal), get('/api/costs', this.query, signal), !isAdmin() ? null : get('/api/tenants', {}, signal).catch(() => null), !isAdmin() ? null : get('/api/keys', {}, signal).catch(() => null), !isAdmin() ? null : get('/api/audit', { limit: 30 }, signal).catch(() => null)]);
    Object.assign(this, { business, costs: costs.costs, tenants: tenants?.tenants, keys: keys?.keys, audit: audit?.changes });
  }

  body() {
    const { business } = this;
    if (!business) return nothing;
    const { totals = {} } = business;
    const currency = totals.currency ?? business.tenants[0]?.currency;
    const margin = totals.margin;
    const byDay = sums(this.costs);
    return html`
      <div class="bar"><span class="seg" role="group" aria-label="Days">${DAYS.map(([days, label]) => html`<button aria-pressed=${this.days === days ? 'true' : 'false'} @click=${() => setParams({ days })}>${label}</button>`)}</span><span class="muted small">days are in UTC: ${this.query.from} – ${this.query.to}</span><span class="grow"></span>
        ${exports([['costs as CSV', url('/api/costs', { ...this.query, format: 'csv' }), 'costs.csv'], ['costs as JSON', url('/api/costs', this.query)], ['tenants as JSON', url('/api/business', this.query)]])}</div>
      <div class="stats">
        ${stat('Revenue', money(totals.revenue), currency, 'from the price book')}${stat('Machine cost', money(totals.machine_cost), currency, totals.machine_cost === null || totals.machine_cost === undefined ? 'no price of the machine' : '')}
        ${stat('Margin', money(margin), currency, totals.revenue && margin !== null && margin !== undefined ? percent(margin / totals.revenue) + ' of revenue' : '', margin < 0 ? 'bad' : '')}
        ${stat('Requests', count(totals.requests))}${stat('Tokens in', count(totals.input_tokens))}${stat('Tokens out', count(totals.output_tokens))}
        ${stat('Cost of 1 M tokens out', money(totals.output_tokens && known(totals.machine_cost) ? (totals.machine_cost / totals.output_tokens) * 1e6 : null, currency), '', 'machine')}
      </div>
      ${business.tenants.length ? html`
      ${panel('Tenants', html`<table><thead><tr><th>Tenant</th><th class="num">Requests</th><th class="num">Tokens in</th><th class="num">Tokens out</th><th class="num">Revenue</th><th class="num">Machine cost</th><th class="num">Margin</th><th><span class="sr">Revenue against cost</span></th><th>Budgets</th><th>Refused</th></tr></thead>
        <tbody>${business.tenants.map(tenant => this.#tenant(tenant, currency, business.tenants))}</tbody></table>`, { flush: true })}` : empty('No request in these days', html`Choose more days, or <a href=${link('try')}>send a request</a>.`)}
      <div class="grid">
        ${panel('Revenue and machine cost a day', byDay.days.length > 1 ? html`<v-chart .data=${[byDay.days, byDay.revenue, byDay.cost]} .zoomable=${false} .format=${value => money(value, '')} .series=${[{ label: 'revenue', color: 'c2' }, { label: 'machine cost', color: 'c3' }]} height="160"></v-chart>` : byDay.days.length ? html`<dl class="kv"><dt>${this.costs[0].day}</dt><dd>revenue ${money(byDay.revenue[0], currency)}, machine ${money(byDay.cost[0], currency)}</dd></dl>` : empty('No entry in the ledger'), { width: 'w6' })}
        ${panel('By model', html`<table><thead><tr><th>Model</th><th class="num">Requests</th><th class="num">Revenue</th><th class="num">Machine cost</th><th class="num">Engine time</th><th class="num">Satisfaction</th></tr></thead><tbody>${models(this.costs).map(line => html`<tr><td>${line.model}</td><td class="num">${whole(line.requests)}</td><td class="num">${money(line.revenue, line.currency)}</td><td class="num">${money(line.cost, line.currency)}</td><td class="num">${digits(line.engine)} s</td><td class="num">${line.ratings ? percent(line.score / line.ratings) : '–'}</td></tr>`)}</tbody></table>`, { width: 'w6', flush: true })}
        ${this.tenants ? panel('Policies', html`<table><thead><tr><th>Tenant</th><th>Priority</th><th>Limits</th><th>Budget</th><th>Traces</th><th>Content</th></tr></thead><tbody>${this.tenants.map(tenant => html`<tr><td>${tenant.id}</td><td>${tenant.priority}</td><td class="wrap">${flat(tenant.limits)}</td><td class="wrap">${flat(tenant.budget)}</td><td>${tenant.traces}</td><td>${tenant.content}</td></tr>`)}</tbody></table>`, { width: 'w12', flush: true, note: html`changed by <code>./vitrine tenants set</code> or <code>PUT /api/tenants/ID</code>` }) : nothing}
        ${this.keys ? panel('Keys', this.keys.length ? html`<table><thead><tr><th>Key</th><th>Tenant</th><th>Name</th><th>Scopes</th><th>Made</th><th>Expires</th><th>State</th><th></th></tr></thead><tbody>${this.keys.map(key => this.#key(key))}</tbody></table>` : empty('No key', html`On loopback none is needed. <code>./vitrine keys create --tenant acme</code> makes one.`), { width: 'w12', flush: true, actions: canChange() ? html`<button class="small" @click=${() => this.querySelector('dialog').showModal()}>New key</button>` : nothing }) : nothing}
        ${this.audit ? panel('Changes', html`<table><tbody>${this.audit.map(item => html`<tr><td>${when(item.at)}</td><td>${item.actor}</td><td>${item.action?.replaceAll('_', ' ')}</td><td>${item.subject}</td><td class="wrap muted">${item.detail}</td></tr>`)}</tbody></table>`, { width: 'w12', flush: true, note: 'the audit log, newest first', actions: exports([['as JSON', '/api/audit?limit=100']]) }) : nothing}
      </div>
      <dialog aria-label="New key"><form @submit=${event => this.#create(event)}><h2>New key</h2><label class="field">Tenant<select name="tenant">${(this.tenants ?? []).map(tenant => html`<option>${tenant.id}</option>`)}</select></label><label class="field">Name<input name="name" maxlength="100"></label>
        <label class="field">May<select name="scope"><option value="infer">send requests (infer)</option><option value="read-telemetry">see the console, change nothing (read-telemetry)</option><option value="admin">everything (admin)</option><option value="read-tenant">see its own tenant (read-tenant)</option></select></label>
        ${this.made ? html`<div class="notice good"><code>${this.made}</code><button type="button" class="small" @click=${() => copy(this.made, 'Key copied')}>Copy</button><span class="small">It is shown only now.</span></div>` : nothing}
        <div class="bar end"><button type="button" @click=${event => { this.made = null; event.target.closest('dialog').close(); this.reload(true); }}>Close</button><button class="primary">Make it</button></div></form></dialog>`;
  }

  #tenant(tenant, currency, all) {
    const most = Math.max(1e-12, ...all.flatMap(other => [other.revenue ?? 0, other.machine_cost ?? 0]));
    return html`<tr><td><a href=${link('requests', { q: 'tenant:' + tenant.tenant_id })}>${tenant.tenant_id}</a></td><td class="num">${whole(tenant.requests)}</td><td class="num">${count(tenant.input_tokens)}</td><td class="num">${count(tenant.output_tokens)}</td><td class="num">${money(tenant.revenue, currency)}</td><td class="num">${money(tenant.machine_cost, currency)}</td><td class="num ${tenant.margin < 0 ? 'bad-text' : ''}">${money(tenant.margin, currency)}</td>
      <td><span class="barcell"><i ${styled({ width: (100 * (tenant.revenue ?? 0)) / most + '%', background: 'var(--c2)', height: '6px' })}></i><i ${styled({ width: (100 * (tenant.machine_cost ?? 0)) / most + '%', background: 'var(--c3)', top: '6px' })}></i></span></td>
      <td>${(tenant.budgets ?? []).length ? tenant.budgets.map(budget => html`<div class="small"><span class="barcell" title="spent, then forecast"><i class="second" ${styled({ width: Math.min(100, (100 * (budget.forecast ?? 0)) / budget.limit) + '%' })}></i><i ${styled({ width: Math.min(100, (100 * budget.spent) / budget.limit) + '%', background: budget.spent >= budget.limit ? 'var(--bad)' : 'var(--c1)' })}></i></span> ${money(budget.spent)} of ${money(budget.limit, currency)} a ${budget.period}${known(budget.forecast) ? html`, <span class=${budget.forecast > budget.limit ? 'bad-text' : 'muted'}>forecast ${money(budget.forecast)}</span>` : nothing}${budget.exhausted_at ? html`, <span class="warn-text">used up ${dateTime(budget.exhausted_at).slice(5, 16)}</span>` : nothing}</div>`) : html`<span class="muted">none</span>`}</td>
      <td>${Object.entries(tenant.refusals ?? {}).map(([reason, times]) => html`<a class="tag warn" href=${link('requests', { q: `tenant:${tenant.tenant_id} error:${reason}` })}>${reason.replaceAll('_', ' ')} ${whole(times)}</a> `)}</td></tr>`;
  }

  #key(key) {
    const dead = key.revoked_at || (key.expires_at && Date.parse(key.expires_at) < Date.now());
    return html`<tr><td class="mono">${key.prefix}</td><td>${key.tenant}</td><td>${key.name ?? ''}</td><td>${(key.scopes ?? []).join(', ')}</td><td>${key.created_at ? when(key.created_at) : '–'}</td><td>${key.expires_at ? dateTime(key.expires_at) : 'never'}</td><td>${key.revoked_at ? 'revoked' : dead ? 'expired' : 'valid'}</td>
      <td class="right">${canChange() && !dead ? html`<button class="small danger" @click=${() => this.#revoke(key)}>Revoke</button>` : nothing}</td></tr>`;
  }

  async #revoke(key) {
    const { prefix } = key;
    if (confirm('Refuse the key ' + prefix + ' from now on?') && (await change(() => send('POST', `/api/keys/${encodeURIComponent(prefix)}/revoke`, {}), 'Revoked'))) this.reload(true);
  }

  async #create(event) {
    event.preventDefault();
    const { tenant, name, scope } = event.target.elements;
    const made = await change(() => send('POST', '/api/keys', { tenant: tenant.value, ...(name.value ? { name: name.value } : {}), scopes: [scope.value] }));
    if (made) {
      this.made = made.key ?? made.secret;
      this.requestUpdate();
    }
  }
}

const known = value => value !== null && value !== undefined;

/** `requests-per-minute 60, …` of an object, however deep. */
const flat = object => (object && Object.keys(object).length ? Object.entries(object).map(([name, value]) => name.replaceAll('-', ' ') + ' ' + value).join(', ') : '–');

function sums(costs) {
  const days = [...new Set(costs.map(line => line.day))].sort();
  const of = field => days.map(day => costs.filter(line => line.day === day && line[field] !== null).reduce((sum, line) => sum + line[field], 0));
  return { days: days.map(day => Date.parse(day) / 1e3), revenue: of('revenue'), cost: of('infrastructure_cost') };
}

function models(costs) {
  const lines = new Map();
  for (const line of costs) {
    const sum = lines.get(line.model) ?? { model: line.model, currency: line.currency, requests: 0, revenue: null, cost: null, engine: 0, ratings: 0, score: 0 };
    sum.requests += line.requests;
    if (known(line.revenue)) sum.revenue = (sum.revenue ?? 0) + line.revenue;
    if (known(line.infrastructure_cost)) sum.cost = (sum.cost ?? 0) + line.infrastructure_cost;
    sum.engine += line.engine_seconds;
    sum.ratings += line.ratings;
    sum.score += (line.satisfaction ?? 0) * line.ratings;
    lines.set(line.model, sum);
  }
  return [...lines.values()];
}

customElements.define('p-tenants', Tenants);
