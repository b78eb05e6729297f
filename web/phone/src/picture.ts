/** What the camera gave, as it is kept: small enough for a weak network, and named by its hash. */
import { hexSha256 } from "./store/photos";
import { PhotoError } from "./store/errors";

const LONGEST_SIDE = 1600;
const QUALITY = 0.82;

/** Throws PhotoError for what is no picture. */
export async function pictureOf(taken: Blob): Promise<{ bytes: ArrayBuffer; sha256: string }> {
  const bytes = await (await smaller(taken)).arrayBuffer();
  return { bytes, sha256: await hexSha256(bytes) };
}

/**
 * Drawn anew as JPEG, which also leaves behind where and by what it was taken. A browser that shows a picture and can't
 * draw it, for want of memory or by its settings, gives it as it is: the office makes copies without all that too.
 */
async function smaller(taken: Blob): Promise<Blob> {
  const address = URL.createObjectURL(taken);
  try {
    const picture = await read(address);
    return (await drawn(picture).catch(() => null)) ?? taken;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** By its events: `decode` and `createImageBitmap` are missing, or fail on large pictures, in browsers inside other apps. */
function read(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new PhotoError("unreadable"));
    picture.src = address;
  });
}

async function drawn(picture: HTMLImageElement): Promise<Blob | null> {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  canvas.width = canvas.height = 0; // Safari gives the memory back now, not when it tidies up
  return jpeg;
}
