import { describe, expect, test } from "vitest";
import {
  decimalKey,
  formatBips,
  formatCompact,
  formatDecimal,
  formatExact,
  formatShifted,
  isNegative,
  noNumber,
} from "../../src/core/decimal";

const minus = "\u2212";

describe("a decimal string is written", () => {
  test.each([
    ["1234567.5", 2, "floor", "1,234,567.50"],
    ["0.7199", 2, "floor", "0.71"],
    ["0.7101", 2, "ceiling", "0.72"],
    ["0.71", 2, "ceiling", "0.71"],
    ["-0.711", 2, "floor", `${minus}0.72`],
    ["-0.719", 2, "ceiling", `${minus}0.71`],
    ["0.005", 2, "nearest", "0.01"],
    ["0.0049", 2, "nearest", "0.00"],
    ["-0.005", 2, "nearest", `${minus}0.01`],
    ["-0.001", 2, "ceiling", "0.00"],
    ["7", 4, "floor", "7.0000"],
    ["0.29", 2, "floor", "0.29"],
    ["000.5", 1, "floor", "0.5"],
  ] as const)("%s with %i places by %s is %s", (value, places, rounding, shown) => {
    expect(formatDecimal(value, places, rounding)).toBe(shown);
  });

  test("with every digit of a number no float can hold", () => {
    expect(formatExact("9007199254740993.000001")).toBe("9,007,199,254,740,993.000001");
    expect(formatDecimal("9007199254740993.000001", 6, "floor")).toBe("9,007,199,254,740,993.000001");
  });

  test("as a dash where it is not one", () => {
    for (const bad of ["", "NaN", "1e5", "1.", ".5", "0x10", "1,000", "--1", "Infinity"]) {
      expect(formatDecimal(bad, 2, "floor")).toBe(noNumber);
    }
    expect(formatDecimal(null, 2, "floor")).toBe(noNumber);
  });

  test("in cents without a float on the way", () => {
    expect(formatShifted("0.0059", 2, 2, "floor")).toBe("0.59");
    expect(formatShifted("0.45", 2, 0, "nearest")).toBe("45");
    expect(formatShifted("1", 2, 0, "nearest")).toBe("100");
    expect(formatShifted("0.045678", 2, 2, "ceiling")).toBe("4.57");
  });

  test.each([
    ["0", "0"],
    ["999.4", "999"],
    ["999.5", "1.0k"],
    ["12345.67", "12.3k"],
    ["999949", "999.9k"],
    ["999950", "1.0M"],
    ["2500000000", "2.5B"],
    ["2500000000000", "2,500.0B"],
  ])("%s in few characters is %s", (value, shown) => {
    expect(formatCompact(value)).toBe(shown);
  });

  test("basis points as per cent", () => {
    expect(formatBips(3500)).toBe("35.00");
    expect(formatBips(-5)).toBe(`${minus}0.05`);
    expect(formatBips(null)).toBe(noNumber);
  });
});

describe("decimal strings", () => {
  test("are ordered by value, not by letters", () => {
    const sorted = ["10", "9.99", "-2", "-1", "9007199254740993", "9007199254740992"]
      .map((text) => ({ text, key: decimalKey(text) ?? 0n }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ text }) => text);
    expect(sorted).toEqual(["-2", "-1", "9.99", "10", "9007199254740992", "9007199254740993"]);
    expect(decimalKey("0.5")).toBe(decimalKey("0.50"));
    expect(decimalKey("oops")).toBeNull();
  });

  test("are below zero or not, whatever its sign", () => {
    expect(isNegative("-0.000001")).toBe(true);
    expect(isNegative("-0.0")).toBe(false);
    expect(isNegative("0.1")).toBe(false);
  });
});
