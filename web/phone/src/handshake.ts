/** The version that the phone says in every call, and the least one that a server still understands. */
export function tooOld(version: string, minimum: string): boolean {
  const [mine, least] = [numbers(version), numbers(minimum)];
  if (!mine || !least) return false; // an announcement that can't be read; the server itself refuses, with 426
  const differs = mine.findIndex((number, index) => number !== least[index]);
  return differs >= 0 && (mine[differs] ?? 0) < (least[differs] ?? 0);
}

const numbers = (version: string): number[] | null =>
  /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(version) ? version.split(".").map(Number) : null;
