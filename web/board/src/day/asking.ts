/** What a move would cost: one question, answered for all technicians at once, while somebody drags or chooses. */
import { computed, shallowRef } from "vue";
import { type Schemas, post } from "../server";
import { where } from "./board";

export type Choice = Schemas["TechnicianChoice"];

export interface Question {
  job: string;
  /** By technician; null until the answer is there. */
  choices: ReadonlyMap<string, Choice> | null;
  /** Milliseconds from the question to its answer. */
  took: number;
}

export const question = shallowRef<Question | null>(null);
/** The allowed ones, the cheapest first. */
export const cheapest = computed(() =>
  [...(question.value?.choices?.values() ?? [])].filter((one) => one.allowed).sort((a, b) => (a.minutes ?? 0) - (b.minutes ?? 0)),
);

export async function ask(job: string): Promise<void> {
  const asked: Question = { job, choices: null, took: 0 };
  question.value = asked;
  const began = performance.now();
  try {
    const told = await post<Schemas["WhatIf"]>(`${where()}/what-if`, { job_id: job });
    if (question.value !== asked) return;
    const choices = new Map(told.choices.map((choice) => [choice.technician_id, choice]));
    question.value = { job, choices, took: performance.now() - began };
  } catch (failure) {
    if (question.value === asked) question.value = null;
    throw failure;
  }
}

export function stopAsking(): void {
  question.value = null;
}
