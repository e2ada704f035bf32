// What all pages share: base classes, icons, panels, tables, states, exports.

import { LitElement, html, svg, nothing } from 'lit';
import { Directive, directive } from 'lit/directive.js';
import { currentSession } from './net.js';
import { onRoute, onTaste, route } from './state.js';

export { html, nothing } from 'lit';
// Lists are mapped, which reuses rows by place. Lit's `repeat` is not used: lit-html 3.3.2 leaves a comment behind for each row removed.

/** Styles of an element, set one by one: a style attribute, which styleMap writes at first, is refused by the policy of the page. */
export const styled = directive(class extends Directive {
  render() {}

  update(part, [styles]) {
    Object.assign(part.element.style, styles);
  }
});

/** No shadow: one sheet of styles, and every part is found by find-in-page, readers and tests. */
export class View extends LitElement {
  #ends = [];

  createRenderRoot() {
    return this;
  }

  /** Ends the subscription with the element. */
  keep(...ends) {
    this.#ends.push(...ends);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#ends.splice(0).forEach(end => end());
  }
}

/**
 * A page: loads when it is shown, when the address changes, and each `every` milliseconds while it is visible and its time range
 * ends now. An answer that comes after the next question is thrown away.
 */
export class Page extends View {
  every = 0;
  error = null;
  loading = false;
  #abort = null;
  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    this.keep(
      onRoute(next => {
        if (next.page === this.page) this.reload();
      }),
      onTaste(() => this.requestUpdate()),
      () => {
        this.#abort?.abort();
        clearTimeout(this.#timer);
      },
    );
    const seen = () => {
      if (!document.hidden && this.every) this.reload(true);
    };
    document.addEventListener('visibilitychange', seen);
    this.keep(() => document.removeEventListener('visibilitychange', seen));
    this.page = route.page;
    this.reload();
  }

  /** Overridden: asks the server and puts what it says into fields. */
  async load() {}

  async reload(quiet = false) {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.loading = !quiet;
    this.requestUpdate();
    try {
      await this.load(abort.signal);
      if (abort.signal.aborted) return;
      this.error = null;
    } catch (e) {
      if (abort.signal.aborted || e.name === 'AbortError') return;
      this.error = e;
      if (!('status' in e)) console.error(e);
    }
    this.loading = false;
    this.requestUpdate();
    if (this.every && this.isConnected) {
      this.#timer = setTimeout(() => {
        if (!document.hidden) this.reload(true);
      }, this.every);
    }
  }

  render() {
    return html`<div class="stack">
      ${this.loading ? html`<div class="loading" role="progressbar" aria-label="Loading"></div>` : nothing}
      ${this.error ? failure(this.error, () => this.reload()) : nothing} ${this.body()}
    </div>`;
  }

  body() {
    return nothing;
  }

  // What scrolls can be reached by the keyboard; what does not is no stop on its way.
  updated() {
    for (const box of this.querySelectorAll('.panel > .flush, .panel > .body, pre.code')) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    }
  }
}

/** What failed, in the server's words, and what helps. */
export function failure(error, again) {
  const help =
    error.status === 0
      ? 'Is the server running? The page asks again when you press the button.'
      : error.code === 'tenant_scope'
        ? 'Your key sees only its own tenant; sign in with an administrator’s key.'
        : error.status === 403
          ? 'Your key is not allowed to do this; sign in with an administrator’s key.'
          : error.status === 504
            ? 'Choose a shorter time range.'
            : error.status === 429
              ? 'The server is answering as many questions as it may. Try again in a moment.'
              : error.status === 404 && /not stored/.test(error.message)
                ? 'Start the server with store.enabled=true.'
                : '';
  return html`<div class="notice bad" role="alert">
    <span><strong>${sentence(error.message ?? String(error))}</strong> ${help}</span>
    ${again ? html`<button @click=${again}>Try again</button>` : nothing}
  </div>`;
}

const sentence = text => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.') : '');

export const empty = (title, help = '') => html`<div class="empty"><strong>${title}</strong>${help}</div>`;

export function panel(title, content, { note, actions, width = '', flush = false, level = 2 } = {}) {
  const heading = level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`;
  return html`<section class="panel ${width}" aria-label=${title}>
    <header>${heading}${note ? html`<span class="note">${note}</span>` : nothing}<span class="grow"></span>${actions ?? nothing}</header>
    <div class=${flush ? 'flush' : 'body'}>${content}</div>
  </section>`;
}

export function stat(label, value, unit = '', under = '', mood = '') {
  return html`<div class="stat ${mood}"><div class="k" title=${label}>${label}</div>
    <div class="v">${value}${unit ? html` <small>${unit}</small>` : nothing}</div><div class="s">${under}</div></div>`;
}

/** "as JSON", "as CSV": the same question to the API, as a link. */
export function exports(links) {
  return html`<details class="menu" @click=${closeMenu}><summary>Export</summary><div class="pop">
    ${links.map(([name, address, file]) => html`<a href=${address} target="_blank" rel="noopener" download=${file ?? nothing}>${name}</a>`)}
  </div></details>`;
}

function closeMenu(event) {
  if (event.target.closest('.pop')) event.currentTarget.open = false;
}

// A menu closes when something else is pressed, or Escape.
addEventListener('click', event => {
  document.querySelectorAll('details.menu[open]').forEach(menu => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  document.querySelectorAll('details.menu[open]').forEach(menu => {
    menu.open = false;
    menu.querySelector('summary').focus();
  });
});

export function canChange() {
  return currentSession()?.role === 'admin';
}

export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10e3);
}

export function csv(rows, columns) {
  // A cell that a spreadsheet would compute is made text.
  const cell = value => {
    const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };
  return [columns, ...rows.map(row => columns.map(column => row[column]))].map(line => line.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Export of what the page has already: for routes that answer JSON only. */
export function exportRows(name, rows) {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  return html`<details class="menu" @click=${closeMenu}><summary>Export</summary><div class="pop">
    <button @click=${() => download(name + '.json', 'application/json', JSON.stringify(rows, null, 1))}>as JSON</button>
    <button @click=${() => download(name + '.csv', 'text/csv', csv(rows, columns))}>as CSV</button>
  </div></details>`;
}

let toasts = null;

export function toast(text, mood = '') {
  if (!toasts) {
    toasts = document.createElement('div');
    toasts.className = 'toast';
    toasts.setAttribute('role', 'status');
    document.body.append(toasts);
  }
  const line = document.createElement('div');
  line.className = 'notice ' + mood;
  line.textContent = text;
  toasts.append(line);
  while (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => line.remove(), 6000);
}

export async function copy(text, what = 'Copied') {
  try {
    await navigator.clipboard.writeText(text);
    toast(what + '.', 'good');
  } catch {
    toast('The browser did not allow it; select the text and copy it by hand.', 'warn');
  }
}

/** Runs a change; says what came of it. */
export async function change(action, done) {
  try {
    const answer = await action();
    if (done) toast(done, 'good');
    return answer;
  } catch (e) {
    toast(sentence(e.message), 'bad');
    return null;
  }
}

const SEVERITY = { P0: 'bad', P1: 'bad', P2: 'warn', P3: 'info' };
export const severity = level => html`<span class="tag ${SEVERITY[level] ?? ''}">${level ?? '–'}</span>`;

const OUTCOME = { completed: 'good', refused: 'warn', cancelled: '', timed_out: 'bad', failed: 'bad' };
export const outcome = name => (name ? html`<span class="tag ${OUTCOME[name] ?? ''}">${name.replace('_', ' ')}</span>` : '–');

const PATHS = {
  now: 'M2 9h3l2-5 3 9 2-4h2', requests: 'M2.5 4h11M2.5 8h7M2.5 12h9', engine: 'M2.5 3.5h4v4h-4zM9.5 3.5h4v4h-4zM2.5 10h4v3h-4zM9.5 10h4v3h-4z',
  logs: 'M3 2.5h7l3 3v8H3zM5.5 7h5M5.5 10h5', alerts: 'M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4zM6.5 13.5h3',
  incidents: 'M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.2v.1', slo: 'M8 2a6 6 0 1 0 6 6M8 5a3 3 0 1 0 3 3M8 8l5.5-5.5', tenants: 'M2 13h12M4 13V8M8 13V3M12 13V6',
  machine: 'M4 4h8v8H4zM6.5 1.5V4M9.5 1.5V4M6.5 12v2.5M9.5 12v2.5M1.5 6.5H4M1.5 9.5H4M12 6.5h2.5M12 9.5h2.5', telemetry: 'M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10M5.3 10.5a3.5 3.5 0 0 1 0-5M10.7 5.5a3.5 3.5 0 0 1 0 5M8 8v.1',
  try: 'M2.5 3h11v8H7l-3 2.5V11H2.5zM5.5 6h5M5.5 8.3h3', profile: 'M2 13.5h12M3 11h10M3 8.3h6M5 5.6h3M6 3h1.5', search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11', sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z', auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11', reload: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3', pause: 'M5.5 3.5v9M10.5 3.5v9', play: 'M5 3l8 5-8 5z', stop: 'M4 4h8v8H4z', out: 'M6 2.5H3v11h3M10 5l3 3-3 3M13 8H6',
};
export const icon = name => svg`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name] ?? ''}></path></svg>`;
