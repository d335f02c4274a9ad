// A radar by itself, with its legend. It asks once for what takes longer to compute, so that it is on the screen first.
import { element, radar } from "./drawing.js";

const asked = new WeakSet();

export default function ({ data, parentElement, setTriggerValue }) {
  const legend = data.outlines.map(({ name, kind }) => element("span", { class: kind }, name));
  parentElement.querySelector(".alone").replaceChildren(radar(data), element("p", { class: "legend" }, ...legend));
  if (data.wants_more && !asked.has(parentElement)) {
    asked.add(parentElement);
    setTriggerValue("ask", true);
  }
}
