// Starts Python, and says on <html> how far that has come: data-boot="loading | ready | failed"; for those who wait,
// data-stage="compiling | starting | running | done" and --fetched, the share of the bytes that has come, from 0 to 1.
//
// Whatever else can fail to load is behind the dynamic import below, so that this module, which reports the failure,
// is there to do so.

const page = document.documentElement;
const wasm = "{{wasm}}";
const ask = globalThis.fetch;
const { compileStreaming: compile, instantiateStreaming: instantiate } = globalThis.WebAssembly ?? {};
const sizes = JSON.parse('{{sizes}}'); // bytes of what is fetched, by its path
const come = {};
const absence = /is (not (a function|a constructor|an object)|undefined|null)|of (undefined|null)/; // as browsers put it
let compiling, script;

function fail(reason) {
  if (page.dataset.boot !== "loading") return;
  removeEventListener("unhandledrejection", rejected);
  page.dataset.boot = "failed";
  page.dataset.why = isOld(reason) ? "wasm" : reason instanceof TypeError ? "lost" : "python";
  for (const element of document.querySelectorAll("[data-boot-failed]")) element.hidden = false;
  console.error("Python did not start:", reason);
}

// What a browser that lacks something we need fails with, or one that is forbidden WebAssembly. A file that does not
// arrive is a TypeError as well, of other words.
function isOld(reason) {
  const kinds = compile ? [WebAssembly.CompileError, WebAssembly.LinkError, ReferenceError, SyntaxError] : [Object];
  const lacks = reason instanceof TypeError && absence.test(reason.message);
  return lacks || kinds.some((kind) => reason instanceof kind);
}

function settle() {
  if (page.dataset.boot !== "loading") return;
  removeEventListener("unhandledrejection", rejected);
  WebAssembly.instantiateStreaming = instantiate;
  globalThis.fetch = ask;
  delete indexedDB.open;
  page.dataset.boot = "ready";
}

// PyScript leaves it to nobody when the interpreter does not load.
function rejected(event) {
  fail(event.reason);
}

function fetched(path, bytes = sizes[path]) {
  if (!(path in sizes) || come[path] >= bytes) return;
  come[path] = bytes;
  const sum = (given) => Object.values(given).reduce((all, each) => all + each, 0);
  page.style.setProperty("--fetched", sum(come) / sum(sizes));
  if (sum(come) >= sum(sizes)) page.dataset.stage ??= "compiling";
}

// Counted from a copy, which the browser's cache of compiled code does not see: not where a service worker answers.
function counted(response) {
  let bytes = 0;
  const write = (part) => fetched(wasm, Math.min((bytes += part.length), sizes[wasm]));
  const copy = response.ok && !navigator.serviceWorker?.controller && response.clone().body;
  if (copy) copy.pipeTo(new WritableStream({ write })).catch(() => {}); // whoever compiles it hears of the failure
  return response;
}

// WebAssembly is compiled as it comes in, while Pyodide's JavaScript is yet to come; Pyodide is given what came of it.
// Left alone, it would only warn of one that does not arrive or compile, and wait for ever.
function compileEarly() {
  compiling = WebAssembly.compileStreaming(ask(wasm).then(counted));
  compiling.catch(fail);
  globalThis.fetch = (asked, ...more) => {
    if (String(asked).endsWith(wasm)) return compiling;
    const answer = String(asked).endsWith("{{entry}}") ? script : ask(asked, ...more);
    if (String(asked).includes("/static/")) answer.then(({ ok, url }) => ok || fail(new TypeError(url)), fail);
    return answer;
  };
  WebAssembly.instantiateStreaming = async (_, imports) => {
    try {
      const module = await compiling;
      page.dataset.stage = "starting";
      if (page.dataset.view === "chat") renewEarly();
      return { module, instance: await WebAssembly.instantiate(module, imports) };
    } catch (error) {
      fail(error);
      throw error;
    }
  };
}

// The first thing that Python will ask the server for (chat.screens.fetching): it is there when Python is.
// Who is signed in goes with it: where it is refused, the cookie that says so is gone before Python can read it.
function renewEarly() {
  globalThis.rebondRenewal = ask("/api/refresh", { method: "POST", cache: "no-store", signal: AbortSignal.timeout(15_000) });
  rebondRenewal.here = here;
  rebondRenewal.catch(() => {}); // Python hears of it
}

// The rest is told by the line that says how the connection stands.
function done() {
  const { ready, view, link } = page.dataset;
  if (ready === undefined || (view === "chat" && /idle|probing|opening|greeting/.test(link))) return false;
  page.dataset.stage = "done";
  return true;
}

// PyScript keeps lists of packages in IndexedDB, and waits for those there are. We have none, and want Python to start
// as well where the browser lets nothing be stored, or never answers.
function keepNoPackages() {
  const answer = (result) => {
    const request = {};
    queueMicrotask(() => request.onsuccess({ target: { result } }));
    return request;
  };
  const nothing = { close() {}, transaction: () => ({ objectStore: () => ({ getAllKeys: () => answer([]) }) }) };
  const open = IDBFactory.prototype.open;
  indexedDB.open = (name, ...more) =>
    name.startsWith("IDBMap/") ? answer(nothing) : open.call(indexedDB, name, ...more);
}

// PyScript gets MicroPython ready as well, with plugins of its own, unless a configuration leaves them out.
function leaveMicroPythonBare() {
  const config = document.createElement("mpy-config");
  config.hidden = true;
  config.textContent = '{{micropython}}';
  document.head.append(config);
}

// The composer until Python has taken it over, with the first room that it draws: Enter and the button count then, unless
// the writer goes on. The switch to the other language is a form, which leads to the same form of the door.
function compose(event) {
  if (event.target.dataset.form === "tongue") event.target.action = `/${location.hash}`;
  const text = event.target.closest("#composer")?.querySelector("textarea");
  if (!text || text.dataset.taken !== undefined) return;
  if (event.type.startsWith("composition")) return text.toggleAttribute("data-composing", event.type.endsWith("start"));
  const composing = event.isComposing || event.keyCode === 229; // Safari tells only so
  const aside = composing || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey;
  const enter = event.key === "Enter" && event.target === text && !aside;
  if (enter) event.preventDefault(); // it breaks no line
  if (event.type !== "keydown" || enter) text.toggleAttribute("data-sent", event.type !== "input");
  if (event.type !== "input") return;
  text.parentNode.dataset.text = text.value; // grows with it
  text.form.querySelector("[type=submit]").ariaDisabled = String(!text.value.trim());
}

// The server's sign that somebody is signed in: the chat's shell stands from the first paint, not the door.
const here = /(?:^|; )rebond_here=([^;]+)/.exec(document.cookie)?.[1];
if (page.dataset.view && here) page.dataset.view = "chat";

// A link to join leads to the form for a new account, and brings its code along.
const code = page.dataset.view === "door" && /^#join=(.+)/.exec(location.hash)?.[1];
if (code) {
  document.getElementById("register-code").value = code;
  location.replace("#register");
}

for (const element of document.querySelectorAll("[data-plain-http]")) element.hidden = isSecureContext;
// Chromium may say that cookies are enabled where it keeps none.
document.cookie = "rebond_try=1; Path=/; Max-Age=9; SameSite=Lax";
const cookies = navigator.cookieEnabled && document.cookie.includes("rebond_try=1");
for (const element of document.querySelectorAll("[data-no-cookies]")) element.hidden = cookies;

page.dataset.boot = "loading";
for (const type of ["keydown", "input", "submit", "compositionstart", "compositionend"]) addEventListener(type, compose);
setTimeout(() => page.toggleAttribute("data-slow", true), 4000);
try {
  if (!compile) throw new Error("this browser has no WebAssembly that can be streamed");
  addEventListener("unhandledrejection", rejected);
  addEventListener("py:done", settle, { once: true });
  new PerformanceObserver((list) => list.getEntries().forEach(({ name }) => fetched(new URL(name).pathname)))
    .observe({ type: "resource", buffered: true });
  new MutationObserver((_, watch) => done() && watch.disconnect())
    .observe(page, { attributeFilter: ["data-ready", "data-view", "data-link"] });
  compileEarly();
  keepNoPackages();
  leaveMicroPythonBare();
  import("{{interpreter}}").catch(fail);
  import("{{start}}").then(({ watch }) => watch(fail), fail);
  // PyScript asks for it only once the interpreter runs, and is given this answer. A preload tag would not do: the browser
  // complains of those that wait.
  script = ask("{{entry}}");
  script.catch(() => {}); // if it fails, so does what PyScript asks for, which is reported
} catch (error) {
  fail(error);
}
