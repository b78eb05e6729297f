/** What happens elsewhere comes by itself. The browser keeps the connection and, when it was lost, asks for what it
 * missed; a `reload` says that this is too much. Whatever is told, the day is read anew: never half of it. */
import { ref } from "vue";
import { tellFailure } from "../telling";
import { day, territory } from "../where";
import { read, showState } from "./board";
import { noteChange } from "./changes";
import { readPositions } from "./positions";
import { type Said, hear } from "./presence";

const KINDS = [
  "job.put_off", "plan.drafted", "plan.published", "plan.requested", "visit.cancelled", "visit.locked", "visit.moved", "visit.told",
  "booking.made", "booking.cancelled", "repair.proposed", "repair.decided", "ticket.reported", "tickets.imported",
  "building.unlocated",
]; // prettier-ignore
const STEPS: Record<string, string> = { depart: "travelling", arrive: "arrived", start: "started", pause: "paused", complete: "done" };
const BETWEEN_MS = 150;

/** False while the connection is lost: what is shown may be old. */
export const connected = ref(true);
let source: EventSource | null = null;
let waiting = false;
let again = false;

export function listen(): void {
  stop();
  source = new EventSource("/api/v1/events");
  source.addEventListener("hello", () => (connected.value = true));
  source.addEventListener("reload", () => void refresh());
  source.addEventListener("error", () => (connected.value = false));
  source.addEventListener("technician.located", () => void readPositions().catch(tellFailure));
  source.addEventListener("visit.told", (event) => showStep(event as MessageEvent<string>));
  source.addEventListener("here", (event) => hear(JSON.parse((event as MessageEvent<string>).data) as Said));
  for (const kind of KINDS) source.addEventListener(kind, (event) => concerns(event as MessageEvent<string>) && void refresh());
}

export function stop(): void {
  source?.close();
  source = null;
}

/** The step that a phone told is shown at once; the times that follow from it come with the day, a moment later. */
function showStep({ data }: MessageEvent<string>): void {
  const { about } = JSON.parse(data) as { about: { job_id?: string; told?: string; status?: string } };
  const state = STEPS[about.told ?? ""];
  if (state && about.job_id && about.status === "applied") showState(about.job_id, state);
}

interface About {
  day?: string;
  job_id?: string;
  jobs?: string[];
  by?: { id: string; name: string };
}

/** Another territory's, or another day's, changes nothing here. */
function concerns({ data }: MessageEvent<string>): boolean {
  const told = JSON.parse(data) as { territory_id: string | null; at: string; about: About };
  if (told.territory_id && told.territory_id !== territory.value?.id) return false;
  if (told.about.day && told.about.day !== day.value) return false;
  const { job_id: job, jobs, by } = told.about;
  noteChange(jobs ?? (job ? [job] : []), by, Date.parse(told.at));
  return true;
}

/** At once, and once more at the end if there was more meanwhile: a burst is two readings. */
async function refresh(): Promise<void> {
  if (waiting) {
    again = true;
    return;
  }
  waiting = true;
  again = false;
  await read().catch(tellFailure);
  setTimeout(() => {
    waiting = false;
    if (again) void refresh();
  }, BETWEEN_MS);
}
