// Fails the build when the first load of one of the faces is over its budget: what index.html names, and what that
// imports before anything shows. Measured as the server sends it, in gzip of level 1.
import { readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FACES = [
  { face: "phone", base: "/phone/", budget: 350 },
  { face: "owner", base: "/o/", budget: 200 }, // on a slow phone, often over a slow network, and perhaps only once
  { face: "board", base: "/board/", budget: 200 }, // at a desk; the timeline and the map come after it
];
const built = process.env.WEB_OUT ?? join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const sent = (content) => gzipSync(content, { level: 1 }).length;

async function firstLoad(folder, base) {
  const html = await readFile(join(folder, "index.html"), "utf8");
  const named = new RegExp(`(?:src|href)="${base}([^"]+\\.(?:js|css))"`, "g");
  const waiting = [...html.matchAll(named)].map((found) => found[1]);
  if (waiting.length === 0) throw new Error(`${folder}/index.html names no script: there is nothing to measure.`);
  const sizes = new Map([["index.html", sent(html)]]);
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (sizes.has(name)) continue;
    const content = await readFile(join(folder, name));
    sizes.set(name, sent(content));
    // A dynamic import() is not part of it: it has a parenthesis, and comes when somebody opens that page.
    for (const found of content.toString().matchAll(/(?:from|\bimport)\s*["'](\.[^"']+\.js)["']/g))
      waiting.push(posix.join(posix.dirname(name), found[1]));
  }
  return sizes;
}

for (const { face, base, budget } of FACES) {
  const sizes = await firstLoad(join(built, face), base);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024;
  const list = [...sizes].map(([name, size]) => `  ${(size / 1024).toFixed(1).padStart(6)} KB  ${base}${name}`);
  console.log(`First load of the ${face}: ${total.toFixed(1)} KB of ${budget} KB gzip\n${list.join("\n")}`);
  if (total > budget) {
    console.error(`Over the ${face}'s budget. Load what isn't needed at once with import().`);
    process.exitCode = 1;
  }
}
