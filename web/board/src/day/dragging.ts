/** A visit, or a job that waits, on its way to another place: by pointer, from the first few pixels to the drop. */
import { ref, shallowRef } from "vue";
import { tellFailure } from "../telling";
import { ask, question, stopAsking } from "./asking";
import { jobs, visits } from "./board";
import type { Place } from "./calendar";
import { type There, give } from "./edits";

const FEW_PX = 5;

export interface Drag {
  job: string;
  x: number;
  y: number;
  over: Place | null;
  /** With Alt held it goes exactly where it is dropped. */
  exactly: boolean;
}

export const drag = shallowRef<Drag | null>(null);
/** Milliseconds from the start of the last drag to what every row said; for whoever measures. */
export const answeredIn = ref(0);
let under: (x: number, y: number) => Place | null = () => null;
/** A click that ended a drag chooses nothing. */
let justDropped = false;

/** The timeline says how a point is read. */
export function readPoints(how: typeof under): void {
  under = how;
}

export const wasDrag = (): boolean => justDropped;

/** What may move: a job that waits, or a visit that nobody has begun and nobody has locked. */
export function movable(job: string): boolean {
  const visit = visits.value.get(job);
  return jobs.value.has(job) && (!visit || (visit.state === "planned" && !visit.locked));
}

export function press(event: PointerEvent, job: string): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !movable(job)) return;
  const from = { x: event.clientX, y: event.clientY };
  justDropped = false;
  const move = (moved: PointerEvent): void => {
    const { clientX: x, clientY: y } = moved;
    if (!drag.value) {
      if (Math.hypot(x - from.x, y - from.y) < FEW_PX) return;
      begin(job);
    }
    drag.value = { job, x, y, over: under(x, y), exactly: moved.altKey };
  };
  const end = (ended: Event): void => {
    for (const [kind, listener] of listeners) window.removeEventListener(kind, listener as EventListener, true);
    if (!drag.value) return;
    justDropped = true;
    setTimeout(() => (justDropped = false));
    const dropped = drag.value;
    drag.value = null;
    if (ended.type === "pointerup" && dropped.over) void drop(dropped);
    stopAsking();
  };
  const escape = (pressed: KeyboardEvent): void => {
    if (pressed.key !== "Escape") return;
    pressed.stopPropagation();
    end(pressed);
  };
  const listeners = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", escape]] as const; // prettier-ignore
  for (const [kind, listener] of listeners) window.addEventListener(kind, listener as EventListener, true);
}

function begin(job: string): void {
  getSelection()?.removeAllRanges();
  ask(job).then(() => (answeredIn.value = question.value?.took ?? 0), tellFailure);
}

async function drop({ job, over, exactly }: Drag): Promise<void> {
  try {
    await give(job, destination(job, over!, exactly));
  } catch (failure) {
    tellFailure(failure);
  }
}

/** To another technician: where it costs least, as the row said. On the own row, or exactly: to the time below it. */
export function destination(job: string, over: Place, exactly: boolean): There {
  const start = new Date(over.at).toISOString();
  const choice = question.value?.choices?.get(over.technician);
  const own = visits.value.get(job)?.technician_id === over.technician;
  if (exactly || own || !choice?.allowed) return { technician: over.technician, start };
  return { technician: over.technician, position: choice.position };
}
