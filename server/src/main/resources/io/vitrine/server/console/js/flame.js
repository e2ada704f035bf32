// Flame graph: widths are time. A click zooms into a frame; the same keys as the waterfall zoom and move.

import { html, nothing } from './ui.js';
import { Axis, Drawing, canvasFor, color, fitted, ink } from './canvas.js';
import { ms, percent } from './format.js';

const ROW = 18;

/** `.root`: `{name, value, is_native, children}`, values in milliseconds. */
class Flame extends Drawing {
  static properties = { root: { attribute: false }, find: {} };

  axis = new Axis(1);
  #rows = [];
  #at = -1;
  #said = '';

  connectedCallback() {
    super.connectedCallback();
    this.updateComplete.then(() => this.canvas?.addEventListener('wheel', event => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      this.axis.wheel(event, this.place(event)[0], 0, this.width);
      this.redraw();
    }, { passive: false }));
  }

  willUpdate(changed) {
    if (!changed.has('root')) return;
    this.#rows = [];
    this.axis.reset(this.root?.value || 1);
    const walk = (node, depth, from) => {
      this.#rows.push({ node, depth, from, value: node.value });
      let at = from;
      for (const child of [...(node.children ?? [])].sort((a, b) => b.value - a.value)) {
        if (depth < 120) walk(child, depth + 1, at);
        at += child.value;
      }
    };
    if (this.root) walk(this.root, 0, 0);
  }

  render() {
    return html`${canvasFor('Flame graph of ' + ms(this.root?.value) + '; arrow keys go through frames', {
        key: event => this.#key(event), move: event => this.#move(event), leave: () => this.hideTip(), click: event => this.#click(event), twice: () => this.#all(),
      })}
      <div class="bar small muted"><span aria-live="polite">${this.#said || 'Click a frame to zoom into it; double click shows all. Hatched frames are native code.'}</span>
      ${this.axis.zoomed ? html`<button class="quiet" @click=${() => this.#all()}>Show all</button>` : nothing}</div>`;
  }

  tall() {
    return (Math.max(4, ...this.#rows.map(row => row.depth)) + 1) * ROW + 6;
  }

  paint(context, width) {
    const needle = (this.find ?? '').toLowerCase();
    this.#rows.forEach((row, index) => {
      const x = this.axis.x(row.from, 0, width);
      const long = (row.value / this.axis.span) * width;
      if (long < 0.6 || x > width || x + long < 0) return;
      const y = row.depth * ROW + 2;
      const hit = needle && row.node.name.toLowerCase().includes(needle);
      const fill = color(hit ? '--p-queue' : shade(row.node), needle && !hit ? 0.35 : 1);
      const left = Math.max(0, x);
      const right = Math.min(width, x + long);
      context.fillStyle = fill;
      context.fillRect(left, y, Math.max(0.5, right - left - 0.7), ROW - 1);
      if (row.node.is_native && right - left > 3) hatch(context, left, y, right - left - 0.7, ROW - 1);
      if (index === this.#at) {
        context.strokeStyle = color('--text');
        context.lineWidth = 1.5;
        context.strokeRect(left + 0.75, y + 0.75, right - left - 2, ROW - 2.5);
      }
      context.fillStyle = needle && !hit ? color('--muted') : ink(fill);
      context.fillText(fitted(context, short(row.node.name), right - left - 8), left + 4, y + ROW / 2);
    });
  }

  #frame(event) {
    const [x, y] = this.place(event);
    const value = this.axis.value(x, 0, this.width);
    const depth = Math.floor((y - 2) / ROW);
    return this.#rows.findIndex(row => row.depth === depth && value >= row.from && value < row.from + row.value);
  }

  #words(row) {
    const self = row.value - (row.node.children ?? []).reduce((sum, child) => sum + child.value, 0);
    return [row.node.name, ms(row.value) + ', ' + percent(row.value / this.root.value), ms(self) + ' of it in the frame itself' + (row.node.is_native ? '; native code' : '')];
  }

  #move(event) {
    const row = this.#rows[this.#frame(event)];
    if (row) this.showTip(event, this.#words(row));
    else this.hideTip();
  }

  #click(event) {
    this.#zoom(this.#frame(event));
  }

  #zoom(index) {
    const row = this.#rows[index];
    if (!row) return;
    this.#at = index;
    this.axis.set(row.from, row.from + row.value);
    this.#said = this.#words(row).join(' · ');
    this.requestUpdate();
  }

  #all() {
    this.axis.reset(this.axis.full);
    this.requestUpdate();
  }

  #key(event) {
    const row = this.#rows[this.#at];
    let next = -1;
    if (this.axis.key(event)) this.redraw();
    else if (event.key === 'ArrowDown') next = this.#rows.findIndex((other, i) => i > this.#at && (!row || (other.depth === row.depth + 1 && other.from >= row.from)));
    else if (event.key === 'ArrowUp' && row) next = this.#rows.findLastIndex((other, i) => i < this.#at && other.depth === row.depth - 1);
    else if (event.key === 'ArrowRight' && row) next = this.#rows.findIndex((other, i) => i > this.#at && other.depth === row.depth);
    else if (event.key === 'ArrowLeft' && row) next = this.#rows.findLastIndex((other, i) => i < this.#at && other.depth === row.depth);
    else if (event.key === 'Enter') this.#zoom(this.#at);
    else return;
    event.preventDefault();
    if (next >= 0) {
      this.#at = next;
      this.#said = this.#words(this.#rows[next]).join(' · ');
      this.requestUpdate();
    }
  }
}

const short = name => name.replace(/^.*\.(?=[A-Z][^.]*\.[^.]+$)/, '');

function shade(node) {
  if (node.is_native) return '--p-queue';
  if (node.name.startsWith('io.vitrine')) return '--p-decode';
  if (node.name.startsWith('ai.djl')) return '--p-ffn';
  if (node.name.startsWith('io.vertx') || node.name.startsWith('io.netty')) return '--p-head';
  if (/^(java|jdk|sun)\./.test(node.name)) return '--p-gateway';
  return '--p-format';
}

function hatch(context, x, y, width, height) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = 'rgb(0 0 0 / .16)';
  context.lineWidth = 1;
  context.beginPath();
  for (let at = x - height; at < x + width; at += 6) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

customElements.define('v-flame', Flame);
