// @ts-check
/**
 * Writes the types of the service's answers from its own description, `openapi.json`, into
 * `src/api/schema.ts`. With `--check` nothing is written, and a file that differs is a failure.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string | string[]} [type]
 * @property {string} [description]
 * @property {unknown[]} [enum]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {boolean | Schema} [additionalProperties]
 * @property {string[]} [required]
 * @property {Schema[]} [oneOf]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [allOf]
 */

const from = new URL("../openapi.json", import.meta.url);
const to = new URL("../src/api/schema.ts", import.meta.url);

/** @type {Record<string, Schema>} */
const schemas = JSON.parse(readFileSync(from, "utf8")).components.schemas;

/** @param {string} text */
const comment = (text) => `/** ${text.replaceAll("*/", "* /").replace(/\s+/g, " ").trim()} */\n`;
/** @param {string} name */
const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** @type {Record<string, string>} */
const plain = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
  object: "object",
};

/** @param {Schema} schema @returns {boolean} */
const isNullable = ({ type, oneOf, anyOf }) =>
  type === "null" ||
  (Array.isArray(type) && type.includes("null")) ||
  (oneOf ?? anyOf ?? []).some(isNullable);

/** @param {Schema} schema @param {boolean} asked whether it is sent to the service @returns {string} */
function typeOf(schema, asked) {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = schema.oneOf ?? schema.anyOf;
  if (either !== undefined) return either.map((part) => typeOf(part, asked)).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((part) => typeOf(part, asked)).join(" & ");
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => typeOf({ ...schema, type }, asked)).join(" | ");
  }
  if (schema.type === "array")
    return `(${schema.items === undefined ? "unknown" : typeOf(schema.items, asked)})[]`;
  if (schema.properties !== undefined) return fields(schema, asked);
  if (typeof schema.additionalProperties === "object") {
    return `Record<string, ${typeOf(schema.additionalProperties, asked)}>`;
  }
  return plain[schema.type ?? ""] ?? "unknown";
}

/** @param {Schema} schema @param {boolean} asked @returns {string} */
function fields({ properties = {}, required = [] }, asked) {
  const lines = Object.entries(properties).map(([name, schema]) => {
    // What may be null is always there in an answer; in a question it may be left out.
    const there = required.includes(name) || (!asked && isNullable(schema));
    const said = schema.description === undefined ? "" : comment(schema.description);
    return `${said}${key(name)}${there ? "" : "?"}: ${typeOf(schema, asked)};`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

/** A page of a list is one generic type of the page itself. @param {string} name */
const isPage = (name) => /^(Page|Rows)_/.test(name);

const parts = Object.entries(schemas)
  .filter(([name]) => !isPage(name))
  .map(([name, schema]) => {
    const said = schema.description === undefined ? "" : comment(schema.description);
    return `${said}export type ${name} = ${typeOf(schema, name.endsWith("Body"))};\n`;
  });
const head = "/* Written by scripts/api-types.mjs from openapi.json; not to be changed by hand. */\n\n";
const text = await format(head + parts.join("\n"), { parser: "typescript", printWidth: 110 });

if (!process.argv.includes("--check")) {
  writeFileSync(to, text);
} else if (readFileSync(to, "utf8") !== text) {
  process.stderr.write("src/api/schema.ts is not what openapi.json says; run npm run api-types\n");
  process.exitCode = 1;
}
