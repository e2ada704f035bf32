// The waterfall of a trace: rows as they are seen only, a map of the whole on top, zoom by wheel and WASD, rows that fold.

import { html, nothing } from './ui.js';
import { Axis, Drawing, canvasFor, color, fitted, ink, phase } from './canvas.js';
import { ms } from './format.js';

const ROW = 20;
const MAP = 26;
const HEAD = 20;

/**
 * `.spans`: `[{id, parent, name, depth, from, duration, error, note?, events:[{name, at}], children}]`, milliseconds from the start of
 * the trace, parents before children. Fires `span` (detail: the span's id) and `window` (detail: {from, to}) when the view changes.
 */
class Waterfall extends Drawing {
  static properties = { spans: { attribute: false }, total: { type: Number }, selected: {}, windowed: { type: Boolean } };

  axis = new Axis(1);
  #rows = [];
  #folded = new Set();
  #top = 0;
  #drag = null;
  #told = 0;

  constructor() {
    super();
    this.spans = [];
    this.total = 1;
    this.selected = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.updateComplete.then(() => this.canvas?.addEventListener('wheel', event => this.#wheel(event), { passive: false }));
  }

  willUpdate(changed) {
    if (changed.has('total') && this.axis.full !== this.total) this.axis.reset(this.total);
    if (changed.has('spans')) this.#lay();
    if (changed.has('selected')) this.#show();
  }

  #lay() {
    const hidden = new Set();
    this.#rows = this.spans.filter(span => {
      const inside = span.parent && (hidden.has(span.parent) || this.#folded.has(span.parent));
      if (inside) hidden.add(span.id);
      return !inside;
    });
    this.#top = Math.min(this.#top, Math.max(0, this.#rows.length - 1));
  }

  #show() {
    const index = this.#rows.findIndex(row => row.id === this.selected);
    const seen = this.#visible();
    if (index >= 0 && (index < this.#top || index >= this.#top + seen)) this.#top = Math.max(0, index - Math.floor(seen / 2));
  }

  #visible() {
    return Math.max(6, Math.min(26, this.#rows.length));
  }

  render() {
    return html`<div class="bar small muted">
        <span>${this.spans.length.toLocaleString('en')} spans</span><span>·</span><span>${ms(this.total)}</span>
        ${this.axis.zoomed ? html`<span>· shown ${ms(this.axis.from)} – ${ms(this.axis.to)}</span><button class="quiet" @click=${() => this.#all()}>Show all</button>` : nothing}
        <span class="grow"></span><span class="wide"><kbd>W</kbd><kbd>A</kbd><kbd>S</kbd><kbd>D</kbd> or wheel: zoom and move · <kbd>↑</kbd><kbd>↓</kbd> select · <kbd>←</kbd><kbd>→</kbd> fold</span>
      </div>
      ${canvasFor('Waterfall of ' + this.spans.length + ' spans; arrow keys select a span, its details follow', {
        key: event => this.#key(event), move: event => this.#move(event), leave: () => this.hideTip(), down: event => this.#down(event), up: event => this.#up(event), twice: event => this.#twice(event),
      })}`;
  }

  tall() {
    return MAP + HEAD + this.#visible() * ROW + 4;
  }

  #left() {
    return Math.min(290, Math.max(130, this.width * (this.width < 620 ? 0.36 : 0.27)));
  }

  paint(context, width, height) {
    const left = this.#left();
    const plot = width - left - 58;
    this.#map(context, left, plot);
    context.save();
    context.translate(0, MAP);
    this.axis.paint(context, left, plot, height - MAP, ms, HEAD);
    context.restore();
    const seen = this.#visible();
    for (let i = 0; i < seen && this.#top + i < this.#rows.length; i++) this.#row(context, this.#rows[this.#top + i], MAP + HEAD + i * ROW, left, plot, width);
    if (this.#rows.length > seen) {
      const track = seen * ROW;
      context.fillStyle = color('--line-strong');
      context.fillRect(width - 5, MAP + HEAD + (this.#top / this.#rows.length) * track, 4, Math.max(14, (seen / this.#rows.length) * track));
    }
  }

  #map(context, left, plot) {
    context.fillStyle = color('--sunken');
    context.fillRect(left, 2, plot, MAP - 6);
    const deepest = Math.max(1, ...this.spans.slice(0, 400).map(span => span.depth)) + 1;
    const step = Math.max(1, Math.floor(this.spans.length / 3000));
    for (let i = 0; i < this.spans.length; i += step) {
      const span = this.spans[i];
      context.fillStyle = color(span.error ? '--bad' : phase(span.name));
      const x = left + (span.from / this.total) * plot;
      context.fillRect(x, 2 + (Math.min(span.depth, deepest - 1) / deepest) * (MAP - 6), Math.max(1, (span.duration / this.total) * plot), Math.max(1.5, (MAP - 6) / deepest));
    }
    if (this.axis.zoomed) {
      const from = left + (this.axis.from / this.total) * plot;
      const to = left + (this.axis.to / this.total) * plot;
      context.fillStyle = color('--bg', 0.65);
      context.fillRect(left, 2, from - left, MAP - 6);
      context.fillRect(to, 2, left + plot - to, MAP - 6);
      context.strokeStyle = color('--accent');
      context.strokeRect(from + 0.5, 2.5, Math.max(2, to - from), MAP - 7);
    }
  }

  #row(context, span, y, left, plot, width) {
    if (span.id === this.selected) {
      context.fillStyle = color('--accent-soft');
      context.fillRect(0, y, width - 7, ROW);
    }
    const indent = 6 + Math.min(span.depth, 12) * 11;
    context.textAlign = 'left';
    if (span.children > 0) {
      context.fillStyle = color('--muted');
      context.beginPath();
      const folded = this.#folded.has(span.id);
      const x = indent + 1;
      const middle = y + ROW / 2;
      if (folded) {
        context.moveTo(x, middle - 4);
        context.lineTo(x + 5, middle);
        context.lineTo(x, middle + 4);
      } else {
        context.moveTo(x - 1, middle - 2);
        context.lineTo(x + 7, middle - 2);
        context.lineTo(x + 3, middle + 3);
      }
      context.fill();
    }
    context.fillStyle = color(span.error ? '--bad' : '--text');
    const name = span.name + (span.note ? '  ' + span.note : '');
    context.fillText(fitted(context, name, left - indent - 18), indent + 11, y + ROW / 2);
    context.save();
    context.beginPath();
    context.rect(left, y, plot + 56, ROW);
    context.clip();
    const x = this.axis.x(span.from, left, plot);
    const long = Math.max(1.5, (span.duration / this.axis.span) * plot);
    const fill = color(span.error ? '--bad' : phase(span.name));
    context.fillStyle = fill;
    context.fillRect(x, y + 4, long, ROW - 8);
    for (const event of span.events ?? []) {
      const at = this.axis.x(event.at, left, plot);
      context.fillStyle = color('--text');
      context.beginPath();
      context.moveTo(at, y + 1);
      context.lineTo(at + 3.5, y + 5);
      context.lineTo(at, y + 9);
      context.lineTo(at - 3.5, y + 5);
      context.fill();
    }
    const text = ms(span.duration);
    const room = context.measureText(text).width;
    const end = Math.min(x + long, left + plot);
    if (end + room + 8 < left + plot + 56) {
      context.fillStyle = color('--muted');
      context.fillText(text, Math.max(end, left) + 5, y + ROW / 2);
    } else if (long > room + 8) {
      context.fillStyle = ink(fill);
      context.fillText(text, Math.max(x, left) + 5, y + ROW / 2);
    }
    context.restore();
  }

  #at(event) {
    const [x, y] = this.place(event);
    const index = Math.floor((y - MAP - HEAD) / ROW);
    return { x, y, span: y >= MAP + HEAD && index >= 0 && index < this.#visible() ? this.#rows[this.#top + index] : undefined };
  }

  #move(event) {
    const { x, y, span } = this.#at(event);
    if (this.#drag) {
      const plot = this.width - this.#left() - 58;
      if (this.#drag.map) {
        const value = ((x - this.#left()) / plot) * this.total;
        this.axis.set(Math.min(this.#drag.value, value), Math.max(this.#drag.value, value));
      } else {
        const moved = ((this.#drag.x - x) / plot) * this.axis.span;
        this.#drag.x = x;
        this.axis.set(this.axis.from + moved, this.axis.to + moved);
        const rows = Math.trunc((this.#drag.y - y) / ROW);
        if (rows) {
          this.#drag.y -= rows * ROW;
          this.#scroll(rows);
        }
      }
      this.#drag.moved = true;
      this.#changed();
      return;
    }
    if (!span) {
      this.hideTip();
      return;
    }
    this.showTip(event, [span.name, ms(span.duration) + ' at ' + ms(span.from), ...(span.events ?? []).slice(0, 4).map(item => '◆ ' + item.name + ' at ' + ms(item.at)), ...(span.note ? [span.note] : [])]);
  }

  #down(event) {
    const { x, y } = this.#at(event);
    const map = y < MAP;
    this.#drag = { x, y, map, moved: false, value: ((x - this.#left()) / (this.width - this.#left() - 58)) * this.total };
    this.canvas.setPointerCapture(event.pointerId);
  }

  #up(event) {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag || drag.moved) return;
    const { x, span } = this.#at(event);
    if (!span) return;
    const indent = 6 + Math.min(span.depth, 12) * 11;
    if (span.children > 0 && x > indent - 4 && x < indent + 11) this.#fold(span);
    else this.#select(span);
  }

  #twice(event) {
    const { span } = this.#at(event);
    if (!span) return;
    const room = Math.max(span.duration * 0.06, this.total * 1e-6);
    this.axis.set(span.from - room, span.from + span.duration + room);
    this.#changed();
  }

  #fold(span) {
    if (!this.#folded.delete(span.id)) this.#folded.add(span.id);
    this.#lay();
    this.redraw();
  }

  #select(span) {
    this.selected = span.id;
    this.dispatchEvent(new CustomEvent('span', { detail: span.id }));
  }

  #scroll(rows) {
    this.#top = Math.max(0, Math.min(this.#rows.length - this.#visible(), this.#top + rows));
    this.redraw();
  }

  #wheel(event) {
    const [x] = this.place(event);
    if (!event.ctrlKey && x < this.#left() && this.#rows.length > this.#visible()) {
      event.preventDefault();
      this.#scroll(Math.sign(event.deltaY) * 3);
      return;
    }
    if (x < this.#left()) return;
    event.preventDefault();
    this.axis.wheel(event, x, this.#left(), this.width - this.#left() - 58);
    this.#changed();
  }

  #key(event) {
    const index = this.#rows.findIndex(row => row.id === this.selected);
    const span = this.#rows[index];
    if (this.axis.key(event)) this.#changed();
    else if (event.key === 'ArrowDown') this.#go(index + 1);
    else if (event.key === 'ArrowUp') this.#go(Math.max(0, index - 1));
    else if (event.key === 'PageDown') this.#go(index + this.#visible());
    else if (event.key === 'PageUp') this.#go(Math.max(0, index - this.#visible()));
    else if (event.key === 'ArrowLeft' && span && !this.#folded.has(span.id) && span.children) this.#fold(span);
    else if (event.key === 'ArrowRight' && span && this.#folded.has(span.id)) this.#fold(span);
    else if (event.key === 'Enter' && span) this.axis.set(span.from, span.from + span.duration), this.#changed();
    else if (event.key.toLowerCase() === 'e') this.#go(this.#rows.findIndex((row, i) => row.error && i > index));
    else return;
    event.preventDefault();
  }

  #go(index) {
    const row = this.#rows[Math.min(index, this.#rows.length - 1)];
    if (index >= 0 && row) {
      this.#select(row);
      this.#show();
    }
  }

  #all() {
    this.axis.reset(this.total);
    this.#changed();
  }

  #changed() {
    this.redraw();
    this.requestUpdate();
    // Who holds only a window of the trace asks for the next one once the hand rests.
    clearTimeout(this.#told);
    this.#told = setTimeout(() => this.dispatchEvent(new CustomEvent('window', { detail: { from: this.axis.from, to: this.axis.to } })), 120);
  }
}

customElements.define('v-trace', Waterfall);

/** The tree of `/api/traces/ID` as rows: children under their parent by time. */
export function rowsOf(trace) {
  const rows = [];
  const walk = (node, depth, parent) => {
    const attributes = node.attributes ?? {};
    rows.push({
      id: node.span_id, parent, name: node.name, depth, from: node.offset_ms, duration: node.duration_ms, error: node.status === 'ERROR' || node.status === 'error',
      note: attributes['vitrine.aggregated'] ? (attributes['vitrine.steps'] ? '∑ ' + attributes['vitrine.steps'] + ' steps' : '∑') : attributes['vitrine.tokens'] && node.name === 'prefill' ? attributes['vitrine.tokens'] + ' tokens' : '',
      events: (node.events ?? []).map(event => ({ name: event.name, at: eventAt(event, trace.start) })), children: node.children?.length ?? 0, node,
    });
    (node.children ?? []).forEach(child => walk(child, depth + 1, node.span_id));
  };
  (trace.roots ?? []).forEach(root => walk(root, 0, null));
  return rows;
}

// Nanoseconds since 1970 are more digits than a number holds; the difference is small.
function eventAt(event, start) {
  const startMillis = Date.parse(start);
  const fraction = /\.(\d+)Z$/.exec(start)?.[1] ?? '0';
  const below = Number(fraction.padEnd(9, '0').slice(3)) / 1e6;
  return Number(event.at_nanos) / 1e6 - startMillis - below;
}
