/** What is filled in on a job's page before it is finished, kept at every change: a phone may die in a pocket. */
import type { ChecklistAnswer, PartUsed, Stop } from "../contract";
import { type DraftRow, database, transaction } from "./database";

export async function draftOf(stop: Stop): Promise<DraftRow> {
  const kept = await database.drafts.get(stop.visit_id);
  const answers = new Map(kept?.checklist.map((answer) => [answer.code, answer]));
  const used = new Map(kept?.parts.map((part) => [part.code, part]));
  return {
    visitId: stop.visit_id,
    // The office may have changed the lists since: what is asked now counts, what was answered stays.
    checklist: stop.checklist.map(({ code }) => answers.get(code) ?? { code, done: null, note: "" }),
    parts: stop.parts.map(({ code }) => used.get(code) ?? { code, quantity: 0 }),
    minutes: kept?.minutes ?? null,
    note: kept?.note ?? "",
  };
}

export async function keepDraft(draft: DraftRow): Promise<void> {
  const plain = JSON.parse(JSON.stringify(draft)) as DraftRow;
  await transaction(() => database.drafts.put(plain));
}

export type Missing = "checklist" | "minutes";

export function missingIn(draft: DraftRow, stop: Stop): Missing[] {
  const required = new Set(stop.checklist.filter((item) => item.required).map((item) => item.code));
  const unanswered = draft.checklist.some((answer) => answer.done === null && required.has(answer.code));
  return [...(unanswered ? ["checklist" as const] : []), ...(draft.minutes === null ? ["minutes" as const] : [])];
}

/** The draft as the contract has it. What was not asked of anybody and not answered is left out. */
export function workOf(
  draft: DraftRow,
  stop: Stop,
): { checklist: ChecklistAnswer[]; parts: PartUsed[]; minutes: number; note: string } {
  const names = new Map(stop.parts.map((part) => [part.code, `${part.en} ${part.zh}`.slice(0, 100)]));
  return {
    checklist: draft.checklist.flatMap(({ code, done, note }) => (done === null ? [] : [{ code, done, note }])),
    parts: draft.parts
      .filter((part) => part.quantity > 0)
      .map(({ code, quantity }) => ({ code, name: names.get(code) ?? code, quantity })),
    minutes: draft.minutes ?? 0,
    note: draft.note.trim(),
  };
}
