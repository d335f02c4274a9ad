// The mixer: a row per feature. Where the list aims, beside the listener's own distribution, and how much it counts.
import { distribution, element } from "./drawing.js";

const TIMEOUT_MS = 3000; // a move that was not answered is not waited for any longer
const FURTHEST = 4; // an aim in steps of the catalogue's spread
const mixers = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!mixers.has(root)) mixers.set(root, new Mixer(root));
  const mixer = mixers.get(root);
  mixer.show(component.data, component.setTriggerValue);
  return () => mixer.close();
}

class Mixer {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.rows = new Map();
    this.waiting = { aims: {}, weights: {} }; // moves that the server has not been sent
    this.presets = find(".presets");
    this.legend = find(".legend .you");
    this.features = find(".features");
    this.sheet = new Sheet(find(".done"));
  }

  close() {
    clearTimeout(this.timer);
    this.sheet.close();
  }

  show(data, send) {
    this.send = send;
    const isAnswer = data.serial !== this.serial;
    this.serial = data.serial;
    this.data = data;
    this.showPresets();
    this.legend.textContent = data.who;
    for (const feature of data.features) {
      if (!this.rows.has(feature.name)) this.addRow(feature.name);
      this.fill(this.rows.get(feature.name), feature);
    }
    dispatchEvent(new CustomEvent("tonearm-mixed", { detail: data.serial })); // the list is drawn in the same moment
    if (isAnswer) {
      this.isBusy = false;
      this.sendWaiting();
    }
  }

  /** The buttons stay: one that is replaced between the pointer's press and its release is never clicked. */
  showPresets() {
    if (!this.presets.children.length) {
      const button = ({ name, help }) =>
        element("button", { type: "button", class: "pill", title: help, click: () => this.sendNow({ preset: name }) }, name);
      const reset = { type: "button", class: "pill plain", click: () => this.sendNow({ reset: true }) };
      this.presets.replaceChildren(...this.data.presets.map(button), element("button", reset, "Reset"));
    }
    this.data.presets.forEach(({ is_active: isActive }, at) => {
      this.presets.children[at].setAttribute("aria-pressed", String(isActive));
    });
  }

  /** What is not a slider: it goes to the server at once. */
  sendNow(move) {
    this.waiting = { aims: {}, weights: {} };
    this.send("move", move);
  }

  /** One move at a time: while one is being answered only the latest position of each slider is remembered. */
  move(kind, name, value) {
    this.waiting[kind][name] = value;
    this.sendWaiting();
  }

  sendWaiting() {
    const isEmpty = !Object.keys(this.waiting.aims).length && !Object.keys(this.waiting.weights).length;
    if (this.isBusy || isEmpty) return;
    this.isBusy = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isBusy = false;
      this.sendWaiting();
    }, TIMEOUT_MS);
    const move = this.waiting;
    this.waiting = { aims: {}, weights: {} };
    this.send("move", move);
  }

  addRow(name) {
    const aim = element("input", { type: "range", class: "aim", min: -FURTHEST, max: FURTHEST, step: 1 });
    const weight = element("input", { type: "range", class: "weight", min: 0, max: 4, step: 1 });
    const row = {
      aim,
      weight,
      title: element("span", { class: "title" }),
      says: element("span", { class: "says" }),
      picture: element("div", { class: "picture", "aria-hidden": "true" }),
      low: element("span", {}),
      high: element("span", {}),
      dots: element("span", { class: "dots", "aria-hidden": "true" }, ...Array.from({ length: 5 }, () => element("i"))),
      counts: element("span", { class: "counts", "aria-hidden": "true" }),
    };
    row.ends = element("div", { class: "ends", "aria-hidden": "true" }, row.low, row.high);
    row.item = element(
      "div",
      { class: "feature", role: "group", "data-feature": name },
      element("div", { class: "name" }, row.title, row.says),
      element("div", { class: "steering" }, row.picture, aim, row.ends),
      element("div", { class: "counting" }, row.dots, weight, row.counts),
    );
    aim.addEventListener("input", () => {
      this.showAim(row, Number(aim.value));
      this.move("aims", name, Number(aim.value));
    });
    weight.addEventListener("input", () => {
      this.showWeight(row, Number(weight.value));
      this.move("weights", name, row.feature.levels[Number(weight.value)]);
    });
    for (const slider of [aim, weight]) {
      slider.addEventListener("pointerdown", () => (row.held = slider));
      slider.addEventListener("pointerup", () => (row.held = null));
      slider.addEventListener("pointercancel", () => (row.held = null));
    }
    this.rows.set(name, row);
    this.features.append(row.item);
  }

  fill(row, feature) {
    row.feature = feature;
    const { aim, weight, item } = row;
    row.title.textContent = feature.title;
    item.setAttribute("aria-label", feature.title);
    item.title = feature.help;
    item.classList.toggle("off", Boolean(feature.disabled));
    row.low.textContent = feature.low;
    row.high.textContent = feature.high;
    aim.setAttribute("aria-label", `${feature.title}: ${feature.low} to ${feature.high}`);
    weight.setAttribute("aria-label", `${feature.title}: how much it counts`);
    aim.hidden = !feature.axis || !feature.can_aim;
    row.ends.hidden = !feature.axis;
    weight.disabled = aim.disabled = Boolean(feature.disabled);
    row.picture.replaceChildren(...(feature.axis ? [distribution(feature)] : []));
    if (feature.axis) place(aim, feature);
    const isMoving = (kind, slider) => row.held === slider || feature.name in this.waiting[kind];
    if (!isMoving("aims", aim)) aim.value = feature.aim;
    if (!isMoving("weights", weight)) weight.value = feature.level;
    this.showAim(row, Number(aim.value));
    this.showWeight(row, Number(weight.value));
  }

  showAim(row, position) {
    const { feature, aim, says } = row;
    const words = feature.disabled ?? (feature.can_aim ? feature.aim_words[position + FURTHEST] : feature.own);
    says.textContent = words;
    says.classList.toggle("set", position !== 0 && !feature.disabled);
    aim.setAttribute("aria-valuetext", words);
  }

  showWeight(row, level) {
    const { feature, weight, dots, counts } = row;
    const words = feature.disabled ? "off" : this.data.level_words[level];
    counts.textContent = words;
    weight.setAttribute("aria-valuetext", words);
    weight.title = `Counts: ${words} (weight ${feature.levels[level]})`;
    [...dots.children].forEach((dot, at) => dot.classList.toggle("on", !feature.disabled && at <= level && level > 0));
  }
}

/**
 * Put the aim's slider on the axis, its middle at the listener's own value and each step where it brings a list about:
 * half of the way, as the other features hold it back.
 */
function place(aim, { axis, you }) {
  const thumb = 18; // its centre travels half of itself less at either end
  const span = axis[1] - axis[0];
  aim.style.left = `calc(${(100 * ((you ?? 0) - FURTHEST / 2 - axis[0])) / span}% - ${thumb / 2}px)`;
  aim.style.width = `calc(${(100 * FURTHEST) / span}% + ${thumb}px)`;
}

/** On a phone what steers is a sheet at the foot of the page; the list's own button opens it. */
class Sheet {
  constructor(done) {
    this.done = done;
    this.page = document.documentElement;
    this.onOpen = () => this.open();
    this.onKey = (event) => event.key === "Escape" && this.isOpen && this.shut();
    addEventListener("tonearm-steer", this.onOpen);
    addEventListener("keydown", this.onKey);
    done.addEventListener("click", () => this.shut());
  }

  get isOpen() {
    return this.page.dataset.tonearmSheet === "open";
  }

  open() {
    this.page.dataset.tonearmSheet = "open";
    this.done.focus({ preventScroll: true }); // its position is not final while the sheet slides up
  }

  shut() {
    delete this.page.dataset.tonearmSheet;
    dispatchEvent(new CustomEvent("tonearm-steered"));
  }

  close() {
    delete this.page.dataset.tonearmSheet;
    removeEventListener("tonearm-steer", this.onOpen);
    removeEventListener("keydown", this.onKey);
  }
}
