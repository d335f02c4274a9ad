// Says once that its place has come into view, so that what is expensive to draw is drawn when it is looked at.
export default function ({ parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".alone");
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    setTriggerValue("seen", true);
  });
  observer.observe(place);
  return () => observer.disconnect();
}
