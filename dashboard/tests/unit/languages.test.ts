import { describe, expect, test } from "vitest";
import { chooseLanguage, languages } from "../../src/i18n";
import { en } from "../../src/i18n/en";
import { gateNames } from "../../src/i18n/en/gates";
import { zhHans } from "../../src/i18n/zh-Hans";
import { zhHant } from "../../src/i18n/zh-Hant";

type Text = (...args: unknown[]) => string;

/** Every text of a language by its place; texts with places in them as functions. */
function textsOf(value: unknown, place = ""): Map<string, string | Text> {
  if (typeof value === "string" || typeof value === "function")
    return new Map([[place, value as string | Text]]);
  const parts = Object.entries(value as Record<string, unknown>);
  return new Map(parts.flatMap(([key, part]) => Array.from(textsOf(part, `${place}.${key}`))));
}

const numbers = [1_237, 2_357, 3_461, 4_567];
const words = ["alpha", "beta", "gamma", "delta"];

/** Which of its values a text shows: asked with numbers, and with words where it takes no numbers. */
function shown(text: Text): number[] {
  const say = (args: readonly unknown[]): string => text(...args);
  let [said, looked]: [string, readonly string[]] = ["", []];
  try {
    said = say(numbers).replaceAll(",", "");
    looked = numbers.map(String);
  } catch {
    said = say(words);
    looked = words;
  }
  return looked.flatMap((value, index) => (said.includes(value) ? [index] : []));
}

const english = textsOf(en);

describe.each([
  ["zh-Hans", zhHans],
  ["zh-Hant", zhHant],
] as const)("the texts of %s", (_, messages) => {
  const own = textsOf(messages);

  test("are exactly those of English", () => {
    expect([...own.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test("show the same values as those of English", () => {
    for (const [place, text] of english) {
      const other = own.get(place);
      expect(typeof other, place).toBe(typeof text);
      if (typeof text === "function" && typeof other === "function")
        expect(shown(other), place).toEqual(shown(text));
    }
  });

  test("are none of them empty", () => {
    for (const [place, text] of own) if (typeof text === "string") expect(text.trim(), place).not.toBe("");
  });
});

test.each([
  ["zh-Hans", zhHans],
  ["zh-Hant", zhHant],
] as const)(
  "every gate says in %s why it refuses, and an unknown one says it as the service does",
  (_, messages) => {
    const silent = Object.keys(gateNames).filter((code) => messages.reasons.rule(code, "said") === "said");
    expect(silent).toEqual([]);
    expect(messages.reasons.rule("new_rule", "The service’s words.")).toBe("The service’s words.");
    expect(messages.reasons.look("no_edge", "said")).not.toBe("said");
  },
);

test("the two ways of writing Chinese are not the same", () => {
  expect(zhHant.shell.page.opportunities).not.toBe(zhHans.shell.page.opportunities);
});

describe("the language of a reader", () => {
  test.each([
    [["de-DE", "zh-TW"], "zh-Hant"],
    [["zh-HK"], "zh-Hant"],
    [["zh-Hant-MO"], "zh-Hant"],
    [["zh-CN", "en"], "zh-Hans"],
    [["zh"], "zh-Hans"],
    [["en-GB", "zh"], "en"],
    [["fr"], "en"],
    [[], "en"],
  ])("who asks for %j is %s", (wanted, language) => expect(chooseLanguage(wanted)).toBe(language));

  test("has a name of its own", () => expect(new Set(Object.values(languages)).size).toBe(3));
});
