import { get, post } from "/site/api.js";
import { address, defect, h, ticketLink } from "/site/element.js";
import { moment } from "/site/times.js";
import { named, say } from "/site/words.js";

/** What is looked into together with a ticket, and what else may have the same cause; a person decides. */
export async function related(desk, ticket, zone) {
  const { investigation, suggestions } = await get(`/tickets/${ticket.id}/related`);
  const act = (path, body) => async (event) => {
    event.target.disabled = true;
    await post(`/tickets/${ticket.id}/${path}`, body).then(desk.again, desk.tell);
    event.target.disabled = false;
  };
  const line = (one) => [h("b", {}, ticketLink(one.id, one.number)), h("span", {}, defect(one.defect)),
    h("span", {}, address(one.address), " ", one.unit), h("span", { class: "dim" }, moment(one.reported_at, zone))];
  return [
    investigation && h("section", { class: "visit" },
      h("h2", { class: "row" }, say("related.together"), h("span", { class: "dim" }, named(investigation))),
      h("ul", { class: "cards" }, investigation.tickets.map((one) => h("li", { class: "row" }, line(one)))),
      h("p", {}, h("button", { type: "button", onclick: act("unlink") }, say("related.unlink")))),
    suggestions.length > 0 && h("section", { class: "visit" },
      h("h2", {}, say("related.perhaps")),
      h("ul", { class: "cards" }, suggestions.map((one) =>
        h("li", {}, h("p", { class: "row" }, line(one.ticket)),
          h("p", { class: "row" }, h("span", { class: "badge" }, named(one)),
            h("button", { type: "button", "aria-label": `${say("related.link")}: ${one.ticket.number}`,
              onclick: act("links", { ticket_id: one.ticket.id, cause: one.cause }) }, say("related.link"))),
          h("p", { class: "dim" }, one.source))))),
  ].filter(Boolean);
}
