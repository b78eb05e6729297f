/**
 * Sends photos, apart from the operations that name them: tus 1.0, resumable, by the hash of the photo. Whatever breaks
 * off goes on where it was; a photo that the server already has is not sent again. One goes up only after a send has
 * taken its operation: until then it may be taken back.
 */
import { type PhotoRow, changeDevice, countUnsent, database, device, transaction } from "./store/database";
import { unsaid } from "./store/outbox";
import { hexSha256 } from "./store/photos";
import { type Standing, announce, ask, sendPiece } from "./tus";

/** Small enough that a weak network gets one through now and then. */
const PIECE_BYTES = 256 * 1024;
/** Of one photo at a time: more trouble than that is not its own. */
const TRIES = 3;

let sending = false;
let again = false;

/** Those that wait, one after the other, until nothing can be sent now. Never throws. */
export async function sendPhotos(): Promise<void> {
  again = true;
  if (sending) return;
  sending = true;
  try {
    while (again) {
      again = false;
      await sendAll();
    }
  } catch (failure) {
    console.info("photos wait:", failure);
  } finally {
    sending = false;
  }
}

/** Throws what stands in the way of all of them. */
async function sendAll(): Promise<void> {
  const { identity } = await device();
  if (!identity) return;
  const { token } = identity;
  const tried = new Set<string>();
  for (let photo = await next(tried); photo; photo = await next(tried)) await keep(photo, await upload(photo, token));
  if ((await countUnsent()) === 0 && tried.size > 0) await changeDevice({ allSentAt: new Date().toISOString() });
  await learnWhatCameOfThem(token);
  await forgetSent();
}

/** One at a time from the disk: a day of them is large. */
async function next(tried: Set<string>): Promise<PhotoRow | undefined> {
  for (const key of await database.photos.where("state").equals("pending").primaryKeys()) {
    const name = key.join(" ");
    if (tried.has(name)) continue;
    const photo = await database.photos.get(key);
    if (!photo || (await unsaid(photo.deviceSeq))) continue;
    tried.add(name);
    return photo;
  }
  return undefined;
}

/** `pending` when it is to be tried again later; throws when all are. */
async function upload(photo: PhotoRow, token: string): Promise<PhotoRow["state"]> {
  const { sha256, bytes } = photo;
  for (let left = TRIES; left > 0; left--) {
    let at = await announce(sha256, bytes.byteLength, token);
    while (typeof at === "object" && at.offset < bytes.byteLength) {
      const { offset } = at;
      at = await sendPiece(sha256, offset, bytes.slice(offset, offset + PIECE_BYTES), token);
      if (typeof at === "object" && at.offset <= offset) at = "ask again";
    }
    if (at !== "ask again") return stateIn(at);
  }
  // Not the way but this phone's disk has damaged it: what it was can't be had any more.
  return (await hexSha256(bytes)) === sha256 ? "pending" : "refused";
}

function stateIn(at: Standing | "never"): PhotoRow["state"] {
  if (at === "never" || at.state === "unreadable") return "refused";
  return at.state === "ready" ? "seen" : "sent";
}

/** The office makes its copies in the order in which photos come: the first that it has none of yet ends the asking. */
async function learnWhatCameOfThem(token: string): Promise<void> {
  for (const photo of await database.photos.where("state").equals("sent").sortBy("deviceSeq")) {
    const at = await ask(photo.sha256, token);
    if (at === "ask again") await keep(photo, "pending"); // not there any more, after a restored backup
    else if (stateIn(at) === "sent") return;
    else await keep(photo, stateIn(at));
  }
}

async function keep({ visitId, sha256 }: PhotoRow, state: PhotoRow["state"]): Promise<void> {
  await transaction(() => database.photos.update([visitId, sha256], { state }));
}

/** What the office has of visits that this phone no longer holds. */
async function forgetSent(): Promise<void> {
  await transaction(async () => {
    const held = new Set((await database.held.where("kind").equals("stop").toArray()).map((row) => row.visitId));
    for (const key of await database.photos.where("state").equals("seen").primaryKeys())
      if (!held.has(key[0])) await database.photos.delete(key);
  });
}
