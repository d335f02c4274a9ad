// A radar by itself, with its legend. It asks for what takes longer to compute, so that it is on the screen first.
import { element, radar } from "./drawing.js";
import { Question } from "./question.js";

const questions = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const legend = data.outlines.map(({ name, kind }) => element("span", { class: kind }, name));
  parentElement.querySelector(".alone").replaceChildren(radar(data), element("p", { class: "legend" }, ...legend));
  if (!questions.has(parentElement)) questions.set(parentElement, new Question());
  const question = questions.get(parentElement);
  question.update(data.wants_more, () => setTriggerValue("ask", true));
  return () => question.close();
}
