// What Python cannot say under the policy, or not soon enough.

// A preload tag would not do: the browser complains of those that wait.
globalThis.lessonArchive = fetch("{{lesson}}").then(async (answer) => {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.arrayBuffer();
});
globalThis.lessonArchive.catch(() => {}); // who waits for it is told
globalThis.loadEditor = () => import("{{editor}}"); // when somebody wants to change code
