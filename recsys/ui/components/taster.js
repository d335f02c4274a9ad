// The product at work on the welcome page: one control moves a radar and a list that were ranked beforehand.
import { element, mayMove, radar, sleeve } from "./drawing.js";

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const slider = find("input");
  const show = (hasMoved) => {
    const { says, radar: drawn, songs } = data.positions[Number(slider.value)];
    find(".picture").replaceChildren(radar(drawn));
    find(".says").textContent = says;
    slider.setAttribute("aria-valuetext", says);
    const rows = songs.map(row);
    find(".songs").replaceChildren(...rows);
    if (!hasMoved) return;
    find("[role=status]").textContent = `${says}: ${songs.map((song) => song.title).join(", ")}`;
    if (mayMove()) rows.forEach((each) => each.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: 180 }));
  };
  find(".alike").textContent = `like ${data.who}`;
  find(".legend .you").textContent = data.who;
  slider.max = data.positions.length - 1;
  if (slider.dataset.whose !== data.who) slider.value = data.start; // after an upload it is another listener's
  slider.dataset.whose = data.who;
  slider.oninput = () => show(true);
  show(false);
}

function row({ title, artists, match, mode, sleeve: values }) {
  const words = element("span", { class: "words" }, element("b", {}, title), element("span", {}, artists));
  return element("li", {}, sleeve(values, mode), words, element("span", { class: "match" }, `${match}`, element("small", {}, " match")));
}
