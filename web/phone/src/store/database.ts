/**
 * The phone's one database, and the promise of its transactions: on disk before they return, or not at all.
 *
 * Killed or out of battery at any moment, the phone wakes with all of a transaction or none of it. What an operation
 * changes on the screen is not stored but folded from the outbox, so the two can't disagree.
 */
import { Dexie, type Table } from "dexie";
import type { AttachPhoto, OnVisit, PairAnswer, Verdict, VisitState } from "../contract";
import { PhoneError, StorageError } from "./errors";

export interface DeviceRow {
  onlyOne: 1;
  identity: PairAnswer | null;
  lastSeq: number;
  cursor: string;
  /** When the server last had everything, by this phone's clock; null before the first time. */
  allSentAt: string | null;
  /** The technician has switched it on that records and pings say where they are. Absent on older phones: off. */
  location?: boolean;
}

/** What sync brought. `state` is a stop's state as the server last said it, in a sync or a verdict. */
export interface HeldRow {
  key: string;
  kind: string;
  body: unknown;
  visitId: string | null;
  state: VisitState | null;
  /** The server no longer lists it, but the technician is in the middle of it. */
  withdrawn: boolean;
}

export interface OutboxRow {
  deviceSeq: number;
  opId: string;
  /** Its own `opId` in a ping's, which is of no visit: nothing waits for it. */
  visitId: string;
  /** The operation as it is sent, the same bytes every time. */
  payload: string;
  state: "pending" | "syncing";
  /** A send has taken it once with a network: the server may have it, whatever became of the answer. */
  tried?: boolean;
}

/** An operation that was refused, or kept against what the office had planned. */
export interface FlaggedRow {
  deviceSeq: number;
  operation: OnVisit;
  verdict: Verdict;
}

/** What is filled in on a job's page before it is finished. */
export interface DraftRow {
  visitId: string;
  /** `done` is null until it is answered. */
  checklist: { code: string; done: boolean | null; note: string }[];
  parts: { code: string; quantity: number }[];
  minutes: number | null;
  note: string;
}

export interface PhotoRow {
  visitId: string;
  sha256: string;
  shows: AttachPhoto["shows"];
  takenAt: string;
  /** The file. Browsers have lost Blobs that were kept in IndexedDB; bytes they keep. */
  bytes: ArrayBuffer;
  /** Of the operation that says it. */
  deviceSeq: number;
  /** `seen`: the office can look at it. `refused`: it can't, and never will; the technician is told. */
  state: "pending" | "sent" | "seen" | "refused";
}

class PhoneDatabase extends Dexie {
  device!: Table<DeviceRow, 1>;
  held!: Table<HeldRow, string>;
  outbox!: Table<OutboxRow, number>;
  flagged!: Table<FlaggedRow, number>;
  drafts!: Table<DraftRow, string>;
  photos!: Table<PhotoRow, [string, string]>;

  constructor() {
    super("doorstep-phone", { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      device: "onlyOne",
      held: "key, kind, visitId",
      outbox: "deviceSeq, &opId, visitId, state",
      flagged: "deviceSeq",
      drafts: "visitId",
      photos: "[visitId+sha256], visitId, state, [state+visitId+deviceSeq]",
    });
  }
}

export const database = new PhoneDatabase();

const UNPAIRED: DeviceRow = { onlyOne: 1, identity: null, lastSeq: 0, cursor: "", allSentAt: null };

export async function device(): Promise<DeviceRow> {
  return (await database.device.get(1)) ?? UNPAIRED;
}

export async function changeDevice(change: Partial<DeviceRow>): Promise<void> {
  await database.device.put({ ...(await device()), ...change });
}

const isPing = ({ opId, visitId }: OutboxRow): boolean => opId === visitId;

/**
 * What the server doesn't have yet, of one visit or of all. A photo and the operation that says it count as one. Pings
 * are left out: the number is an alarm about work that could be lost, and holds up signing out. Where somebody was a
 * while ago is no work, and nobody misses it.
 */
export async function countUnsent(visitId?: string): Promise<number> {
  const said = await operations(visitId).primaryKeys();
  // Of the index alone: photos are large.
  const files = await database.photos
    .where("[state+visitId+deviceSeq]")
    .between(["pending", visitId ?? Dexie.minKey, 0], ["pending", visitId ?? Dexie.maxKey, Dexie.maxKey])
    .keys();
  return new Set([...said, ...files.map((key) => (key as unknown as [string, string, number])[2])]).size;
}

const operations = (visitId?: string) =>
  (visitId ? database.outbox.where("visitId").equals(visitId) : database.outbox.toCollection()).filter(
    (row) => !isPing(row),
  );

export const countOperations = (): Promise<number> => operations().count();

export const countPings = (): Promise<number> => database.outbox.filter(isPing).count();

/** All that `work` does, or nothing. It may wait for the database only. Throws StorageError. */
export async function transaction<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await database.transaction("rw", database.tables, work);
  } catch (failure) {
    throw failure instanceof PhoneError ? failure : new StorageError(failure);
  }
}

/** As `transaction`, for looking only: what it reads is of one moment. */
export async function look<T>(work: () => Promise<T>): Promise<T> {
  return await database.transaction("r", database.tables, work);
}
