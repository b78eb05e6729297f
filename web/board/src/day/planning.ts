/** The day's plan: asked for, watched while it is searched, stopped, published. */
import { ref, shallowRef } from "vue";
import { type Schemas, get, post } from "../server";
import { tell, tellFailure } from "../telling";
import { day, territory } from "../where";
import { say } from "../words";
import { board, read } from "./board";

type PlanHead = Schemas["PlanHead"];
type PlanAnswer = Schemas["PlanAnswer"];

export const RUNNING: readonly string[] = ["requested", "solving"];
const LOOKS_AGAIN_MS = 1_000;

export const progress = ref<PlanAnswer["progress"]>(null);
/** The newest plan, while it is a draft: what would be published. */
export const draft = shallowRef<Schemas["PlanView"] | null>(null);
let timer = 0;

export async function askForPlan(): Promise<void> {
  await post<PlanHead>("/plans", { territory_id: territory.value!.id, day: day.value });
  await read();
}

export async function stop(): Promise<void> {
  await post(`/plans/${board.value!.newest!.id}/stop`);
}

export async function publish(): Promise<void> {
  const plan = await post<PlanHead>(`/plans/${board.value!.newest!.id}/publish`);
  draft.value = null;
  tell(say("plan.published", { version: plan.version }));
  await read();
}

export function watchPlan(id: string): void {
  stopWatching();
  timer = window.setInterval(async () => {
    try {
      const answer = await get<PlanAnswer>(`/plans/${id}`);
      progress.value = answer.progress;
      if (RUNNING.includes(answer.plan.plan.state)) return;
      stopWatching();
      if (answer.plan.plan.failure) tell(say("plan.failed", { why: answer.plan.plan.failure }), { bad: true });
      await read();
    } catch (failure) {
      stopWatching();
      tellFailure(failure);
    }
  }, LOOKS_AGAIN_MS);
}

export function stopWatching(): void {
  window.clearInterval(timer);
  progress.value = null;
}

/** Reads the draft's routes, to be drawn as a proposal. */
export async function readDraft(): Promise<void> {
  const newest = board.value?.newest;
  if (newest?.state !== "draft") draft.value = null;
  else if (draft.value?.plan.id !== newest.id) draft.value = (await get<PlanAnswer>(`/plans/${newest.id}`)).plan;
}
