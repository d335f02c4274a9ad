// Small multiples: a feature each, the listener's songs over the catalogue's, most unusual first.
import { distribution, element } from "./drawing.js";

export default function ({ data, parentElement }) {
  const cards = data.features.map((feature) =>
    element(
      "figure",
      {},
      element("figcaption", {}, element("b", {}, feature.title), element("span", {}, feature.says)),
      element("div", { class: "picture", role: "img", "aria-label": `${feature.title}: ${feature.says}` }, distribution(feature)),
      element("div", { class: "ends", "aria-hidden": "true" }, element("span", {}, feature.low), element("span", {}, feature.high)),
    ),
  );
  parentElement.querySelector(".alone").replaceChildren(...cards);
}
