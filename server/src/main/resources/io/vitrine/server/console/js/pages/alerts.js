// Alerts: what fires, what to do about it, silences, and every rule; a runbook as a page.

import { Page, html, nothing, panel, empty, exportRows, severity, canChange, change } from '../ui.js';
import { get, send, stream } from '../net.js';
import { go, link, route, setParams } from '../state.js';
import { ago, dateTime, digits, ms, when } from '../format.js';
import { markdown } from '../markdown.js';

const STATE = { firing: 'bad', pending: 'warn', inactive: '', no_data: '', failed: 'bad' };

class Alerts extends Page {
  every = 5000;

  connectedCallback() {
    super.connectedCallback();
    this.keep(stream.watch('alerts', () => this.reload(true)));
  }

  async load(signal) {
    const [alerts, silences, rules, incidents] = await Promise.all([get('/api/alerts', {}, signal), get('/api/silences', {}, signal), get('/api/rules', {}, signal), get('/api/incidents', { state: 'open', limit: 100 }, signal).catch(() => null)]);
    Object.assign(this, { alerts: alerts.alerts, silences: silences.silences, rules: rules.rules, incidents: incidents?.incidents ?? [] });
    const name = route.params.get('runbook');
    if (name !== this.shown) {
      this.shown = name;
      this.runbook = name ? markdown(await get('/api/runbooks/' + encodeURIComponent(name), {}, signal)) : null;
    }
  }

  body() {
    if (!this.alerts) return nothing;
    const order = ['P0', 'P1', 'P2', 'P3'];
    const active = [...this.alerts].sort((a, b) => (a.state === b.state ? order.indexOf(a.severity) - order.indexOf(b.severity) : a.state === 'firing' ? -1 : 1));
    return html`
      <div class=${this.runbook ? 'cols wideside' : 'stack'}><div class="stack">
      ${panel('Active alerts', active.length ? html`<table><thead><tr><th>Severity</th><th>State</th><th>Alert</th><th>What is wrong</th><th class="num">Value</th><th>Since</th><th></th></tr></thead><tbody>${active.map(alert => this.#row(alert))}</tbody></table>`
        : empty('Nothing is wrong', `${this.rules.length} rules are evaluated every few seconds.`), { flush: true, note: `${active.filter(alert => alert.state === 'firing').length} firing, ${active.filter(alert => alert.state === 'pending').length} pending`, actions: exportRows('alerts', this.alerts) })}
      ${panel('Silences', this.silences.length ? html`<table><thead><tr><th>Matches</th><th>Until</th><th>Who</th><th>Why</th><th></th></tr></thead><tbody>${this.silences.map(silence => html`<tr><td class="mono wrap">${silence.matchers.join(' ')}</td><td>${dateTime(silence.until)} <span class="muted">${ms(silence.remaining_seconds * 1e3)} left</span></td><td class="cut">${silence.who}</td><td class="wrap">${silence.why}</td>
        <td class="right">${canChange() ? html`<button class="small" @click=${() => this.#expire(silence)}>End now</button>` : nothing}</td></tr>`)}</tbody></table>` : empty('No silence'), {
        flush: true, actions: canChange() ? html`<button class="small" @click=${() => this.#ask(['severity=P3'])}>New silence</button>` : nothing })}
      ${panel('Rules', html`<table><thead><tr><th>State</th><th>Severity</th><th>Rule</th><th>Condition</th><th>For</th><th></th></tr></thead><tbody>${this.rules.map(rule => html`<tr><td><span class="tag ${STATE[rule.state] ?? ''}">${rule.state.replace('_', ' ')}</span></td><td>${severity(rule.severity)}</td><td>${rule.alert}</td><td class="mono wrap" title=${rule.summary}>${rule.expr} ${rule.fires}${rule.failure ? html`<div class="bad-text">${rule.failure}</div>` : nothing}</td><td>${rule.for}</td><td><button class="small quiet" @click=${() => setParams({ runbook: rule.runbook })}>Runbook<span class="sr"> of ${rule.alert}</span></button></td></tr>`)}</tbody></table>`, { flush: true, note: this.rules.length + ' rules', actions: exportRows('rules', this.rules) })}
      </div>
      ${this.runbook ? panel('Runbook', this.runbook, { actions: html`<a class="small" href=${link(['runbook', this.shown])}>Open alone</a><button class="small quiet" @click=${() => setParams({ runbook: null })}>Close</button>` }) : nothing}
      </div>
      <dialog aria-label="Silence">${this.#form()}</dialog>`;
  }

  #row(alert) {
    const incident = this.incidents.find(other => other.title?.includes(alert.alert));
    const labels = Object.entries(alert.labels).filter(([name]) => !['alertname', 'severity', 'area'].includes(name));
    return html`<tr><td>${severity(alert.severity)}</td><td><span class="tag ${STATE[alert.state]}">${alert.state}</span></td>
      <td><strong>${alert.alert}</strong>${labels.map(([name, value]) => html`<div class="small muted">${name}=${value}</div>`)}</td>
      <td class="wrap">${alert.summary}<div class="small muted">${alert.action}</div>${alert.suppressed ? html`<span class="tag">suppressed: ${alert.suppressed}</span>` : nothing}${alert.acknowledged ? html`<span class="tag info">acknowledged</span>` : nothing}${alert.flapping ? html`<span class="tag warn">flapping</span>` : nothing}</td>
      <td class="num">${typeof alert.value === 'number' ? digits(alert.value) : alert.value}</td><td>${when(alert.active_since)}<div class="small muted">${ago(alert.active_since)}</div></td>
      <td class="right"><div class="bar end"><button class="small quiet" @click=${() => setParams({ runbook: alert.runbook })}>Runbook</button>
        ${incident ? html`<a class="small" href=${link(['incidents', incident.id])}>Incident ${incident.id}</a>` : nothing}
        ${canChange() && alert.state === 'firing' && !alert.acknowledged ? html`<button class="small" @click=${() => this.#acknowledge(alert)}>Acknowledge</button>` : nothing}
        ${canChange() && !alert.suppressed ? html`<button class="small" @click=${() => this.#ask(['alertname=' + alert.alert, ...labels.map(([name, value]) => name + '=' + value)])}>Silence</button>` : nothing}</div></td></tr>`;
  }

  // An alert is acknowledged by its incident: the most urgent have one by themselves, for another one is opened.
  async #acknowledge(alert) {
    const full = await Promise.all(this.incidents.map(item => get('/api/incidents/' + item.id).catch(() => null)));
    const holder = full.find(item => item?.firing?.includes(alert.fingerprint) || item?.fingerprints?.includes(alert.fingerprint));
    if (holder) {
      if (await change(() => send('POST', `/api/incidents/${holder.id}/ack`, {}), 'Acknowledged with incident ' + holder.id)) this.reload(true);
      return;
    }
    const opened = await change(() => send('POST', '/api/incidents', { title: alert.alert + ': ' + alert.summary.slice(0, 160), severity: alert.severity, why: 'acknowledged in the console' }), 'It had no incident: one is open now');
    if (opened) go(['incidents', opened.id]);
  }

  #ask(matchers) {
    this.draft = { matchers: matchers.join('\n'), for: '2h', why: '' };
    this.requestUpdate();
    this.updateComplete.then(() => this.querySelector('dialog').showModal());
  }

  #form() {
    if (!this.draft) return nothing;
    const close = () => this.querySelector('dialog').close();
    return html`<form @submit=${event => this.#silence(event)}><h2>Silence alerts</h2>
      <label class="field">Labels, one a line, all must match<textarea name="matchers" rows="3" required .value=${this.draft.matchers}></textarea></label>
      <label class="field">For<input name="for" required pattern="[0-9]+(ms|s|m|h|d|w)([0-9]+(ms|s|m|h|d))*" .value=${this.draft.for} title="such as 30m, 2h or 1d"></label>
      <label class="field">Why<input name="why" required maxlength="500" .value=${this.draft.why}></label>
      <div class="bar end"><button type="button" @click=${close}>Cancel</button><button class="primary">Silence</button></div></form>`;
  }

  async #silence(event) {
    event.preventDefault();
    const fields = event.target.elements;
    const body = { matchers: fields.matchers.value.split('\n').map(line => line.trim()).filter(Boolean), for: fields.for.value, why: fields.why.value };
    if (await change(() => send('POST', '/api/silences', body), 'Silenced for ' + body.for)) {
      this.querySelector('dialog').close();
      this.reload(true);
    }
  }

  async #expire(silence) {
    await change(() => send('DELETE', '/api/silences/' + encodeURIComponent(silence.id)), 'The silence has ended');
    this.reload(true);
  }
}

customElements.define('p-alerts', Alerts);

class Runbook extends Page {
  async load(signal) {
    this.text = markdown(await get('/api/runbooks/' + encodeURIComponent(route.parts[0] ?? 'README'), {}, signal));
  }

  body() {
    return this.text ? html`<section class="panel"><div class="body">${this.text}</div></section>` : nothing;
  }
}

customElements.define('p-runbook', Runbook);
