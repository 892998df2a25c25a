// What Python cannot say under the policy, or not soon enough, or not to a frame of another origin.

// A preload tag would not do: the browser complains of those that wait.
globalThis.lessonArchive = fetch("{{lesson}}").then(async (answer) => {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.arrayBuffer();
});
globalThis.lessonArchive.catch(() => {}); // who waits for it is told
globalThis.loadEditor = () => import("{{editor}}"); // when somebody wants to change code

// Opens the sandbox. `heard` gets what comes from this frame and from no other, as JSON: as data.
globalThis.openSandbox = (frame, heard) => {
  addEventListener("message", ({ source, data }) => source === frame.contentWindow && heard(JSON.stringify(data)));
  frame.sandbox = "allow-scripts"; // and not allow-same-origin: it is of no origin
  frame.src = "/sandbox";
  return (id, name, code) => frame.contentWindow.postMessage({ id, name, code }, "*");
};
