/** What the dispatcher wants to see: by trade, tier, community and words. Nothing chosen: everything. */
import { computed, reactive } from "vue";
import { type Job, type Technician, board, jobs, technicians } from "./board";

export const filters = reactive({ words: "", trades: [] as string[], tiers: [] as string[], communities: [] as string[] });

export const filtering = computed(
  () => Boolean(filters.words || filters.trades.length || filters.tiers.length || filters.communities.length),
);
export const trades = computed(() => [...new Set([...technicians.value.values()].flatMap((one) => one.skills))].sort());
export const communities = computed(() => [...new Set([...jobs.value.values()].map((job) => job.community))].sort());

const any = (chosen: string[], those: string[]): boolean => !chosen.length || those.some((one) => chosen.includes(one));

export function showsJob(job: Job): boolean {
  const words = filters.words.trim().toLowerCase();
  const text = `${job.ticket_number} ${job.address} ${job.unit} ${job.community} ${job.defect.name_en} ${job.defect.name_zh}`;
  return (
    any(filters.tiers, [job.tier]) &&
    any(filters.communities, [job.community]) &&
    any(filters.trades, job.skills) &&
    (!words || text.toLowerCase().includes(words) || holder(job).toLowerCase().includes(words))
  );
}

/** Those with the trade; by words also those who have a visit that is shown. */
export const showsTechnician = (technician: Technician): boolean => any(filters.trades, technician.skills);

function holder(job: Job): string {
  return board.value?.live.visits.find((visit) => visit.job_id === job.job_id)?.technician ?? "";
}

export function clear(): void {
  Object.assign(filters, { words: "", trades: [], tiers: [], communities: [] });
}
