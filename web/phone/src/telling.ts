/** Says aloud that something was not done, in a dialogue that must be closed: nothing shows as saved that isn't. */
import { showDialog } from "vant/es/dialog";
import "vant/es/dialog/style";
import { NotRecorded, PhoneError, PhotoError, Refused, StillUnsent, StorageError } from "./store/errors";
import { reasonIn, say } from "./words";

export function sentence(failure: unknown): string {
  if (failure instanceof StorageError) return say(failure.full ? "error.full" : "error.storage", { why: failure.message });
  if (failure instanceof Refused) return reasonIn(failure.reason, failure.detail);
  if (failure instanceof StillUnsent) return say("error.unsent", { count: failure.unsent });
  if (failure instanceof PhotoError) return say(`photo.why.${failure.why}`);
  if (failure instanceof NotRecorded) return say("error.notRecorded", { why: failure.message });
  if (failure instanceof PhoneError) return say("error.unreachable");
  return say("error.other", { why: String(failure) });
}

/** Whether it was done. */
export async function doneOrTold(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (failure) {
    console.warn(failure);
    void showDialog({
      title: say("error.title"),
      message: sentence(failure),
      confirmButtonText: say("error.close"),
    }).catch(() => undefined);
    return false;
  }
}
