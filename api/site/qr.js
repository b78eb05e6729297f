import { svg } from "/site/element.js";

const QUIET = 4; // modules of white that a camera needs around the code

/** A QR code from its rows, dark on white also where the page is dark: not every camera reads the other way. */
export function qr(rows, name) {
  const size = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) => [...row].map((bit, x) => (bit === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ""))).join("");
  return svg("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": name, class: "qr", "shape-rendering": "crispEdges" },
    svg("path", { d: dark }));
}
