// The address is the state of the console: `#/page/part?name=value`. What is only taste (theme, time zone) is in localStorage.

const listeners = new Set();

function parse() {
  const text = location.hash.replace(/^#\/?/, '');
  const cut = text.indexOf('?');
  const path = (cut < 0 ? text : text.slice(0, cut)).split('/').filter(Boolean).map(safeDecode);
  return { page: path[0] ?? 'now', parts: path.slice(1), params: new URLSearchParams(cut < 0 ? '' : text.slice(cut + 1)) };
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export let route = parse();

/** `#/page/part?…`; empty values are left out, the chosen time stays. */
export function link(path, params = {}) {
  const query = new URLSearchParams();
  const time = route.params.get('t');
  if (time && !('t' in params)) query.set('t', time);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return '#/' + [path].flat().map((part, index) => (index ? encodeURIComponent(part) : part)).join('/') + (text ? '?' + text : '');
}

export function go(path, params) {
  location.hash = link(path, params);
}

/** Changes some parameters of this page; a null removes one. With `replace` the back button skips the step. */
export function setParams(changes, { replace = false } = {}) {
  const params = Object.fromEntries(route.params);
  for (const [name, value] of Object.entries(changes)) params[name] = value;
  const target = link([route.page, ...route.parts], 't' in params ? params : { t: null, ...params });
  if (target === location.hash) return;
  if (replace) {
    history.replaceState(null, '', target);
    changed();
  } else {
    location.hash = target;
  }
}

export function onRoute(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed() {
  route = parse();
  for (const listener of listeners) listener(route);
}

addEventListener('hashchange', changed);

/* Time range: `t=15m` ends now, `t=1700000000000-1700000300000` is fixed (milliseconds). */

export const RANGES = [
  ['5m', 'Last 5 minutes', 300e3], ['15m', 'Last 15 minutes', 900e3], ['1h', 'Last hour', 3600e3], ['6h', 'Last 6 hours', 21600e3],
  ['24h', 'Last 24 hours', 86400e3], ['7d', 'Last 7 days', 604800e3], ['30d', 'Last 30 days', 2592000e3],
];

export function range(fallback = '1h') {
  const text = route.params.get('t') ?? fallback;
  const fixed = /^(\d{10,14})-(\d{10,14})$/.exec(text);
  if (fixed) {
    const from = Number(fixed[1]);
    return { from, to: Math.max(Number(fixed[2]), from + 1), live: false, text };
  }
  const known = RANGES.find(([id]) => id === text) ?? RANGES[2];
  const to = Date.now();
  return { from: to - known[2], to, live: true, text: known[0], label: known[1] };
}

export function fixRange(from, to, options) {
  setParams({ t: Math.floor(from) + '-' + Math.ceil(to) }, options);
}

/** Parameters `from` and `to` of the API. */
export function rangeQuery(fallback) {
  const { from, to } = range(fallback);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/* Taste. */

const tastes = new Set();

export const taste = {
  get zone() {
    return localStorage.getItem('vitrine.zone') === 'local' ? 'local' : 'utc';
  },
  set zone(value) {
    localStorage.setItem('vitrine.zone', value);
    tastes.forEach(listener => listener());
  },
  get theme() {
    return localStorage.getItem('vitrine.theme') ?? 'auto';
  },
  set theme(value) {
    if (value === 'auto') {
      localStorage.removeItem('vitrine.theme');
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem('vitrine.theme', value);
      document.documentElement.dataset.theme = value;
    }
    tastes.forEach(listener => listener());
  },
};

/** Calls the listener when theme or time zone change, by the switch or by the system. */
export function onTaste(listener) {
  tastes.add(listener);
  return () => tastes.delete(listener);
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => tastes.forEach(listener => listener()));
