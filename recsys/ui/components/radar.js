// A radar by itself, with its legend.
import { element, radar } from "./drawing.js";

export default function ({ data, parentElement }) {
  const legend = data.outlines.map(({ name, kind }) => element("span", { class: kind }, name));
  parentElement.querySelector(".alone").replaceChildren(radar(data), element("p", { class: "legend" }, ...legend));
}
