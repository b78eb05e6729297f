import { post } from "/site/api.js";
import { h } from "/site/element.js";
import { errands } from "/site/errands.js";
import { say } from "/site/words.js";

/** Lists from other systems: uploaded here, taken in by a worker, with what was refused and why. */
export async function imports(desk) {
  const { place, look } = errands(desk, "/imports", outcome);
  const what = h("select", { id: "import-what" }, ["technicians", "homes", "tickets"].map((value) => h("option", { value }, say(`imports.${value}`))));
  const territory = h("select", { id: "import-territory" }, desk.territories.map((one) => h("option", { value: one.id }, one.name)));
  const file = h("input", { id: "import-file", type: "file", accept: ".csv,.tsv,.txt,.xlsx,.xlsm", required: true });
  const mapping = h("input", { id: "import-mapping", type: "file", accept: ".toml" });
  const skip = h("input", { id: "import-skip", type: "checkbox" });
  const wanted = h("label", { hidden: true }, say("imports.mapping"), mapping);
  what.addEventListener("change", () => (wanted.hidden = what.value !== "tickets"));
  async function ask(event) {
    event.preventDefault();
    const list = {
      what: what.value, file: file.files[0].name, content: await base64(file.files[0]), territory: territory.value || null,
      mapping: what.value === "tickets" && mapping.files[0] ? await mapping.files[0].text() : "", skip_bad: skip.checked,
    };
    const told = await post("/imports", list);
    if (!told.new && confirm(say("imports.known"))) await post("/imports", { ...list, again: true });
    await look();
  }
  await look();
  return [
    h("p", { class: "dim" }, say("imports.intro")),
    h("form", { class: "bar", onsubmit: (event) => ask(event).catch(desk.tell) },
      h("label", {}, say("imports.what"), what), h("label", {}, say("imports.territory"), territory), h("label", {}, say("imports.file"), file), wanted,
      h("label", { class: "row" }, skip, h("span", {}, say("imports.skip"))), h("button", { id: "import-ask", class: "main" }, say("imports.ask"))),
    place,
  ];
}

const base64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });

function outcome({ result }) {
  if (!result) return "";
  return [
    h("p", {}, say("imports.counts", result), " ", result.need_location > 0 && say("imports.places", { count: result.need_location }), result.notes.join(" ")),
    result.faults.length > 0 && h("details", {}, h("summary", {}, say("imports.faults")), h("ul", {}, result.faults.map((one) => h("li", {}, say("imports.fault", one))))),
  ];
}
