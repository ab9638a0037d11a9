import { describe, expect, test } from "vitest";
import { cancelAll, changeSettings, halt, unlock } from "../../src/api/desk";
import { killActor, problemFrom } from "../../src/api/client";
import { sentences } from "../../src/i18n/problem";
import { loginKey, roleFor, suffices } from "../../src/core/role";

describe("the link of the service", () => {
  test("has its key in the address, of this page alone", () => {
    expect(loginKey("#/login?key=abc-_1")).toBe("abc-_1");
    expect(loginKey("#/login")).toBe(null);
    expect(loginKey("#/desk?key=abc")).toBe(null);
    expect(loginKey("")).toBe(null);
  });
});

describe("roles", () => {
  test("each may what those before it may", () => {
    expect(suffices("admin", "operator")).toBe(true);
    expect(suffices("operator", "operator")).toBe(true);
    expect(suffices("viewer", "operator")).toBe(false);
    expect(suffices("operator", "admin")).toBe(false);
  });

  test("limits, locks, settings and actors are for admins, the rest for operators", () => {
    for (const wish of [unlock(3), changeSettings("basket", {}), killActor("feed-1")])
      expect(roleFor(wish.path)).toBe("admin");
    for (const wish of [halt("why"), cancelAll()]) expect(roleFor(wish.path)).toBe("operator");
    expect(roleFor("/api/v1/strategies/settings/pause")).toBe("operator");
  });
});

describe("what a problem says", () => {
  test("whole sentences, whoever wrote it", () => {
    const said = problemFrom(409, {
      detail: "it needs 5 USD and 3 USD are free",
      hint: "See the positions.",
    });
    expect(sentences(said)).toBe("It needs 5 USD and 3 USD are free. See the positions.");
    expect(sentences(problemFrom(503, { detail: "The store does not answer." }))).toBe(
      "The store does not answer.",
    );
  });
});
