// Line and area charts: uPlot with this console's colours, units, zone and legend. Crosshairs of a page move together.

import { View, html } from './ui.js';
import { onTaste, taste, fixRange } from './state.js';
import { clock, dateTime, digits } from './format.js';
import { color } from './canvas.js';

const sync = window.uPlot.sync('page');

/**
 * `.data` is `[seconds, series…]`, `.series` is `[{label, color, format, fill, bars, step, dash, stacked}]`; `null` values are gaps.
 * A drag chooses the time range of the page.
 */
class Chart extends View {
  static properties = { data: { attribute: false }, series: { attribute: false }, height: { type: Number }, label: {}, format: { attribute: false }, window: { attribute: false } };

  #plot = null;
  #shape = '';
  #dirty = false;

  constructor() {
    super();
    this.height = 150;
    this.data = [[]];
    this.series = [];
    this.format = digits;
    this.zoomable = true;
  }

  connectedCallback() {
    super.connectedCallback();
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.height });
    });
    const visible = () => {
      if (!document.hidden && this.#dirty) this.#draw();
    };
    document.addEventListener('visibilitychange', visible);
    this.keep(onTaste(() => this.#plot?.redraw(false)), () => observer.disconnect(), () => document.removeEventListener('visibilitychange', visible), () => {
      this.#plot?.destroy();
      this.#plot = null;
      this.#shape = '';
    });
    this.updateComplete.then(() => {
      const box = this.querySelector('.plot');
      if (box) observer.observe(box);
    });
  }

  render() {
    return html`<div class="legend">${this.series.map(series => html`<span><i class="key"></i>${series.label} <b></b></span>`)}</div>
      <div class="plot" role="img" aria-label=${this.label ?? this.series.map(series => series.label).join(', ')}></div>`;
  }

  updated() {
    if (document.hidden) {
      this.#dirty = true;
      return;
    }
    this.#draw();
  }

  #stacked() {
    // Each stacked series lies on those before it; what the legend says stays the series' own value.
    let sum = null;
    return this.data.map((values, index) => {
      if (index === 0 || !this.series[index - 1]?.stacked) return values;
      sum = values.map((value, i) => (value === null && !sum ? null : (sum?.[i] ?? 0) + (value ?? 0)));
      return sum;
    });
  }

  #draw() {
    this.#dirty = false;
    const box = this.querySelector('.plot');
    if (!box) return;
    const shape = JSON.stringify(this.series.map(series => [series.label, series.color, series.fill, series.bars, series.stacked])) + this.height;
    const data = this.#stacked();
    if (!this.#plot || shape !== this.#shape) {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new window.uPlot(this.#options(Math.max(60, box.clientWidth)), data, box);
      this.querySelectorAll('.legend .key').forEach((key, index) => (key.style.background = `var(--${this.series[index].color})`));
    } else {
      this.#plot.setData(data);
    }
    this.#legend(null);
  }

  #legend(index) {
    const labels = this.querySelectorAll('.legend b');
    this.series.forEach((series, at) => {
      const values = this.data[at + 1] ?? [];
      const value = values[index ?? lastKnown(values)];
      if (labels[at]) labels[at].textContent = (series.format ?? this.format)(value);
    });
  }

  #options(width) {
    const size = 11 + 'px ' + getComputedStyle(this).fontFamily;
    const axis = { stroke: () => color('--muted'), font: size, ticks: { show: false }, grid: { stroke: () => color('--line'), width: 1 } };
    const top = this.series.map((series, index) => index).filter(index => this.series[index].stacked);
    return {
      width, height: this.height, padding: [8, 8, 0, 0], legend: { show: false },
      tzDate: seconds => (taste.zone === 'utc' ? window.uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC') : new Date(seconds * 1e3)),
      cursor: { sync: { key: sync.key, setSeries: false }, points: { size: 5 }, drag: { x: this.zoomable, y: false, setScale: false }, y: false },
      scales: { x: { time: true, range: (u, least, most) => this.window ? this.window() : least === most ? [least - 30, most + 30] : [least, most] }, y: { range: (u, least, most) => [Math.min(0, least ?? 0), most > 0 ? most * 1.12 : 1] } },
      axes: [
        { ...axis, space: 70, size: 24, values: (u, ticks, i, space, step) => ticks.map(tick => (step >= 86400 ? dateTime(tick * 1e3).slice(5, 10) : step >= 60 ? clock(tick * 1e3).slice(0, 5) : clock(tick * 1e3))) },
        { ...axis, space: 28, size: (u, values) => Math.max(34, 8 + 6.4 * Math.max(...(values ?? ['']).map(text => text.length))), values: (u, ticks) => ticks.map(tick => this.format(tick)) },
      ],
      // Drawn from the highest stack down, so that each band keeps its own colour.
      series: [{}, ...this.series.map((series, index) => ({
        label: series.label, scale: 'y', width: series.bars ? 0 : 1.5, points: { show: false }, spanGaps: false, dash: series.dash,
        stroke: () => color('--' + series.color),
        fill: series.fill || series.bars || series.stacked ? () => color('--' + series.color, series.stacked && top.indexOf(index) === 0 ? 0.5 : series.bars ? 0.8 : 0.16) : undefined,
        paths: series.bars ? window.uPlot.paths.bars({ size: [0.85, 60], gap: 0 }) : series.step ? window.uPlot.paths.stepped({ align: 1 }) : undefined,
      }))],
      bands: top.slice(1).map((index, place) => ({ series: [index + 1, top[place] + 1], fill: () => color('--' + this.series[index].color, 0.5) })),
      hooks: {
        setCursor: [u => this.#legend(u.cursor.idx)],
        setSelect: [u => {
          if (u.select.width < 6) return;
          const from = u.posToVal(u.select.left, 'x') * 1e3;
          const to = u.posToVal(u.select.left + u.select.width, 'x') * 1e3;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to - from >= 1000) fixRange(from, to);
        }],
      },
    };
  }
}

function lastKnown(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] !== null && values[i] !== undefined) return i;
  return -1;
}

customElements.define('v-chart', Chart);

/** Series of `/api/metrics` on one axis of seconds. Counters become rates a second; a counter that falls began anew. */
export function align(list, { rates = false } = {}) {
  const times = [...new Set(list.flatMap(series => series.points.map(point => Math.round(Date.parse(point.at) / 1e3))))].sort((a, b) => a - b);
  const place = new Map(times.map((time, index) => [time, index]));
  const columns = list.map(series => {
    const values = new Array(times.length).fill(null);
    let before = null;
    for (const point of series.points) {
      const at = Date.parse(point.at) / 1e3;
      if (!rates) values[place.get(Math.round(at))] = point.value;
      else if (before && at > before.at) values[place.get(Math.round(at))] = Math.max(0, (point.value >= before.value ? point.value - before.value : point.value) / (at - before.at));
      before = { at, value: point.value };
    }
    return values;
  });
  return [times, ...columns];
}
