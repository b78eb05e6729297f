/**
 * What can go wrong on a phone. Whatever it is, recorded work stays recorded.
 *
 * PhoneError
 * ├── Unreachable     no usable answer: no network, a server in trouble, a portal in between; try again later
 * ├── Refused         the server answered and said no; `reason` says whether to pair again, update, or wait
 * ├── NotRecorded     the work given breaks the contract's bounds; nothing was stored
 * ├── PhotoError      a photo that can't be kept, or not be taken back; `why` says it
 * ├── StillUnsent     leaving now would strand work that the server doesn't have yet
 * └── StorageError    the phone's own disk; `full` when that is what is wrong with it
 */
export class PhoneError extends Error {}

export class Unreachable extends PhoneError {}

export class Refused extends PhoneError {
  constructor(
    readonly reason: string,
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}

export class NotRecorded extends PhoneError {}

export class PhotoError extends PhoneError {
  /** No picture that this browser knows; among the visit's photos already; its operation may be at the office. */
  constructor(readonly why: "unreadable" | "twice" | "said") {
    super(why);
  }
}

export class StillUnsent extends PhoneError {
  constructor(readonly unsent: number) {
    super(`${unsent} records are not sent yet.`);
  }
}

export class StorageError extends PhoneError {
  readonly full: boolean;

  constructor(cause: unknown) {
    super(`The phone's storage: ${String(cause)}. Nothing was changed.`, { cause });
    this.full = names(cause).includes("QuotaExceededError");
  }
}

/** Dexie wraps what IndexedDB said, sometimes twice. */
function names(failure: unknown): string[] {
  if (typeof failure !== "object" || failure === null) return [];
  const { name, inner } = failure as { name?: string; inner?: unknown };
  return [name ?? "", ...(inner === failure ? [] : names(inner))];
}
