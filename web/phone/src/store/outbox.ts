/**
 * Operations that the server has not judged yet, in the order in which they happened.
 *
 * One leaves only on a durable verdict for itself. Those that a send has taken are `syncing`; whatever ends the send,
 * the death of the browser included, makes them `pending` again, and they go out as the same bytes.
 */
import type { Operation, Verdict } from "../contract";
import { type OutboxRow, changeDevice, database, device, transaction } from "./database";
import { judged } from "./sheet";

const DURABLE: ReadonlySet<string> = new Set(["applied", "duplicate", "accepted_with_conflict", "rejected"]);
const FLAGGED: ReadonlySet<string> = new Set(["rejected", "accepted_with_conflict"]);

/** Stores what `make` gives for the next `device_seq`, and with it what `besides` does. Throws StorageError. */
export async function record<Said extends Operation>(
  make: (deviceSeq: number) => Said,
  besides?: (recorded: Said) => Promise<unknown>,
): Promise<string> {
  return transaction(async () => {
    const deviceSeq = (await device()).lastSeq + 1;
    const operation = make(deviceSeq);
    await changeDevice({ lastSeq: deviceSeq });
    await database.outbox.add({
      deviceSeq,
      opId: operation.op_id,
      visitId: operation.visit_id ?? operation.op_id,
      payload: JSON.stringify(operation),
      state: "pending",
    });
    await besides?.(operation);
    return operation.op_id;
  });
}

/**
 * The earliest that this send hasn't tried, now `syncing`; none when it has tried all that it may.
 *
 * A visit with an operation that this send already tried in vain waits, so that its own stay in order.
 */
export async function take(most: number, mostBytes: number): Promise<OutboxRow[]> {
  return transaction(async () => {
    const tried = await database.outbox.where("state").equals("syncing").toArray();
    const waiting = new Set(tried.map((row) => row.visitId));
    const rows = await database.outbox
      .orderBy("deviceSeq")
      .filter((row) => !waiting.has(row.visitId))
      .limit(most)
      .toArray();
    const batch = fitting(rows, mostBytes);
    await database.outbox.bulkPut(batch.map((row) => ({ ...row, state: "syncing" as const, tried: row.tried || mayGoOut() })));
    return batch;
  });
}

/** A send is tried whatever the browser believes of the network; but when it says that there is none, nothing leaves. */
const mayGoOut = (): boolean => navigator.onLine !== false;

/** The first of them that go into one request; the first of all goes alone if it must. */
export function fitting(rows: OutboxRow[], mostBytes: number): OutboxRow[] {
  const bytes = new TextEncoder();
  let size = 0;
  const over = rows.findIndex((row, index) => (size += bytes.encode(row.payload).length + 1) > mostBytes && index > 0);
  return over < 0 ? rows : rows.slice(0, over);
}

/** Within a transaction: whether it may still be taken back, for no send has had it. Its number is not used again. */
export async function unsaid(deviceSeq: number): Promise<boolean> {
  const row = await database.outbox.get(deviceSeq);
  return row !== undefined && !row.tried;
}

export async function release(): Promise<void> {
  await transaction(() => database.outbox.where("state").equals("syncing").modify({ state: "pending" }));
}

/** Drops what was durably judged. Verdicts on anything not on its way are ignored. */
export async function settle(verdicts: Verdict[]): Promise<void> {
  await transaction(async () => {
    for (const verdict of verdicts) {
      if (!DURABLE.has(verdict.status)) continue;
      const row = await database.outbox.where("opId").equals(verdict.op_id).first();
      if (row?.state !== "syncing") continue;
      const operation = JSON.parse(row.payload) as Operation;
      await database.outbox.delete(row.deviceSeq);
      // A rejected ping is no lost work, and nothing that anybody could do about.
      if (FLAGGED.has(verdict.status) && operation.kind !== "ping")
        await database.flagged.add({ deviceSeq: row.deviceSeq, operation, verdict });
      await judged(operation, verdict);
    }
  });
}
