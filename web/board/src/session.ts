/** Who sits here. The session is the desk's own, a cookie that no script can read: the site and the board share it. */
import { ref } from "vue";
import { Refused, type Schemas, get, post } from "./server";

export type Me = Schemas["Me"];

/** Undefined until it is known; null for nobody. */
export const me = ref<Me | null>();

export async function whoIsHere(): Promise<void> {
  try {
    me.value = await get<Me>("/me");
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.code !== "not_signed_in") throw failure;
    me.value = null;
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  me.value = await post<Me>("/sign-in", { username, password });
}

export async function signOut(): Promise<void> {
  await post("/sign-out");
  me.value = null;
}
