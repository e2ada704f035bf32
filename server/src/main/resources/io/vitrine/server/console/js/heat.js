// Heat map of latency: time to the right, logarithm of latency upwards. A drag (or Shift and arrows) selects boxes.

import { Drawing, canvasFor, color } from './canvas.js';
import { html } from './ui.js';
import { clock, dateTime, ms } from './format.js';

const LEFT = 58;
const FOOT = 20;

/** `.map`: answer of `/api/search/heatmap`. Fires `box` with {from, to, least, most, exemplars} in milliseconds, or null. */
class Heat extends Drawing {
  static properties = { map: { attribute: false }, box: { attribute: false } };

  #drag = null;
  #cursor = null;

  willUpdate(changed) {
    if (changed.has('map')) {
      this.cells = new Map((this.map?.cells ?? []).map(cell => [cell.column + ':' + cell.row, cell]));
      this.most = Math.max(1, ...(this.map?.cells ?? []).map(cell => cell.count));
    }
  }

  render() {
    return html`${canvasFor('Heat map of latency over time; arrow keys move, Shift selects, Enter chooses, Escape clears', {
      key: event => this.#key(event), move: event => this.#move(event), leave: () => this.hideTip(), down: event => this.#down(event), up: event => this.#up(event),
    })}`;
  }

  tall() {
    return Math.max(120, Math.min(230, (this.map?.rows.length ?? 8) * 16)) + FOOT;
  }

  #size() {
    return { columns: this.map?.columns ?? 1, rows: this.map?.rows.length || 1, width: this.width - LEFT - 6, height: this.tall() - FOOT };
  }

  paint(context) {
    if (!this.map) return;
    const { columns, rows, width, height } = this.#size();
    const wide = width / columns;
    const high = height / rows;
    context.fillStyle = color('--heat0');
    context.fillRect(LEFT, 0, width, height);
    for (const cell of this.cells.values()) {
      context.fillStyle = this.#shade(cell.count);
      const x = LEFT + cell.column * wide;
      const y = height - (cell.row + 1) * high;
      context.fillRect(x, y, Math.max(1, wide - 0.6), high - 0.6);
      if (cell.errors) {
        context.fillStyle = color('--bad');
        context.fillRect(x, y, Math.max(1, wide - 0.6), Math.max(2, Math.min(4, (high * cell.errors) / cell.count)));
      }
    }
    context.fillStyle = color('--muted');
    context.textAlign = 'right';
    this.map.rows.forEach((row, index) => {
      const y = height - index * high;
      if (index % Math.max(1, Math.ceil(18 / high)) === 0) context.fillText(ms(row.from_ms), LEFT - 6, Math.min(height - 5, Math.max(6, y)));
    });
    context.textAlign = 'left';
    const start = Date.parse(this.map.from);
    for (let column = 0; column * wide < width - 50; column += Math.max(1, Math.ceil(78 / wide))) context.fillText(clock(start + column * this.map.column_ms).slice(0, this.map.column_ms < 15e3 ? 8 : 5), LEFT + column * wide, height + FOOT / 2 + 1);
    const box = this.#drag ?? this.#chosen();
    if (box) {
      const [c0, c1] = [Math.min(box.c0, box.c1), Math.max(box.c0, box.c1)];
      const [r0, r1] = [Math.min(box.r0, box.r1), Math.max(box.r0, box.r1)];
      context.strokeStyle = color('--accent');
      context.lineWidth = 1.5;
      context.fillStyle = color('--accent', 0.12);
      context.fillRect(LEFT + c0 * wide, height - (r1 + 1) * high, (c1 - c0 + 1) * wide, (r1 - r0 + 1) * high);
      context.strokeRect(LEFT + c0 * wide, height - (r1 + 1) * high, (c1 - c0 + 1) * wide, (r1 - r0 + 1) * high);
    }
    if (this.#cursor && document.activeElement === this.canvas) {
      context.strokeStyle = color('--text');
      context.strokeRect(LEFT + this.#cursor.c * wide + 0.5, height - (this.#cursor.r + 1) * high + 0.5, wide - 1, high - 1);
    }
  }

  #shade(amount) {
    const share = Math.log(1 + amount) / Math.log(1 + this.most);
    return color('--heat' + Math.max(1, Math.min(4, Math.ceil(share * 4))));
  }

  #chosen() {
    if (!this.box || !this.map) return null;
    const start = Date.parse(this.map.from);
    const { columns, rows } = this.#size();
    const clamp = (value, most) => Math.max(0, Math.min(most - 1, value));
    const r0 = this.map.rows.findIndex(row => row.to_ms > this.box.least * 1.0001);
    const last = this.map.rows.findLastIndex(row => row.from_ms < this.box.most * 0.9999);
    return { c0: clamp(Math.round((this.box.from - start) / this.map.column_ms), columns), c1: clamp(Math.round((this.box.to - start) / this.map.column_ms) - 1, columns), r0: clamp(r0, rows), r1: clamp(last, rows) };
  }

  #cell(event) {
    const [x, y] = this.place(event);
    const { columns, rows, width, height } = this.#size();
    return { c: Math.max(0, Math.min(columns - 1, Math.floor(((x - LEFT) / width) * columns))), r: Math.max(0, Math.min(rows - 1, Math.floor(((height - y) / height) * rows))) };
  }

  #down(event) {
    if (!this.map) return;
    const { c, r } = this.#cell(event);
    this.#drag = { c0: c, c1: c, r0: r, r1: r };
    this.canvas.setPointerCapture(event.pointerId);
    this.redraw();
  }

  #move(event) {
    if (!this.map) return;
    const { c, r } = this.#cell(event);
    if (this.#drag) {
      this.#drag.c1 = c;
      this.#drag.r1 = r;
      this.redraw();
      return;
    }
    const cell = this.cells.get(c + ':' + r);
    const row = this.map.rows[r];
    if (!row) return;
    this.showTip(event, [cell ? cell.count + (cell.count === 1 ? ' request' : ' requests') + (cell.errors ? ', ' + cell.errors + ' failed' : '') : 'no request',
      ms(row.from_ms) + ' – ' + ms(row.to_ms), dateTime(Date.parse(this.map.from) + c * this.map.column_ms)]);
  }

  #up() {
    const drag = this.#drag;
    this.#drag = null;
    if (drag) this.#choose(drag);
  }

  #choose(drag) {
    const start = Date.parse(this.map.from);
    const [c0, c1] = [Math.min(drag.c0, drag.c1), Math.max(drag.c0, drag.c1)];
    const [r0, r1] = [Math.min(drag.r0, drag.r1), Math.max(drag.r0, drag.r1)];
    const inside = [...this.cells.values()].filter(cell => cell.column >= c0 && cell.column <= c1 && cell.row >= r0 && cell.row <= r1);
    this.hideTip();
    this.dispatchEvent(new CustomEvent('box', {
      detail: inside.length === 0 ? null : {
        from: Math.floor(start + c0 * this.map.column_ms), to: Math.ceil(start + (c1 + 1) * this.map.column_ms), least: this.map.rows[r0].from_ms, most: this.map.rows[r1].to_ms,
      },
    }));
    this.redraw();
  }

  #key(event) {
    if (!this.map) return;
    const { columns, rows } = this.#size();
    this.#cursor ??= { c: columns - 1, r: 0 };
    const before = { ...this.#cursor };
    if (event.key === 'ArrowLeft') this.#cursor.c = Math.max(0, this.#cursor.c - 1);
    else if (event.key === 'ArrowRight') this.#cursor.c = Math.min(columns - 1, this.#cursor.c + 1);
    else if (event.key === 'ArrowUp') this.#cursor.r = Math.min(rows - 1, this.#cursor.r + 1);
    else if (event.key === 'ArrowDown') this.#cursor.r = Math.max(0, this.#cursor.r - 1);
    else if (event.key === 'Enter') {
      this.#choose(this.#drag ?? { c0: before.c, c1: before.c, r0: before.r, r1: before.r });
      this.#drag = null;
    } else if (event.key === 'Escape') {
      this.#drag = null;
      this.dispatchEvent(new CustomEvent('box', { detail: null }));
    } else return;
    if (event.shiftKey) this.#drag = { ...(this.#drag ?? { c0: before.c, r0: before.r }), c1: this.#cursor.c, r1: this.#cursor.r };
    else if (event.key.startsWith('Arrow')) this.#drag = null;
    event.preventDefault();
    this.redraw();
  }
}

customElements.define('v-heat', Heat);
