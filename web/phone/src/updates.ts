/** Keeps the pages on the phone, and says when a newer version of them waits. It takes over only when asked to. */
import { readonly, shallowRef } from "vue";

const waiting = shallowRef<ServiceWorker | null>(null);

export const newVersion = readonly(waiting);

export async function keepPages(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  try {
    const registration = await navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone" });
    waiting.value = registration.waiting;
    registration.addEventListener("updatefound", () => {
      const found = registration.installing;
      found?.addEventListener("statechange", () => {
        if (found.state === "installed" && navigator.serviceWorker.controller) waiting.value = found;
      });
    });
  } catch (failure) {
    console.warn(failure); // without a network, or in a browser that keeps no pages: what is open works on
  }
}

/** Browsers look by themselves once a day or so, which is too late for a version that the server is about to refuse. */
export async function lookForNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration("/phone");
  await registration?.update().catch((failure: unknown) => console.info("no newer version:", failure));
}

export function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  waiting.value?.postMessage({ type: "SKIP_WAITING" });
}
