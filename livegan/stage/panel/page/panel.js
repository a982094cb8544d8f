import { Connection } from "./connection.js";
import { Knob, element } from "./knob.js";

const at = id => document.getElementById(id);
let state = {}; // of the show, as far as it was sent
let commands = []; // that the show knows
let knobs = new Map();
let told = false; // a whole state has come: what comes now is news
let version = "";
let beat = { count: 0, at: 0 };

const show = new Connection({
  welcome(message) {
    if (version && message.livegan !== version) location.reload(); // another livegan, another page
    version = message.livegan;
    commands = message.commands;
    state = {};
    told = false;
    beat = { count: 0, at: 0 };
  },
  state({ type, values, ...changed }) {
    state = { ...state, ...changed, values: { ...state.values, ...values } };
    for (const name of Object.keys(changed)) drawers[name]?.();
    for (const name in values) knobs.get(name)?.set(values[name]);
    told = true;
    at("veil").hidden = true;
  },
  answer({ done, text }) {
    toast(text, !done);
  },
  async picture(blob) {
    try {
      const picture = await createImageBitmap(blob);
      await new Promise(requestAnimationFrame); // a page that is not seen takes no pictures
      const canvas = at("picture");
      if (canvas.width !== picture.width || canvas.height !== picture.height) {
        canvas.width = picture.width;
        canvas.height = picture.height;
      }
      canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
      picture.close();
    } finally {
      show.shown();
    }
  },
  lost(why) {
    at("why").textContent = why;
    at("veil").hidden = false;
  },
});

// What is seen of the state -----------------------------------------------------------------------

const drawers = {
  knobs() {
    knobs = new Map(state.knobs.map(row => [row.name, new Knob(row, hands)]));
    at("knobs").replaceChildren(...[...knobs.values()].map(knob => knob.element));
    for (const [name, knob] of knobs) if (name in state.values) knob.set(state.values[name]);
  },
  pads() {
    at("pads").replaceChildren(...state.pads.map(pad));
  },
  slots() {
    at("slots").replaceChildren(...state.slots.map(slot));
    drawers.thumbs();
    drawers.solo();
  },
  thumbs() {
    [...at("slots").children].forEach((button, n) => {
      const picture = state.thumbs?.[n];
      if (picture) button.firstChild.src = `data:image/jpeg;base64,${picture}`;
    });
  },
  solo() {
    at("slots").classList.toggle("soloed", state.solo !== null);
    [...at("slots").children].forEach((button, n) => light(button, state.solo === n));
  },
  scenes() {
    at("scenes").hidden = state.scenes.length === 0;
    at("scenes").replaceChildren(...state.scenes.map(scene));
    // One row, however many there are: knobs stay in reach. The scene on the air is in its middle.
    const row = at("scenes"), on = row.querySelector(".on");
    if (on) row.scrollLeft = on.offsetLeft - (row.clientWidth - on.offsetWidth) / 2;
  },
  refusal() {
    at("refusal").textContent = state.refusal;
    at("refusal").hidden = !state.refusal;
  },
  notes: lines,
  missing: lines,
  waiting: lines,
  show: names,
  set() {
    names();
    if (state.scenes) drawers.scenes();
  },
  version: program,
  commit: program,
  safe() {
    light(at("safe"), state.safe);
    program();
  },
  fps: rate,
  age_ms: rate,
  hold() {
    light(at("hold"), state.hold !== "");
    flags();
  },
  blackout() {
    light(at("blackout"), state.blackout);
    flags();
  },
  recording() {
    light(at("record"), state.recording);
    flags();
  },
  picture: flags,
  engine: flags,
  bpm() {
    at("bpm").textContent = state.bpm ? `${Number(state.bpm).toFixed(1)} bpm` : "";
  },
  learning() {
    for (const [name, knob] of knobs) knob.element.classList.toggle("learning", name === state.learning);
    if (state.learning) toast(`move the control that is to move ${state.learning}`, false, 6000);
  },
  learnt() {
    if (told) toast(state.learnt, false, 3000);
  },
  tempo() {
    at("lead").textContent = ["midi", "link"].includes(state.tempo) ? state.tempo : "tap";
  },
  beats() {
    beat = { count: state.beats, at: performance.now() };
  },
  beats_per_bar() {
    const dots = Array.from({ length: Math.min(8, state.beats_per_bar) }, () => element("i"));
    at("beats").replaceChildren(...dots);
  },
};

function pad(name) {
  const button = element("button", "", name);
  const hit = () => {
    show.send({ type: "pad", name, strength: 1 });
    button.classList.add("hit");
    setTimeout(() => button.classList.remove("hit"), 140);
  };
  button.addEventListener("pointerdown", event => {
    event.preventDefault(); // a pad is hit when it is touched, not when it is let go
    hit();
  });
  button.addEventListener("keydown", event => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) hit();
  });
  return button;
}

function slot(row, number) {
  const button = element("button");
  const picture = element("img");
  picture.alt = "";
  button.append(picture, element("span", "name", row.name));
  if (row.model !== row.name) button.append(element("span", "model", row.model));
  button.setAttribute("aria-label", `show ${row.name} alone`);
  button.addEventListener("click", () => {
    show.send({ type: "solo", slot: state.solo === number ? null : number });
  });
  return button;
}

function scene(path) {
  const button = element("button", "", file(path).replace(/\.py$/, ""));
  light(button, path === state.set);
  button.addEventListener("click", () => show.send({ type: "set", name: path }));
  return button;
}

const file = path => path.split(/[\\/]/).pop();

function lines() {
  const texts = [
    ...(state.waiting ? [[state.waiting, "missing"]] : []),
    ...Object.values(state.missing ?? {}).map(text => [text, "missing"]),
    ...(state.notes ?? []).slice(-2).map(text => [text, ""]),
  ];
  at("lines").replaceChildren(...texts.map(([text, kind]) => element("p", kind, text)));
}

function names() {
  at("show").textContent = file(state.set ?? "") || state.show;
  document.title = `${state.show} – livegan`;
}

const COMING = { proposed: "reading the save", proven: "the save is ready", cued: "the save waits for the bar" };

function program() {
  const line = at("program");
  const [coming, nothing] = [COMING[state.commit], state.version === null];
  const what = nothing ? "nothing plays yet" : state.safe ? "safe set" : `version ${state.version}`;
  line.textContent = coming ? `${what} · ${coming}` : nothing ? what : `${what} on air`;
  line.className = coming ? "coming" : nothing ? "" : "playing";
  at("now").disabled = state.commit !== "cued";
  light(at("now"), state.commit === "cued");
}

function rate() {
  const age = state.age_ms === null || state.age_ms === undefined ? "" : ` · ${Math.round(state.age_ms)} ms`;
  at("rate").textContent = `${Math.round(state.fps ?? 0)} fps${age}`;
}

function flags() {
  const found = [];
  if (state.recording) found.push(["● rec", "recording"]);
  if (state.blackout) found.push(["black", "held"]);
  if (state.picture && state.picture !== "live") found.push([state.picture, "held"]);
  if (state.engine && !["playing", "starting"].includes(state.engine)) found.push([state.engine, "recording"]);
  at("flags").replaceChildren(...found.map(([text, kind]) => element("span", kind, text)));
}

function light(button, on) {
  button.classList.toggle("on", Boolean(on));
  button.setAttribute("aria-pressed", String(Boolean(on)));
}

let hush = 0;
function toast(text, refused, stays = refused ? 4000 : 1500) {
  if (!text) return;
  const line = at("toast");
  line.textContent = text;
  line.classList.toggle("refused", refused);
  line.hidden = false;
  clearTimeout(hush);
  hush = setTimeout(() => { line.hidden = true; }, stays);
}

// Between two states the beat goes on by itself.
function count() {
  const passed = ((performance.now() - beat.at) / 60000) * (state.bpm ?? 0);
  const dots = at("beats").children;
  const now = Math.floor(beat.count + Math.min(passed, 1)) % Math.max(1, state.beats_per_bar ?? 4);
  for (let n = 0; n < dots.length; n++) dots[n].classList.toggle("on", n === now);
  requestAnimationFrame(count);
}
requestAnimationFrame(count);

// What is asked of the show -----------------------------------------------------------------------

const hands = {
  move: (name, value) => show.knob(name, value),
  learn(name) {
    if (!commands.includes("learn")) return false;
    navigator.vibrate?.(40);
    return show.send({ type: "learn", name: state.learning === name ? "" : name });
  },
};

const KEYS = {
  hold: () => ({ type: "hold", on: state.hold === "" }),
  blackout: () => ({ type: "blackout", on: !state.blackout }),
  undo: () => ({ type: "undo" }),
  safe: () => ({ type: "safe" }),
  now: () => ({ type: "now" }),
  record: () => ({ type: "record", on: !state.recording }),
};
for (const [key, message] of Object.entries(KEYS)) {
  at(key).addEventListener("click", () => {
    if (!show.send(message())) toast("no connection to the show", true);
  });
}
at("tap").addEventListener("pointerdown", event => {
  event.preventDefault();
  show.send({ type: "tap" });
});
at("refusal").addEventListener("click", () => at("refusal").classList.toggle("whole"));
document.addEventListener("contextmenu", event => event.preventDefault());

// The screen stays on where the browser lets a page ask for it; many do so only over https.
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // refused: the phone's own settings decide
  }
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
document.addEventListener("pointerdown", stayAwake, { once: true });
