// Starts the engine (ui-worker, compiled to wasm) in this worker and passes JSON texts between it and the page.
//
// The cache belongs to one tab at a time. The tab that was opened last takes it over: it asks on a channel, the holder
// closes the cache, releases the lock, and shows `elsewhere` until the person asks for it back (the command `start`).
// Where the page is no secure context there is neither lock nor lasting cache: each tab works from memory.
import init, { start } from './worker_pkg.js';

const NAME = 'hybrid-messenger';
const ASK_AGAIN_MS = 300;
const waiting = [];
let worker = null;
let release = null;
let starting = null;

// Texts are updates; objects are files: `saved` to be kept, `loaded` to be shown.
const post = (json) => self.postMessage(json);
const saved = (name, blob) => self.postMessage({ saved: name, blob });
const stage = (name) => post(JSON.stringify([{ type: 'stage', stage: { stage: name } }]));
const channel = self.navigator.locks && new BroadcastChannel(NAME);

self.onmessage = ({ data }) => {
  if (typeof data !== 'string') return files(data);
  if (worker) return worker.handle(data);
  waiting.push(data);
  if (!starting && JSON.parse(data).command?.type === 'start') run();
};
self.addEventListener('online', () => worker?.network_changed());
if (channel) channel.onmessage = ({ data }) => data === 'hand over' && handOver();

// `{ pick }`: files that the person chose; `{ load, file }`: a file to be shown, answered under its number.
function files({ pick, load, file }) {
  if (pick) return worker?.pick(pick);
  const answer = (blob) => self.postMessage({ loaded: load, blob });
  (worker ? worker.load(file) : Promise.reject()).then(answer, () => answer(null));
}

// The lock, once the tab that has it has let go.
async function acquire() {
  if (!channel) return;
  const ask = () => channel.postMessage('hand over');
  const again = setInterval(ask, ASK_AGAIN_MS);
  ask();
  await new Promise((got) => {
    self.navigator.locks.request(NAME, () => new Promise((done) => { release = done; got(); }));
  });
  clearInterval(again);
}

async function handOver() {
  if (!worker) return;
  const old = worker;
  worker = null;
  await old.stop();
  release?.();
  stage('elsewhere');
}

function run() {
  starting = (async () => {
    await init({ module_or_path: new URL('./worker_pkg_bg.wasm', import.meta.url) });
    await acquire();
    const key = await cacheKey().catch(() => undefined);
    const started = await start(key, deviceName(), post, saved);
    key?.fill(0);
    worker = started;
    for (const json of waiting.splice(0)) worker.handle(json);
  })().catch((error) => {
    console.error('the engine did not start', String(error));
    const failure = { why: error === 'newer_version' ? 'version' : 'disk' };
    const failed = waiting.splice(0).map((json) => ({ type: 'reply', id: JSON.parse(json).id, reply: { result: 'failed', failure } }));
    post(JSON.stringify(failed));
    release?.();
  }).finally(() => { starting = null; });
}

// What the list of sessions calls this browser.
function deviceName() {
  const agent = self.navigator.userAgent;
  const find = (names) => names.find(([mark]) => agent.includes(mark))?.[1] ?? '';
  const browser = find([['Firefox/', 'Firefox'], ['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']]);
  const system = find([['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']]);
  return [browser, system].filter(Boolean).join(' · ') || 'Web';
}

// The cache's key: 32 random bytes, kept wrapped by an AES-GCM key that the browser never shows to any script. A copy
// of the browser's files on another machine is of no use without the browser's own protection of that key.
async function cacheKey() {
  if (!self.crypto?.subtle) return undefined;
  const database = await request(() => {
    const open = indexedDB.open(NAME, 1);
    open.onupgradeneeded = () => open.result.createObjectStore('keys');
    return open;
  });
  try {
    const keys = (mode) => database.transaction('keys', mode).objectStore('keys');
    const kept = await request(() => keys('readonly').get('cache'));
    if (kept) {
      const plain = await self.crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv }, kept.wrapping, kept.wrapped);
      return new Uint8Array(plain);
    }
    const wrapping = await self.crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const key = self.crypto.getRandomValues(new Uint8Array(32));
    const iv = self.crypto.getRandomValues(new Uint8Array(12));
    const wrapped = await self.crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapping, key);
    await request(() => keys('readwrite').put({ wrapping, iv, wrapped }, 'cache'));
    return key;
  } finally {
    database.close();
  }
}

// An IndexedDB request as a promise.
function request(make) {
  return new Promise((resolve, reject) => {
    const made = make();
    made.onsuccess = () => resolve(made.result);
    made.onerror = () => reject(made.error);
  });
}
