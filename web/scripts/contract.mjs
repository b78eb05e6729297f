// Writes the wire's types for TypeScript from the contract's own schema, before every build and check. The result is
// not committed: the schema is, and a second copy could lie.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const SCHEMA = new URL("../../mobile_contract/schema/v1.json", import.meta.url);
const TYPES = new URL("../phone/src/generated/contract.ts", import.meta.url);

const text = (await readFile(SCHEMA, "utf8")).replaceAll("#/$defs/", "#/components/schemas/");
// Each kind of operation says its own name already; told twice, the types become harder to read.
const schema = JSON.parse(text, (name, value) => (name === "discriminator" ? undefined : value));
const document = {
  openapi: "3.1.0",
  info: { title: schema.title, version: "1" },
  paths: {},
  components: { schemas: schema.$defs },
};
// A field that the schema gives a default may be left out, by the phone and by an older server.
const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
const limits = {
  operations: schema.$defs.OperationsRequest.properties.operations.maxItems,
  strokes: schema.$defs.SignOff.properties.strokes.maxItems,
  points: schema.$defs.SignOff.properties.strokes.items.maxItems,
  photos: schema.$defs.SignOff.properties.photos.maxItems,
  quantity: schema.$defs.PartUsed.properties.quantity.maximum,
  minutes: schema.$defs.Complete.properties.minutes.maximum,
  name: schema.$defs.SignOff.properties.signer_name.maxLength,
  remark: schema.$defs.Pause.properties.note.maxLength,
  text: schema.$defs.Complete.properties.note.maxLength,
};
// Codes that a person reads, with their words, in the order in which they are offered.
const worded = Object.entries(schema.$defs).filter(([, type]) => type["x-words"]);
const words = Object.fromEntries(worded.map(([name, type]) => [name, type["x-words"]]));
await mkdir(new URL(".", TYPES), { recursive: true });
await writeFile(
  TYPES,
  `// Made from mobile_contract/schema/v1.json by web/scripts/contract.mjs.\n${types}\n` +
    `export const LIMITS = ${JSON.stringify(limits)} as const;\n` +
    `export const WORDS = ${JSON.stringify(words)} as const;\n`,
);
