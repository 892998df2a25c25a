// What PyScript takes for Pyodide: Pyodide itself, told where the parts are that the build has prepared.
//
// It starts as soon as this module is there, beside PyScript, and not only when that comes to ask for it. From the
// second visit on it starts from a snapshot: its memory, as it was under Node after the imports.

import { loadPyodide as load, version } from "{{pyodide}}/pyodide.mjs";

// All on one stack, as in browsers that cannot switch: nothing here waits in the middle of a call. Chromium's profiler of
// memory, at work in some tabs, would read beyond the end of further stacks, and end the page.
delete globalThis.WebAssembly?.Suspending;

const snapshot = "{{snapshot}}";
const shelf = "rebond-snapshot";
const page = document.documentElement;
const patience = 3000; // milliseconds that the browser has to say what it keeps

// Which lines PyScript wants to see; it says so when it asks.
const ears = {};

async function start() {
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const kept = await Promise.race([recall(), late]).catch(() => {}); // it may keep nothing, or let nobody ask
  if (kept) {
    try {
      const memory = checked(kept);
      memory.catch(() => {}); // it may be found out before Pyodide comes to wait for it
      const pyodide = await begin({ _loadSnapshot: memory });
      pyodide.runPython("import random; random.seed()"); // or all would draw the numbers that the build was about to
      page.dataset.start = "snapshot";
      return pyodide;
    } catch (error) {
      console.debug("Python starts without its snapshot:", error);
      await caches.delete(shelf);
    }
  }
  page.dataset.start = "plain";
  return begin();
}

async function begin(more) {
  const bundle = fetch("{{bundle}}").then(bytes);
  const pyodide = await load({
    indexURL: "{{pyodide}}/",
    stdLibURL: "{{library}}",
    lockFileContents: '{{lock}}',
    packageBaseUrl: "/static/",
    env: { PYTHONPATH: "{{bundle_at}}" },
    fsInit: async (FS) => FS.writeFile("{{bundle_at}}", await bundle),
    stdout: (line) => ears.stdout?.(line),
    stderr: (line) => (ears.stderr ?? console.error)(line),
    ...more,
  });
  page.dataset.stage = "running";
  // PyScript puts its own library before every script: 20 modules to write and compile, and none of them is used.
  const run = pyodide.runPythonAsync;
  pyodide.runPythonAsync = (code, ...rest) => run.call(pyodide, code.slice(code.lastIndexOf("# Rebond")), ...rest);
  return pyodide;
}

async function bytes(response) {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

// Kept whole and not compressed. Only secure contexts have such a cache; elsewhere every start is a plain one.
async function recall() {
  return snapshot && (await (await globalThis.caches?.open(shelf))?.match(snapshot));
}

// A sum tells whether it is whole: a hash of so much would take too long. What is not in it is zeros.
async function checked(kept) {
  const packed = await bytes(kept);
  if (packed.length !== Number("{{snapshot_length}}")) throw new Error("it is not whole");
  const words = new Uint32Array(packed.buffer);
  let sum = 0;
  for (let index = 0; index < words.length; index++) sum = (sum + words[index]) | 0;
  if (sum >>> 0 !== Number("{{snapshot_sum}}")) throw new Error("it is damaged");
  const memory = new Uint8Array(Number("{{snapshot_whole}}"));
  let at = 0;
  for (const [start, end] of JSON.parse("{{snapshot_pieces}}")) {
    memory.set(packed.subarray(at, (at += end - start)), start);
  }
  return memory;
}

// For the next visit, once the chat is live, or after a while at the door.
async function keep() {
  if (!snapshot || !globalThis.caches || navigator.connection?.saveData || (await recall())) return;
  const response = await fetch(snapshot, { priority: "low", integrity: "{{snapshot_integrity}}" });
  await caches.delete(shelf); // with the snapshot of the build before
  await (await caches.open(shelf)).put(snapshot, response);
}

function whenIdle(act) {
  let due = () => {
    due = () => {};
    watch.disconnect();
    (globalThis.requestIdleCallback ?? setTimeout)(act);
  };
  const watch = new MutationObserver(() => page.dataset.link === "live" && due());
  watch.observe(page, { attributeFilter: ["data-link"] });
  setTimeout(() => due(), 10_000);
}

const starting = start();
// Without a secure context there is neither; the page works all the same.
async function prepare() {
  await navigator.serviceWorker?.register(trusted("/worker.js"), { updateViaCache: "none" });
  await keep();
}

// A notification was pressed (worker.js): the address leads to its message.
navigator.serviceWorker?.addEventListener("message", ({ data }) => (location.hash = data.address));

// The policy of the server takes scripts' addresses only from code that says so (Trusted Types).
function trusted(url) {
  return globalThis.trustedTypes?.createPolicy("rebond", { createScriptURL: () => url }).createScriptURL(url) ?? url;
}

const later = () => whenIdle(() => prepare().catch((error) => console.debug("Not ready for the next visit:", error)));
addEventListener("py:done", later, { once: true });

export { version };

export function loadPyodide(options) {
  ears.stdout = options.stdout;
  ears.stderr = options.stderr;
  return starting;
}
