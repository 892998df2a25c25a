// The frame in which a reader's code runs: of no origin, and allowed nothing but our public files.
//
// Each run has a worker of its own, started before it is asked for, so that a run begins at once and can be ended whatever
// it does. What is said to the page above is data that the code may have made up; the page treats it so.

const patience = 2000; // milliseconds that the code has
const most = 20000; // characters of what comes of it
const runner = new URL("{{runner}}", import.meta.url).href;
// Chromium starts no module from the blob of a frame without origin. Pyodide takes a worker in which importScripts fails
// for a module, and import() is all that it needs.
const first = `importScripts = () => { throw new Error("not here"); };
  import(${JSON.stringify(runner)}).catch(() => postMessage({ kind: "broken" }));`;
const address = URL.createObjectURL(new Blob([first], { type: "text/javascript" }));
let worker, ready, asked, timer;

function prepare() {
  ready = false;
  worker = new Worker(address);
  worker.onerror = () => end("broken");
  // What it says may be anything. Only a text of some length goes on to the page above, which takes it for no more.
  worker.onmessage = ({ data }) => {
    const { kind, outcome } = Object(data);
    if (kind === "ready" && !ready) go((ready = true));
    else if (kind === "done" && typeof outcome === "string" && outcome.length <= most) end(kind, outcome);
    else end("broken");
  };
}

function go() {
  if (!ready || !asked) return;
  timer = setTimeout(end, patience, "endless");
  worker.postMessage(asked);
}

function end(kind, outcome) {
  clearTimeout(timer);
  worker.terminate();
  worker = undefined;
  if (asked) parent.postMessage({ id: asked.id, kind, outcome }, "*");
  asked = undefined;
  if (ready) prepare(); // one that never got ready would not the next time
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  if (asked) end("broken");
  asked = data;
  if (!worker) prepare();
  go();
});
prepare();
parent.postMessage({ kind: "ready" }, "*");
