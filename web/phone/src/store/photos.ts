/** Photos by the hash of their bytes, each kept in the transaction that records the operation which says it. */
import type { AttachPhoto } from "../contract";
import { type PhotoRow, database, look, transaction } from "./database";
import { PhotoError } from "./errors";
import { unsaid } from "./outbox";

export type SeenPhoto = PhotoRow & {
  /** Nothing of it has left the phone. */
  removable: boolean;
};

/** Within the transaction that records `said`. Throws PhotoError for one that the visit has already. */
export async function keepPhoto(said: AttachPhoto, bytes: ArrayBuffer): Promise<void> {
  const { visit_id: visitId, photo: sha256, shows, at: takenAt, device_seq: deviceSeq } = said;
  if (await database.photos.get([visitId, sha256])) throw new PhotoError("twice");
  await database.photos.add({ visitId, sha256, shows, takenAt, bytes, deviceSeq, state: "pending" });
}

/** The earliest first. */
export async function photosOf(visitId: string): Promise<SeenPhoto[]> {
  return look(async () => {
    const rows = await database.photos.where("visitId").equals(visitId).sortBy("deviceSeq");
    return Promise.all(rows.map(async (row) => ({ ...row, removable: await unsaid(row.deviceSeq) })));
  });
}

/**
 * Takes a photo back, and the operation that says it, as long as no send has had that. Later it was said, and stays.
 * Throws PhotoError, StorageError.
 */
export async function takeBack(photo: PhotoRow): Promise<void> {
  await transaction(async () => {
    if (!(await unsaid(photo.deviceSeq))) throw new PhotoError("said");
    await database.outbox.delete(photo.deviceSeq);
    await database.photos.delete([photo.visitId, photo.sha256]);
  });
}

/** A refused one that the technician has read of. */
export async function putAway(photo: PhotoRow): Promise<void> {
  await transaction(() => database.photos.delete([photo.visitId, photo.sha256]));
}

export async function hexSha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
