// The service worker: keeps the pages that everybody gets and the files they name, so that they open without a network.
//
// Nobody's data is ever in it: it looks at nothing but the pages themselves and what lies under /static/. Each build has
// a cache of its own, filled as a whole; a page names its files by hash, so that old and new never mix.

const build = "{{build}}";
const shelf = `rebond-build-${build}`;
const languages = '{{languages}}'.split(" ");
const pages = '{{pages}}'.split(" "); // their paths, the first page's is /
const files = '{{files}}'.split(" ");
const patience = 3000; // milliseconds that the network has to bring a page

async function install() {
  const cache = await caches.open(shelf);
  await cache.addAll(files);
  for (const path of pages) {
    for (const language of languages) {
      // Without cookies: the page as it is for anybody. Another build's is none of ours.
      const page = await fetch(path, { credentials: "omit", cache: "no-cache", headers: { "Accept-Language": language } });
      if (!(await page.clone().text()).includes(`data-build="${build}"`)) throw new Error("the build has changed meanwhile");
      await cache.put(`${path}?${language}`, page);
    }
  }
  await skipWaiting();
}

async function clear() {
  for (const name of await caches.keys()) {
    if (name.startsWith("rebond-build-") && name !== shelf) await caches.delete(name);
  }
}

// The newest page while the server answers, in time and not with an error of its own; else the one that was kept.
async function page(event, path) {
  const answer = fetch(event.request);
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const found = await Promise.race([answer.catch(() => undefined), late]);
  if (found && found.status < 500) {
    if (found.ok) event.waitUntil(remember(found.headers.get("content-language")));
    return found;
  }
  return (await recall(path).catch(() => {})) ?? found ?? answer;
}

async function recall(path) {
  const cache = await caches.open(shelf);
  const last = await (await cache.match("/language"))?.text();
  const spoken = [last, navigator.language.slice(0, 2), ...languages].find((each) => languages.includes(each));
  return cache.match(`${path}?${spoken}`);
}

// What cannot be read of what was kept shall not stand in the way of the network.
async function file(request, path) {
  return (await caches.match(path).catch(() => {})) ?? fetch(request);
}

// In which language the page was last read: no cookie says so to a service worker.
async function remember(language) {
  if (language) await (await caches.open(shelf)).put("/language", new Response(language));
}

// A notification is answered by the page that was looked at last, or by a new one.
async function answer({ data }) {
  const all = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = all.find(({ url }) => new URL(url).pathname === pages[0]);
  open?.postMessage(data);
  await (open ? open.focus() : clients.openWindow(pages[0] + data.address));
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(answer(event.notification));
});
addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(clear()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && pages.includes(pathname)) event.respondWith(page(event, pathname));
  else if (files.includes(pathname)) event.respondWith(file(event.request, pathname));
});
