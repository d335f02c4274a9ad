// Spotify's player in a bar at the foot of the page: one at a time, and nothing of it before it is asked for.
import { element } from "./drawing.js";

export class Player {
  /** `place` is the bar; `closed` is called with the id of the song when it is put away. */
  constructor(place, closed) {
    Object.assign(this, { place, closed });
  }

  play({ id, title, artists }) {
    const close = { type: "button", class: "pill", click: () => this.stop(id) };
    const frame = {
      src: `https://open.spotify.com/embed/track/${id}`,
      title: `Spotify player: ${title}`,
      height: 80,
      allow: "autoplay; encrypted-media",
      referrerpolicy: "no-referrer",
    };
    this.place.replaceChildren(
      element("span", { class: "playing" }, element("b", {}, title), ` ${artists}`),
      element("iframe", frame),
      element("button", close, "Close player"),
    );
    this.place.hidden = false;
  }

  stop(id) {
    this.place.replaceChildren();
    this.place.hidden = true;
    this.closed(id);
  }
}
