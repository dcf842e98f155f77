// Reads a Mermaid diagram from standard input with Mermaid's own parser, and fails where that does.
// Needs the npm packages `mermaid` and `jsdom`; the parser cleans labels with the help of a document.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const { JSDOM } = require("jsdom");
globalThis.window = new JSDOM("").window;
globalThis.document = globalThis.window.document;
const manifest = require.resolve("mermaid/package.json", { paths: [folder] });
const { default: mermaid } = await import(new URL("dist/mermaid.core.mjs", pathToFileURL(manifest)));

const { diagramType } = await mermaid.parse(readFileSync(0, "utf8"));
console.log(`a Mermaid diagram of type ${diagramType}`);
