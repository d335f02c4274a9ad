// What takes long to compute is asked for once the rest is on the screen, and again until the answer has come.
const RETRY_MS = 3000; // a message that meets a run of the whole page is lost

export class Question {
  /** Call with each data that arrives: `isOpen` while the answer is not in it. */
  update(isOpen, ask) {
    this.ask = ask;
    if (!isOpen) return this.close();
    if (this.timer) return;
    this.timer = setInterval(() => this.ask(), RETRY_MS);
    ask();
  }

  close() {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
