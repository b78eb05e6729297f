/** Repairs of the chosen running day: asked for, looked at, decided line by line. A proposal changes nothing. */
import { computed, ref, shallowRef } from "vue";
import { read, where } from "../day/board";
import { Refused, type Schemas, get, post } from "../server";
import { tell } from "../telling";
import { say } from "../words";
import { worth } from "./worth";

export type Repair = Schemas["RepairView"];
export type Move = Schemas["MoveView"];
export type Upset = Schemas["Upset"];

export const KINDS = ["emergency", "ill", "behind", "overrun", "no_show", "cancelled"] as const;

export const repairs = shallowRef<Repair[] | null>(null);
/** The one that is looked at. */
export const looked = shallowRef<Repair | null>(null);
export const ticked = ref(new Set<string>());
export const open = computed(() => (looked.value?.moves ?? []).filter((move) => !move.decided));
/** What is won or lost by the lines that are ticked. */
export const atStake = computed(() => worth(open.value.filter((move) => ticked.value.has(move.job)), open.value));

export async function readRepairs(): Promise<void> {
  repairs.value = await get<Repair[]>(`${where()}/repairs`);
  const same = repairs.value.find((one) => one.id === looked.value?.id);
  if (same) again(same);
  else show(repairs.value.find((one) => one.state === "open") ?? null);
}

export function show(repair: Repair | null): void {
  looked.value = repair;
  ticked.value = new Set(open.value.filter((move) => move.accepted).map((move) => move.job));
}

/** The same one, as it is now: what somebody has ticked meanwhile stays so. */
function again(repair: Repair): void {
  looked.value = repair;
  ticked.value = new Set(open.value.map((move) => move.job).filter((job) => ticked.value.has(job)));
}

export function tick(move: Move): void {
  const now = new Set(ticked.value);
  if (now.has(move.job)) {
    now.delete(move.job);
    for (const other of open.value) if (other.needs.includes(move.job)) now.delete(other.job);
  } else for (const job of [move.job, ...move.needs]) now.add(job);
  ticked.value = now;
}

export async function propose(upset: Upset): Promise<void> {
  const made = await post<Repair>(`${where()}/repairs`, upset);
  show(made);
  await readRepairs();
  if (!made.moves.length) tell(say("repairs.nothing"));
}

/** Once the day has changed in another way, the proposal is of no use: it says so and a new one is asked for. */
export async function decide(accept: string[], reject: string[]): Promise<void> {
  const repair = looked.value!;
  try {
    again(await post<Repair>(`/repairs/${repair.id}/decide`, { accept, reject }));
    tell(say("repairs.decided", { accepted: accept.length, rejected: reject.length }));
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.code !== "plan_stale") throw failure;
    tell(say("repairs.expired"), { bad: true });
    await propose(repair.event as unknown as Upset);
  }
  await Promise.all([readRepairs(), read()]);
}

export function forgetRepairs(): void {
  repairs.value = looked.value = null;
  ticked.value = new Set();
}
