// Runs a Python script in Pyodide under Node, for the build: node engine.mjs '<job as JSON>'.
//
// The job: `pyodide`, the folder of its npm package; `options`, for loadPyodide; `script`, the Python to run; `folder`,
// which the script sees as /job; `files`, what to copy into its file system first; `snapshot`, the file to write the
// interpreter's memory to in the end, if any.

import nodeCrypto from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const { pyodide: home, options, script, folder, files, snapshot } = JSON.parse(process.argv[2]);
if (snapshot) {
  // The same memory whatever the machine and the day: no path, no time and no chance of the build's is in it. A page seeds
  // its own random numbers (interpreter.js).
  process.argv[1] = "python";
  Date.now = () => Date.UTC(1980, 0);
  performance.now = () => 0;
  nodeCrypto.randomFillSync = (array) => array.fill(0);
  Math.random = () => 0;
}
const { loadPyodide } = await import(`${home}/pyodide.mjs`);
const fsInit = (FS) => {
  for (const [path, file] of Object.entries(files)) FS.writeFile(path, readFileSync(file));
};
const pyodide = await loadPyodide({ ...options, fsInit });
if (folder) {
  pyodide.FS.mkdir("/job");
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, "/job");
}
try {
  pyodide.runPython(readFileSync(script, "utf8"), { filename: basename(script) });
} catch (error) {
  console.error(error.message); // alone: Node would print the source around it as well, which is one line of a megabyte
  process.exit(1);
}
if (snapshot) writeFileSync(snapshot, pyodide.makeMemorySnapshot());
