// What both components draw with: elements are made without markup, so that a title can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. Properties are set, not parsed; `class`, `role`, `aria-*` and `data-*` become attributes. */
export function element(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** An SVG element with its attributes. */
export function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Where the spoke `index` of `count` ends, clockwise from the top. */
export function spoke(index, count, radius) {
  const angle = (2 * Math.PI * index) / count;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

/** The corners of a polygon whose spokes have lengths 0 to 1, as SVG writes them; unknown ones (null) are left out. */
export function corners(values, radius) {
  return values
    .map((value, index) => (value === null ? null : spoke(index, values.length, radius * value)))
    .filter((corner) => corner !== null)
    .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");
}

/**
 * A record sleeve: the song's own features as a shape, in the colour of the taste it is nearest to. Of a song whose
 * sound is not known it is an empty ring.
 */
export function sleeve(values, mode) {
  const colour = `var(--mode-${mode % 6})`;
  return shape(
    "svg",
    { viewBox: "-22 -22 44 44", class: "sleeve", "aria-hidden": "true" },
    shape("rect", { x: -22, y: -22, width: 44, height: 44, rx: 8, fill: colour, "fill-opacity": 0.16 }),
    values.filter((value) => value !== null).length > 2
      ? shape("polygon", {
          points: corners(values.map((value) => (value === null ? null : 0.25 + 0.75 * value)), 18),
          fill: colour,
          "fill-opacity": 0.8,
        })
      : shape("circle", { r: 12, fill: "none", stroke: colour, "stroke-width": 2, "stroke-opacity": 0.5 }),
    shape("circle", { r: 2, fill: "var(--paper)" }),
  );
}

const RADIUS = 60;

/**
 * A radar. `axes` are their titles; `outlines` are {name, kind, values}, the values from 0 to 1 or null where unknown.
 * Half way out is the catalogue's own middle, drawn dotted.
 */
export function radar({ axes, outlines, words }) {
  const ring = (radius, kind) =>
    shape("polygon", { points: corners(axes.map(() => radius), RADIUS), class: `ring ${kind}` });
  const drawn = outlines
    .filter(({ values }) => values.filter((value) => value !== null).length > 2)
    .map(({ kind, values }) => shape("polygon", { points: corners(values, RADIUS), class: `outline ${kind}` }));
  const titles = axes.map((title, index) => {
    const [x, y] = spoke(index, axes.length, RADIUS + 11);
    const anchor = Math.abs(x) < 8 ? "middle" : x > 0 ? "start" : "end";
    return shape("text", { x: x.toFixed(1), y: (y + 3.5).toFixed(1), "text-anchor": anchor }, title);
  });
  const name = { viewBox: "-116 -76 232 150", class: "radar", role: "img", "aria-label": words };
  return shape("svg", name, ring(0.25, ""), ring(0.5, "middle"), ring(0.75, ""), ring(1, ""), ...drawn, ...titles);
}

/** How a list rises and falls from its first song to its last. `values` are 0 to 1, or null where unknown: a gap. */
export function curve({ values, words, low, high }) {
  const across = (at) => (values.length > 1 ? (240 * at) / (values.length - 1) : 120);
  const points = values.map((value, at) => (value === null ? null : [across(at).toFixed(1), (40 - 36 * value).toFixed(1)]));
  const line = points.map((point, at) => (point ? `${points[at - 1] ? "L" : "M"}${point.join(" ")}` : "")).join(" ");
  const dots = points.filter(Boolean).map(([cx, cy]) => shape("circle", { cx, cy, r: 1.8 }));
  const name = { viewBox: "-4 -4 248 50", role: "img", "aria-label": words };
  const ends = [element("small", {}, high), element("small", {}, low)];
  const drawn = shape("svg", name, shape("path", { d: line }), ...dots);
  return element("div", { class: "drawn" }, element("span", { class: "ends", "aria-hidden": "true" }, ...ends), drawn);
}

const WIDTH = 200;
const HEIGHT = 34;

/** The catalogue behind, the listener's own songs in front of it, a line where each lies. */
export function distribution({ axis, own_heights: own, pool_heights: pool, you, list = null }) {
  const across = (value) => (WIDTH * (value - axis[0])) / (axis[1] - axis[0]);
  const drawn = [
    shape("path", { class: "pool", d: hill(pool) }),
    shape("path", { class: "own", d: hill(own) }),
    shape("line", { class: "ground", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
  ];
  const line = (kind, value) => shape("line", { class: `at ${kind}`, x1: across(value), x2: across(value), y1: 3, y2: HEIGHT });
  if (you !== null) drawn.push(line("you", you));
  if (list !== null) drawn.push(line("list", list));
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" }, ...drawn);
}

function hill(heights) {
  if (!heights.length) return "";
  const step = WIDTH / (heights.length - 1);
  const points = heights.map((height, at) => `${(at * step).toFixed(1)} ${(HEIGHT - height * (HEIGHT - 4)).toFixed(1)}`);
  return `M0 ${HEIGHT} L${points.join(" L")} L${WIDTH} ${HEIGHT} Z`;
}

/** Whether things may move on the screen. */
export function mayMove() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
