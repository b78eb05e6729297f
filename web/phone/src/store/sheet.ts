/** The phone's copy of the route sheets, as the server last said, with the technician's own work on top. */
import type { Change, Operation, RouteSheet, Stop, Verdict } from "../contract";
import { type HeldRow, changeDevice, countUnsent, database, look, transaction } from "./database";
import { ENDS, UNDER_WAY, acceptedAfter, stateAfter } from "./optimistic";

/** A stop in the state that the technician has brought it to. */
export type SeenStop = Stop & {
  /** The office took it away while it was being worked on; it stays until it is finished or put down. */
  withdrawn: boolean;
  unsent: number;
};

/** All the changes and the cursor that they lead to, or nothing. */
export async function apply(changes: Change[], cursor: string, full: boolean): Promise<void> {
  const inOrder = [...changes].sort((one, other) => one.seq - other.seq);
  await transaction(async () => {
    if (full) for (const row of await database.held.toArray()) await letGo(row);
    for (const change of inOrder) {
      if (change.body !== null) await database.held.put(heldOf(change));
      else {
        const row = await database.held.get(change.key);
        if (row) await letGo(row);
      }
    }
    await changeDevice({ cursor });
  });
}

/** The days that are held, the earliest first. */
export async function routeSheets(): Promise<RouteSheet[]> {
  const rows = await database.held.where("kind").equals("route_sheet").toArray();
  return rows.map((row) => row.body as RouteSheet).sort((one, other) => (one.day < other.day ? -1 : 1));
}

/** In the order of the days, those that were withdrawn in the middle of the work among them. */
export async function stops(): Promise<SeenStop[]> {
  const seen = await look(async () => {
    const rows = await database.held.where("kind").equals("stop").toArray();
    return Promise.all(rows.map(asSeen));
  });
  return seen.sort(
    (one, other) => Date.parse(one.planned_start) - Date.parse(other.planned_start) || one.position - other.position,
  );
}

export async function putDown(visitId: string): Promise<void> {
  await transaction(() => dropWithdrawn(visitId));
}

/**
 * Keeps the effect of an operation that leaves the outbox, so that the screen doesn't fall back until sync.
 *
 * A verdict told again tells the state of then: only an end can be taken at its word, for nothing follows it.
 */
export async function judged(operation: Operation, verdict: Verdict): Promise<void> {
  if (!operation.visit_id) return; // a ping
  const row = await database.held.where("visitId").equals(operation.visit_id).first();
  if (!row?.state) return;
  let { state, body } = row;
  if (verdict.status !== "rejected") {
    state = stateAfter(state, [operation]);
    body = { ...(body as Stop), accepted: acceptedAfter(Boolean((body as Stop).accepted), [operation]) };
  }
  if (verdict.visit_state && ENDS.has(verdict.visit_state)) state = verdict.visit_state;
  await database.held.update(row.key, { state, body });
  if (ENDS.has(state)) await dropWithdrawn(operation.visit_id);
}

async function dropWithdrawn(visitId: string): Promise<void> {
  await database.held
    .where("visitId")
    .equals(visitId)
    .filter((row) => row.withdrawn)
    .delete();
}

function heldOf(change: Change): HeldRow {
  const stop = change.kind === "stop" ? (change.body as Stop) : null;
  return {
    key: change.key,
    kind: change.kind,
    body: change.body,
    visitId: stop?.visit_id ?? null,
    state: stop?.state ?? null,
    withdrawn: false,
  };
}

/** Work that is under way stays on the phone until it is finished or put down: it must still be signed. */
async function letGo(row: HeldRow): Promise<void> {
  if (row.visitId && UNDER_WAY.has((await asSeen(row)).state)) await database.held.update(row.key, { withdrawn: true });
  else await database.held.delete(row.key);
}

async function asSeen(row: HeldRow): Promise<SeenStop> {
  const stop = row.body as Stop;
  const unsent = await database.outbox.where("visitId").equals(stop.visit_id).sortBy("deviceSeq");
  const operations = unsent.map((one) => JSON.parse(one.payload) as Operation);
  return {
    ...stop,
    state: stateAfter(row.state ?? stop.state, operations),
    accepted: acceptedAfter(Boolean(stop.accepted), operations),
    withdrawn: row.withdrawn,
    unsent: await countUnsent(stop.visit_id),
  };
}
