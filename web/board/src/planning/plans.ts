/** The plans of the chosen day, in versions, what-ifs among them: read while one is being made, chosen for comparison. */
import { computed, ref, shallowRef } from "vue";
import { type Schemas, get, post } from "../server";
import { tell, tellFailure } from "../telling";
import { day, territory } from "../where";
import { say } from "../words";

export type Head = Schemas["PlanHead"];
export type Answer = Schemas["PlanAnswer"];
export type Variant = Schemas["Variant"];

export const RUNNING: readonly string[] = ["requested", "solving"];
const SHOWN: readonly string[] = ["draft", "published", "superseded"];
const LOOKS_AGAIN_MS = 1_000;

export const heads = shallowRef<Head[] | null>(null);
/** Whose falling cost is drawn. */
export const watched = shallowRef<Answer | null>(null);
/** Ids of the two that are compared. */
export const pair = ref<string[]>([]);
export const running = computed(() => (heads.value ?? []).find((one) => RUNNING.includes(one.state)) ?? null);
export const comparable = computed(() => (heads.value ?? []).filter((one) => SHOWN.includes(one.state)));
let timer = 0;
let asked = 0;

export async function readPlans(): Promise<void> {
  const mine = (asked += 1);
  const told = await get<Head[]>(`/plans?territory_id=${territory.value!.id}&day=${day.value}&limit=50&variants=true`);
  if (mine !== asked) return;
  heads.value = told;
  const looked = running.value ?? comparable.value.find((one) => one.id === watched.value?.plan.plan.id) ?? comparable.value[0];
  watched.value = looked ? await get<Answer>(`/plans/${looked.id}`) : null;
}

export function forgetPlans(): void {
  asked += 1;
  heads.value = watched.value = null;
  pair.value = [];
}

export async function ask(variant: Variant | null = null, seconds: number | null = null): Promise<void> {
  await post<Head>("/plans", { territory_id: territory.value!.id, day: day.value, seconds, variant });
  await readPlans();
}

export async function stop(id: string): Promise<void> {
  await post(`/plans/${id}/stop`);
}

export async function publish(ids: string[]): Promise<void> {
  const done = await post<Head[]>("/plans/publish", { plan_ids: ids });
  tell(say("planning.published", { count: done.length }));
}

/** A third choice takes the place of the second. */
export function choose(id: string): void {
  if (pair.value.includes(id)) pair.value = pair.value.filter((one) => one !== id);
  else pair.value = [...pair.value.slice(0, 1), id];
}

export function watchPlans(): void {
  window.clearInterval(timer);
  timer = window.setInterval(() => {
    if (running.value) readPlans().catch(tellFailure);
  }, LOOKS_AGAIN_MS);
}

export const leave = (): void => window.clearInterval(timer);
