// What PyScript takes for Pyodide: Pyodide itself, told where the parts are that the build has prepared.
//
// It starts as soon as this module is there, beside PyScript, and not only when that comes to ask for it.

import { loadPyodide as load, version } from "{{pyodide}}/pyodide.mjs";

// Which lines PyScript wants to see; it says so when it asks.
const ears = {};

async function start() {
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
  });
  // PyScript puts its own library before every script: 20 modules to write and compile, and none of them is used.
  const run = pyodide.runPythonAsync;
  pyodide.runPythonAsync = (code, ...rest) => run.call(pyodide, code.slice(code.lastIndexOf("# Rebond")), ...rest);
  return pyodide;
}

async function bytes(response) {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const starting = start();

export { version };

export function loadPyodide(options) {
  ears.stdout = options.stdout;
  ears.stderr = options.stderr;
  return starting;
}
