// Runs in every page before anything of the page's own: notes when the client in it is live, and counts its sockets.
//
// Rebond's page says itself how its link stands, in <html data-link>; the others call bench.note("live").

{
  const bench = { log: [], open: 0, note: (what) => bench.log.push([Date.now(), what]) };
  globalThis.bench = bench;

  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", () => {
        bench.open += 1;
        this.addEventListener("close", () => (bench.open -= 1));
      });
    }
  };

  let state;
  const look = () => {
    const now = document.documentElement.dataset.link;
    if (now !== state) bench.note((state = now));
  };
  new MutationObserver(look).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-link"] });
}
