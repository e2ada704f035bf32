// What the drawn views share: colours of the theme, sharp canvases that draw only when seen, a zoomable axis, tooltips, phase colours.

import { View, html } from './ui.js';
import { onTaste } from './state.js';

const cache = new Map();
onTaste(() => cache.clear());

/** A colour of the sheet as the canvas needs it. */
export function color(name, alpha = 1) {
  const id = name + alpha;
  if (!cache.has(id)) {
    const probe = document.createElement('i');
    probe.style.color = alpha === 1 ? `var(${name})` : `color-mix(in srgb, var(${name}) ${alpha * 100}%, transparent)`;
    document.body.append(probe);
    cache.set(id, getComputedStyle(probe).color);
    probe.remove();
  }
  return cache.get(id);
}

// First listener of the theme: later ones draw with the new colours.
const PHASES = {
  gateway_request: 'gateway', auth_validate: 'gateway', request_read: 'gateway', prompt_preparation: 'format', grammar_compile: 'format', rate_limit_check: 'gateway',
  queue_enqueue: 'queue', inference_process: 'decode', model_load: 'other', model_generate: 'decode', prefill: 'prefill', decode: 'decode',
  attention_computation: 'attention', feed_forward: 'ffn', output_head: 'head', token_sampling: 'sampling', response_formatting: 'format',
  ledger_write: 'store', engine_step: 'decode', gateway: 'gateway', slow_upload: 'gateway', preparation: 'format', queue: 'queue', neighbour_prefill: 'head',
  preemption: 'sampling', gc_pause: 'ffn', slow_client: 'format', ledger: 'store', network: 'gateway',
};
export const phase = name => '--p-' + (PHASES[name] ?? 'other');

/** A canvas as wide as its place. Subclasses have `tall()` and `paint(context, width, height)`, and call `redraw()`. */
export class Drawing extends View {
  #asked = false;
  #tip = null;
  width = 0;

  connectedCallback() {
    super.connectedCallback();
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width !== this.width) {
        this.width = width;
        this.redraw();
      }
    });
    observer.observe(this);
    const seen = () => this.redraw();
    document.addEventListener('visibilitychange', seen);
    this.keep(onTaste(() => this.redraw()), () => observer.disconnect(), () => document.removeEventListener('visibilitychange', seen), () => this.hideTip());
  }

  get canvas() {
    return this.querySelector('canvas');
  }

  updated() {
    this.redraw();
  }

  redraw() {
    if (this.#asked || document.hidden) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      const canvas = this.canvas;
      if (!canvas || !this.width) return;
      const scale = devicePixelRatio || 1;
      const height = this.tall();
      if (canvas.width !== Math.round(this.width * scale) || canvas.height !== Math.round(height * scale)) {
        canvas.width = Math.round(this.width * scale);
        canvas.height = Math.round(height * scale);
        canvas.style.height = height + 'px';
      }
      const context = canvas.getContext('2d');
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, this.width, height);
      context.font = '11.5px ' + getComputedStyle(this).fontFamily;
      context.textBaseline = 'middle';
      this.paint(context, this.width, height);
    });
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** Text, a line each; never markup. */
  showTip(event, lines) {
    if (!this.#tip) {
      this.#tip = document.createElement('div');
      this.#tip.className = 'tip';
      document.body.append(this.#tip);
    }
    this.#tip.replaceChildren(...lines.map((line, index) => {
      const row = document.createElement('div');
      row.textContent = line;
      if (index === 0) row.className = 'strong';
      return row;
    }));
    const box = this.#tip.getBoundingClientRect();
    this.#tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 6)) + 'px';
    this.#tip.style.top = (event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16) + 'px';
  }

  hideTip() {
    this.#tip?.remove();
    this.#tip = null;
  }
}

/** A stretch of a line that can be zoomed and moved: one axis for waterfall, slots and flame graph. */
export class Axis {
  constructor(full = 1) {
    this.reset(full);
  }

  reset(full) {
    this.full = Math.max(full, 1e-9);
    this.from = 0;
    this.to = this.full;
  }

  get span() {
    return this.to - this.from;
  }

  get zoomed() {
    return this.span < this.full * 0.999;
  }

  x(value, left, width) {
    return left + ((value - this.from) / this.span) * width;
  }

  value(x, left, width) {
    return this.from + ((x - left) / width) * this.span;
  }

  set(from, to) {
    const span = Math.min(this.full, Math.max(to - from, this.full * 1e-7));
    this.from = Math.min(Math.max(0, from), this.full - span);
    this.to = this.from + span;
  }

  zoom(factor, around = (this.from + this.to) / 2) {
    const span = Math.min(this.full, this.span * factor);
    const share = (around - this.from) / this.span;
    this.set(around - share * span, around + (1 - share) * span);
  }

  move(share) {
    const step = this.span * share;
    this.set(this.from + step, this.to + step);
  }

  /** W and S zoom, A and D move, 0 shows everything. @returns whether the key was one of these */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === 'w' || key === '+') this.zoom(0.7);
    else if (key === 's' || key === '-') this.zoom(1 / 0.7);
    else if (key === 'a') this.move(-0.15);
    else if (key === 'd') this.move(0.15);
    else if (key === '0') this.reset(this.full);
    else return false;
    return true;
  }

  wheel(event, x, left, width) {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.move(Math.sign(event.deltaX || event.deltaY) * 0.1);
    else this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, this.value(x, left, width));
  }

  /** Round values, about one each `space` pixels. */
  ticks(width, space = 90) {
    const rough = (this.span * space) / width;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough) ?? rough;
    const ticks = [];
    for (let tick = Math.ceil(this.from / step) * step; tick <= this.to && ticks.length < 60; tick += step) ticks.push(tick);
    return ticks;
  }

  /** The line of numbers on top, and hair lines below it. */
  paint(context, left, width, height, format, head = 20) {
    context.fillStyle = color('--muted');
    context.strokeStyle = color('--line');
    context.lineWidth = 1;
    context.textAlign = 'left';
    for (const tick of this.ticks(width)) {
      const x = Math.round(this.x(tick, left, width)) + 0.5;
      context.beginPath();
      context.moveTo(x, head - 6);
      context.lineTo(x, height);
      context.stroke();
      if (x + 50 < left + width) context.fillText(format(tick), x + 4, head / 2);
    }
  }
}

/** Text cut to a width. */
export function fitted(context, text, width) {
  if (width < 14) return '';
  if (context.measureText(text).width <= width) return text;
  const letters = Math.floor((width / context.measureText(text).width) * text.length) - 1;
  return letters > 1 ? text.slice(0, letters) + '…' : '';
}

/** White or black, whatever can be read on the colour. */
export function ink(background) {
  const [r, g, b] = (background.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const scale = background.startsWith('color(') ? 255 : 1;
  return (r * 299 + g * 587 + b * 114) * scale > 140000 ? '#10151c' : '#ffffff';
}

export const canvasFor = (label, handlers = {}) => html`<canvas role="img" aria-label=${label} tabindex=${handlers.key ? 0 : -1}
  @keydown=${handlers.key} @pointermove=${handlers.move} @pointerleave=${handlers.leave} @pointerdown=${handlers.down} @pointerup=${handlers.up}
  @dblclick=${handlers.twice} @click=${handlers.click}></canvas>`;
