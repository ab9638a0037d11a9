import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../../src/api/client";
import { getCluster, type Cluster } from "../../src/api/cluster";
import { inOrder, isBehind, isByItself, isUnknown, leftOf } from "../../src/core/cluster";
import { clock } from "../../src/state/clock.svelte";
import { clusterPace } from "../../src/state/cluster.svelte";
import { Polled } from "../../src/state/polled.svelte";
import { MockCluster } from "../mock/cluster.mjs";

const several = () => {
  const made = new MockCluster();
  made.several();
  return made;
};
const names = (made: MockCluster) => inOrder(made.view(false).members).map(({ name }) => name);

describe("the order of processes", () => {
  test("is who decides, who stands by, who reads the feed, who serves pages", () => {
    expect(names(several())).toEqual(["decide-1", "decide-2", "feed-2", "feed-10", "web-1"]);
  });

  test("puts a silent one last among those of its kind", () => {
    const made = several();
    made.takeOver();
    made.silence("feed-2");
    expect(names(made)).toEqual(["decide-2", "decide-1", "feed-10", "feed-2", "web-1"]);
  });

  test("puts a kind that is not known last, and changes nothing of the list itself", () => {
    const list = several().view(false).members;
    const odd = { ...list[0], name: "new-1", role: "new" } as unknown as (typeof list)[number];
    const before = [odd, ...list];
    expect(inOrder(before).at(-1)?.name).toBe("new-1");
    expect(before[0]).toBe(odd);
  });
});

describe("one process", () => {
  test("is by itself where it does everything and nothing connects it to others", () => {
    const alone = new MockCluster().view(false);
    expect(isByItself(alone)).toBe(true);
    expect(isByItself({ ...alone, redis: { state: "down", error: "Refused." } })).toBe(false);
    expect(isByItself(several().view(false))).toBe(false);
  });

  test("by itself is not nothing, but several of which none is known are", () => {
    expect(isUnknown(new MockCluster().view(true))).toBe(false);
    expect(isUnknown(several().view(true))).toBe(true);
    expect(isUnknown(several().view(false))).toBe(false);
  });
});

test("a lease that was read a while ago has less left, and never less than nothing", () => {
  expect([0, 2_000, 5_000, 9_000].map((since) => leftOf(5_000, since))).toEqual([5_000, 3_000, 0, 0]);
});

test("a process that passes on what is said is behind where much is missing, or where it hears nothing", () => {
  const web = several().members.find(({ role }) => role === "web");
  if (web === undefined) throw new Error("one serves pages");
  expect(isBehind(web)).toBe(false);
  expect(isBehind({ ...web, behind_facts: 101 })).toBe(true);
  expect(isBehind({ ...web, leader_heard_ms_ago: 5_001 })).toBe(true);
  expect(isBehind({ ...web, behind_facts: null, leader_heard_ms_ago: null })).toBe(false);
});

/** Lets time pass, and the page's clock with it. */
const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
  clock.now = Date.now();
};

describe("the panel", () => {
  let cluster: Polled<Cluster>;
  let asked = 0;
  let answer: () => Response;
  const page = { hidden: false };
  const state = () => cluster.panel(cluster.data !== null && isUnknown(cluster.data)).kind;
  let leave: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    [asked, page.hidden] = [0, false];
    cluster = new Polled<Cluster>(getCluster, clusterPace);
    answer = () => Response.json(several().view(false));
    vi.stubGlobal("document", page);
    vi.stubGlobal("fetch", async () => {
      asked += 1;
      return answer();
    });
  });
  afterEach(() => {
    leave();
    cluster.refresher.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  test("is loading, then live, and read again every two seconds while somebody looks", async () => {
    leave = cluster.show();
    expect(state()).toBe("loading");
    await pass(1);
    expect(state()).toBe("live");
    await pass(10_000);
    expect(asked).toBe(6);
    page.hidden = true;
    await pass(10_000);
    expect(asked).toBe(6);
    page.hidden = false;
    await pass(2_000);
    expect(asked).toBe(7);
    leave();
    await pass(10_000);
    expect(asked).toBe(7);
  });

  test("is empty where several should be there and none is known", async () => {
    answer = () => Response.json(several().view(true));
    leave = cluster.show();
    await pass(1);
    expect(state()).toBe("empty");
  });

  test("is broken where there was never an answer, and stale where there was one", async () => {
    const good = answer;
    answer = () => Response.json({ code: "store_down", detail: "It does not answer." }, { status: 503 });
    leave = cluster.show();
    await pass(1);
    expect(state()).toBe("broken");
    expect(cluster.problem).toBeInstanceOf(Problem);
    answer = good;
    await pass(10_000);
    expect(state()).toBe("live");
    answer = () => Response.error();
    await pass(8_000);
    expect(state()).toBe("stale");
  });

  test("is broken where the answer is no list of processes", async () => {
    answer = () => Response.json({ members: "many" });
    leave = cluster.show();
    await pass(1);
    expect(cluster.problem?.code).toBe("malformed");
    expect(state()).toBe("broken");
  });
});
