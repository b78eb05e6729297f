/** Where the technicians at work are, as their phones told last. */
import { shallowRef } from "vue";
import { type Schemas, get } from "../server";
import { territory } from "../where";

export const positions = shallowRef<Schemas["Position"][]>([]);

export async function readPositions(): Promise<void> {
  const told = await get<Schemas["Position"][]>("/positions");
  positions.value = told.filter((one) => one.territory_id === territory.value?.id);
}
