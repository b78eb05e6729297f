/** A report before it is a ticket: where it is broken, what, how urgent, and who says so. */
import { computed, reactive, ref, shallowRef } from "vue";
import { newReference } from "./reference";
import { call, type OwnersHome, type ProvenHome, type ReportedDefect, type SentNumber } from "./server";
import { keepSession, segments } from "./session";
import { language } from "./words";

const token = decodeURIComponent(segments[1] ?? "");
/** Whether this address is a report's, and no ticket's. */
export const reporting = segments[0] === "report";
export const byLink = token !== "";

export const home = shallowRef<OwnersHome | null>(null);
export const homes = shallowRef<ProvenHome[]>([]);
export const photos = shallowRef<Blob[]>([]);
export const told = reactive({
  room: "",
  thing: "",
  defect: "",
  answers: {} as Record<string, boolean | null>,
  description: "",
  name: "",
  phone: "",
  mail: "",
  elsewhere: false,
});
const proof = ref("");
let session = "";
let reference = newReference();

export const room = computed(() => home.value?.rooms.find(({ code }) => code === told.room));
export const thing = computed(() => room.value?.things.find(({ code }) => code === told.thing));
export const kinds = computed(() =>
  (thing.value?.defects ?? []).map((code) => home.value!.kinds.find(({ defect }) => defect.code === code)!),
);
export const questions = computed(() => {
  const asks = home.value?.kinds.find(({ defect }) => defect.code === told.defect)?.asks ?? [];
  return asks.map((code) => home.value!.questions.find((one) => one.code === code)!).filter(Boolean);
});

/** The repair that this report would open again; of several the latest. */
export const again = computed(() => home.value?.watched.find(({ same }) => same.includes(told.defect)));

export async function openLink(): Promise<void> {
  const opened = await call<{ session: string }>("POST", "home/open", "", { token });
  await begin(opened.session);
}

export async function sendCode(phone: string): Promise<SentNumber> {
  const sent = await call<SentNumber>("POST", "number", "", { phone });
  proof.value = sent.proof;
  return sent;
}

export async function prove(code: string): Promise<void> {
  homes.value = await call<ProvenHome[]>("POST", "number/proof", "", { proof: proof.value, code });
}

export async function begin(opened: string): Promise<void> {
  session = opened;
  home.value = await call<OwnersHome>("GET", "home", session);
}

/** The ticket is there when this returns; a photo that did not arrive can be sent from its page. */
export async function send(): Promise<void> {
  const answers: Record<string, boolean> = {};
  for (const [code, yes] of Object.entries(told.answers)) if (yes !== null) answers[code] = yes;
  const [description, name, phone, mail] = [told.description, told.name, told.phone, told.mail].map((text) => text.trim());
  const body = { reference, defect: told.defect, answers, description, name, phone, mail, elsewhere: Boolean(again.value) && told.elsewhere, language: language() };
  const reported = await call<ReportedDefect>("POST", "home/reports", session, body);
  reference = newReference();
  keepSession(reported.token, reported.session);
  for (const photo of photos.value) {
    await call("POST", "photos", reported.session, photo).catch((failure: unknown) => console.warn(failure));
  }
  location.replace(`/o/${reported.token}#verdict`);
}
