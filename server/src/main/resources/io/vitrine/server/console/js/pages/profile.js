// Profile: where the processor's time goes, as flame graph, by the role of the thread; off until somebody asks.

import { Page, html, nothing, panel, empty, exports, canChange, change, download } from '../ui.js';
import { get, send, url } from '../net.js';
import { link, route, setParams } from '../state.js';
import { clock, count, cut, dateTime, ms, percent, whole } from '../format.js';
import '../flame.js';
import '../strip.js';

class Profile extends Page {
  every = 2000;

  async load(signal) {
    this.state = await get('/api/profile', {}, signal);
    const chosen = route.params.get('id') ?? [...(this.state.windows ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1)).at(-1)?.id;
    const role = route.params.get('role') ?? '';
    const wanted = chosen + '/' + role;
    if (chosen && wanted !== this.shown) {
      const answer = await get(`/api/profile/${encodeURIComponent(chosen)}/flame`, { role }, signal);
      this.answer = { ...answer.flame, requests: answer.requests };
      // A recording that runs still grows.
      this.shown = this.state.windows.find(window => window.id === chosen)?.running ? null : wanted;
      this.chosen = chosen;
    }
  }

  body() {
    const { state, answer } = this;
    if (!state) return nothing;
    const role = route.params.get('role') ?? '';
    return html`
      <div class="bar">${canChange() ? html`<form class="bar" @submit=${event => this.#start(event)}><label class="check">for <select name="seconds" aria-label="Seconds">${[5, 10, 30, 60].map(seconds => html`<option value=${seconds} ?selected=${seconds === 10}>${seconds} s</option>`)}</select></label><button class="primary" id="record" ?disabled=${state.running || state.available === false}>${state.running ? 'Recording…' : 'Record'}</button></form>` : nothing}
        <span class="muted small">Samples come from the JVM’s own flight recorder; time in libtorch is native code.</span><span class="grow"></span>
        ${state.windows?.length ? html`<label class="sr" for="window">Recording</label><select id="window" @change=${event => setParams({ id: event.target.value })}>${[...state.windows].reverse().map(window => html`<option value=${window.id} ?selected=${window.id === this.chosen}>${dateTime(window.from)} – ${clock(window.to)}, ${whole(window.samples)} samples</option>`)}</select>` : nothing}
        ${answer ? exports([['as JSON', url(`/api/profile/${this.chosen}/flame`, { role })]]) : nothing}${answer ? html`<button @click=${() => download('profile.collapsed.txt', 'text/plain', collapsed(answer.root))}>Collapsed stacks</button>` : nothing}</div>
      ${state.available === false ? empty('This Java has no flight recorder', 'Run the server on a JDK with the module jdk.jfr.') : !answer ? empty('Nothing recorded yet', 'Press Record while the server works. It costs about a percent while it runs, and nothing otherwise.') : html`
        <div class="bar"><span class="seg wrapped" role="group" aria-label="Threads"><button aria-pressed=${role ? 'false' : 'true'} @click=${() => setParams({ role: null })}>all ${count(answer.samples)}</button>${answer.roles.filter(item => item.samples).map(item => html`<button aria-pressed=${role === item.role ? 'true' : 'false'} @click=${() => setParams({ role: item.role })}>${item.role} ${ms(item.millis)}</button>`)}</span><span class="grow"></span><label class="sr" for="find">Find a frame</label><input id="find" type="search" placeholder="find a frame" .value=${this.find ?? ''} @input=${event => { this.find = event.target.value; this.requestUpdate(); }}></div>
        ${panel('Flame graph', answer.root?.value ? html`<v-flame .root=${answer.root} .find=${this.find ?? ''}></v-flame>` : empty('No sample', 'The server was idle: record while requests run.'), { note: `${whole(answer.samples)} samples` })}
        ${panel('Hottest frames', html`<table><thead><tr><th>Frame</th><th class="num">Own time</th><th class="num">Share</th></tr></thead><tbody>${hottest(answer.root).map(([name, value]) => html`<tr><td class="mono wrap">${name}</td><td class="num">${ms(value)}</td><td class="num">${percent(value / (answer.root.value || 1))}</td></tr>`)}</tbody></table>`, { flush: true })}
        ${answer.requests?.length ? panel('Requests that ran then', html`<v-lanes .lanes=${this.#lanes(answer)} .start=${this.#from()} .total=${this.#to() - this.#from()} @run=${event => (location.hash = link(['requests', event.detail.id]))}></v-lanes>`, { note: whole(answer.requests.length) + ' requests' }) : nothing}`}`;
  }

  #window() {
    return this.state.windows.find(window => window.id === this.chosen) ?? {};
  }

  #from() {
    return Date.parse(this.#window().from);
  }

  #to() {
    return Math.max(this.#from() + 1, Date.parse(this.#window().to));
  }

  #lanes(answer) {
    return answer.requests.slice(0, 24).map(request => ({ name: request.tenant_id ?? '', runs: [{ from: Math.max(0, Date.parse(request.start) - this.#from()), to: Math.min(this.#to(), Date.parse(request.at)) - this.#from(), id: request.request_id, label: cut(request.request_id) }] }));
  }

  async #start(event) {
    event.preventDefault();
    const seconds = Number(event.target.elements.seconds.value);
    if (await change(() => send('POST', '/api/profile', { seconds }), `Recording for ${seconds} s`)) {
      setParams({ id: null });
      this.reload(true);
    }
  }
}

function hottest(root) {
  const own = new Map();
  const walk = node => {
    const below = (node.children ?? []).reduce((sum, child) => sum + child.value, 0);
    own.set(node.name, (own.get(node.name) ?? 0) + node.value - below);
    (node.children ?? []).forEach(walk);
  };
  if (root) walk(root);
  return [...own].filter(([, value]) => value > 0).sort((a, b) => b[1] - a[1]).slice(0, 15);
}

/** A stack a line, as other flame graph tools read it. */
function collapsed(root) {
  const lines = [];
  const walk = (node, path) => {
    const here = [...path, node.name];
    const own = node.value - (node.children ?? []).reduce((sum, child) => sum + child.value, 0);
    if (own > 0) lines.push(here.join(';') + ' ' + Math.round(own));
    (node.children ?? []).forEach(child => walk(child, here));
  };
  if (root) walk(root, []);
  return lines.join('\n') + '\n';
}

customElements.define('p-profile', Profile);
