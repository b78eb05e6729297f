/** What lines of a repair win or lose, to be said in words: a visit that takes place, or doesn't, has no price in minutes. */
import type { Move } from "./repairs";

export interface Worth {
  /** Tickets that somebody comes to only by these lines. */
  saved: string[];
  /** Tickets that nobody comes to any more. */
  lost: string[];
  /** Of driving, moved promises included; says nothing where a visit is saved or lost. */
  minutes: number;
}

/** The lines' worth, with all that they need. A line's price holds that of its needs: these aren't counted again. */
export function worth(chosen: Move[], all: Move[]): Worth {
  const known = new Map(all.map((move) => [move.job, move]));
  const taken = new Map<string, Move>();
  let minutes = 0;
  for (const move of [...chosen].sort((a, b) => b.needs.length - a.needs.length)) {
    if (taken.has(move.job)) continue;
    minutes += move.minutes;
    for (const one of [move, ...move.needs.flatMap((job) => known.get(job) ?? [])]) taken.set(one.job, one);
  }
  const every = [...taken.values()];
  const numbers = (moves: Move[]): string[] => moves.map((move) => move.ticket_number);
  return {
    saved: numbers(every.filter((move) => move.accepted && !move.rejected)),
    lost: numbers(every.filter((move) => move.rejected && !move.accepted)),
    minutes,
  };
}
