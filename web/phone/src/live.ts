/** What the pages show of the database, as it changes, in this tab or another. */
import { liveQuery } from "dexie";
import { type ShallowRef, computed, onScopeDispose, shallowRef } from "vue";
import type { RouteSheet } from "./contract";
import { type DeviceRow, type FlaggedRow, type PhotoRow, countUnsent, database, device } from "./store/database";
import { type SeenStop, routeSheets, stops } from "./store/sheet";
import { dateIn } from "../../shared/times";

/** Undefined until the first answer. */
export function useLive<T>(query: () => Promise<T>): Readonly<ShallowRef<T | undefined>> {
  const latest = shallowRef<T>();
  const subscription = liveQuery(query).subscribe({
    next: (value) => (latest.value = value),
    error: (failure) => console.warn(failure),
  });
  onScopeDispose(() => subscription.unsubscribe());
  return latest;
}

export const useDevice = (): Readonly<ShallowRef<DeviceRow | undefined>> => useLive(device);
export const useUnsent = (): Readonly<ShallowRef<number | undefined>> => useLive(countUnsent);
export const useStops = (): Readonly<ShallowRef<SeenStop[] | undefined>> => useLive(stops);
export const useSheets = (): Readonly<ShallowRef<RouteSheet[] | undefined>> => useLive(routeSheets);
export const useFlagged = (): Readonly<ShallowRef<FlaggedRow[] | undefined>> =>
  useLive(() => database.flagged.orderBy("deviceSeq").reverse().toArray());

export const useRefusedPhotos = (): Readonly<ShallowRef<PhotoRow[] | undefined>> =>
  useLive(() => database.photos.where("state").equals("refused").toArray());

/** One stop of those that are held, the sheet of its day, and the zone of its times. */
export function useStop(visitId: () => string) {
  const all = useStops();
  const sheets = useSheets();
  const zone = computed(() => zoneOf(sheets.value));
  const stop = computed(() => all.value?.find((one) => one.visit_id === visitId()));
  const sheet = computed(() => {
    const day = stop.value && dateIn(stop.value.planned_start, zone.value);
    return sheets.value?.find((one) => one.day === day) ?? sheets.value?.at(-1);
  });
  return { stop, sheet, zone, loaded: computed(() => all.value !== undefined) };
}

/** Every time is shown where the work is, wherever the phone believes it is. */
export function useZone() {
  const sheets = useSheets();
  return computed(() => zoneOf(sheets.value));
}

const zoneOf = (sheets: RouteSheet[] | undefined): string => sheets?.[0]?.zone ?? "UTC";
