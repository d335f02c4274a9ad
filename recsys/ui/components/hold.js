// The list as it was before the last change, for as long as a button is held.
import { element } from "./drawing.js";

export class HoldToCompare {
  /** `button` is held, `now` is hidden meanwhile, `before` is filled and shown; `say` tells a screen reader. */
  constructor(button, now, before, say) {
    Object.assign(this, { button, now, before, say });
    for (const name of ["pointerup", "pointercancel", "pointerleave", "blur"]) button.addEventListener(name, () => this.release());
    button.addEventListener("pointerdown", (event) => event.button === 0 && this.press());
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press on a phone
    button.addEventListener("keydown", (event) => this.key(event, () => this.press()));
    button.addEventListener("keyup", (event) => this.key(event, () => this.release()));
    // Assistive technology sends a click and nothing to hold: it switches.
    button.addEventListener("click", ({ detail }) => detail === 0 && (this.isHeld ? this.release() : this.press()));
  }

  key(event, act) {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault(); // no click follows
    if (!event.repeat) act();
  }

  /** `songs` are {id, title, artists} as they were; `ids` are those that are still there. */
  show(songs, ids) {
    this.songs = songs;
    this.ids = ids;
    this.button.hidden = songs.length === 0;
    this.release();
  }

  press() {
    if (this.isHeld || !this.songs.length) return;
    const gone = this.songs.filter(({ id }) => !this.ids.has(id)).length;
    this.before.replaceChildren(...this.songs.map((song, at) => row(song, at + 1, !this.ids.has(song.id))));
    this.set(true);
    const first = this.songs.slice(0, 3).map(({ title }) => title);
    this.say(`The list before began with ${first.join(", ")}. ${gone} of its songs are gone now.`);
  }

  release() {
    if (this.isHeld) this.set(false);
  }

  set(isHeld) {
    this.isHeld = isHeld;
    this.now.hidden = isHeld;
    this.before.hidden = !isHeld;
    this.button.setAttribute("aria-pressed", String(isHeld));
  }
}

function row({ title, artists }, rank, isGone) {
  return element(
    "li",
    { class: isGone ? "row gone" : "row" },
    element("span", { class: "rank" }, String(rank)),
    element("span", { class: "head-line" }, element("span", { class: "name" }, title), element("span", { class: "by" }, artists)),
    isGone ? element("span", { class: "out" }, "gone now") : null,
  );
}
