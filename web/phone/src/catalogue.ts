/** Finding a defect in the office's catalogue by a word of either language. */
import type { Named } from "./contract";

/** Those that hold every word that is looked for, in the catalogue's order; all of them if none is. */
export function matching(catalogue: Named[], words: string): Named[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return catalogue.filter(({ code, en, zh }) => {
    const text = `${code} ${en} ${zh}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
