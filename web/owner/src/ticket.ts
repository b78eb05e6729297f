/** The one ticket that this page is about: how it stands, and everything that the owner can do to it. */
import { ref, shallowRef } from "vue";
import { call, type DayOffers, type Held, type Offer, type Offers, type Rating, Refused, type SentCode, type Ticket } from "./server";
import { keepSession, keptSession, segments } from "./session";

const token = decodeURIComponent(segments[0] ?? "");

export const ticket = shallowRef<Ticket | null>(null);
export const days = shallowRef<DayOffers[] | null>(null);
export const held = shallowRef<Held | null>(null);
/** The link works no more. */
export const ended = ref(false);
/** Somebody else was faster: `days` are the times that are left. */
export const taken = ref(false);

let session = keptSession(token);

/** Whether it was opened in this browser before, and still is. */
export async function goOn(): Promise<boolean> {
  if (!session) return false;
  try {
    await look();
    return true;
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    session = "";
    ended.value = false;
    return false;
  }
}

export async function open(): Promise<void> {
  const opened = await asked(() => call<{ session: string }>("POST", "open", "", { token }));
  session = opened.session;
  keepSession(token, session);
  await look();
}

export async function look(): Promise<void> {
  ticket.value = await asked(() => call<Ticket>("GET", "ticket", session));
}

export async function lookForTimes(): Promise<void> {
  const found = await asked(() => call<Offers>("GET", "offers", session));
  days.value = found.days;
  held.value = found.held ?? null;
}

export const hold = (offer: Offer): Promise<boolean> =>
  unlessTaken(async () => {
    held.value = await asked(() => call<Held>("POST", "hold", session, chosen(offer)));
  });

export const book = (time: Held): Promise<boolean> =>
  unlessTaken(async () => {
    await asked(() => call("POST", "booking", session, chosen(time)));
    held.value = null;
    await look();
  });

export async function letGo(): Promise<void> {
  held.value = null;
  await asked(() => call("DELETE", "hold", session));
}

export async function cancel(): Promise<void> {
  await asked(() => call("POST", "booking/cancel", session, {}));
  await look();
}

/** To the price as it is shown: another one would be refused. */
export async function answerQuote(accepted: boolean): Promise<void> {
  const quote = ticket.value?.quote?.id;
  if (!quote) return;
  try {
    await asked(() => call("POST", accepted ? "quote/accept" : "quote/decline", session, { quote }));
  } finally {
    await look();
  }
}

export const sendCode = (): Promise<SentCode> => asked(() => call<SentCode>("POST", "code", session));

export async function prove(code: string): Promise<void> {
  await asked(() => call("POST", "proof", session, { code }));
  await look();
}

export async function rate(rating: Rating): Promise<void> {
  await asked(() => call("POST", "rating", session, rating));
  await look();
}

export async function comeBack(reference: string, description: string): Promise<void> {
  await asked(() => call("POST", "came-back", session, { reference, description }));
  await look();
}

export async function sayItHeld(): Promise<void> {
  await asked(() => call("POST", "stayed-fixed", session));
  await look();
}

export async function sendPhoto(photo: Blob): Promise<void> {
  await asked(() => call("POST", "photos", session, photo));
  await look();
}

const chosen = ({ opens, closes }: { opens: string; closes: string }) => ({ opens, closes });

async function unlessTaken(work: () => Promise<void>): Promise<boolean> {
  taken.value = false;
  try {
    await work();
    return true;
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.code !== "slot_taken") throw failure;
    days.value = failure.offers;
    held.value = null;
    taken.value = true;
    return false;
  }
}

async function asked<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof Refused && failure.code === "link_ended") ended.value = true;
    throw failure;
  }
}
