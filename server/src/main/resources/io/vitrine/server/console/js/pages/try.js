// Try it: a chat whose tokens show how sure the model was, and beside it the trace of the answer as it grows.

import { Page, html, nothing, icon, empty, styled } from '../ui.js';
import { currentSession, get, open } from '../net.js';
import { link } from '../state.js';
import { digits, ms, percent, whole } from '../format.js';
import './requests.js';

/** Name, label, kind of field, and what is sent if nothing is typed. */
const FIELDS = [['max_tokens', 'Most tokens', 1, 4096, 1, 200], ['temperature', 'Temperature', 0, 2, 0.05, 0.7], ['top_p', 'Top p', 0.01, 1, 0.01, 1], ['presence_penalty', 'Presence penalty', -2, 2, 0.1, 0], ['frequency_penalty', 'Frequency penalty', -2, 2, 0.1, 0], ['seed', 'Seed (empty: random)', 0, 2147483647, 1, '']];

class Try extends Page {
  messages = [];
  settings = Object.fromEntries(FIELDS.map(([name, , , , , value]) => [name, value]));
  system = '';
  abort = null;
  token = null;

  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort?.abort();
  }

  async load(signal) {
    this.models ??= (await get('/console/models', {}, signal)).data.map(model => model.id);
    this.model ??= this.models[0];
  }

  body() {
    if (currentSession()?.can_infer === false) return empty('This key may not send requests', html`It needs the scope <code>infer</code>.`);
    const answer = this.messages.findLast(message => message.role === 'assistant');
    return html`<div class="chat">
      <section class="panel" aria-label="Chat"><header><h2>Chat</h2>${answer ? html`<span class="note">${this.#pace(answer)}</span>` : nothing}<span class="grow"></span><button class="small quiet" @click=${() => { this.abort?.abort(); this.messages = []; this.token = null; this.requestUpdate(); }}>New chat</button></header>
        <div class="thread" role="log" aria-live="polite">${this.messages.length ? this.messages.map(message => this.#message(message)) : empty('Ask the model something', 'Each token is shaded by its probability; press one to see what else it could have been.')}</div>
        <form class="composer" @submit=${event => this.#send(event)}><label class="sr" for="prompt">Message</label><textarea id="prompt" rows="2" placeholder="Message (Enter sends, Shift and Enter makes a line)" @keydown=${event => { if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); event.target.form.requestSubmit(); } }}></textarea>
          ${this.abort ? html`<button type="button" id="stop" class="danger" @click=${() => this.abort.abort()}>${icon('stop')}Stop</button>` : html`<button class="primary" id="send">Send</button>`}</form></section>
      <section class="panel" aria-label="Its trace"><header><h2>Its trace, as it grows</h2><span class="grow"></span>${answer?.id ? html`<a class="small mono" id="open-request" href=${link(['requests', answer.id])}>${answer.id.slice(0, 18)}…</a>` : nothing}</header>
        <div class="thread">${this.token ? this.#probabilities() : nothing}${answer ? this.#growing(answer) : empty('The trace of the next answer stands here')}${answer?.view ?? nothing}</div></section>
      <section class="panel" aria-label="Parameters"><header><h2>Parameters</h2></header><div class="thread">
        <label class="field">Model<select @change=${event => (this.model = event.target.value)}>${(this.models ?? []).map(model => html`<option ?selected=${model === this.model}>${model}</option>`)}</select></label>
        <label class="field">System message<textarea rows="3" .value=${this.system} @input=${event => (this.system = event.target.value)}></textarea></label>
        ${FIELDS.map(([name, label, least, most, step]) => html`<label class="field">${label}<input type="number" name=${name} min=${least} max=${most} step=${step} .value=${String(this.settings[name])} @input=${event => (this.settings[name] = event.target.value)}></label>`)}</div></section>
    </div>`;
  }

  #pace(answer) {
    const { times, started, state } = answer;
    if (!times.length) return state === 'waiting' ? 'waiting for the first token…' : '';
    const span = (times[times.length - 1] - times[0]) / 1e3;
    return `first token ${ms(times[0] - started)} · ${whole(answer.tokens.length)} tokens · ${span > 0 ? digits((times.length - 1) / span) : '–'} tokens/s`;
  }

  #message(message) {
    if (message.role === 'user') return html`<div class="msg-user">${message.content}</div>`;
    return html`<div class="msg-ai">${message.tokens.map(token => html`<span class="tok ${shade(token.probability)} ${this.token === token ? 'on' : ''}" title=${token.probability === undefined ? '' : percent(token.probability)} @click=${() => { this.token = this.token === token ? null : token; this.requestUpdate(); }}>${token.text}</span>`)}${message.state === 'waiting' ? html`<span class="muted">…</span>` : nothing}
      ${message.error ? html`<div class="notice bad" role="alert">${message.error}</div>` : nothing}${message.finish && message.finish !== 'stop' ? html`<div class="muted small">ended: ${message.finish}</div>` : nothing}</div>`;
  }

  #probabilities() {
    const { token } = this;
    return html`<div><div class="bar"><strong class="small">Instead of “${token.text}”</strong><button class="small quiet" @click=${() => { this.token = null; this.requestUpdate(); }}>Close</button></div><div class="logprob">${(token.top ?? []).map(item => html`<code>${JSON.stringify(item.token)}</code><span class="barcell wide"><i ${styled({ width: Math.exp(item.logprob) * 100 + '%' })}></i></span><span class="right">${percent(Math.exp(item.logprob))}</span>`)}</div></div>`;
  }

  /** What this page itself has seen, until the server has the spans. */
  #growing(answer) {
    if (answer.view) return nothing;
    const now = answer.ended ?? performance.now();
    const first = answer.times[0] ?? now;
    const total = Math.max(1, now - answer.started);
    return html`<div class="stackbar" role="img" aria-label="Seen from here"><span ${styled({ width: (100 * (first - answer.started)) / total + '%', background: 'var(--p-prefill)' })}>to the first token ${ms(first - answer.started)}</span><span ${styled({ width: (100 * (now - first)) / total + '%', background: 'var(--p-decode)' })}>${answer.times.length ? 'tokens ' + ms(now - first) : ''}</span></div>
      ${answer.times.length > 1 ? html`<v-strip .tokens=${answer.times.map((at, index) => ({ at_ms: at - answer.started, gap_ms: index ? at - answer.times[index - 1] : 0 }))}></v-strip>` : nothing}`;
  }

  async #send(event) {
    event.preventDefault();
    const box = event.target.querySelector('textarea');
    const content = box.value.trim();
    if (!content || this.abort) return;
    box.value = '';
    const history = this.messages.filter(message => !message.error).map(message => ({ role: message.role, content: message.role === 'user' ? message.content : message.tokens.map(token => token.text).join('') }));
    const answer = { role: 'assistant', tokens: [], times: [], state: 'waiting', started: performance.now() };
    this.messages = [...this.messages, { role: 'user', content }, answer];
    this.token = null;
    this.abort = new AbortController();
    this.requestUpdate();
    const body = { model: this.model, messages: [...(this.system ? [{ role: 'system', content: this.system }] : []), ...history, { role: 'user', content }], stream: true, stream_options: { include_usage: true }, logprobs: true, top_logprobs: 5 };
    for (const [name] of FIELDS) if (this.settings[name] !== '') body[name] = Number(this.settings[name]);
    try {
      const response = await open('/console/chat', body, this.abort.signal);
      answer.id = response.headers.get('x-request-id');
      await this.#read(response, answer);
    } catch (e) {
      if (e.name === 'AbortError') answer.finish = 'stopped here';
      else answer.error = e.message;
    }
    answer.state = 'ended';
    answer.ended = performance.now();
    this.abort = null;
    this.requestUpdate();
    if (answer.id) this.#follow(answer, 0);
  }

  async #read(response, answer) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith('data:')) continue;
        const data = line.slice(5).trim();
        if (data === '[DONE]') return;
        const chunk = JSON.parse(data);
        if (chunk.error) throw new Error(chunk.error.message);
        this.#take(chunk, answer);
      }
      this.requestUpdate();
      this.updateComplete.then(() => {
        const thread = this.querySelector('.thread');
        if (thread && thread.scrollHeight - thread.scrollTop - thread.clientHeight < 120) thread.scrollTop = thread.scrollHeight;
      });
    }
  }

  #take(chunk, answer) {
    const choice = chunk.choices?.[0];
    if (!choice) return;
    if (choice.finish_reason) answer.finish = choice.finish_reason;
    const scored = choice.logprobs?.content ?? [];
    const text = choice.delta?.content ?? '';
    const now = performance.now();
    if (scored.length) {
      answer.state = 'running';
      scored.forEach(item => {
        answer.times.push(now);
        answer.tokens.push({ text: item.token, probability: Math.exp(item.logprob), top: item.top_logprobs });
      });
    } else if (text) {
      answer.state = 'running';
      answer.times.push(now);
      answer.tokens.push({ text });
    }
  }

  // Spans are stored within a second or two of the end.
  async #follow(answer, tries) {
    if (!this.isConnected || tries > 20) return;
    try {
      // A search finds nothing where the request's own page would be an error.
      const found = await get('/api/search/requests', { q: 'id:' + answer.id, limit: 1 });
      if (found.data.length) {
        const view = document.createElement('v-request');
        view.compact = true;
        view.id = answer.id;
        answer.view = view;
        this.requestUpdate();
        return;
      }
    } catch {
      return;
    }
    setTimeout(() => this.#follow(answer, tries + 1), 400);
  }
}

function shade(probability) {
  if (probability === undefined) return '';
  return probability < 0.2 ? 'p0' : probability < 0.5 ? 'p1' : probability < 0.8 ? 'p2' : 'p3';
}

customElements.define('p-try', Try);
