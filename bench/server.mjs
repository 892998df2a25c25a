// The servers of other people's clients, and the pages those clients run in: node bench/server.mjs <port>
//
// A plain WebSocket at any path, which hands on whatever comes to everybody at the same path; Socket.IO, which does
// the same with "say"; and GET /alive.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { Server } from "socket.io";
import { WebSocket, WebSocketServer } from "ws";

const files = {
  "/article": ["pages/article.html", "text/html; charset=utf-8"],
  "/partysocket": ["pages/partysocket.html", "text/html; charset=utf-8"],
  "/reconnecting-websocket": ["pages/reconnecting-websocket.html", "text/html; charset=utf-8"],
  "/socket.io-client": ["pages/socket.io-client.html", "text/html; charset=utf-8"],
  "/partysocket.js": ["node_modules/partysocket/dist/ws.js", "text/javascript"],
  "/reconnecting-websocket.js": [
    "node_modules/reconnecting-websocket/dist/reconnecting-websocket-mjs.js",
    "text/javascript",
  ],
  "/socket.io-client.js": ["node_modules/socket.io-client/dist/socket.io.esm.min.js", "text/javascript"],
};

const http = createServer(async (request, response) => {
  const [name, type] = files[request.url] ?? [];
  if (request.url === "/alive") response.end("{}");
  else if (name) response.setHeader("Content-Type", type).end(await readFile(new URL(name, import.meta.url)));
  else response.writeHead(404).end();
});

const rooms = new Map();
const plain = new WebSocketServer({ noServer: true, perMessageDeflate: false });
http.on("upgrade", (request, socket, head) => {
  const path = request.url.split("?")[0];
  if (path === "/socket.io/") return; // Socket.IO takes it
  plain.handleUpgrade(request, socket, head, (client) => {
    if (!rooms.has(path)) rooms.set(path, new Set());
    const room = rooms.get(path).add(client);
    client.on("close", () => room.delete(client));
    client.on("message", (data) => {
      const text = data.toString();
      for (const other of room) if (other.readyState === WebSocket.OPEN) other.send(text);
    });
  });
});

const io = new Server(http, { serveClient: false });
io.on("connection", (client) => client.on("say", (text) => io.emit("say", text)));

http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 2048 });
