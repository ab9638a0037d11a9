import { describe, expect, test } from "vitest";
import type { ActorNode, System } from "../../src/api/types";
import { isHeard, missingIn } from "../../src/core/missing";
import { makeTree } from "../mock/world.mjs";

const system = (not_ready: string[], ...actors: ActorNode[]) => {
  const tree = makeTree();
  const trading = { ...tree, name: "trading", children: actors };
  return { ready: not_ready.length === 0, not_ready, tree: { ...tree, children: [trading] } } as System;
};
const keeper = { ...makeTree(), name: "keeper", children: [] };

describe("what trading lacks", () => {
  test("is nothing where the service is ready and its actors are well", () => {
    expect(missingIn(system([], keeper))).toBeNull();
  });

  test("is what the service says", () => {
    expect(missingIn(system(["no order book is trusted"], keeper))).toEqual({
      reasons: ["no order book is trusted"],
      actors: [],
    });
  });

  test("is an actor of trading that complains or is not there, on a service that is ready", () => {
    const full = { ...keeper, degraded: "the journal cannot be written" };
    const gone = { ...keeper, name: "risk-manager", status: "backoff" } as const;
    expect(missingIn(system([], full, gone))?.actors).toEqual([full, gone]);
  });

  test("is not an actor of something else", () => {
    const recorder = { ...keeper, name: "recorder", degraded: "recording ended" };
    const it = system([], keeper);
    expect(missingIn({ ...it, tree: { ...it.tree, children: [...it.tree.children, recorder] } })).toBeNull();
  });
});

describe("the venue's word on our orders", () => {
  test.each([
    [true, null, true],
    [false, null, false],
    [false, 120_000, true],
    [false, 120_001, false],
  ])("socket up: %s, compared %s ms ago: of now: %s", (up, ago, heard) => {
    expect(isHeard(up, ago)).toBe(heard);
  });
});
