/**
 * What a technician did, as operations of the contract: built and stored here, and nowhere else. A new kind is a function
 * here and its fold in `store/optimistic.ts`.
 */
import { v7 as uuid7 } from "uuid";
import type {
  AnotherVisit,
  AttachPhoto,
  Complete,
  FoundDefect,
  NoAccess,
  Operation,
  PartUsed,
  Pause,
  Refuse,
} from "./contract";
import { pictureOf } from "./picture";
import { type Fix, freshFix } from "./place";
import { database, transaction } from "./store/database";
import { record } from "./store/outbox";
import { keepPhoto } from "./store/photos";

export type Work = Pick<Complete, "checklist" | "parts" | "minutes" | "note" | "sign_off">;
export type UnsignedWork = Omit<Work, "sign_off"> &
  Pick<Refuse, "reason" | "witness_name" | "document_hash" | "photos" | "remark">;

const told = (deviceSeq: number) => ({ op_id: uuid7(), device_seq: deviceSeq, at: new Date().toISOString() });

function common(visitId: string, deviceSeq: number) {
  const fix = freshFix();
  const place = fix && { latitude: fix.latitude, longitude: fix.longitude };
  return { ...told(deviceSeq), visit_id: visitId, ...place };
}

/** Told at once, so that it is sent at once; what another tab records is sent by the timer. */
const listeners = new Set<() => void>();

export function onRecorded(listener: () => void): void {
  listeners.add(listener);
}

async function recorded<Said extends Operation>(
  make: (deviceSeq: number) => Said,
  besides?: (recorded: Said) => Promise<unknown>,
): Promise<void> {
  await record(make, besides);
  for (const listener of listeners) listener();
}

export const accept = (visitId: string): Promise<void> =>
  recorded((seq) => ({ kind: "accept", ...common(visitId, seq) }));

export const depart = (visitId: string): Promise<void> =>
  recorded((seq) => ({ kind: "depart", ...common(visitId, seq) }));

export const arrive = (visitId: string): Promise<void> =>
  recorded((seq) => ({ kind: "arrive", ...common(visitId, seq) }));

/** Also goes on after a pause. */
export const start = (visitId: string): Promise<void> =>
  recorded((seq) => ({ kind: "start", ...common(visitId, seq) }));

export const pause = (visitId: string, why: Pick<Pause, "reason" | "note">): Promise<void> =>
  recorded((seq) => ({ kind: "pause", ...common(visitId, seq), ...why }));

/** The draft goes with the transaction that records an end. */
export const complete = (visitId: string, work: Work): Promise<void> =>
  recorded((seq) => ({ kind: "complete", ...common(visitId, seq), ...work }), dropDraft(visitId));

export const refuse = (visitId: string, work: UnsignedWork): Promise<void> =>
  recorded((seq) => ({ kind: "refuse", ...common(visitId, seq), ...work }), dropDraft(visitId));

export const noAccess = (visitId: string, why: Pick<NoAccess, "reason" | "note">): Promise<void> =>
  recorded((seq) => ({ kind: "no_access", ...common(visitId, seq), ...why }), dropDraft(visitId));

/** This end names no parts, so those counted so far are said one by one before it: all of it, or nothing. */
export async function anotherVisit(
  visitId: string,
  why: Pick<AnotherVisit, "reason" | "done" | "needed" | "minutes">,
  parts: PartUsed[],
): Promise<void> {
  await transaction(async () => {
    for (const part of parts) await record((seq) => ({ kind: "use_part", ...common(visitId, seq), ...part }));
    await record((seq) => ({ kind: "another_visit", ...common(visitId, seq), ...why }), dropDraft(visitId));
  });
  for (const listener of listeners) listener();
}

export const addNote = (visitId: string, text: string): Promise<void> =>
  recorded((seq) => ({ kind: "add_note", ...common(visitId, seq), text }));

export const foundDefect = (
  visitId: string,
  found: Pick<FoundDefect, "defect" | "description" | "place" | "tier">,
): Promise<void> => recorded((seq) => ({ kind: "found_defect", ...common(visitId, seq), ...found }));

/** The picture goes with the transaction that records it: a dead battery leaves both, or neither. Throws PhotoError too. */
export async function attachPhoto(visitId: string, shows: AttachPhoto["shows"], taken: Blob): Promise<void> {
  const { bytes, sha256 } = await pictureOf(taken);
  await recorded(
    (seq): AttachPhoto => ({ kind: "attach_photo", ...common(visitId, seq), photo: sha256, shows }),
    (said) => keepPhoto(said, bytes),
  );
}

/** Of no visit, so that it waits for nothing and nothing waits for it. */
export const ping = ({ latitude, longitude, accuracy_m }: Fix): Promise<void> =>
  recorded((seq) => ({ kind: "ping", ...told(seq), latitude, longitude, accuracy_m }));

const dropDraft = (visitId: string) => () => database.drafts.delete(visitId);
