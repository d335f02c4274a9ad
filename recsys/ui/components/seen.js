// Says that its place has come into view, so that what is expensive to draw is drawn when it is looked at.
import { Question } from "./question.js";

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".alone");
  place.style.minHeight = `${data.height}px`;
  const question = new Question(); // open until the place is gone
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    question.update(true, () => setTriggerValue("seen", true));
  });
  observer.observe(place);
  return () => {
    observer.disconnect();
    question.close();
  };
}
