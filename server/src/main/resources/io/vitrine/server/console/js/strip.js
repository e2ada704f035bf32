// Two small drawn views on the same axis as the waterfall: the strip of tokens, and lanes (slots over time).

import { html, nothing } from './ui.js';
import { Axis, Drawing, canvasFor, color, fitted, ink, phase } from './canvas.js';
import { clock, clockMillis, ms } from './format.js';

/** `.tokens`: `[{at_ms, gap_ms, cause}]`: a bar a token, as high as the gap before it; long ones stand out and say why. */
class Strip extends Drawing {
  static properties = { tokens: { attribute: false } };

  tall() {
    return 92;
  }

  render() {
    return canvasFor('Gaps between ' + (this.tokens?.length ?? 0) + ' tokens', { move: event => this.#move(event), leave: () => this.hideTip() });
  }

  #usual() {
    const gaps = this.tokens.map(token => token.gap_ms).filter(gap => gap > 0).sort((a, b) => a - b);
    return gaps[Math.floor(gaps.length / 2)] ?? 1;
  }

  paint(context, width, height) {
    const tokens = this.tokens ?? [];
    if (!tokens.length) return;
    const left = 52;
    const usual = this.#usual();
    const most = Math.max(usual * 2, ...tokens.map(token => token.gap_ms));
    const plot = height - 14;
    // Square root: a gap ten times the usual is high, and the usual ones can still be told apart.
    const high = gap => Math.sqrt(gap / most) * (plot - 4);
    context.strokeStyle = color('--line-strong');
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(left, plot - high(usual) + 0.5);
    context.lineTo(width, plot - high(usual) + 0.5);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = color('--muted');
    context.textAlign = 'right';
    context.fillText(ms(usual), left - 6, Math.min(plot - 5, plot - high(usual)));
    if (most > usual * 2.5) context.fillText(ms(most), left - 6, 7);
    const wide = (width - left) / tokens.length;
    tokens.forEach((token, index) => {
      context.fillStyle = color(token.cause ? phase(token.cause) : token.gap_ms > usual * 3 ? '--bad' : token.gap_ms > usual * 1.6 ? '--warn' : '--p-decode');
      const tall = Math.max(1.5, high(token.gap_ms));
      context.fillRect(left + index * wide, plot - tall, Math.max(1, Math.min(14, wide) - (wide > 4 ? 1 : 0.2)), tall);
    });
    context.textAlign = 'left';
    context.fillStyle = color('--muted');
    context.fillText('token 1', left, height - 6);
    context.textAlign = 'right';
    context.fillText(String(tokens.length), width - 2, height - 6);
  }

  #move(event) {
    const [x] = this.place(event);
    const index = Math.floor(((x - 52) / (this.width - 52)) * (this.tokens?.length ?? 0));
    const token = this.tokens?.[index];
    if (!token) return this.hideTip();
    this.showTip(event, ['token ' + (index + 1), 'gap ' + ms(token.gap_ms) + ', at ' + ms(token.at_ms), ...(token.cause ? ['because of ' + token.cause.replaceAll('_', ' ')] : [])]);
  }
}

customElements.define('v-strip', Strip);

/**
 * `.lanes`: `[{name, runs:[{from, to, id, label, phase, split?}]}]`, milliseconds from `.start` (milliseconds since 1970; 0: offsets).
 * Fires `run` with the run that was pressed.
 */
class Lanes extends Drawing {
  static properties = { lanes: { attribute: false }, start: { type: Number }, total: { type: Number }, mine: {} };

  axis = new Axis(1);
  #drag = null;
  #at = { lane: 0, run: 0 };

  connectedCallback() {
    super.connectedCallback();
    this.updateComplete.then(() => this.canvas?.addEventListener('wheel', event => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      this.axis.wheel(event, this.place(event)[0], 64, this.width - 66);
      this.#changed();
    }, { passive: false }));
  }

  willUpdate(changed) {
    if (changed.has('total') && this.total !== this.axis.full) this.axis.reset(this.total || 1);
  }

  tall() {
    return 22 + (this.lanes?.length ?? 1) * 18 + 2;
  }

  render() {
    return html`${canvasFor('Lanes over time; arrow keys go through runs, Enter opens one', {
      key: event => this.#key(event), move: event => this.#move(event), leave: () => this.hideTip(), down: event => this.#down(event), up: event => this.#up(event),
      twice: () => {
        this.axis.reset(this.axis.full);
        this.#changed();
      },
    })}${this.axis.zoomed ? html`<button class="quiet small" @click=${() => { this.axis.reset(this.axis.full); this.#changed(); }}>Show all</button>` : nothing}`;
  }

  paint(context, width, height) {
    const left = 64;
    const plot = width - left - 2;
    const format = this.start ? value => (this.axis.span > 90e3 ? clock : clockMillis)(this.start + value) : ms;
    this.axis.paint(context, left, plot, height, format, 20);
    (this.lanes ?? []).forEach((lane, index) => {
      const y = 22 + index * 18;
      context.fillStyle = color('--muted');
      context.textAlign = 'left';
      context.fillText(fitted(context, lane.name, left - 6), 2, y + 9);
      context.save();
      context.beginPath();
      context.rect(left, y, plot, 18);
      context.clip();
      lane.runs.forEach((run, at) => {
        const x = this.axis.x(run.from, left, plot);
        const long = Math.max(1.2, ((run.to - run.from) / this.axis.span) * plot);
        if (x > left + plot || x + long < left) return;
        const fill = color(run.id && run.id === this.mine ? '--accent' : phase(run.phase ?? 'decode'), run.id && this.mine && run.id !== this.mine ? 0.65 : 1);
        context.fillStyle = fill;
        context.fillRect(x, y + 2, Math.max(1, long - 0.8), 14);
        if (run.split > run.from) {
          context.fillStyle = color('--p-prefill');
          context.fillRect(x, y + 2, Math.max(1, ((run.split - run.from) / this.axis.span) * plot), 14);
        }
        if (this.#at.lane === index && this.#at.run === at && document.activeElement === this.canvas) {
          context.strokeStyle = color('--text');
          context.strokeRect(x + 0.5, y + 2.5, Math.max(2, long - 1.5), 13);
        }
        context.fillStyle = ink(fill);
        context.fillText(fitted(context, run.label ?? '', Math.min(long, left + plot - x) - 8), Math.max(x, left) + 4, y + 9.5);
      });
      context.restore();
    });
  }

  #run(event) {
    const [x, y] = this.place(event);
    const lane = this.lanes?.[Math.floor((y - 22) / 18)];
    const value = this.axis.value(x, 64, this.width - 66);
    const slack = (this.axis.span / Math.max(1, this.width)) * 2;
    return lane?.runs.findLast(run => value >= run.from - slack && value <= run.to + slack);
  }

  #move(event) {
    if (this.#drag) {
      const [x] = this.place(event);
      const moved = ((this.#drag.x - x) / (this.width - 66)) * this.axis.span;
      if (Math.abs(this.#drag.begin - x) > 3) this.#drag.moved = true;
      this.#drag.x = x;
      this.axis.set(this.axis.from + moved, this.axis.to + moved);
      this.redraw();
      return;
    }
    const run = this.#run(event);
    if (!run) return this.hideTip();
    this.showTip(event, [run.label ?? '', ms(run.to - run.from) + (run.split > run.from ? ', of it ' + ms(run.split - run.from) + ' prompt' : ''), ...(run.lines ?? [])]);
  }

  #down(event) {
    const [x] = this.place(event);
    this.#drag = { x, begin: x, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
  }

  #up(event) {
    const moved = this.#drag?.moved;
    this.#drag = null;
    const run = moved ? null : this.#run(event);
    if (run) this.dispatchEvent(new CustomEvent('run', { detail: run }));
  }

  #key(event) {
    const at = this.#at;
    if (this.axis.key(event)) this.#changed();
    else if (event.key === 'ArrowDown') this.#at = { lane: Math.min((this.lanes?.length ?? 1) - 1, at.lane + 1), run: 0 };
    else if (event.key === 'ArrowUp') this.#at = { lane: Math.max(0, at.lane - 1), run: 0 };
    else if (event.key === 'ArrowRight') at.run = Math.min((this.lanes[at.lane]?.runs.length ?? 1) - 1, at.run + 1);
    else if (event.key === 'ArrowLeft') at.run = Math.max(0, at.run - 1);
    else if (event.key === 'Enter') {
      const run = this.lanes[at.lane]?.runs[at.run];
      if (run) this.dispatchEvent(new CustomEvent('run', { detail: run }));
    } else return;
    event.preventDefault();
    this.redraw();
  }

  #changed() {
    this.redraw();
    this.requestUpdate();
  }
}

customElements.define('v-lanes', Lanes);
