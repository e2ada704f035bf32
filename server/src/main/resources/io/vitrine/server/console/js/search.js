// The search box: one line of typed keys; the server completes it and says where it is wrong.

import { View, html, icon, nothing } from './ui.js';
import { get } from './net.js';

class Search extends View {
  static properties = { value: {}, of: {}, label: {}, error: { attribute: false }, items: { state: true }, chosen: { state: true }, shown: { state: true } };

  #abort = null;
  #timer = 0;
  #answer = null;

  constructor() {
    super();
    this.value = '';
    this.of = 'requests';
    this.items = [];
    this.chosen = -1;
    this.shown = false;
  }

  get input() {
    return this.querySelector('input');
  }

  render() {
    const open = this.shown && this.items.length > 0;
    return html`${icon('search')}<input type="search" role="combobox" autocomplete="off" spellcheck="false" aria-label=${this.label ?? 'Search'} aria-expanded=${open ? 'true' : 'false'}
        aria-controls="search-options" aria-activedescendant=${open && this.chosen >= 0 ? 'search-option-' + this.chosen : nothing} .value=${this.value}
        placeholder=${this.of === 'logs' ? 'level:warn event:request_completed "words in the line"' : 'tenant:acme ttft>500ms finish:length -outcome:completed'}
        @input=${event => this.#typed(event)} @keydown=${event => this.#key(event)} @focus=${() => this.#complete()} @blur=${() => setTimeout(() => (this.shown = false), 150)} @search=${() => this.#submit()}>
      <ul id="search-options" role="listbox" aria-label="Completions" ?hidden=${!open}>${this.items.map((item, index) => html`<li role="option" id=${'search-option-' + index}
        aria-selected=${index === this.chosen ? 'true' : 'false'} @pointerdown=${event => { event.preventDefault(); this.#take(item); }}><code>${item.insert}</code><span>${item.detail ?? ''}</span></li>`)}</ul>
      ${this.error ? html`<div class="why" role="alert">${this.error.message}${this.error.detail?.position !== undefined ? html` <code>${this.#pointed()}</code>` : nothing}</div>` : nothing}`;
  }

  #pointed() {
    const { position = 0, length = 1 } = this.error.detail;
    return this.value.slice(Math.max(0, position - 12), position) + '▸' + this.value.slice(position, position + length) + '◂';
  }

  #typed(event) {
    this.value = event.target.value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#complete(), 90);
  }

  async #complete() {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    try {
      this.#answer = await get('/api/search/complete', { for: this.of, q: this.input.value, cursor: this.input.selectionStart ?? this.input.value.length }, abort.signal);
      this.items = (this.#answer.items ?? []).slice(0, 12);
      this.chosen = -1;
      this.shown = document.activeElement === this.input;
    } catch {
      this.items = [];
    }
  }

  #take(item) {
    const text = this.input.value;
    const { from, to } = this.#answer;
    const space = item.kind === 'value' && !text.slice(to).startsWith(' ') ? ' ' : '';
    this.value = text.slice(0, from) + item.insert + space + text.slice(to);
    this.updateComplete.then(() => {
      const at = from + item.insert.length + space.length;
      this.input.setSelectionRange(at, at);
      this.input.focus();
      this.#complete();
    });
  }

  #key(event) {
    if (event.key === 'ArrowDown' && this.items.length) {
      this.shown = true;
      this.chosen = (this.chosen + 1) % this.items.length;
    } else if (event.key === 'ArrowUp' && this.items.length) this.chosen = (this.chosen + this.items.length - (this.chosen < 0 ? 0 : 1)) % this.items.length;
    else if ((event.key === 'Enter' || event.key === 'Tab') && this.shown && this.chosen >= 0) this.#take(this.items[this.chosen]);
    else if (event.key === 'Enter') this.#submit();
    else if (event.key === 'Escape' && this.shown) this.shown = false;
    else return;
    if (event.key !== 'Enter' || this.chosen >= 0) event.preventDefault();
  }

  #submit() {
    this.shown = false;
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.value = this.input.value.trim();
    this.dispatchEvent(new CustomEvent('query', { detail: this.value }));
  }
}

customElements.define('v-search', Search);
