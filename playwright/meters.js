// Counts what a page holds: WebSockets, intervals, and the proxies that Pyodide makes for JavaScript.
(() => {
  const sockets = [];
  const intervals = new Set();
  const most = { sockets: 0, intervals: 0 };
  const made = { sockets: 0, intervals: 0 };
  const proxies = { made: 0, destroyed: 0, collected: 0 };
  const using = () => sockets.filter((socket) => socket.readyState < WebSocket.CLOSING);

  globalThis.WebSocket = class WebSocket extends globalThis.WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
      made.sockets += 1;
      most.sockets = Math.max(most.sockets, using().length);
    }
  };

  const { setInterval, clearInterval } = globalThis;
  globalThis.setInterval = (...given) => {
    const handle = setInterval(...given);
    intervals.add(handle);
    made.intervals += 1;
    most.intervals = Math.max(most.intervals, intervals.size);
    return handle;
  };
  globalThis.clearInterval = (handle) => {
    intervals.delete(handle);
    clearInterval(handle);
  };

  // Pyodide registers every proxy with a FinalizationRegistry of its own, and takes it out when it is destroyed.
  const pyodide = new WeakSet();
  globalThis.FinalizationRegistry = class FinalizationRegistry extends globalThis.FinalizationRegistry {
    constructor(collected) {
      super((held) => {
        if (held && typeof held === "object" && "ptr" in held) proxies.collected += 1;
        collected(held);
      });
    }
    register(target, held, ...token) {
      if (held && typeof held === "object" && "ptr" in held) {
        pyodide.add(this);
        proxies.made += 1;
      }
      super.register(target, held, ...token);
    }
    unregister(token) {
      const was = super.unregister(token);
      if (was && pyodide.has(this)) proxies.destroyed += 1;
      return was;
    }
  };

  globalThis.meters = {
    read: () => ({
      sockets: using().length,
      intervals: intervals.size,
      most_sockets: most.sockets,
      most_intervals: most.intervals,
      made_sockets: made.sockets,
      made_intervals: made.intervals,
      proxies_made: proxies.made,
      proxies_destroyed: proxies.destroyed,
      proxies_collected: proxies.collected,
    }),
  };
})();
