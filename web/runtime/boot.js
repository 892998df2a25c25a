// Starts Python, and says on <html data-boot="loading | ready | failed"> how far that has come.
//
// Whatever else can fail to load is behind the dynamic import below, so that this module, which reports the failure,
// is there to do so.

const page = document.documentElement;
const instantiate = globalThis.WebAssembly?.instantiateStreaming;

function fail(reason) {
  if (page.dataset.boot !== "loading") return;
  page.dataset.boot = "failed";
  page.dataset.view = "door";
  for (const element of document.querySelectorAll("[data-boot-failed]")) element.hidden = false;
  console.error("Python did not start:", reason);
}

function settle() {
  removeEventListener("unhandledrejection", rejected);
  WebAssembly.instantiateStreaming = instantiate;
  if (page.dataset.boot === "loading") page.dataset.boot = "ready";
}

// PyScript leaves it to nobody when the interpreter does not load.
function rejected(event) {
  fail(event.reason);
}

// Pyodide only warns when its WebAssembly does not arrive or does not compile, and waits for ever.
function watched(...given) {
  const instance = instantiate.apply(WebAssembly, given);
  instance.catch(fail);
  return instance;
}

// PyScript gets MicroPython ready as well, with plugins of its own, unless a configuration leaves them out.
function leaveMicroPythonBare() {
  const config = document.createElement("mpy-config");
  config.hidden = true;
  config.textContent = '{{micropython}}';
  document.head.append(config);
}

// The server's sign that somebody is signed in: the chat's shell stands from the first paint, not the door.
if (/(^|; )rebond_here=./.test(document.cookie)) page.dataset.view = "chat";

for (const element of document.querySelectorAll("[data-plain-http]")) element.hidden = isSecureContext;

page.dataset.boot = "loading";
if (instantiate) {
  addEventListener("unhandledrejection", rejected);
  addEventListener("py:done", settle, { once: true });
  WebAssembly.instantiateStreaming = watched;
  leaveMicroPythonBare();
  import("{{interpreter}}").catch(fail);
  import("{{start}}").then(({ watch }) => watch(fail), fail);
  // PyScript asks for it only once the interpreter runs; by then it shall be in the cache. A preload tag would not do:
  // the browser complains of those that wait. If this fails, PyScript's own attempt does too, and is reported.
  fetch("{{entry}}").catch(() => {});
} else {
  fail("this browser has no WebAssembly that can be streamed");
}
