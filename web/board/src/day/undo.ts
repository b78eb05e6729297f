/** The edits of this page that can be taken back, the newest last. Each is taken back by an edit of its own: what
 * others changed meanwhile is never overwritten, since that edit too names the version that it is about. */
import { computed, ref } from "vue";
import { tell, trying } from "../telling";
import { say } from "../words";

export interface Edit {
  /** What was done, for a person. */
  told: string;
  takeBack: () => Promise<unknown>;
}

const MOST = 50;
const done = ref<Edit[]>([]);
export const undoable = computed(() => done.value.at(-1)?.told ?? null);

export function remember(edit: Edit): void {
  done.value = [...done.value, edit].slice(-MOST);
  tell(edit.told, { action: { word: say("undo"), run: () => void undo() } });
}

export async function undo(): Promise<void> {
  const last = done.value.at(-1);
  if (!last) return;
  done.value = done.value.slice(0, -1);
  if (await trying(last.takeBack)) tell(say("undo.done", { what: last.told }));
}

export function forgetEdits(): void {
  done.value = [];
}
