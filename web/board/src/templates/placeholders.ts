/** Names in braces within a message's words: what is wrong with them, and what they look like filled in. */

export const MOST = 500;

/** `from` and `to` are where it stands in the text, to be marked there; nowhere for what is lacking. */
export interface Wrong {
  why: "unknown" | "brace" | "lacks" | "length";
  name: string;
  from: number;
  to: number;
}

/** As `check_words` of the server judges it, which has the last word. */
export function wrongIn(text: string, names: string[], needs: string[] = []): Wrong[] {
  const found: Wrong[] = [];
  const length = [...text].length;
  if (!text.trim() || length > MOST) found.push({ why: "length", name: String(length), from: 0, to: 0 });
  let rest = text;
  for (const one of text.matchAll(/\{([^{}]*)\}/g)) {
    const to = one.index + one[0].length;
    rest = rest.slice(0, one.index) + " ".repeat(one[0].length) + rest.slice(to);
    if (!names.includes(one[1]!)) found.push({ why: "unknown", name: one[0], from: one.index, to });
  }
  for (const one of rest.matchAll(/[{}]/g)) found.push({ why: "brace", name: one[0], from: one.index, to: one.index + 1 });
  for (const name of needs) if (!text.includes(`{${name}}`)) found.push({ why: "lacks", name: `{${name}}`, from: 0, to: 0 });
  return found;
}

/** In one pass: a value with braces in it stays as it is. */
export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => values[name] ?? whole);
