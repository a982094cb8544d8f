// The connection to the show. It comes back by itself: after the phone slept, the show restarted or
// the network was away.

const SILENT = 3000; // ms without a message after which a connection is given up; states come often
const SOON = 300, LATE = 3000; // ms until the next attempt, at first and later
const WRONG_TOKEN = 4001, NONSENSE = 4002;

export class Connection {
  constructor(on) {
    this.on = on; // welcome(message), state(changes), answer(message), picture(blob), lost(why, final)
    this.pause = SOON;
    this.heard = 0;
    this.moves = new Map();
    setInterval(() => this.look(), 500);
    for (const event of ["visibilitychange", "pageshow", "online", "focus"]) {
      (event === "visibilitychange" ? document : window).addEventListener(event, () => this.wake());
    }
    window.addEventListener("hashchange", () => this.open());
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.leave();
    const token = location.hash.slice(1);
    if (!token) {
      this.on.lost("Scan the QR code of the show: this address has no token.", true);
      return;
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.socket = new WebSocket(`${scheme}://${location.host}/show`);
    this.heard = performance.now();
    socket.binaryType = "blob";
    socket.onopen = () => socket.send(JSON.stringify({ type: "enter", token }));
    socket.onmessage = event => this.take(event.data);
    socket.onclose = event => this.closed(event);
  }

  leave() {
    if (!this.socket) return;
    this.socket.onclose = this.socket.onmessage = this.socket.onopen = null;
    this.socket.close();
    this.socket = null;
  }

  closed(event) {
    this.socket = null;
    const final = event.code === WRONG_TOKEN || event.code === NONSENSE;
    const why = event.code >= 4000 && event.reason ? event.reason : "No connection to the show. Trying again.";
    this.on.lost(why, final);
    if (final) return;
    this.timer = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(LATE, this.pause * 1.5);
  }

  // A phone that slept does not always know that its connection is gone.
  look() {
    if (this.socket && performance.now() - this.heard > SILENT) {
      this.leave();
      this.closed({ code: 0 });
    }
  }

  wake() {
    if (document.hidden) return;
    this.pause = SOON;
    if (this.timer && !this.socket) this.open();
  }

  take(data) {
    this.heard = performance.now();
    if (typeof data !== "string") {
      this.on.picture(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      this.pause = SOON;
      this.shown();
    }
    this.on[message.type]?.(message);
  }

  get ready() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.ready) this.socket.send(JSON.stringify(message));
    return this.ready;
  }

  // The last picture is on the screen: the show may send another.
  shown() {
    if (this.ready) this.socket.send("shown");
  }

  // Where a knob is to go; the newest of a frame counts.
  knob(name, value) {
    if (!this.moves.size) requestAnimationFrame(() => this.flush());
    this.moves.set(name, value);
  }

  flush() {
    for (const [name, value] of this.moves) this.send({ type: "knob", name, value });
    this.moves.clear();
  }
}
