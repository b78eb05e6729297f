/** Why a job waits: the published plan's true reason; of what came later, that no plan has tried it. */
import { language, say } from "../words";
import { type Job, board } from "./board";

export function why(job: Job): string {
  const left = board.value?.left_out.find((one) => one.job_id === job.job_id);
  if (left) return language() === "zh" ? left.why_zh : left.why_en;
  if (job.version !== null) return say("why.absent");
  return say(board.value?.live.plan_id ? "why.later" : "why.noPlan");
}
