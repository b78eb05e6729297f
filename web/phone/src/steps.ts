/**
 * What a technician may say next about a visit. The first step of a state is the one big button; the others stand small
 * beneath it. Sayings take a page of their own. A new operation of the contract gets its line here.
 */
import type { VisitState } from "./contract";
import { arrive, depart, start } from "./operations";
import { mayEnd } from "./store/optimistic";

export type Step = "depart" | "arrive" | "start" | "goOn" | "finish" | "pause";
export type Saying = "pause" | "no_access" | "another_visit" | "add_note" | "found_defect";

const NEXT: Partial<Record<VisitState, Step[]>> = {
  planned: ["depart", "arrive"], // who is there already needn't say first that they went
  travelling: ["arrive"],
  arrived: ["start"],
  paused: ["goOn"],
  started: ["finish", "pause"],
};

export const nextSteps = (state: VisitState): Step[] => NEXT[state] ?? [];

/** Finishing and pausing take pages of their own; the others are said at once. */
export const AT_ONCE = { depart, arrive, start, goOn: start } satisfies Partial<
  Record<Step, (visitId: string) => Promise<void>>
>;

const ABOUT_TO_COME: ReadonlySet<VisitState> = new Set(["planned", "travelling"]);

/** What went other than planned, of what the contract takes only that which makes sense there. */
export function sayings(state: VisitState): Saying[] {
  const within: Saying[] = state === "arrived" || state === "started" ? ["pause"] : [];
  const ends: Saying[] = !mayEnd(state)
    ? []
    : [
        ...(state === "started" ? [] : ["no_access" as const]), // who is at work got in
        ...(ABOUT_TO_COME.has(state) ? [] : ["another_visit" as const]),
      ];
  return [...within, ...ends, "add_note", "found_defect"];
}

/** A visit of the plan that its technician hasn't said anything about yet. */
export const isNew = (stop: { state: VisitState; accepted?: boolean }): boolean =>
  stop.state === "planned" && !stop.accepted;
