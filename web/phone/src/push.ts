/** Messages that this phone shows while its page is shut: only if the technician has switched it on here. */
import { pushOff, pushOn, pushTerms } from "./server";
import { device } from "./store/database";
import { language } from "./words";

/** `unable`: this browser or this site can't. `denied`: the technician has said no in the browser. */
export type Showing = "on" | "off" | "denied" | "unable";

export async function showing(): Promise<Showing> {
  if (!can()) return "unable";
  const { key, endpoint } = await pushTerms(await token());
  if (!key) return "unable";
  const mine = await subscription();
  if (mine && endpoint === mine.endpoint) return "on"; // there is none once the browser has been told no
  return Notification.permission === "denied" ? "denied" : "off";
}

/** What is so afterwards: the browser may have said no. Throws Unreachable, Refused. */
export async function switchShowing(wanted: boolean): Promise<Showing> {
  if (!can()) return "unable";
  if (!wanted) {
    await pushOff(await token());
    await (await subscription())?.unsubscribe();
    return "off";
  }
  const { key } = await pushTerms(await token());
  if (!key) return "unable";
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  await tell(await subscribe(key));
  return "on";
}

/** At every start, and when the language is changed: browsers renew subscriptions by themselves. Never throws. */
export async function keepShowing(): Promise<void> {
  try {
    if (!can() || !(await device()).identity) return;
    const mine = await subscription();
    if (!mine) return;
    const { key } = await pushTerms(await token());
    if (key) await tell(isFor(mine, key) ? mine : await anew(mine, key));
  } catch (failure) {
    console.info("no messages are shown:", failure);
  }
}

/** As the phone becomes nobody's: its push service tells the site that it has ended, if this phone can't. */
export async function endShowing(): Promise<void> {
  if (can()) await (await subscription())?.unsubscribe().catch(() => false);
}

const can = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function token(): Promise<string> {
  return (await device()).identity?.token ?? "";
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration("/phone");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function subscribe(key: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && isFor(before, key)) return before;
  await before?.unsubscribe();
  return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function anew(old: PushSubscription, key: string): Promise<PushSubscription> {
  await old.unsubscribe();
  return await subscribe(key);
}

const isFor = (one: PushSubscription, key: string): boolean =>
  base64url(one.options.applicationServerKey ?? new ArrayBuffer(0)) === key;

async function tell(one: PushSubscription): Promise<void> {
  const { p256dh = "", auth = "" } = one.toJSON().keys ?? {};
  await pushOn({ endpoint: one.endpoint, p256dh: plain(p256dh), auth: plain(auth), language: language() }, await token());
}

const plain = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const base64url = (bytes: ArrayBuffer): string => plain(btoa(String.fromCharCode(...new Uint8Array(bytes))));
