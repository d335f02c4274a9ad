// Says that its place has come into view, so that what is expensive to draw is drawn when it is looked at.
const RETRY_MS = 3000; // a message that meets a run of the whole page is lost, so it is sent again until the place is gone

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".alone");
  place.style.minHeight = `${data.height}px`;
  let again;
  const tell = () => setTriggerValue("seen", true);
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    tell();
    again = setInterval(tell, RETRY_MS);
  });
  observer.observe(place);
  return () => {
    observer.disconnect();
    clearInterval(again);
  };
}
