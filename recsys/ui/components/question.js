// What takes long to compute is asked for once the rest is on the screen, and again until the answer has come.
const RETRY_MS = 3000; // a message that meets a run of the whole page is lost
const LATEST_MS = 500; // a page that is never idle asks all the same
const PRESS_MS = 1000; // a pointer that stays down longer scrolls, or selects text
const CHECK_MS = 50;
const whenIdle = globalThis.requestIdleCallback ?? ((act) => setTimeout(act, CHECK_MS)); // Safari has none

// Streamlit sends all that happens in one moment as one message, which runs one fragment: a press or a question in another
// one would be lost. So each is asked alone, not while something is pressed, and when the browser can send it at once; a
// click that comes before it was sent is made again afterwards.
let notBefore = -Infinity;
let isUnsent = false;
const wait = (ms) => (notBefore = performance.now() + ms);
addEventListener("pointerdown", () => wait(PRESS_MS), true);
addEventListener("pointercancel", () => wait(CHECK_MS), true); // a finger that scrolls presses nothing
addEventListener(
  "click",
  (event) => {
    wait(CHECK_MS);
    if (!isUnsent) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const [pressed] = event.composedPath();
    setTimeout(() => pressed.dispatchEvent(new MouseEvent("click", event)));
  },
  true,
);

function askNow(ask) {
  wait(CHECK_MS);
  isUnsent = true;
  ask();
  setTimeout(() => (isUnsent = false)); // after the timer in which Streamlit sends it
}

export class Question {
  /** Call with each data that arrives: `isOpen` while the answer is not in it. */
  update(isOpen, ask) {
    this.ask = ask;
    if (!isOpen) return this.close();
    if (this.timer) return;
    this.timer = setInterval(() => this.askAlone(), RETRY_MS);
    this.askAlone();
  }

  close() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  askAlone() {
    whenIdle(
      () => {
        if (performance.now() < notBefore) return setTimeout(() => this.askAlone(), CHECK_MS);
        if (this.timer) askNow(this.ask);
      },
      { timeout: LATEST_MS },
    );
  }
}
