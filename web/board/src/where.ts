/** Which territory's which day: it stands in the address, so that reload, back and a sent link lead to it. */
import { computed, ref } from "vue";
import { daysAfter, today } from "./dates";
import { router } from "./routes";
import { type Schemas, Unreachable, get } from "./server";

export type Territory = Schemas["TerritoryView"];

export const territories = ref<Territory[]>([]);
const query = computed(() => router.currentRoute.value.query);

/** Undefined before they are read, and for somebody who may see none. */
export const territory = computed<Territory | undefined>(
  () => territories.value.find((one) => one.id === query.value.territory) ?? territories.value[0],
);
export const zone = computed(() => territory.value?.zone ?? "UTC");
/** As 2026-03-03; empty until one is chosen. */
export const day = computed(() => (/^\d{4}-\d\d-\d\d$/.test(String(query.value.day)) ? String(query.value.day) : ""));

/** False if the first view's part can't be had. Before it is there, the address looks as if it named no day. */
const addressed = router.isReady().then(
  () => true,
  () => false,
);

export async function readTerritories(): Promise<void> {
  const read = await get<Territory[]>("/territories");
  if (!(await addressed)) throw new Unreachable();
  territories.value = read;
  if (territory.value && !day.value) await go({ day: await dayToShow(territory.value) });
}

export async function go(there: { territory?: string; day?: string; job?: string | undefined }): Promise<void> {
  await router.push({ query: { ...query.value, ...there } });
}

/** Today, if it is planned; else the day that was planned last; else tomorrow, which can be. */
async function dayToShow({ id, zone }: Territory): Promise<string> {
  const plans = await get<Schemas["PlanHead"][]>(`/plans?territory_id=${id}&limit=50`);
  const now = today(zone);
  if (plans.some((plan) => plan.day === now && plan.state === "published")) return now;
  return plans[0]?.day ?? daysAfter(now, 1);
}
