/** Which visits and jobs are chosen. One of them is looked at: its details are shown, and keys are about it. */
import { computed, ref } from "vue";
import { router } from "../routes";
import { type Job, type Visit, jobs, visits } from "./board";

export const chosen = ref<ReadonlySet<string>>(new Set());
/** A job's id. It stands in the address, so that a colleague can be sent to it. */
export const looked = computed(() => {
  const told = router.currentRoute.value.query.job;
  return typeof told === "string" && jobs.value.has(told) ? told : null;
});
export const lookedJob = computed<Job | undefined>(() => (looked.value ? jobs.value.get(looked.value) : undefined));
export const lookedVisit = computed<Visit | undefined>(() => (looked.value ? visits.value.get(looked.value) : undefined));

export function choose(job: string | null, also = false): void {
  const others = also ? chosen.value : new Set<string>();
  if (job === null) chosen.value = new Set();
  else if (also && others.has(job)) chosen.value = new Set([...others].filter((one) => one !== job));
  else chosen.value = new Set([...others, job]);
  const query = { ...router.currentRoute.value.query, job: job ?? undefined };
  void router.replace({ query });
}

/** Keeps only what is still on the day. */
export function forgetGone(): void {
  const left = [...chosen.value].filter((one) => jobs.value.has(one));
  if (left.length !== chosen.value.size) chosen.value = new Set(left);
}
