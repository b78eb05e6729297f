/** What a technician sees before the server answers: the synced state, with their own unsent work on top. */
import type { Operation, VisitState } from "../contract";

const BEFORE_ARRIVAL: ReadonlySet<VisitState> = new Set(["planned", "travelling"]);
export const UNDER_WAY: ReadonlySet<VisitState> = new Set(["travelling", "arrived", "started", "paused"]);
export const ENDS: ReadonlySet<VisitState> = new Set(["done", "no_access", "needs_another", "cancelled"]);

/**
 * Folds one visit's unsent operations, in the device's order, over what the server last said.
 *
 * Work goes forward only: a late arrival doesn't take a started visit back. A visit that the office cancelled stays
 * cancelled, so that the technician stops; once finished it is finished, for it happened. Notes, parts, photos and other
 * defects move nothing.
 */
export function stateAfter(synced: VisitState, unsent: Iterable<Operation>): VisitState {
  let state = synced;
  for (const operation of unsent) {
    switch (operation.kind) {
      case "depart":
        if (state === "planned") state = "travelling";
        break;
      case "arrive":
        if (BEFORE_ARRIVAL.has(state)) state = "arrived";
        break;
      case "start":
        if (!ENDS.has(state)) state = "started";
        break;
      case "pause":
        if (state === "arrived" || state === "started") state = "paused";
        break;
      case "complete":
      case "no_access":
      case "another_visit":
      case "refuse":
        if (mayEnd(state)) state = endOf(operation);
        break;
    }
  }
  return state;
}

export const mayEnd = (state: VisitState): boolean => !ENDS.has(state) || state === "cancelled";

type Ending = Extract<Operation, { kind: "complete" | "no_access" | "another_visit" | "refuse" }>;

function endOf(ending: Ending): VisitState {
  switch (ending.kind) {
    case "complete":
      return ending.sign_off.accepted === false ? "needs_another" : "done";
    case "refuse":
      return ending.reason === "not_repaired" ? "needs_another" : "done";
    case "no_access":
      return "no_access";
    case "another_visit":
      return "needs_another";
  }
}

export function acceptedAfter(synced: boolean, unsent: Iterable<Operation>): boolean {
  return synced || [...unsent].some((operation) => operation.kind === "accept");
}
