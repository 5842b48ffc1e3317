// Following a run: its events by number, each once, over a socket that comes back when it breaks.
(function () {
  "use strict";
  const POLL_MS = 2000;
  const LONGEST_WAIT_MS = 8000;

  // `take` gets every event after number `seen`; `look` is called now and then while no socket is
  // to be had. Returns a function that ends the following.
  window.followEvents = function (path, seen, take, look) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    let over = false;
    let failures = 0;
    let poll = null;

    function connected() {
      failures = 0;
      clearInterval(poll);
      poll = null;
    }

    function lost() {
      if (over) return;
      failures += 1;
      if (failures >= 2 && !poll) poll = setInterval(look, POLL_MS);
      const wait = Math.min(LONGEST_WAIT_MS, 250 * 2 ** failures) * (0.5 + Math.random() / 2);
      setTimeout(connect, wait);
    }

    function told(message) {
      const event = JSON.parse(message.data);
      if (event.sequence <= seen) return;
      seen = event.sequence;
      take(event);
    }

    function connect() {
      if (over) return;
      const socket = new WebSocket(`${scheme}://${location.host}${path}?after=${seen}`);
      socket.addEventListener("open", connected);
      socket.addEventListener("message", told);
      socket.addEventListener("close", lost);
    }

    connect();
    return () => { over = true; clearInterval(poll); };
  };
})();
