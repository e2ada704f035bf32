// Numbers, times and money as text. What is unknown is a dash, never 0.

import { taste } from './state.js';

export const DASH = '–';
const known = value => value !== null && value !== undefined && value !== '' && Number.isFinite(Number(value));

export function digits(value, most = 3) {
  if (!known(value)) return DASH;
  const number = Number(value);
  const size = Math.abs(number);
  if (size === 0) return '0';
  if (size >= 1e15) return number.toExponential(1);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(9, most - 1 - Math.floor(Math.log10(size)));
  return Number(number.toFixed(Math.min(decimals, Math.max(most - 1, decimals)))).toLocaleString('en', { maximumFractionDigits: decimals });
}

export const whole = value => (known(value) ? Math.round(value).toLocaleString('en') : DASH);

export function count(value) {
  if (!known(value)) return DASH;
  const size = Math.abs(value);
  if (size >= 1e9) return digits(value / 1e9) + ' G';
  if (size >= 1e6) return digits(value / 1e6) + ' M';
  if (size >= 1e4) return digits(value / 1e3) + ' k';
  return Number.isInteger(Number(value)) ? whole(value) : digits(value);
}

export function ms(value) {
  if (!known(value)) return DASH;
  const size = Math.abs(value);
  if (size === 0) return '0 ms';
  if (size < 0.001) return digits(value * 1e6) + ' ns';
  if (size < 1) return digits(value * 1e3) + ' µs';
  if (size < 1e3) return digits(value) + ' ms';
  if (size < 120e3) return digits(value / 1e3) + ' s';
  if (size < 7200e3) return Math.floor(value / 60e3) + ' min ' + Math.round((value % 60e3) / 1e3) + ' s';
  if (size < 172800e3) return digits(value / 3600e3) + ' h';
  return digits(value / 86400e3) + ' d';
}

export const seconds = value => (known(value) ? ms(value * 1e3) : DASH);
export const percent = value => (known(value) ? digits(value * 100) + ' %' : DASH);
export const rate = unit => value => (known(value) ? count(value) + ' ' + unit : DASH);

export function bytes(value) {
  if (!known(value)) return DASH;
  let size = Number(value);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (Math.abs(size) < 1024) return digits(size) + ' ' + unit;
    size /= 1024;
  }
  return digits(size) + ' TiB';
}

export function money(value, currency = '') {
  if (!known(value)) return DASH;
  const size = Math.abs(value);
  const text = size !== 0 && size < 1e-4 ? Number(value).toExponential(2).replace('e-', ' × 10⁻').replace(/⁻(\d+)$/, (_, power) => '⁻' + [...power].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]).join('')) : size !== 0 && size < 0.01 ? digits(value, 3) : Number(value).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return currency ? text + ' ' + currency : text;
}

/* Times: milliseconds since 1970, ISO text (nanoseconds allowed), in the chosen zone. */

export function millis(at) {
  return typeof at === 'number' ? at : Date.parse(at);
}

const formats = new Map();

function parts(at, options) {
  const zone = taste.zone === 'utc' ? 'UTC' : undefined;
  const id = zone + JSON.stringify(options);
  if (!formats.has(id)) formats.set(id, new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', ...options }));
  return formats.get(id).format(at);
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' };

export const clock = at => (at ? parts(millis(at), CLOCK) : DASH);
export const clockMillis = at => (at ? parts(millis(at), { ...CLOCK, fractionalSecondDigits: 3 }) : DASH);
export const day = at => (at ? parts(millis(at), DAY) : DASH);
export const dateTime = at => (at ? day(at) + ' ' + clock(at) : DASH);
export const dateTimeMillis = at => (at ? day(at) + ' ' + clockMillis(at) : DASH);

/** Clock, with the day where it is not today. */
export function when(at) {
  if (!at) return DASH;
  return day(at) === day(Date.now()) ? clock(at) : parts(millis(at), { month: '2-digit', day: '2-digit' }) + ' ' + clock(at);
}

export function ago(at) {
  const past = Date.now() - millis(at);
  return past < 0 ? 'in ' + ms(-past) : past < 1500 ? 'now' : ms(past).replace(/\.\d+/, '') + ' ago';
}

/** The zone's name, as it is written beside the switch. */
export function zoneName() {
  return taste.zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone || 'local';
}

export const cut = (text, most = 26) => (text && text.length > most ? text.slice(0, most - 1) + '…' : (text ?? DASH));
