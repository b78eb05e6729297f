import { h, svg } from "/site/element.js";
import { named, say } from "/site/words.js";

const MARGIN = 200; // in ten-thousandths of the pad's width, as all of it

/** Who signed, the strokes as they were drawn, and the sealed sign-off as files. */
export function signature(one) {
  const path = `/api/v1/sign-offs/${one.sign_off_id}/sealed`;
  const who = [one.signer_name, named(one, "relationship")].filter(Boolean).join(" · ");
  return h("div", { class: "signature" },
    h("p", {}, say(one.accepted ? "fact.signed" : "fact.signedRefused", { who })),
    drawn(one.strokes, who),
    one.sealed && h("p", { class: "row" }, say("fact.sealed"), h("a", { href: `${path}.pdf` }, "PDF"), h("a", { href: `${path}.json` }, "JSON")));
}

function drawn(strokes, who) {
  const points = strokes.flat();
  if (!points.length) return null;
  const [left, top, right, bottom] = [0, 1].map((axis) => points.reduce((least, point) => Math.min(least, point[axis]), Infinity))
    .concat([0, 1].map((axis) => points.reduce((most, point) => Math.max(most, point[axis]), 0)));
  const strokesOf = (stroke) => `M${stroke.map(([x, y]) => `${x} ${y}`).join("L")}${stroke.length > 1 ? "" : "l0 0"}`;
  const viewBox = [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN].join(" ");
  return svg("svg", { viewBox, role: "img", "aria-label": say("fact.signed", { who }) }, svg("path", { d: strokes.map(strokesOf).join("") }));
}
