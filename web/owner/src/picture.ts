/** A photo as it is sent: no larger than is needed to see what is broken, so that one request carries it. */
const LONGEST = 1600;
const QUALITY = 0.8;

/** As it was taken, where this browser can't make it smaller. */
export async function small(photo: Blob): Promise<Blob> {
  if (!("createImageBitmap" in window)) return photo;
  try {
    const picture = await createImageBitmap(photo);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return made && made.size < photo.size ? made : photo;
  } catch {
    return photo;
  }
}
