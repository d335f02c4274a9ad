// The menu of a row: what can be done with its song beyond rating it. All rows share one.
import { element } from "./drawing.js";

const SPOTIFY_ID = /^[0-9A-Za-z]{22}$/;

/** Whether a song can be played and opened there. */
export function isAtSpotify({ id, url }) {
  return Boolean(url) && SPOTIFY_ID.test(id);
}

export class SongMenu {
  /** `place` is the popover; `send(kind, id)` is called with what was chosen. */
  constructor(place, send) {
    Object.assign(this, { place, send });
    place.addEventListener("keydown", (event) => this.walk(event));
    place.addEventListener("toggle", (event) => {
      if (event.newState === "closed") this.button?.setAttribute("aria-expanded", "false");
    });
  }

  /** Show it for a song beside the button that was pressed, which has the focus again afterwards. */
  open(song, button) {
    const item = (words, press) =>
      element("button", { type: "button", role: "menuitem", tabindex: "-1", click: () => this.choose(press) }, words);
    const items = [
      item("More like this", () => this.send("seed", song.id)),
      item(`Never ${song.artists.split(", ")[0]}`, () => this.send("block", song.id)),
    ];
    if (song.url) items.push(item("Open in Spotify", () => openInSpotify(song)));
    this.place.replaceChildren(...items);
    this.button = button;
    button.setAttribute("aria-expanded", "true");
    this.place.showPopover();
    const { right, bottom, top } = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.place;
    const isLow = bottom + height + 8 > innerHeight;
    this.place.style.left = `${Math.max(8, right - width)}px`;
    this.place.style.top = `${isLow ? top - height - 4 : bottom + 4}px`;
    items[0].focus();
  }

  choose(press) {
    this.place.hidePopover();
    press();
  }

  walk(event) {
    const items = [...this.place.children];
    const at = items.indexOf(this.place.getRootNode().activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      this.place.hidePopover();
      this.button.focus();
    } else if (next !== undefined) {
      items[next % items.length].focus();
    } else {
      return;
    }
    if (event.key !== "Tab") event.preventDefault();
  }
}

function openInSpotify(song) {
  if (isAtSpotify(song)) open(`https://open.spotify.com/track/${song.id}`, "_blank", "noopener");
}
