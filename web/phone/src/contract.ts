// The wire's types under short names, and what the schema can't say.
import type { components } from "./generated/contract";

export { LIMITS, WORDS } from "./generated/contract";

type Wire = components["schemas"];

export type AnotherVisit = Wire["AnotherVisit"];
export type AttachPhoto = Wire["AttachPhoto"];
export type Change = Wire["Change"];
export type ChecklistAnswer = Wire["ChecklistAnswer"];
export type Complete = Wire["Complete"];
export type ErrorAnswer = Wire["ErrorAnswer"];
export type FoundDefect = Wire["FoundDefect"];
export type Named = Wire["Named"];
export type NoAccess = Wire["NoAccess"];
export type Operation = Wire["OperationsRequest"]["operations"][number];
export type OnVisit = Exclude<Operation, { kind: "ping" }>;
export type OperationsAnswer = Wire["OperationsAnswer"];
export type PairAnswer = Wire["PairAnswer"];
export type PartUsed = Wire["PartUsed"];
export type Pause = Wire["Pause"];
export type Refuse = Wire["Refuse"];
export type Relationship = Wire["Relationship"];
export type RouteSheet = Wire["RouteSheet"];
export type ShownDocument = Wire["ShownDocument"];
export type Stop = Wire["Stop"];
export type SyncAnswer = Wire["SyncAnswer"];
export type Tier = Wire["Tier"];
export type Verdict = Wire["Verdict"];
export type VisitState = Wire["VisitState"];
export type Stroke = [x: number, y: number, t: number][];

export const CLIENT_VERSION = "1.0.0";
export const MAX_REQUEST_BYTES = 2 * 1024 * 1024;
/** What a request holds besides its operations, amply. */
export const ENVELOPE_BYTES = 1024;
