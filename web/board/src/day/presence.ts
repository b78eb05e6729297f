/** Who else has this day open, and what they are at. It is a courtesy: where it can't be told, nobody is shown. */
import { computed, shallowRef, watch } from "vue";
import { v4 } from "uuid"; // the browser's own is missing where a page comes without TLS
import { type Schemas, post, postOnLeaving } from "../server";
import { me } from "../session";
import { day, territory } from "../where";
import { where } from "./board";
import { looked } from "./choice";
import { drag } from "./dragging";

export type Here = Schemas["Here"];
/** An event of the stream: somebody's page, as it is now. */
export type Said = { territory_id: string; day: string; here: Here; leaves: boolean };

const AGAIN_MS = 10_000;
const CALM_MS = 200;
const page = v4();

export const others = shallowRef<Here[]>([]);
/** By job, the names of those who have it in their hands. */
export const holders = computed(() => {
  const found = new Map<string, string[]>();
  for (const { job_id, name } of others.value) {
    if (job_id) found.set(job_id, [...new Set([...(found.get(job_id) ?? []), name])]);
  }
  return found;
});

let said = "";
let timer = 0;
let calm = 0;

const place = (): string => (territory.value && day.value ? `${where()}/here` : "");
const at = (): { page: string; job_id: string | null; dragging: boolean } => ({
  page,
  job_id: drag.value?.job ?? looked.value,
  dragging: Boolean(drag.value),
});

async function say(): Promise<void> {
  const mine = place();
  if (!mine) return;
  said = mine;
  try {
    const told = await post<Here[]>(mine, at());
    if (mine === place()) others.value = told;
  } catch {
    others.value = [];
  }
}

function leave(): void {
  if (said) postOnLeaving(said, { ...at(), leaves: true });
  said = "";
  others.value = [];
}

/** Until what it gives is called. */
export function beHere(): () => void {
  const soon = (): void => {
    window.clearTimeout(calm);
    calm = window.setTimeout(() => void say(), CALM_MS);
  };
  const stopWatching = [
    watch(place, () => (leave(), soon()), { immediate: true }),
    watch([looked, (): string | undefined => drag.value?.job], soon),
  ];
  timer = window.setInterval(() => void say(), AGAIN_MS);
  window.addEventListener("pagehide", leave);
  return () => {
    for (const stop of stopWatching) stop();
    window.clearInterval(timer);
    window.clearTimeout(calm);
    window.removeEventListener("pagehide", leave);
    leave();
  };
}

export function hear({ territory_id, day: on, here, leaves }: Said): void {
  if (!said || territory_id !== territory.value?.id || on !== day.value || here.person_id === me.value?.id) return;
  const rest = others.value.filter((one) => one.page !== here.page);
  others.value = leaves ? rest : [...rest, here].sort((a, b) => a.name.localeCompare(b.name));
}
