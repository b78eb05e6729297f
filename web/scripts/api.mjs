// Writes the types of what the API takes and answers from its description, before every check. The pages are built
// without them: types leave nothing behind.
import { mkdir, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const DESCRIBED = new URL("../../docs/openapi.json", import.meta.url);

const types = astToString(await openapiTS(DESCRIBED));
for (const face of ["owner", "board"]) {
  const file = new URL(`../${face}/src/generated/api.ts`, import.meta.url);
  await mkdir(new URL(".", file), { recursive: true });
  await writeFile(file, `// Made from docs/openapi.json by web/scripts/api.mjs.\n${types}`);
}
