// The ranked list: rows like a playlist, reasons under a row, what the last move changed, a player at the foot.
import { curve, element, mayMove, radar, shape, sleeve } from "./drawing.js";
import { HoldToCompare } from "./hold.js";
import { SongMenu, isAtSpotify } from "./menu.js";
import { Player } from "./player.js";
import { Press } from "./press.js";
import { Question } from "./question.js";

const TIMEOUT_MS = 1000; // a list is shown without the mixer after this long
const ANIMATION = { duration: 220, easing: "ease-out" };
const ICONS = {
  play: "M8 5v14l11-7z",
  like: "M12 20.5 4.6 13a4.7 4.7 0 0 1 0-6.7 4.7 4.7 0 0 1 6.7 0l.7.7.7-.7a4.7 4.7 0 0 1 6.7 6.7z",
  dislike: "M6 6l12 12M18 6 6 18",
  lock: "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  before: "M12 7v5l3.5 2M12 3a9 9 0 1 0 9 9",
  back: "M9 6 4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3",
  forward: "m15 6 5 5-5 5M20 11H10a5 5 0 0 0 0 10h3",
};
const lists = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!lists.has(root)) lists.set(root, new RankedList(root));
  const list = lists.get(root);
  list.receive(component.data, component.setTriggerValue);
  return () => list.modes.close();
}

class RankedList {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.rows = new Map();
    this.opened = null;
    this.at = null; // the row that Tab reaches
    this.modes = new Question(); // the colours of the sleeves
    this.press = new Press(root);
    this.places = Object.fromEntries(
      ["chips", "picture", "sentence", "moved", "facts", "order", "curve", "notice", "shared", "rows", "below", "menu", "player", "legend"].map((name) => [
        name,
        find(`.${name}`),
      ]),
    );
    this.status = find("[role=status]");
    for (const way of ["back", "forward"]) {
      find(`.${way}`).append(drawn(way));
      find(`.${way}`).addEventListener("click", () => this.send(way, ""));
    }
    find(".hold").prepend(drawn("before"));
    this.hold = new HoldToCompare(find(".hold"), this.places.rows, find(".before"), (words) => this.say(words));
    find(".steer").addEventListener("click", () => this.steer());
    addEventListener("tonearm-mixed", ({ detail: serial }) => {
      this.mixed = serial;
      this.drawOnceReleased();
    });
    addEventListener("tonearm-steered", () => find(".steer").focus());
    this.places.rows.addEventListener("keydown", (event) => this.walk(event));
    this.player = new Player(this.places.player, (id) => this.rows.get(id)?.play.focus());
    this.menu = new SongMenu(this.places.menu, (kind, id) => this.send(kind, id));
  }

  /** Open the mixer's sheet, with the head of the list above it. */
  steer() {
    dispatchEvent(new CustomEvent("tonearm-steer"));
    this.root.querySelector(".head").scrollIntoView({ block: "start" });
  }

  /**
   * Show this, after the mixer has shown the same move. Both answer it in messages of their own, the mixer's some
   * milliseconds later: drawn one by one, they would have the browser lay out and paint the page twice. What is pressed
   * in the list stays where it is until it was clicked.
   */
  receive(data, send) {
    const before = mayMove() ? this.tops() : new Map(); // read before anything is written, when it costs nothing
    clearTimeout(this.timer);
    this.draw = () => this.show(data, send, before);
    const isFirst = this.serial === undefined;
    if (isFirst || data.serial === this.serial || data.serial === this.mixed) this.drawOnceReleased();
    else this.timer = setTimeout(() => this.drawOnceReleased(), TIMEOUT_MS);
  }

  drawOnceReleased() {
    this.press.after(() => this.draw?.()); // whatever arrived last by then
  }

  show(data, send, before) {
    clearTimeout(this.timer);
    this.draw = null;
    this.data = data;
    this.send = (kind, track) => send("action", { kind, track });
    this.showChips();
    this.showSteps();
    this.showCard();
    const noticed = JSON.stringify([data.serial, data.notice, data.undo]);
    if (noticed !== this.noticed) this.notify(data.notice ?? "", data.undo); // else a notice of the list's own stays
    this.noticed = noticed;
    this.places.shared.replaceChildren(...data.shared.map((words, at) => element(at ? "b" : "span", {}, words)));
    this.places.shared.hidden = !data.shared.length;
    if (this.showRows() && before.size) this.animateOnceLaidOut(before);
    this.places.below.replaceChildren(...data.below.map((line) => element("p", {}, line)));
    this.hold.show(data.before, new Set(data.rows.map(({ id }) => id)));
    if (data.serial !== this.serial && data.said) this.say(data.said);
    this.serial = data.serial;
    document.documentElement.dataset.tonearmList = "drawn"; // the page reserves no more room for it
    this.modes.update(data.needs_modes, () => this.send("modes", ""));
  }

  /** Undo and redo; disabled where there is nothing to do, so that the keyboard skips them. */
  showSteps() {
    const [back, forward] = ["back", "forward"].map((way) => this.root.querySelector(`.${way}`));
    const isPressed = [back, forward].includes(this.root.activeElement);
    for (const [button, way] of [[back, "back"], [forward, "forward"]]) {
      button.disabled = !this.data.history[way];
      button.title = this.data.history[way] || button.getAttribute("aria-label");
    }
    if (isPressed) [back, forward].find((button) => !button.disabled)?.focus(); // a disabled one loses the focus
  }

  notify(words, canUndo = false) {
    const undo = { type: "button", class: "pill", click: () => this.send("undo", "") };
    this.places.notice.replaceChildren(words, ...(canUndo ? [" ", element("button", undo, "Undo")] : []));
    this.places.notice.hidden = !words;
  }

  say(words) {
    this.status.textContent = words;
  }

  showChips() {
    const chipped = JSON.stringify(this.data.chips);
    if (chipped === this.chipped) return; // a button that is replaced while it is pressed is never clicked
    this.chipped = chipped;
    const chips = this.data.chips.map(({ id, name, value }) =>
      element(
        "li",
        { class: "chip" },
        element("b", {}, name),
        ` ${value} `,
        element("button", { type: "button", "aria-label": `Remove: ${name} ${value}`, click: () => this.unset(id) }, "×"),
      ),
    );
    if (chips.length > 1) {
      const clear = { type: "button", class: "clear", click: () => this.unset("all") };
      chips.push(element("li", {}, element("button", clear, "Clear all")));
    }
    this.places.chips.replaceChildren(...chips);
    this.places.chips.hidden = chips.length === 0;
  }

  unset(id) {
    this.send("unset", id);
  }

  showCard() {
    const { radar: compared, sentence, entered, left, facts, order, was_moved: wasMoved } = this.data;
    this.places.picture.replaceChildren(radar(compared));
    this.places.sentence.textContent = sentence;
    const you = this.places.legend.querySelector(".you");
    you.textContent = this.data.who;
    you.hidden = compared.outlines.some(({ kind, values }) => kind === "you" && values.every((value) => value === null));
    this.places.facts.textContent = facts;
    this.places.order.hidden = this.places.curve.hidden = !order;
    this.places.order.textContent = order?.says ?? "";
    this.places.curve.replaceChildren(...(order?.curve ? [curve(order.curve)] : []));
    this.places.moved.hidden = !wasMoved;
    this.places.moved.replaceChildren(
      element("span", {}, element("span", { class: "in" }, `${entered.length} in`), names(entered)),
      element("span", {}, element("span", { class: "out" }, `${left.length} out`), names(left)),
    );
  }

  tops() {
    return new Map([...this.rows].map(([id, row]) => [id, row.item.getBoundingClientRect().top]));
  }

  /** True where rows came, went or changed places. */
  showRows() {
    const order = [...this.rows.keys()].join();
    const rows = new Map();
    for (const song of this.data.rows) {
      const row = this.rows.get(song.id) ?? this.newRow(song.id);
      this.fill(row, song);
      rows.set(song.id, row);
    }
    this.rows = rows;
    this.arrange([...rows.values()].map((row) => row.item));
    if (!rows.has(this.opened)) this.opened = null;
    if (!rows.has(this.at)) this.at = this.data.rows[0]?.id ?? null;
    this.setTabStop(this.at);
    return [...rows.keys()].join() !== order;
  }

  /** Put these rows into the page in this order; what had the focus has it afterwards. */
  arrange(wanted) {
    const focused = this.root.activeElement;
    const current = [...this.places.rows.children];
    if (wanted.length === current.length && wanted.every((item, at) => item === current[at])) return;
    this.places.rows.replaceChildren(...wanted);
    if (focused?.isConnected && this.root.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  /** An observer is called after the layout of a frame and before its paint: asked for tops any earlier, the browser would lay out twice. */
  animateOnceLaidOut(before) {
    this.layout?.disconnect();
    this.layout = new ResizeObserver(() => {
      this.layout.disconnect();
      this.animateMoves(before);
    });
    this.layout.observe(this.places.rows);
  }

  animateMoves(before) {
    const after = this.tops();
    for (const [id, { item }] of this.rows) {
      const distance = (before.get(id) ?? NaN) - after.get(id);
      if (Math.abs(distance) > 1) item.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], ANIMATION);
      else if (Number.isNaN(distance)) item.animate([{ opacity: 0 }, { opacity: 1 }], ANIMATION);
    }
  }

  newRow(id) {
    const button = (kind, label, icon, press) =>
      element("button", { type: "button", class: `act ${kind}`, "data-label": label, click: press }, drawn(icon));
    const row = {
      rank: element("span", { class: "number" }),
      mark: element("small", { class: "mark" }),
      art: element("span", { class: "art" }),
      title: element("span", { class: "name" }),
      artists: element("span", { class: "artists" }),
      meta: element("span", { class: "meta" }),
      bar: element("span", { class: "bar" }),
      because: element("span", { class: "because" }),
      match: element("span", { class: "match" }),
      detail: element("div", { class: "detail", id: `why-${id}`, hidden: true }),
      play: button("play", "Play", "play", () => this.player.play(this.rows.get(id).song)),
      like: button("like", "More of this", "like", () => this.rate("like", id)),
      dislike: button("dislike", "Not for me", "dislike", () => this.rate("dislike", id)),
      lock: button("lock", "Keep at this place", "lock", () => this.send("lock", id)),
      more: button("more", "Menu", "more", () => this.menu.open(this.rows.get(id).song, this.rows.get(id).more)),
    };
    row.head = element(
      "button",
      { type: "button", class: "head-line", "aria-expanded": "false", "aria-controls": `why-${id}`, click: () => this.open(id) },
      row.title,
      element("span", { class: "by" }, row.artists, row.meta),
    );
    row.more.setAttribute("aria-haspopup", "menu");
    row.more.setAttribute("aria-expanded", "false");
    row.item = element(
      "li",
      { class: "row", "data-id": id },
      element("span", { class: "rank" }, row.rank, row.mark),
      row.art,
      row.head,
      element("span", { class: "why" }, row.bar, row.because),
      row.match,
      element("span", { class: "acts" }, row.play, row.like, row.dislike, row.lock, row.more),
      row.detail,
    );
    return row;
  }

  fill(row, song) {
    const isSame = row.song && JSON.stringify(row.song) === JSON.stringify(song);
    row.song = song;
    if (!isSame) {
      row.rank.textContent = song.rank;
      row.mark.replaceChildren(...mark(song));
      row.art.replaceChildren(sleeve(song.sleeve, song.mode));
      row.title.textContent = song.title;
      row.title.title = song.title;
      row.artists.textContent = song.artists;
      row.artists.title = song.artists;
      row.meta.textContent = ["", song.year, song.length, song.pool].filter((part, at) => at === 0 || part).join(" · ");
      row.match.replaceChildren(song.match ?? "", element("small", {}, song.match === null ? "sound unknown" : " match"));
      row.bar.replaceChildren(...slices(song));
      row.because.classList.toggle("shared-first", song.is_shared); // said once, above the rows
      row.because.replaceChildren(...song.named.map(([name], at) => element("span", { class: `slice-${at}` }, name)));
      for (const act of [row.play, row.like, row.dislike, row.lock, row.more]) {
        act.setAttribute("aria-label", `${act.dataset.label}: ${song.title}`);
        act.title = act.dataset.label;
      }
      row.play.hidden = !isAtSpotify(song);
      row.lock.setAttribute("aria-pressed", String(song.is_locked));
    }
    if (this.opened === song.id) this.fillDetail(row);
  }

  open(id) {
    const wasOpen = this.opened === id;
    if (this.rows.has(this.opened)) this.fold(this.opened, false);
    this.opened = wasOpen ? null : id;
    if (!wasOpen) this.fold(id, true);
    this.send(wasOpen ? "close" : "explain", id);
  }

  fold(id, isOpen) {
    const row = this.rows.get(id);
    if (isOpen) this.fillDetail(row);
    row.head.setAttribute("aria-expanded", String(isOpen));
    row.detail.hidden = !isOpen;
    row.item.classList.toggle("open", isOpen);
  }

  fillDetail(row) {
    const { song, detail } = row;
    const widest = Math.max(...song.why.map(([, value]) => Math.abs(value)), 1e-9);
    const bars = song.why.filter(([, value]) => Math.abs(value) >= 0.005).map(([name, value, word]) =>
      element(
        "div",
        { class: "reason" },
        element("span", {}, `${name} `, element("small", {}, word)),
        element("span", { class: "axis", "aria-hidden": "true" }, reason(value / widest)),
        element("b", {}, signed(value)),
      ),
    );
    const lines = this.data.explained[song.id] ?? ["…"];
    detail.replaceChildren(
      element("div", { class: "reasons" }, ...bars),
      element("div", { class: "lines" }, ...lines.map((line) => element("p", {}, line))),
    );
  }

  rate(kind, id) {
    if (this.data.cannot_rate) {
      this.notify(this.data.cannot_rate);
      this.say(this.data.cannot_rate);
    } else {
      this.send(kind, id);
    }
  }

  walk(event) {
    const item = event.target.closest(".row");
    const ids = [...this.rows.keys()];
    const at = ids.indexOf(item?.dataset.id);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (at < 0 || next === undefined || !(next in ids)) return;
    event.preventDefault();
    this.setTabStop(ids[next]);
    this.rows.get(ids[next]).head.focus();
  }

  setTabStop(id) {
    this.at = id;
    for (const [each, row] of this.rows) {
      for (const stop of [row.head, row.play, row.like, row.dislike, row.lock, row.more]) stop.tabIndex = each === id ? 0 : -1;
    }
  }
}

function names(songs) {
  const shown = songs.slice(0, 3).join(", ");
  const rest = songs.length > 3 ? ` +${songs.length - 3}` : "";
  return songs.length ? `: ${shown}${rest}` : "";
}

function mark({ is_new: isNew, moved }) {
  if (isNew) return [element("span", { class: "new" }, "NEW")];
  if (!moved) return [];
  const words = `${moved > 0 ? "up" : "down"} ${Math.abs(moved)}`;
  return [
    element("span", { "aria-hidden": "true", class: moved > 0 ? "up" : "down" }, `${moved > 0 ? "▲" : "▼"}${Math.abs(moved)}`),
    element("span", { class: "quiet" }, words),
  ];
}

/** The named reasons as shares of everything that raises a song's score. */
function slices({ why, named }) {
  const total = why.reduce((sum, [, value]) => sum + Math.max(value, 0), 0) || 1;
  return named.map(([, value], at) => {
    const slice = element("span", { class: `slice slice-${at}` });
    slice.style.width = `${(100 * value) / total}%`;
    return slice;
  });
}

function reason(share) {
  const bar = element("i", { class: share >= 0 ? "for" : "against" });
  const width = 50 * Math.abs(share);
  bar.style.left = `${share >= 0 ? 50 : 50 - width}%`;
  bar.style.width = `${width}%`;
  return bar;
}

function signed(value) {
  const rounded = Math.abs(value).toFixed(2);
  return Number(rounded) === 0 ? "0.00" : `${value > 0 ? "+" : "−"}${rounded}`;
}

function drawn(icon) {
  const isLine = ["dislike", "more", "before", "back", "forward"].includes(icon);
  return shape("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: isLine ? "line" : "solid" }, shape("path", { d: ICONS[icon] }));
}
