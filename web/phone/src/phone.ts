/**
 * What a phone does; `mobile_contract/client.py` is the same in Python.
 *
 * Recording never needs the network, and is on disk before it returns. `send` and `sync` are safe at any moment and any
 * number of times.
 */
import { type Change, ENVELOPE_BYTES, LIMITS, MAX_REQUEST_BYTES, type PairAnswer } from "./contract";
import { changesSince, deliver, pairWith } from "./server";
import { changeDevice, countOperations, countUnsent, database, device, transaction } from "./store/database";
import { Refused, StillUnsent, Unreachable } from "./store/errors";
import { release, settle, take } from "./store/outbox";
import { apply } from "./store/sheet";

/** Refusals of a batch that its halves may not meet. */
const SMALLER = ["malformed_request", "request_too_large"];

let line: Promise<unknown> = Promise.resolve();

/**
 * One exchange at a time, in all tabs: an answer to a sync that was asked before a verdict came would undo the verdict.
 * Browsers without locks have one tab: they are those inside other apps.
 */
export function inTurn<T>(exchange: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  if (locks) return locks.request("doorstep-exchange", exchange) as Promise<T>;
  const turn = line.then(exchange, exchange);
  line = turn.catch(() => undefined);
  return turn;
}

/** Throws StillUnsent, and stays whose it was, while another technician's work is on this phone. */
export function pair(code: string, deviceName: string): Promise<PairAnswer> {
  return inTurn(async () => {
    const answer = await pairWith(code, deviceName);
    await transaction(async () => {
      const before = (await device()).identity;
      if (before && before.technician_id !== answer.technician_id) {
        await refuseWhileUnsent();
        await forgetAll();
      }
      await changeDevice({ identity: answer, cursor: "" });
      await database.held.clear();
    });
    return answer;
  });
}

/** Throws StillUnsent while something is unsent: nobody else could send it. */
export function signOut(): Promise<void> {
  return inTurn(() =>
    transaction(async () => {
      await refuseWhileUnsent();
      await forgetAll();
      await changeDevice({ identity: null, cursor: "", allSentAt: null });
    }),
  );
}

async function refuseWhileUnsent(): Promise<void> {
  const unsent = await countUnsent();
  if (unsent > 0) throw new StillUnsent(unsent);
}

/** What is the technician's own, a waiting ping too, and whether they want to be located. `lastSeq` counts on. */
async function forgetAll(): Promise<void> {
  const theirs = [database.held, database.outbox, database.flagged, database.drafts, database.photos];
  await Promise.all(theirs.map((table) => table.clear()));
  await changeDevice({ location: false });
}

/**
 * Brings the copy of the sheets up to date, all or nothing; the least version that the server will take. Throws
 * Unreachable, Refused, StorageError.
 */
export function sync(): Promise<string> {
  return inTurn(async () => {
    const token = await tokenOf();
    let { cursor } = await device();
    let changes: Change[] = [];
    let full = false;
    let minimum = "";
    for (let more = true; more; ) {
      const answer = await changesSince(cursor, token);
      if (answer.more && answer.cursor === cursor) throw new Unreachable("More, but the cursor stands still.");
      if (answer.full) [changes, full] = [[], true];
      changes.push(...answer.changes);
      ({ cursor, more, minimum_client: minimum } = answer);
    }
    await apply(changes, cursor, full);
    return minimum;
  });
}

/**
 * Sends what is unsent, in the order it happened. Throws Unreachable, or Refused when a person must act first (pair
 * again, update), with everything kept.
 */
export function send(): Promise<void> {
  return inTurn(async () => {
    const token = await tokenOf();
    await release(); // of a send that died with its page
    try {
      for (;;) {
        const batch = await take(LIMITS.operations, MAX_REQUEST_BYTES - ENVELOPE_BYTES);
        if (batch.length === 0) break;
        await deliverHalving(batch.map((row) => row.payload), token);
      }
    } finally {
      await release();
    }
    if ((await countOperations()) === 0) await changeDevice({ allSentAt: new Date().toISOString() });
  });
}

async function deliverHalving(payloads: string[], token: string): Promise<void> {
  try {
    const answer = await deliver(payloads, token);
    await settle(answer.verdicts);
  } catch (failure) {
    if (!(failure instanceof Refused) || !SMALLER.includes(failure.reason)) throw failure;
    if (payloads.length === 1) return; // one alone that can't be read stays, and holds nothing up
    const half = Math.floor(payloads.length / 2);
    await deliverHalving(payloads.slice(0, half), token);
    await deliverHalving(payloads.slice(half), token);
  }
}

async function tokenOf(): Promise<string> {
  const { identity } = await device();
  if (!identity) throw new Refused("not_paired", "");
  return identity.token;
}
