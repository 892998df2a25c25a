// The article this project starts from, as printed but for the address, which the test fills in: "Comment se
// reconnecter automatiquement à un serveur WebSockets", blog.otso.fr, 2 September 2023.
export const init = (token) => {
  let interval;
  const socket = new WebSocket(`wss://<WEBSOCKET_URL>?token=${token}`)

  socket.onmessage = (event) => {
    // C'est ici qu'on reçoit les messages envoyés par le serveur
  }

  socket.onopen = (event) => {
    // Lorsqu'on se (re)connecte au serveur WebSockets, on annule l'action récurrente lancée par setInterval()
    interval = clearInterval(interval)
  }

  socket.onclose = (event) => {
    // Lorsque le serveur s'arrête, on reçoit un event "close"
    if (!interval) {
      interval = setInterval(
        init,
        1000, // On reteste la connection toutes les secondes (1000 ms)
        token
      )
    }
  }
}
