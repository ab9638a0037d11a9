// Shows /openapi.json to people. Every text becomes a text node.

const methods = ["get", "post", "put", "delete", "patch"];
const main = document.getElementById("main");
const index = document.getElementById("index");
const find = document.getElementById("find");

const node = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

// Backticks mark code, as in the sources.
const prose = (text, attributes) => {
  const parts = (text ?? "").split("`");
  const nodes = parts.map((part, at) => (at % 2 === 1 ? node("code", {}, part) : part));
  return node("p", attributes, ...nodes);
};

const kindOf = (schema) => {
  if (schema === undefined) return "anything";
  if (schema.$ref !== undefined) return schema.$ref.split("/").pop();
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices !== undefined) return choices.map(kindOf).join(" or ");
  const kinds = [schema.type ?? "anything"].flat();
  const named = kinds.map((kind) => (kind === "array" ? `list of ${kindOf(schema.items)}` : kind));
  return named.join(" or ");
};

const table = (heads, rows) =>
  node(
    "table",
    {},
    node("thead", {}, node("tr", {}, ...heads.map((head) => node("th", { scope: "col" }, head)))),
    node("tbody", {}, ...rows.map((row) => node("tr", {}, ...row.map((cell) => node("td", {}, cell))))),
  );

// A media type has its example with it, or refers to one that many share.
const example = (media, components) => {
  const place = Object.values(media.examples ?? {})[0]?.$ref;
  const value = place === undefined ? media.example : components.examples[place.split("/").pop()].value;
  if (value === undefined) return null;
  return node("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
};

const fields = (schema, schemas, depth) => {
  const name = schema?.$ref?.split("/").pop();
  const known = name === undefined ? schema : schemas[name];
  const inner = known?.type === "array" ? known.items : null;
  if (inner !== null && inner !== undefined) return fields(inner, schemas, depth);
  const properties = Object.entries(known?.properties ?? {});
  if (properties.length === 0 || depth > 5) return null;
  const rows = properties.map(([key, property]) => {
    const about = node("div", {}, prose(property.description ?? ""));
    const target = [property, property.items, ...(property.oneOf ?? [])].find((one) => one?.$ref !== undefined);
    const more = target === undefined ? null : fields(target, schemas, depth + 1);
    if (more !== null) about.append(node("details", {}, node("summary", {}, kindOf(target)), more));
    const must = known.required?.includes(key) ? " (always)" : "";
    return [node("code", {}, key), kindOf(property) + must, about];
  });
  return table(["Field", "Kind", "What"], rows);
};

const content = (holder, components) =>
  Object.entries(holder?.content ?? {}).flatMap(([kind, media]) => [
    node("p", { class: "quiet" }, kind),
    fields(media.schema, components.schemas, 0) ?? "",
    example(media, components) ?? "",
  ]);

const part = (title, ...children) => [node("h4", {}, title), ...children];

const parameters = (operation) => {
  const rows = (operation.parameters ?? []).map((one) => [
    node("code", {}, one.name),
    `${one.in}${one.required ? ", needed" : ""}`,
    kindOf(one.schema),
    prose(one.description),
  ]);
  return rows.length === 0 ? [] : part("Parameters", table(["Name", "Where", "Kind", "What"], rows));
};

const responses = (operation, components) =>
  Object.entries(operation.responses).map(([status, response]) =>
    node(
      "details",
      status.startsWith("2") ? { open: "" } : {},
      node("summary", {}, node("strong", {}, status), ` ${response.description}`),
      ...content(response, components),
    ),
  );

const article = ({ id, method, path, operation }, components) => {
  const title = node("h3", {}, node("span", { class: "method" }, method.toUpperCase()), node("code", {}, path));
  const body = operation.requestBody === undefined ? [] : part("Body", ...content(operation.requestBody, components));
  const ways = (operation.security ?? []).flatMap((way) => Object.keys(way)).join(" or ");
  return node(
    "article",
    { id },
    title,
    prose(operation.summary),
    prose(operation.description),
    ways === "" ? null : prose(`Needs: ${ways}.`, { class: "quiet" }),
    ...parameters(operation),
    ...body,
    ...part("Answers", ...responses(operation, components)),
  );
};

const operationsOf = (description) =>
  Object.entries(description.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method] !== undefined)
      .map((method) => ({ id: item[method].operationId, method, path, operation: item[method] })),
  );

const show = (description) => {
  const all = operationsOf(description);
  const tags = [...new Set(all.map((one) => one.operation.tags?.[0] ?? "other"))].sort();
  const of = (tag) => all.filter((one) => (one.operation.tags?.[0] ?? "other") === tag);
  const link = ({ id, method, path }) =>
    node(
      "li",
      { "data-find": `${method} ${path}`.toLowerCase() },
      node("a", { href: `#${id}` }, `${method.toUpperCase()} ${path.replace("/api/v1", "")}`),
    );
  index.replaceChildren(
    ...tags.map((tag) => node("section", {}, node("h2", {}, tag), node("ul", {}, ...of(tag).map(link)))),
  );
  const { title, version, description: about } = description.info;
  main.replaceChildren(
    node("h1", {}, `${title} ${version}`),
    prose(about),
    node("p", {}, node("a", { href: "/openapi.json" }, "/openapi.json"), " says the same to programs."),
    ...tags.flatMap((tag) => [node("h2", {}, tag), ...of(tag).map((one) => article(one, description.components))]),
  );
  // The browser looked for the address's place before there was one.
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
};

find.addEventListener("input", () => {
  const wanted = find.value.trim().toLowerCase();
  for (const row of index.querySelectorAll("li")) row.hidden = !row.dataset.find.includes(wanted);
});

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
  show(await answer.json());
} catch (error) {
  main.replaceChildren(node("p", { role: "alert" }, `The description cannot be read: ${error.message}.`));
}
