// The texts on the page that stand out too little against what they stand on, by WCAG 2: 4.5 : 1, large ones 3 : 1.
() => {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [darker, lighter] = [light(one), light(other)].sort((a, b) => a - b);
    return (lighter + 0.05) / (darker + 0.05);
  };
  const opaque = (colour) => channels(colour)[3] !== 0;
  const below = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (opaque(backgroundColor)) return [backgroundColor];
    }
    return ["rgb(255, 255, 255)"];
  };
  const fill = (element) => element && getComputedStyle(element).fill;
  const belowDrawn = (element) => {
    const box = fill(element.closest(".stop")?.querySelector(".box"));
    return box ? [box] : [".ground", ".band"].map((name) => fill(element.ownerSVGElement.querySelector(name))).filter(Boolean);
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!words || !element.checkVisibility() || element.closest("title, option, noscript, :disabled, .skip")) continue;
    const look = getComputedStyle(element);
    const drawn = element instanceof SVGElement;
    const large = parseFloat(look.fontSize) >= (look.fontWeight >= 700 ? 18.66 : 24);
    for (const ground of drawn ? belowDrawn(element) : below(element)) {
      const found = ratio(drawn ? look.fill : look.color, ground);
      if (found < (large ? 3 : 4.5)) faint.push(`${words.slice(0, 40)}: ${found.toFixed(2)} (${look.color} on ${ground})`);
    }
  }
  return [...new Set(faint)];
}
