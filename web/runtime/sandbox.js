// The frame in which a reader's code runs: of no origin, and allowed nothing but our public files.
//
// Each run has a worker of its own, so that it can be ended whatever it does. What is said to the page above is data
// that the code may have made up; the page treats it so.

const patience = 2000; // milliseconds that the code has
const source = `import ${JSON.stringify(new URL("{{runner}}", import.meta.url).href)}`;
let worker, timer;

function end() {
  clearTimeout(timer);
  worker?.terminate();
  worker = undefined;
}

function say(id, kind, outcome) {
  parent.postMessage({ id, kind, outcome }, "*");
}

addEventListener("message", ({ source: sender, data }) => {
  if (sender !== parent) return;
  end();
  const { id, name, code } = data;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  worker = new Worker(address, { type: "module" });
  worker.onerror = () => (end(), say(id, "broken"));
  worker.onmessage = ({ data: { kind, outcome } }) => {
    if (kind === "done") end();
    if (kind === "ready") {
      timer = setTimeout(() => (end(), say(id, "endless")), patience);
      worker.postMessage({ name, code });
    } else say(id, "done", String(outcome));
  };
});
say(0, "ready");
