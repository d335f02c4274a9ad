// A pointer that is down: a button that is replaced or moved between its press and its release is never clicked.
const CLICK_MS = 100; // the click of a finger comes in a task of its own, after the finger was lifted
const LONGEST_MS = 3000; // what waits is done even while a pointer stays down

export class Press {
  /** Watches pointers that go down in `place`; where one is released does not matter. */
  constructor(place) {
    this.isDown = false;
    this.waiting = null;
    place.addEventListener("pointerdown", (event) => this.begin(event.pointerId), true);
    place.addEventListener("click", () => this.end()); // the listeners of what was clicked have run by now
  }

  /** Act now or, while a pointer is down, once its click was delivered; of several actions only the last is done. */
  after(act) {
    if (!this.isDown) return act();
    if (!this.waiting) this.limit = setTimeout(() => this.end(), LONGEST_MS);
    this.waiting = act;
  }

  begin(pointer) {
    this.forget();
    this.isDown = true;
    this.watching = new AbortController();
    const watch = (name, act) =>
      addEventListener(name, ({ pointerId }) => pointerId === pointer && act(), { capture: true, signal: this.watching.signal });
    watch("pointerup", () => (this.click = setTimeout(() => this.end(), CLICK_MS)));
    watch("pointercancel", () => this.end());
  }

  end() {
    this.forget();
    clearTimeout(this.limit);
    const act = this.waiting;
    this.waiting = null;
    act?.();
  }

  /** Stop watching the last press; what waits for it keeps waiting. */
  forget() {
    this.isDown = false;
    this.watching?.abort();
    clearTimeout(this.click);
  }
}
