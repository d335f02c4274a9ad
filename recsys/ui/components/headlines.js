// Headlines: sentences with titles in them, so they enter the page as text.
import { element } from "./drawing.js";

export default function ({ data, parentElement }) {
  parentElement.querySelector(".alone").replaceChildren(...data.lines.map((line) => element("p", {}, line)));
}
