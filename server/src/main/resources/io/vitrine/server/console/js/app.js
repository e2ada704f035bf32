// The frame: navigation, time range, zone, theme, session; it loads a page's module when the page is first shown.

import { View, html, nothing, icon, failure } from './ui.js';
import { RANGES, link, onRoute, onTaste, range, route, setParams, taste } from './state.js';
import { dateTime, zoneName } from './format.js';
import { currentSession, get, isTenant, loadSession, login, logout, onSession, stream } from './net.js';

/** `tenant`: shown to a tenant's administrator too; `time`: the range it begins with, if it has one. */
const PAGES = {
  now: { title: 'Now', tenant: false },
  requests: { title: 'Requests', tenant: true, time: '1h' },
  engine: { title: 'Engine', time: '15m' },
  logs: { title: 'Logs', tenant: true, time: '1h' },
  alerts: { title: 'Alerts', rule: true },
  incidents: { title: 'Incidents' },
  slo: { title: 'Objectives', time: '24h' },
  tenants: { title: 'Tenants & cost', tenant: true, rule: true },
  machine: { title: 'GPU & host', time: '1h' },
  telemetry: { title: 'Telemetry', time: '1h' },
  try: { title: 'Try it', tenant: true, rule: true },
  profile: { title: 'Profile' },
};
/** Pages that are reached by links only. */
const MORE = { runbook: { title: 'Runbook', module: 'alerts', mark: 'alerts' }, compare: { title: 'Compare traces', module: 'requests', mark: 'requests', tenant: true }, trace: { title: 'Trace', module: 'requests', mark: 'requests', tenant: true } };

class App extends View {
  static properties = { state: { state: true }, module: { state: true }, open: { state: true }, live: { state: true }, firing: { state: true }, broken: { state: true } };

  constructor() {
    super();
    this.state = 'starting';
    this.open = false;
    this.live = 'off';
    this.firing = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.keep(onRoute(() => this.#show()), onTaste(() => this.requestUpdate()), onSession(() => this.#session()), stream.onState(state => (this.live = state)));
    addEventListener('keydown', event => this.#key(event));
    addEventListener('unhandledrejection', event => console.error(event.reason));
    loadSession().then(() => this.#show(), error => {
      this.broken = error;
      this.state = 'broken';
    });
    this.#watch();
  }

  #session() {
    const session = currentSession();
    this.state = session.sign_in_needed && !session.signed_in ? 'out' : 'in';
    if (this.state === 'out') stream.close();
    this.requestUpdate();
  }

  #page() {
    const known = { ...PAGES, ...MORE }[route.page];
    if (!known) return null;
    return isTenant() && !known.tenant ? null : known;
  }

  async #show() {
    this.open = false;
    const page = this.#page();
    if (!page) {
      if (route.page === 'now' && isTenant()) location.replace(link('requests'));
      this.requestUpdate();
      return;
    }
    document.title = page.title + (route.parts[0] ? ' ' + route.parts[0] : '') + ' · Vitrine';
    const name = page.module ?? route.page;
    if (customElements.get('p-' + route.page)) {
      this.requestUpdate();
      return;
    }
    try {
      await import('./pages/' + name + '.js');
      this.broken = null;
    } catch (e) {
      console.error(e);
      this.broken = e;
    }
    this.requestUpdate();
  }

  // The number of firing alerts stands beside the page's name, wherever one is.
  async #watch() {
    if (!document.hidden && this.state === 'in' && !isTenant()) {
      try {
        const { alerts } = await get('/api/alerts');
        this.firing = alerts.filter(alert => alert.state === 'firing' && !alert.suppressed).length;
      } catch {
        this.firing = null;
      }
    }
    setTimeout(() => this.#watch(), this.state === 'in' ? 10e3 : 500);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT|CANVAS)$/.test(event.target.tagName)) return;
    if (event.key === '/') {
      const box = this.querySelector('v-search input');
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
  }

  render() {
    if (this.state === 'starting') return html`<div class="login"><span class="muted">Loading…</span></div>`;
    if (this.state === 'broken') return html`<div class="login"><div>${failure(this.broken, () => location.reload())}</div></div>`;
    if (this.state === 'out') return this.#signIn();
    const page = this.#page();
    const session = currentSession();
    const mark = page?.mark ?? route.page;
    return html`
      <a class="skip" href="#main" @click=${event => { event.preventDefault(); this.querySelector('main').focus(); }}>Skip to the page</a>
      <a class="brand" href=${link(isTenant() ? 'requests' : 'now')}><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 3 8 13.5 13.5 3M4.9 7.6h6.2"></path></svg>Vitrine</a>
      <header class="topbar">
        <button class="quiet burger" aria-label="Menu" aria-expanded=${this.open ? 'true' : 'false'} @click=${() => (this.open = !this.open)}>${icon('menu')}</button>
        <h1>${page?.title ?? 'Not here'}</h1><span class="grow"></span>
        ${page?.time ? this.#time(page.time) : nothing}
        ${this.live === 'off' ? nothing : html`<span class="tag wide ${this.live === 'live' ? 'good' : 'warn'}" title="Live updates"><i class="dot ${this.live === 'live' ? 'good' : 'warn'}"></i>${this.live === 'live' ? 'live' : this.live === 'lost' ? 'reconnecting' : 'connecting'}</span>`}
        <button class="quiet" title="Times are in ${zoneName()}; press to change" aria-label="Time zone: ${zoneName()}" @click=${() => (taste.zone = taste.zone === 'utc' ? 'local' : 'utc')}>${zoneName()}</button>
        <button class="quiet" title="Theme: ${taste.theme}" aria-label="Theme: ${taste.theme}" @click=${() => (taste.theme = { auto: 'light', light: 'dark', dark: 'auto' }[taste.theme])}>${icon({ auto: 'auto', light: 'sun', dark: 'moon' }[taste.theme])}</button>
        ${session.signed_in ? html`<button class="quiet" id="sign-out" title="Signed in as ${session.role}${session.tenant_id ? ' of ' + session.tenant_id : ''}" @click=${() => logout()}>${icon('out')}<span class="wide">${session.tenant_id ?? session.role}</span></button>` : nothing}
      </header>
      <nav class="side ${this.open ? 'open' : ''}" aria-label="Pages">
        ${Object.entries(PAGES).filter(([, item]) => !isTenant() || item.tenant).map(([name, item]) => html`${item.rule ? html`<div class="rule"></div>` : nothing}
          <a href=${link(name)} aria-current=${mark === name ? 'page' : nothing}>${icon(name)}${item.title}${name === 'alerts' && this.firing ? html`<span class="badge" aria-label="${this.firing} firing">${this.firing}</span>` : nothing}</a>`)}
        <div class="foot">${session.model ?? ''}<br>${session.version ? 'Vitrine ' + session.version : ''}</div>
      </nav>
      <main id="main" tabindex="-1">${this.#content(page)}</main>`;
  }

  #content(page) {
    if (!page) return html`<div class="empty"><strong>There is no such page${isTenant() ? ' for a tenant’s key' : ''}.</strong><a href=${link(isTenant() ? 'requests' : 'now')}>Go to the first page</a></div>`;
    if (this.broken) return failure({ message: 'the page could not be loaded: ' + this.broken.message }, () => location.reload());
    if (!customElements.get('p-' + route.page)) return html`<div class="loading"></div>`;
    // An element a page; another request of the same page is the same element with another address.
    if (this.page?.localName !== 'p-' + route.page) this.page = document.createElement('p-' + route.page);
    return this.page;
  }

  #time(fallback) {
    const now = range(fallback);
    return html`<label class="sr" for="time-range">Time range</label>
      <select id="time-range" @change=${event => setParams({ t: event.target.value })}>
        ${now.live ? nothing : html`<option selected value=${now.text}>${dateTime(now.from)} – ${dateTime(now.to).slice(dateTime(now.from).slice(0, 10) === dateTime(now.to).slice(0, 10) ? 11 : 0)}</option>`}
        ${RANGES.map(([id, label]) => html`<option value=${id} ?selected=${now.text === id}>${label}</option>`)}
      </select>
      <button class="quiet" aria-label="Ask again" title="Ask again" @click=${() => this.page?.reload?.()}>${icon('reload')}</button>`;
  }

  #signIn() {
    const submit = async event => {
      event.preventDefault();
      const field = event.target.elements.key;
      this.signing = true;
      this.failed = null;
      this.requestUpdate();
      try {
        await login(field.value.trim());
        field.value = '';
        this.#show();
      } catch (e) {
        this.failed = e;
      }
      this.signing = false;
      this.requestUpdate();
    };
    return html`<main class="login"><form class="panel" @submit=${submit}>
      <h1>Vitrine</h1>
      <p class="muted">${currentSession().ended ? 'Your session has ended. ' : ''}Sign in with an API key that has the scope <code>admin</code> or <code>read-telemetry</code>, or a tenant’s own.</p>
      <input name="username" autocomplete="username" value="API key" hidden>
      <label class="field">API key<input name="key" type="password" autocomplete="current-password" placeholder="vt_…" required autofocus></label>
      ${this.failed ? html`<div class="notice bad" role="alert">${this.failed.message}</div>` : nothing}
      <button class="primary" ?disabled=${this.signing}>Sign in</button>
      <p class="muted small">No key yet? On the server: <code>./vitrine keys create --tenant default --scopes admin</code></p>
    </form></main>`;
  }
}

customElements.define('v-app', App);
