/** The words of messages: as they are, and how a manager changes them without losing what another one wrote. */
import { shallowRef } from "vue";
import { Refused, type Schemas, drop, get, put } from "../server";

export type Words = Schemas["TemplateView"];
export type Draft = { subject: string; text: string };

export const templates = shallowRef<Schemas["Templates"] | null>(null);

export async function readTemplates(): Promise<void> {
  templates.value = await get<Schemas["Templates"]>("/message-templates");
}

const path = (words: Words): string => `/message-templates/${words.kind}/${words.language}`;

/** False if somebody else has changed it since: theirs are read, nothing was saved. */
export const save = (seen: Words, draft: Draft): Promise<boolean> =>
  unlessChanged(() => put(path(seen), { ...draft, seen: seen.changed_at ?? null }));

export const backToShipped = (seen: Words): Promise<boolean> =>
  unlessChanged(() => drop(`${path(seen)}?seen=${encodeURIComponent(seen.changed_at ?? "")}`));

async function unlessChanged(work: () => Promise<unknown>): Promise<boolean> {
  let done = true;
  try {
    await work();
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status !== 409) throw failure;
    done = false;
  }
  await readTemplates();
  return done;
}
