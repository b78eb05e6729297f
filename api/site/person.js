import { download, post } from "/site/api.js";
import { h, list, table } from "/site/element.js";
import { dayName } from "/site/times.js";
import { say } from "/site/words.js";

/** What is held of a person: counted, handed out as a file, erased. The number stands in no address and is kept nowhere. */
export async function person(desk) {
  const result = h("div", { role: "status" });
  const phone = h("input", { id: "person-phone", name: "phone", type: "tel", required: true, minlength: 3, maxlength: 30, autocomplete: "off" });
  async function find(event) {
    event.preventDefault();
    result.replaceChildren();
    result.replaceChildren(...held(desk, phone.value, await post("/people/find", { phone: phone.value }), result));
  }
  return [
    h("p", { class: "dim" }, say("person.hint")),
    h("form", { class: "bar", onsubmit: (event) => find(event).catch(desk.tell) },
      h("label", {}, say("person.phone"), phone), h("button", { id: "person-find", class: "main" }, say("person.find"))),
    result,
  ];
}

function held(desk, phone, told, result) {
  const rows = [
    ["person.phone", told.number], ["person.names", list(told.names)], ["person.homes", list(told.homes)],
    ["person.tickets", list(told.tickets)], ["person.visits", String(told.visits)],
    ["person.conversations", String(told.conversations)], ["person.messages", String(told.messages)],
  ];
  return [
    table(["person.what", "person.held"], rows.map(([key, value]) => [{}, [say(key), value || "–"]])),
    h("p", {}, h("button", { id: "person-export", type: "button", onclick: busy(desk, () => download("/people/export", { phone }, "person.zip")) },
      say("person.export"))),
    told.open.length ? h("p", { class: "notice" }, say("person.open", { numbers: list(told.open) })) : eraser(desk, phone, result),
  ];
}

function eraser(desk, phone, result) {
  const reason = h("input", { id: "person-reason", name: "reason", required: true, minlength: 3, maxlength: 400, autocomplete: "off" });
  const erase = async () => {
    if (!confirm(say("person.sure"))) return;
    result.replaceChildren(...done(await post("/people/erase", { phone, reason: reason.value })));
  };
  return h("form", { class: "card", onsubmit: (event) => (event.preventDefault(), busy(desk, erase)({ target: event.submitter })) },
    h("label", {}, say("person.reason"), reason), h("p", { class: "dim" }, say("person.reasonHint")),
    h("button", { id: "person-erase" }, say("person.erase")));
}

function done({ ended, kept }) {
  const why = document.documentElement.lang.startsWith("zh") ? "why_zh" : "why_en";
  const stays = kept.map((one) => [{}, [one.table, String(one.rows), one[why], one.until ? dayName(one.until) : say("person.forGood")]]);
  const rows = Object.values(ended).reduce((sum, one) => sum + one, 0);
  return [
    h("p", { class: "notice" }, say("person.erased", { rows, stays: say(kept.length ? "person.stays" : "person.nothingStays") })),
    kept.length ? table(["person.what", "person.rows", "person.why", "person.until"], stays) : "",
  ].filter(Boolean);
}

const busy = (desk, work) => async ({ target }) => {
  target.disabled = true;
  await work().catch(desk.tell);
  target.disabled = false;
};
