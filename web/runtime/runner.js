// The worker in which a reader's code runs once: Python with the lesson's archive, started anew each time.

import { loadPyodide } from "{{pyodide}}/pyodide.mjs";

const most = 512 * 2 ** 20; // bytes of memory that Python may take
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > most) throw new RangeError("no more memory for this");
  return grow.call(this, pages);
};

const file = async (path) => new Uint8Array(await (await fetch(new URL(path, import.meta.url))).arrayBuffer());
const url = (path) => new URL(path, import.meta.url).href;
const [bundle, lesson] = await Promise.all(["{{bundle}}", "{{lesson}}"].map(file));
const python = await loadPyodide({
  indexURL: url("{{pyodide}}/"),
  stdLibURL: url("{{library}}"),
  lockFileContents: '{{lock}}',
  packageBaseUrl: url("/static/"),
  env: { PYTHONPATH: "{{lesson_at}}:{{bundle_at}}" },
  fsInit: (FS) => (FS.writeFile("{{bundle_at}}", bundle), FS.writeFile("{{lesson_at}}", lesson)),
});
let lines = 100; // of what the code prints: a loop would bury the console
const batched = (line) => lines-- > 0 && console.log(line);
python.setStdout({ batched });
python.setStderr({ batched });
python.runPython("import rebond; rebond.__path__.append('{{lesson_at}}/rebond'); from lesson.sandbox import run");
const run = python.globals.get("run");
addEventListener("message", ({ data: { name, code } }) => postMessage({ kind: "done", outcome: run(name, code) }));
postMessage({ kind: "ready" });
