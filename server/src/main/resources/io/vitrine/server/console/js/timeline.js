// Alerts, incidents, changes and deploys on one axis: what happened before it broke.

import { Axis, Drawing, canvasFor, color, fitted } from './canvas.js';
import { html, nothing } from './ui.js';
import { link } from './state.js';
import { clock, dateTime, millis } from './format.js';

const KINDS = [['incident', '--p-sampling'], ['alert', '--bad'], ['change', '--p-prefill'], ['deploy', '--p-head'], ['gpu', '--p-queue']];
const LEFT = 70;
const ROWS = 5;

/** Whether it goes on until its end, or until now; the rest are moments. */
const lasts = item => Boolean(item.end) || /_(firing|opened)$/.test(item.event ?? '');

/** `.items` of `/api/timeline`, `.from` and `.to` in milliseconds, `.mark` a shaded time. */
class Timeline extends Drawing {
  static properties = { items: { attribute: false }, from: { type: Number }, to: { type: Number }, mark: { attribute: false } };

  axis = new Axis(1);

  willUpdate() {
    const full = Math.max(1, this.to - this.from);
    if (Math.abs(full - this.axis.full) > full * 0.001) this.axis.reset(full);
    this.rows = KINDS.flatMap(([kind, name]) => {
      const rows = [];
      for (const item of (this.items ?? []).filter(other => other.kind === kind)) {
        const run = { item, from: millis(item.at) - this.from, to: lasts(item) ? (item.end ? millis(item.end) : this.to) - this.from : 0 };
        // A bar goes into the first row that is free by then; a moment into the first one.
        const row = run.to ? rows.find(other => other.until <= run.from) : rows[0];
        const place = row ?? { label: rows.length ? '' : kind + 's', name, runs: [], until: 0 };
        if (!row && rows.length < ROWS) rows.push(place);
        if (!row && rows.length >= ROWS && !rows.includes(place)) continue;
        place.runs.push(run);
        place.until = Math.max(place.until, run.to);
      }
      return rows;
    });
  }

  tall() {
    return 22 + Math.max(1, this.rows?.length ?? 1) * 20;
  }

  render() {
    return html`${canvasFor('Time line: ' + (this.items ?? []).length + ' items, listed below', { move: event => this.#move(event), leave: () => this.hideTip(), click: event => this.#click(event), key: event => { if (this.axis.key(event)) { event.preventDefault(); this.redraw(); } } })}
      ${this.items?.length ? html`<details class="small"><summary class="muted">As a list</summary><table><tbody>${this.items.slice(-60).reverse().map(item => html`<tr><td>${dateTime(item.at)}</td><td>${item.kind}</td><td class="wrap">${target(item) ? html`<a href=${target(item)}>${item.title}</a>` : item.title}</td><td class="wrap muted">${item.detail ?? ''}</td></tr>`)}</tbody></table></details>` : nothing}`;
  }

  paint(context, width, height) {
    const plot = width - LEFT - 4;
    this.axis.paint(context, LEFT, plot, height, value => clock(this.from + value).slice(0, this.axis.span > 600e3 ? 5 : 8), 20);
    if (this.mark) {
      context.fillStyle = color('--bad', 0.1);
      const x = this.axis.x(this.mark[0] - this.from, LEFT, plot);
      context.fillRect(Math.max(LEFT, x), 20, Math.max(2, this.axis.x(this.mark[1] - this.from, LEFT, plot) - Math.max(LEFT, x)), height - 20);
    }
    if (!this.items?.length) {
      context.fillStyle = color('--muted');
      context.textAlign = 'left';
      context.fillText('nothing happened in this time', LEFT + 8, 32);
      return;
    }
    this.rows.forEach(({ label, name, runs }, lane) => {
      const y = 22 + lane * 20;
      context.fillStyle = color('--muted');
      context.textAlign = 'left';
      context.fillText(label, 2, y + 10);
      context.fillStyle = color(name);
      for (const { item, from, to } of runs) {
        const x = this.axis.x(from, LEFT, plot);
        const long = to ? this.axis.x(to, LEFT, plot) - x : 0;
        if (x + long < LEFT || x > width) continue;
        if (long > 4) {
          context.globalAlpha = 0.55;
          context.fillRect(Math.max(LEFT, x), y + 4, long - Math.max(0, LEFT - x), 12);
          context.globalAlpha = 1;
          context.fillStyle = color('--text');
          context.fillText(fitted(context, item.title, long - 8), Math.max(LEFT, x) + 4, y + 10.5);
          context.fillStyle = color(name);
          context.fillRect(Math.max(LEFT, x), y + 2, 2, 16);
        } else {
          context.beginPath();
          context.moveTo(x, y + 4);
          context.lineTo(x + 5, y + 10);
          context.lineTo(x, y + 16);
          context.lineTo(x - 5, y + 10);
          context.fill();
        }
      }
    });
  }

  #item(event) {
    const [x, y] = this.place(event);
    const at = this.axis.value(x, LEFT, this.width - LEFT - 4);
    const slack = (this.axis.span / this.width) * 6;
    return this.rows[Math.floor((y - 22) / 20)]?.runs.findLast(run => at >= run.from - slack && at <= Math.max(run.from, run.to) + slack)?.item;
  }

  #move(event) {
    const item = this.#item(event);
    if (item) this.showTip(event, [item.title, dateTime(item.at) + (item.end ? ' – ' + clock(item.end) : ''), ...(item.severity ? [item.severity] : []), ...(item.detail ? [String(item.detail).slice(0, 300)] : [])]);
    else this.hideTip();
  }

  #click(event) {
    const item = this.#item(event);
    if (item && target(item)) location.hash = target(item);
  }
}

function target(item) {
  const { kind, id } = item.link ?? {};
  return kind === 'incident' ? link(['incidents', id]) : kind === 'request' ? link(['requests', id]) : kind === 'runbook' ? link('alerts', { runbook: id }) : kind === 'alert' ? link('alerts') : null;
}

customElements.define('v-timeline', Timeline);
