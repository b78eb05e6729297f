/**
 * Where the technician is, for those who switched location on in the settings. It never keeps a record waiting: one
 * carries the last place that is known and fresh, or none.
 */
import { readonly, ref } from "vue";

/** WGS-84, degrees; `accuracy_m` is the phone's own estimate; `at` by the phone's clock, in milliseconds. */
export interface Fix {
  latitude: number;
  longitude: number;
  accuracy_m: number;
  at: number;
}

/** Older, it says where the technician was and no longer is. */
const FRESH_MS = 5 * 60_000;
/** A fifth decimal is a metre. */
const PLACES = 1e5;
const MOST_ACCURACY_M = 100_000;

let last: Fix | null = null;
const denied = ref(false);

/** The browser, or the phone, was told to give no place away. */
export const locationDenied = readonly(denied);

export function freshFix(now = Date.now()): Fix | null {
  return last && Math.abs(now - last.at) <= FRESH_MS ? last : null;
}

export function forgetPlace(): void {
  last = null;
}

/** Asks the browser, which the first time asks the technician. */
export function locate(): Promise<Fix | null> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        denied.value = false;
        last = fixOf(coords, Date.now());
        resolve(last);
      },
      (failure) => {
        denied.value = failure.code === failure.PERMISSION_DENIED;
        resolve(null);
      },
      { enableHighAccuracy: false, maximumAge: 60_000, timeout: 20_000 },
    );
  });
}

/** Within the contract's bounds. */
export function fixOf(coords: Pick<GeolocationCoordinates, "latitude" | "longitude" | "accuracy">, at: number): Fix {
  const rounded = (degrees: number): number => Math.round(degrees * PLACES) / PLACES;
  return {
    latitude: rounded(coords.latitude),
    longitude: rounded(coords.longitude),
    accuracy_m: Math.min(MOST_ACCURACY_M, Math.max(0, Math.round(coords.accuracy || 0))),
    at,
  };
}
