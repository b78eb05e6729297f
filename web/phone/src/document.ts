/** What the owner reads before signing, and the hash that seals it. */
import type { ChecklistAnswer, PartUsed, ShownDocument, Stop } from "./contract";
import { hexSha256 } from "./store/photos";

export function shown(
  stop: Stop,
  work: { checklist: ChecklistAnswer[]; parts: PartUsed[]; minutes: number; note: string },
): ShownDocument {
  const { code, en, zh } = stop.defect;
  return {
    visit_id: stop.visit_id,
    ticket_number: stop.ticket_number,
    address: stop.address,
    unit: stop.unit,
    defect: { code, en, zh }, // and no field that a newer server adds
    description: stop.description,
    checklist: work.checklist,
    parts: work.parts,
    minutes: work.minutes,
    note: work.note,
  };
}

export function documentHash(document: ShownDocument): Promise<string> {
  return hexSha256(new TextEncoder().encode(canonical(document)));
}

/** RFC 8785: keys sorted at every depth, no spaces, nothing escaped that needn't be. It holds no fractions. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
