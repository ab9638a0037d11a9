import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { Problem } from "../../src/api/client";
import { phraseBook } from "../../src/core/phrases";
import { useLanguage } from "../../src/i18n";
import { inWords, sentences } from "../../src/i18n/problem";
import { phrases as hans } from "../../src/i18n/zh-Hans/said";
import { problems } from "../../src/i18n/zh-Hans/problems";
import { phrases as hant } from "../../src/i18n/zh-Hant/said";
import { problems as problemsHant } from "../../src/i18n/zh-Hant/problems";

const root = new URL("../../../", import.meta.url).pathname;

/** Everything that the service says, with `{}` where it puts a value. */
const service = ["src", "actors/src", "crates/engine/src"]
  .flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true }).map((it) => `${root}${folder}/${it}`),
  )
  .filter((file) => file.endsWith(".rs"))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n")
  .replace(/\\\n\s*/g, "")
  .replace(/\{[\w.:?]*\}/g, "{}");

/** A full stop may be added where it is said. */
const isSaid = (said: string): boolean =>
  [said, said.replace(/\.$/, "")].some((it) => service.includes(`"${it}"`));

const values = (text: string): number => text.split("{}").length - 1;

describe("a book of phrases", () => {
  const say = phraseBook({
    "nothing is known": "Man weiß nichts",
    "{} of {} (done).": "{} von {} (fertig).",
    "told: {}": "gesagt: {}",
  });

  test.each([
    ["nothing is known", "Man weiß nichts"],
    ["3 of 12 (done).", "3 von 12 (fertig)."],
    ["told: nothing is known", "gesagt: Man weiß nichts"],
    ["told: {} of $& \\1", "gesagt: {} of $& \\1"],
    ["3 of 12 (done)!", "3 of 12 (done)!"],
    ["untold: nothing is known", "untold: nothing is known"],
    ["constructor", "constructor"],
    ["", ""],
  ])("says %j as %j", (said, other) => expect(say(said)).toBe(other));

  test("leaves alone what is longer than any sentence", () => {
    const long = `told: ${"x".repeat(2_000)}`;
    expect(say(long)).toBe(long);
  });
});

describe("the sentences of the service", () => {
  test("that are translated are still said by it", () => {
    expect(Object.keys(hans).filter((said) => !isSaid(said))).toEqual([]);
  });

  test("why it is not ready are all translated", () => {
    const reasons = [...service.matchAll(/missing\.push\((?:format!\()?"([^"]+)"/g)].map(([, said]) => said);
    expect(reasons.length).toBeGreaterThan(4);
    expect(reasons.filter((said) => hans[said ?? ""] === undefined)).toEqual([]);
  });

  test("with a code are all translated, and no others", () => {
    const codes = ["problem.rs", "trading/refusal.rs"].flatMap((file) => {
      const source = readFileSync(`${root}src/web/${file}`, "utf8");
      // A code stands before its title.
      return [...source.matchAll(/"([a-z_]+)",\s*"[A-Z]/g)].map(([, code]) => code ?? "");
    });
    // The page itself never asks in these ways.
    const unmet = new Set(["wrong_method", "upgrade_required"]);
    const own = ["unreachable", "timeout", "malformed"];
    const expected = new Set([...own, ...codes.filter((code) => !unmet.has(code))]);
    expect(Object.keys(problems).toSorted()).toEqual([...expected].toSorted());
  });

  test("are the same in both ways of writing Chinese, with the same values", () => {
    expect(Object.keys(hant)).toEqual(Object.keys(hans));
    expect(Object.keys(problemsHant)).toEqual(Object.keys(problems));
    for (const book of [hans, hant])
      for (const [said, other] of Object.entries(book)) expect(values(other), said).toBe(values(said));
    for (const [code, words] of Object.entries(problems)) {
      const other = problemsHant[code];
      expect([other?.whole, other?.todo === undefined], code).toEqual([
        words.whole,
        words.todo === undefined,
      ]);
    }
  });
});

describe("a problem in Chinese", () => {
  afterEach(() => useLanguage("en"));

  test("is what its code says, with the service’s words where these say more", async () => {
    await useLanguage("zh-Hans");
    const down = new Problem("store_down", "The database does not answer.", "Try again.", 503);
    expect(inWords(down).detail).toBe("数据库没有应答。");
    const refused = new Problem("risk_refused", "Too much: 300 of 250.", null, 409);
    expect(inWords(refused)).toEqual({ detail: "被风险管理拒绝：Too much: 300 of 250.", hint: null });
    expect(sentences(down)).toMatch(/^数据库没有应答。 [^.]*。$/u);
  });

  test("without a known code is what the service says", async () => {
    await useLanguage("zh-Hant");
    const other = new Problem("brand_new", "Something new happened.", "Read on.", 409);
    expect(inWords(other)).toEqual({ detail: "Something new happened.", hint: "Read on." });
  });
});
