/** Several territories and days in one act: asked for, watched, stopped. */
import { computed, shallowRef } from "vue";
import { type Schemas, get, post } from "../server";
import { tellFailure } from "../telling";
import { RUNNING } from "./plans";

type BatchAnswer = Schemas["BatchAnswer"];
type BatchView = Schemas["BatchView"];

const LOOKS_AGAIN_MS = 1_500;

export const batch = shallowRef<BatchAnswer | null>(null);
export const atWork = computed(() => (batch.value?.batch.plans ?? []).some((one) => RUNNING.includes(one.plan.state)));
export const drafts = computed(() =>
  (batch.value?.batch.plans ?? []).filter((one) => one.plan.state === "draft").map((one) => one.plan.id),
);
let timer = 0;

export async function newest(): Promise<void> {
  const [last] = await get<BatchView[]>("/plan-batches");
  if (last) await look(last.id);
}

export async function look(id: string): Promise<void> {
  batch.value = await get<BatchAnswer>(`/plan-batches/${id}`);
}

export async function askForMany(territories: string[], day: string, days: number): Promise<void> {
  const made = await post<BatchView>("/plan-batches", { territory_ids: territories, day, days });
  await look(made.id);
}

export async function stopAll(): Promise<void> {
  await post(`/plan-batches/${batch.value!.batch.id}/stop`);
  await look(batch.value!.batch.id);
}

export function watchBatch(): void {
  window.clearInterval(timer);
  timer = window.setInterval(() => {
    if (batch.value && atWork.value) look(batch.value.batch.id).catch(tellFailure);
  }, LOOKS_AGAIN_MS);
}

export const leaveBatch = (): void => window.clearInterval(timer);
