// The frame in which a reader's code runs: of no origin, and allowed nothing but our public files.
//
// Each run has a worker of its own, so that it can be ended whatever it does. What is said to the page above is data
// that the code may have made up; the page treats it so.

const patience = 2000; // milliseconds that the code has
const runner = new URL("{{runner}}", import.meta.url).href;
// Chromium starts no module from the blob of a frame without origin. Pyodide takes a worker in which importScripts fails
// for a module, and import() is all that it needs.
const first = `importScripts = () => { throw new Error("not here"); };
  import(${JSON.stringify(runner)}).catch(() => postMessage({ kind: "broken" }));`;
const address = URL.createObjectURL(new Blob([first], { type: "text/javascript" }));
let worker, timer;

function end() {
  clearTimeout(timer);
  worker?.terminate();
}

addEventListener("message", ({ source, data: { id, name, code } }) => {
  if (source !== parent) return;
  const say = (kind, outcome) => (end(), parent.postMessage({ id, kind, outcome }, "*"));
  end();
  worker = new Worker(address);
  worker.onerror = () => say("broken");
  worker.onmessage = ({ data: { kind, outcome } }) => {
    if (kind !== "ready") return say(kind, outcome);
    timer = setTimeout(say, patience, "endless");
    worker.postMessage({ name, code });
  };
});
parent.postMessage({ kind: "ready" }, "*");
