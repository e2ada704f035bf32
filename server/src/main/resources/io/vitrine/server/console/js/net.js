// The only way to the server: JSON requests with the session's token, and one event stream for all live topics.

export class ApiError extends Error {
  constructor(status, body, path) {
    const error = body?.error ?? {};
    super(error.message ?? (status ? 'the server answered ' + status : 'the server does not answer'));
    this.status = status;
    this.code = error.code;
    this.detail = error;
    this.path = path;
  }
}

let session = null;
const sessionListeners = new Set();

export const currentSession = () => session;

export function onSession(listener) {
  sessionListeners.add(listener);
  return () => sessionListeners.delete(listener);
}

export function setSession(value) {
  session = value;
  sessionListeners.forEach(listener => listener(value));
}

export const isAdmin = () => session?.role === 'admin';
export const isTenant = () => session?.role === 'tenant';

export async function loadSession() {
  setSession(await get('/console/session'));
  return session;
}

export async function login(key) {
  setSession(await send('POST', '/console/login', { key }));
}

export async function logout() {
  await send('POST', '/console/logout', {});
  stream.close();
  await loadSession();
}

export function url(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? path + '?' + text : path;
}

async function read(response, path) {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  let body = text;
  if (type.includes('json') && !type.includes('ndjson') && text) {
    try {
      body = JSON.parse(text);
    } catch {
      throw new ApiError(response.status, { error: { message: 'the server sent JSON that cannot be read' } }, path);
    }
  }
  if (!response.ok) {
    if (response.status === 401 && session?.signed_in && !path.startsWith('/console/login')) {
      // The session has ended: the frame shows the sign-in form, and comes back here after it.
      setSession({ ...session, signed_in: false, csrf: null, ended: true });
    }
    throw new ApiError(response.status, body, path);
  }
  return body;
}

async function ask(path, options) {
  try {
    return await fetch(path, { credentials: 'same-origin', ...options });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(0, null, path);
  }
}

export async function get(path, params, signal) {
  const address = url(path, params);
  return read(await ask(address, { signal, headers: { accept: 'application/json, text/markdown, */*;q=0.1' } }), path);
}

export function changeHeaders() {
  const headers = { 'content-type': 'application/json' };
  if (session?.csrf) headers['x-vitrine-csrf'] = session.csrf;
  return headers;
}

export async function send(method, path, body) {
  return read(await ask(path, { method, headers: changeHeaders(), body: body === undefined ? undefined : JSON.stringify(body) }), path);
}

/** POST whose answer is read piece by piece; the caller reads the body. */
export async function open(path, body, signal) {
  const response = await ask(path, { method: 'POST', headers: changeHeaders(), body: JSON.stringify(body), signal });
  if (!response.ok) await read(response, path);
  return response;
}

/* Live events. One connection, whatever is watched; it reconnects by itself and the server fills the gap by Last-Event-ID. */

class Stream {
  #watchers = new Map();
  #source = null;
  #topics = '';
  #query = '';
  #asked = '';
  #lastId = '';
  #timer = 0;
  #state = 'off';
  #stateListeners = new Set();
  dropped = 0;

  get state() {
    return this.#state;
  }

  onState(listener) {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** @returns a function that ends it */
  watch(topic, listener) {
    if (!this.#watchers.has(topic)) this.#watchers.set(topic, new Set());
    this.#watchers.get(topic).add(listener);
    this.#later();
    return () => {
      const set = this.#watchers.get(topic);
      set?.delete(listener);
      if (set?.size === 0) this.#watchers.delete(topic);
      this.#later();
    };
  }

  /** A search that the server applies to requests and log lines; empty for all of them. */
  filter(query) {
    if (query === this.#query) return;
    this.#query = query;
    this.#later();
  }

  close() {
    this.#source?.close();
    this.#source = null;
    this.#topics = '';
    this.#lastId = '';
    this.#set('off');
  }

  /** Hands an event to who watches its topic. */
  deliver(topic, data) {
    if (topic === 'dropped') this.dropped += Math.max(1, data.count ?? 0);
    this.#watchers.get(topic)?.forEach(listener => listener(data));
  }

  #set(state) {
    this.#state = state;
    this.#stateListeners.forEach(listener => listener(state));
  }

  // A page that goes and one that comes make one change of topics, not two.
  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), 30);
  }

  #connect() {
    const topics = [...this.#watchers.keys()].filter(topic => topic !== 'dropped').sort().join(',');
    if (topics === this.#topics && this.#query === this.#asked && this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source?.close();
    this.#source = null;
    this.#topics = topics;
    this.#asked = this.#query;
    if (!topics) {
      this.#set('off');
      return;
    }
    this.#set('connecting');
    const source = new EventSource(url('/api/live', { topics, q: this.#query, last_event_id: this.#lastId }));
    this.#source = source;
    source.onopen = () => this.#set('live');
    source.onerror = () => {
      if (this.#source !== source) return;
      this.#set('lost');
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#source = null;
          this.#connect();
        }, 3000);
      }
    };
    for (const topic of [...topics.split(','), 'dropped']) {
      source.addEventListener(topic, event => {
        if (event.lastEventId) this.#lastId = event.lastEventId;
        this.deliver(topic, JSON.parse(event.data));
      });
    }
  }
}

export const stream = new Stream();
