// A knob: drag sideways anywhere on it. It does not jump to the finger, so a touch in the dark
// changes nothing. Two taps return to the default; a long press asks to be learnt.

const DECIDES = 5; // px until a touch is a drag
const LONG = 600, TWICE = 320; // ms
const OWN = 400; // ms after a move of ours in which older values from the show are left out

export class Knob {
  constructor(row, on) {
    this.row = row;
    this.on = on; // move(name, value), learn(name)
    this.value = row.default;
    this.moved = -Infinity;
    this.tapped = -Infinity;
    const digits = Math.ceil(-Math.log10((row.high - row.low) / 200));
    this.digits = Math.min(8, Math.max(0, digits));
    this.element = element("div", "knob");
    this.element.tabIndex = 0;
    const about = {
      role: "slider", "aria-label": row.name, "aria-valuemin": row.low, "aria-valuemax": row.high,
    };
    for (const [name, value] of Object.entries(about)) this.element.setAttribute(name, value);
    this.fill = element("div", "fill");
    this.mark = element("div", "mark");
    this.output = element("output");
    const name = element("span", "name", row.name);
    const doc = element("span", "doc", row.doc);
    const range = element("span", "range", `${short(row.low)} … ${short(row.high)}`);
    this.element.append(this.fill, this.mark, name, this.output, doc, range);
    this.listen();
    this.draw();
  }

  // A value from the show.
  set(value) {
    if (this.drag || performance.now() - this.moved < OWN) {
      this.late = value;
      clearTimeout(this.catch);
      this.catch = setTimeout(() => this.set(this.late), OWN);
      return;
    }
    this.value = value;
    this.draw();
  }

  move(value) {
    const { low, high } = this.row;
    this.value = Math.min(high, Math.max(low, value));
    this.moved = performance.now();
    this.late = this.value;
    this.draw();
    this.on.move(this.row.name, this.value);
  }

  draw() {
    const { low, high } = this.row;
    const at = x => (high > low ? (Math.min(high, Math.max(low, x)) - low) / (high - low) : 0);
    const [zero, here] = [at(0), at(this.value)]; // one around zero is filled from there
    this.fill.style.left = `${100 * Math.min(zero, here)}%`;
    this.fill.style.width = `${100 * Math.abs(here - zero)}%`;
    this.mark.style.left = `clamp(1.5px, ${100 * here}%, calc(100% - 1.5px))`;
    this.output.textContent = minus(this.value.toFixed(this.digits));
    this.element.setAttribute("aria-valuenow", this.value);
  }

  listen() {
    const it = this.element;
    it.addEventListener("pointerdown", event => {
      if (event.button) return;
      it.setPointerCapture(event.pointerId);
      this.drag = { id: event.pointerId, x: event.clientX, from: this.value, moved: false };
      this.long = setTimeout(() => {
        if (this.drag && !this.drag.moved && this.on.learn(this.row.name)) this.drag = null;
      }, LONG);
    });
    it.addEventListener("pointermove", event => {
      const drag = this.drag;
      if (!drag || drag.id !== event.pointerId) return;
      const dx = event.clientX - drag.x;
      if (!drag.moved && Math.abs(dx) < DECIDES) return;
      if (!drag.moved) {
        drag.moved = true;
        drag.x = event.clientX; // so that the value does not jump by what decided
        it.classList.add("moving");
        clearTimeout(this.long);
        return;
      }
      const { low, high } = this.row;
      this.move(drag.from + ((event.clientX - drag.x) / it.clientWidth) * (high - low));
    });
    const end = event => {
      clearTimeout(this.long);
      it.classList.remove("moving");
      const drag = this.drag;
      this.drag = null;
      if (!drag || drag.moved || event.type === "pointercancel") return;
      const twice = event.timeStamp - this.tapped < TWICE;
      this.tapped = event.timeStamp;
      if (twice) this.move(this.row.default);
    };
    it.addEventListener("pointerup", end);
    it.addEventListener("pointercancel", end);
    it.addEventListener("contextmenu", event => event.preventDefault());
    it.addEventListener("keydown", event => {
      const { low, high } = this.row;
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
      if (event.key in steps) this.move(this.value + (steps[event.key] * (high - low)) / 100);
      else if (event.key === "Home") this.move(low);
      else if (event.key === "End") this.move(high);
      else return;
      event.preventDefault();
    });
  }
}

export function element(tag, kind = "", text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}

const minus = text => text.replace("-", "−");
const short = number => minus(String(Number(number.toPrecision(4))));
