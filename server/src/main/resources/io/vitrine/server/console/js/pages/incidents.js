// Incidents: the list, and one of them with its time line, evidence, steps and post-mortem.

import { Page, html, nothing, panel, stat, empty, exports, exportRows, severity, canChange, change, download, copy } from '../ui.js';
import { get, send } from '../net.js';
import { go, link, route, setParams } from '../state.js';
import { ago, bytes, clock, dateTime, dateTimeMillis, millis, seconds, when, whole } from '../format.js';
import { markdown } from '../markdown.js';
import '../timeline.js';

const PATH = ['detected', 'triaged', 'investigating', 'mitigating', 'resolved', 'reviewed', 'closed'];
const TONE = { detected: 'bad', triaged: 'warn', investigating: 'warn', mitigating: 'warn', resolved: 'good', reviewed: 'good', closed: '', merged: '', declined: '' };
const LEVELS = ['P0', 'P1', 'P2', 'P3'];

class Incidents extends Page {
  every = 5000;

  async load(signal) {
    const id = route.parts[0];
    if (!id) {
      this.incident = null;
      const state = route.params.get('state') ?? '';
      const [list, items] = await Promise.all([get('/api/incidents', { state, limit: 100 }, signal), get('/api/timeline', { from: new Date(Date.now() - 86400e3).toISOString(), to: new Date().toISOString() }, signal).catch(() => null)]);
      Object.assign(this, { list, items: items?.items ?? [] });
      return;
    }
    const incident = await get('/api/incidents/' + encodeURIComponent(id), {}, signal);
    const begin = millis(incident.began_at);
    const end = incident.resolved_at ? millis(incident.resolved_at) : Date.now();
    const slack = Math.max(300e3, (end - begin) * 0.1);
    this.frame = { from: begin - slack, to: Math.min(Date.now(), end + slack) };
    const around = await get('/api/timeline', { from: new Date(this.frame.from).toISOString(), to: new Date(this.frame.to).toISOString() }, signal).catch(() => null);
    Object.assign(this, { incident, items: around?.items ?? [] });
    const tab = route.params.get('show');
    if (tab === 'post-mortem') this.document = await get(`/api/incidents/${id}/post-mortem`, {}, signal);
    else if (tab && tab !== this.evidenceOf) {
      this.evidence = await get(`/api/incidents/${id}/evidence/${encodeURIComponent(tab)}`, {}, signal);
      this.evidenceOf = tab;
    }
    if (!tab) this.evidenceOf = null;
  }

  body() {
    return route.parts[0] ? this.#one() : this.#all();
  }

  #all() {
    if (!this.list) return nothing;
    const state = route.params.get('state') ?? '';
    const now = Date.now();
    return html`
      ${panel('Last 24 hours', html`<v-timeline .items=${this.items} .from=${now - 86400e3} .to=${now}></v-timeline>`, { note: 'alerts, incidents and changes on one axis' })}
      ${panel('Incidents', this.list.incidents.length ? html`<table><thead><tr><th>Id</th><th>Severity</th><th>State</th><th>Incident</th><th>Commander</th><th>Detected</th><th class="num">To acknowledge</th><th class="num">To resolve</th><th class="num">Alerts</th></tr></thead><tbody>${this.list.incidents.map(incident => html`<tr class="link" @click=${() => go(['incidents', incident.id])}>
        <td><a href=${link(['incidents', incident.id])}>${incident.id}</a></td><td>${severity(incident.severity)}</td><td><span class="tag ${TONE[incident.state]}">${incident.state}</span></td><td class="wrap">${incident.title}</td><td>${incident.commander ?? '–'}</td><td>${when(incident.detected_at)} <span class="muted">${ago(incident.detected_at)}</span></td>
        <td class="num">${seconds(incident.time_to_acknowledge_s)}</td><td class="num">${seconds(incident.time_to_resolve_s)}</td><td class="num">${incident.firing ? html`<span class="bad-text">${incident.firing} of </span>` : nothing}${incident.alerts}</td></tr>`)}</tbody></table>`
        : empty(state === 'open' ? 'No incident is open' : 'No incident', 'A P0 or P1 alert opens one by itself; you can open one by hand.'), {
        flush: true, actions: html`<span class="seg" role="group" aria-label="Which">${[['', 'All'], ['open', 'Open']].map(([id, label]) => html`<button aria-pressed=${state === id ? 'true' : 'false'} @click=${() => setParams({ state: id || null })}>${label}</button>`)}</span>
          ${canChange() ? html`<button id="open-incident" @click=${() => this.querySelector('dialog').showModal()}>Open an incident</button>` : nothing}${exportRows('incidents', this.list.incidents)}`,
      })}
      <dialog aria-label="Open an incident"><form @submit=${event => this.#open(event)}><h2>Open an incident</h2>
        <label class="field">What is wrong<input name="title" required maxlength="200"></label><label class="field">Severity<select name="severity">${LEVELS.map(level => html`<option ?selected=${level === 'P2'}>${level}</option>`)}</select></label>
        <div class="bar end"><button type="button" @click=${event => event.target.closest('dialog').close()}>Cancel</button><button class="primary">Open</button></div></form></dialog>`;
  }

  async #open(event) {
    event.preventDefault();
    const fields = event.target.elements;
    const opened = await change(() => send('POST', '/api/incidents', { title: fields.title.value, severity: fields.severity.value }), 'Opened');
    if (opened) go(['incidents', opened.id]);
  }

  async #do(what, body, done) {
    const { incident } = this;
    const answer = await change(() => send('POST', `/api/incidents/${incident.id}/${what}`, { ...body, version: incident.version }), done);
    this.reload(true);
    return answer;
  }

  #one() {
    const { incident } = this;
    if (!incident || String(incident.id) !== route.parts[0]) return nothing;
    const may = canChange();
    const reached = PATH.indexOf(incident.state);
    const tab = route.params.get('show');
    return html`
      <div class="bar"><a href=${link('incidents')}>← Incidents</a>${severity(incident.severity)}<strong>${incident.id}: ${incident.title}</strong><span class="grow"></span>
        ${may && !incident.acknowledged_at ? html`<button id="acknowledge" class="primary" @click=${() => this.#do('ack', {}, 'Acknowledged')}>Acknowledge</button>` : nothing}
        ${exports([['as JSON', '/api/incidents/' + incident.id], ['post-mortem (Markdown)', `/api/incidents/${incident.id}/post-mortem`, `incident-${incident.id}.md`]])}</div>
      <div class="steps" aria-label="State">${PATH.map((name, index) => html`<span class=${incident.state === name ? 'now' : index < reached ? 'done' : ''} aria-current=${incident.state === name ? 'step' : nothing}>${name}</span>`)}${reached < 0 ? html`<span class="now">${incident.state}</span>` : nothing}
        ${may ? incident.next_states.filter(state => state !== 'merged').map(state => html`<button class="small" data-state=${state} @click=${() => this.#do('state', { state }, 'It is ' + state + ' now')}>→ ${state}</button>`) : nothing}</div>
      <div class="stats">${stat('Began', clock(incident.began_at), '', dateTime(incident.began_at).slice(0, 10))}${stat('To detect', seconds(incident.time_to_detect_s))}${stat('To acknowledge', seconds(incident.time_to_acknowledge_s), '', incident.acknowledged_at ? clock(incident.acknowledged_at) : 'not yet', incident.acknowledged_at ? '' : 'warn')}
        ${stat('To resolve', seconds(incident.time_to_resolve_s), '', incident.resolved_at ? clock(incident.resolved_at) : 'not yet')}${stat('Commander', incident.commander ?? '–', '', incident.war_room ?? '', incident.commander || !/P[01]/.test(incident.severity) ? '' : 'warn')}${stat('Alerts', html`${incident.firing.length}<small> / ${incident.fingerprints.length}</small>`, '', 'firing', incident.firing.length ? 'bad' : '')}</div>
      ${panel('Around it', html`<v-timeline .items=${this.items} .from=${this.frame.from} .to=${this.frame.to} .mark=${[millis(incident.began_at), incident.resolved_at ? millis(incident.resolved_at) : Date.now()]}></v-timeline>`, { note: 'alerts, incidents and changes on one axis; the shaded time is this incident' })}
      <div class="cols"><div class="stack">
        ${panel('Time line', html`<ol class="tl">${incident.timeline.map(entry => html`<li><time class="muted small" title=${entry.at}>${dateTimeMillis(entry.at).slice(5, 19)}</time><i class="dot ${{ state: 'warn', alert: 'bad', note: 'good' }[entry.kind] ?? ''}"></i><div>${entry.text} <span class="muted small">${entry.author}</span></div></li>`)}</ol>
          ${may ? html`<form class="bar" @submit=${event => this.#say(event, 'note', 'text', 'Noted')}><label class="sr" for="note">Note</label><input id="note" name="text" class="grow" placeholder="What was done or seen" required maxlength="2000"><button>Add a note</button></form>` : nothing}`, { note: whole(incident.timeline.length) + ' entries' })}
        ${panel('Evidence', html`<table><thead><tr><th>Item</th><th class="num">Size</th><th>Taken</th><th>Lacks</th></tr></thead><tbody>${incident.evidence.map(item => html`<tr class=${item.bytes ? 'link' : ''} aria-selected=${tab === item.name ? 'true' : 'false'} @click=${() => item.bytes && setParams({ show: tab === item.name ? null : item.name })}><td>${item.bytes ? html`<button class="plain">${item.name}</button>` : item.name}</td><td class="num">${item.bytes ? bytes(item.bytes) : '–'}</td><td>${clock(item.taken_at)}</td><td class="wrap muted">${item.note ?? ''}</td></tr>`)}</tbody></table>
          ${incident.evidence.length ? nothing : empty('Not collected yet', 'It is collected within seconds of the opening.')}`, { flush: true })}
        ${tab && tab !== 'post-mortem' && this.evidence !== undefined ? panel('Evidence: ' + tab, evidence(this.evidence), { actions: html`<button class="small" @click=${() => copy(textOf(this.evidence))}>Copy</button>` }) : nothing}
        ${tab === 'post-mortem' && this.document ? panel('Post-mortem', markdown(this.document), { actions: html`<button class="small" @click=${() => download(`incident-${incident.id}.md`, 'text/markdown', this.document)}>Download</button>` }) : nothing}
      </div><div class="stack">
        ${may ? panel('Response', html`<form class="stack" @submit=${event => this.#assign(event)}><label class="field">Commander<input name="commander" required .value=${incident.commander ?? ''}></label><label class="field">War room<input name="war_room" .value=${incident.war_room ?? ''}></label><button>Assign</button></form>
          <form class="bar" @submit=${event => this.#say(event, 'severity', 'severity', 'Severity changed')}><label class="sr" for="severity">Severity</label><select id="severity" name="severity">${LEVELS.map(level => html`<option ?selected=${level === incident.severity}>${level}</option>`)}</select><button>Change severity</button></form>`) : nothing}
        ${panel('Root cause', html`${incident.root_cause ? html`<p>${incident.root_cause}</p>` : html`<p class="muted">Not written yet; a review needs it.</p>`}${may ? html`<form class="stack" @submit=${event => this.#say(event, 'root-cause', 'text', 'Root cause written')}><label class="sr" for="cause">Root cause</label><textarea id="cause" name="text" rows="3" required placeholder="Why it happened"></textarea><button>Write</button></form>` : nothing}`)}
        ${panel('Action items', html`${incident.action_items.length ? html`<ul class="plainlist">${incident.action_items.map((item, index) => html`<li class="bar"><label class="check"><input type="checkbox" .checked=${item.done} ?disabled=${item.done || !may} @change=${() => this.#do('action-item', { done: index + 1 }, 'Done')}>${item.text}</label><span class="muted small">${item.owner}, due ${item.due}</span></li>`)}</ul>` : html`<p class="muted">None yet${/P[01]/.test(incident.severity) ? '; closing needs one' : ''}.</p>`}
          ${may ? html`<form class="stack" id="action-item" @submit=${event => this.#item(event)}><label class="field">What<input name="text" required></label><div class="bar"><label class="field grow">Owner<input name="owner" required></label><label class="field">Due<input name="due" type="date" required></label></div><button>Add</button></form>` : nothing}`)}
        ${panel('Post-mortem', html`<p class="muted small">The draft has times, numbers, time line and evidence already.</p><button @click=${() => setParams({ show: tab === 'post-mortem' ? null : 'post-mortem' })}>${tab === 'post-mortem' ? 'Hide' : 'Show'} the draft</button>`)}
      </div></div>`;
  }

  async #say(event, what, field, done) {
    event.preventDefault();
    const form = event.target;
    if (await this.#do(what, { [field]: form.elements[field].value }, done)) form.reset();
  }

  #assign(event) {
    event.preventDefault();
    const { commander, war_room: room } = event.target.elements;
    this.#do('assign', { commander: commander.value, ...(room.value ? { war_room: room.value } : {}) }, 'Assigned');
  }

  async #item(event) {
    event.preventDefault();
    const form = event.target;
    const { text, owner, due } = form.elements;
    if (await this.#do('action-item', { text: text.value, owner: owner.value, due: due.value }, 'Added')) form.reset();
  }
}

const textOf = content => (typeof content === 'string' ? content : JSON.stringify(content, null, 1));

function evidence(content) {
  const text = textOf(content);
  const lines = text.split('\n', 400);
  return html`<pre class="code tall">${lines.map(line => line + '\n')}</pre>${text.length > lines.join('\n').length + 1 ? html`<p class="muted small">The first 400 lines; export has all.</p>` : nothing}`;
}

customElements.define('p-incidents', Incidents);
