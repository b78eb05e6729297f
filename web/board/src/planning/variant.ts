/** A what-if in words. */
import { board } from "../day/board";
import { say } from "../words";

interface Told {
  one_more?: { like?: string } | null;
  overtime?: { minutes?: number; technician_id?: string | null } | null;
  depot?: { technician_id?: string | null } | null;
}

const name = (id: string | null | undefined): string =>
  id ? (board.value?.technicians.find((one) => one.id === id)?.name ?? "?") : say("variant.all");

export function differs(variant: unknown): string {
  const { one_more, overtime, depot } = variant as Told;
  const parts = [];
  if (one_more) parts.push(say("variant.oneMoreLike", { name: name(one_more.like) }));
  if (overtime) parts.push(say("variant.overtimeOf", { minutes: overtime.minutes ?? 0, name: name(overtime.technician_id) }));
  if (depot) parts.push(say("variant.depotOf", { name: name(depot.technician_id) }));
  return parts.join(" · ");
}
