/** Whether the browser promises to keep what is recorded, and how full the disk is. */

/** Below this much free space the technician is told, while recording still works. */
const NEARLY_FULL_BYTES = 50 * 1024 * 1024;

export interface Space {
  /** The browser won't throw it away by itself; null when it can't say. */
  persisted: boolean | null;
  usedBytes: number | null;
  freeBytes: number | null;
  nearlyFull: boolean;
}

/** Asked at every start: browsers say yes once the page is installed or used often. */
export async function askToPersist(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false);
}

export async function space(): Promise<Space> {
  const persisted = (await navigator.storage?.persisted?.().catch(() => null)) ?? null;
  const estimate: StorageEstimate = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  const used = estimate.usage ?? null;
  const free = estimate.quota === undefined || used === null ? null : estimate.quota - used;
  return { persisted, usedBytes: used, freeBytes: free, nearlyFull: free !== null && free < NEARLY_FULL_BYTES };
}
