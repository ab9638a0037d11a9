import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseFrame, SequenceWatch, type Frame } from "../../src/api/frames";
import { LiveSocket, resumeAttemptsMax, silenceMsMax, type Link } from "../../src/api/socket";
import { crowdMsMax, retryDelayMs } from "../../src/core/backoff";

class FakeSocket extends EventTarget {
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(text: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: text }));
  }
}

const frame = (seq: number, type = "lagged", data: unknown = { lost: 1 }): string =>
  JSON.stringify({ type, seq, ts: "2026-01-01T00:00:00Z", data });
const fact = (seq: number): string =>
  frame(seq, "opportunity", { id: "x", kind: "parity_long", state: "open", net: "1", legs: [] });
const hello = (run: string, last_fact: number, resumed: boolean): string =>
  frame(0, "hello", { protocol: 1, version: "0.1.0", run, last_fact, resumed });
const price = (seq: number): string => frame(seq, "market_update", { condition_id: "0x1" });

describe("the socket", () => {
  const sockets: FakeSocket[] = [];
  const links: Link[] = [];
  const frames: Frame[] = [];
  const addresses: string[] = [];
  const began: string[] = [];
  let lost = 0;
  let chance = 0.5;
  let live: LiveSocket;
  const last = (): FakeSocket => sockets.at(-1) ?? new FakeSocket();
  const opens = (): void => void last().dispatchEvent(new Event("open"));

  beforeEach(() => {
    vi.useFakeTimers();
    sockets.length = links.length = frames.length = addresses.length = began.length = 0;
    lost = 0;
    chance = 0.5;
    live = new LiveSocket(
      "ws://test/ws",
      {
        link: (link) => links.push(link),
        began: (how) => began.push(how),
        frame: (arrived) => frames.push(arrived),
        lost: (count) => (lost += count),
      },
      {
        open: (address) => {
          addresses.push(address);
          sockets.push(new FakeSocket());
          return last() as unknown as WebSocket;
        },
        now: () => Date.now(),
        random: () => chance,
      },
    );
    live.start();
  });

  afterEach(() => {
    live.stop();
    vi.useRealTimers();
  });

  test("tells of a gap in the sequence and of none at the start", () => {
    opens();
    last().say(fact(41));
    last().say(price(41));
    last().say(fact(42));
    last().say(price(42));
    expect(lost).toBe(0);
    last().say(fact(46));
    expect(lost).toBe(3);
    expect(frames).toHaveLength(5);
  });

  test("tells of a frame it cannot read as of a lost one, and goes on", () => {
    opens();
    last().say("{not json");
    last().say(frame(1));
    expect(lost).toBe(1);
    expect(frames).toHaveLength(1);
  });

  test("comes back with longer and longer waits, and starts over once it has heard something", () => {
    for (const delay of [500, 1_000, 2_000]) {
      last().dispatchEvent(new Event("close"));
      const link = links.at(-1);
      expect(link?.state === "waiting" && link.retry_at - Date.now()).toBe(delay);
      vi.advanceTimersByTime(delay);
    }
    opens();
    last().say(frame(1));
    last().dispatchEvent(new Event("close"));
    const link = links.at(-1);
    expect(link?.state === "waiting" && link.retry_at - Date.now()).toBe(500);
  });

  /** A `CloseEvent`, which is not there outside browsers. */
  const closesWith = (code: number): void =>
    void last().dispatchEvent(Object.assign(new Event("close"), { code }));

  test("comes back at any time within some seconds where everybody is sent away", () => {
    for (const code of [1012, 1013]) {
      opens();
      last().say(frame(1));
      for (const random of [0, 0.25, 0.999]) {
        chance = random;
        closesWith(code);
        const link = links.at(-1);
        if (link?.state !== "waiting") throw new Error("it waits");
        expect(link.why).toBe("sent_away");
        expect(link.retry_at - Date.now()).toBe(Math.round(random * crowdMsMax));
        vi.advanceTimersByTime(crowdMsMax);
      }
    }
    chance = 0.5;
    opens();
    last().say(frame(1));
    closesWith(1006);
    expect(links.at(-1)).toMatchObject({ why: "cut_off", retry_at: Date.now() + 500 });
  });

  const comesBack = (): void => {
    last().dispatchEvent(new Event("close"));
    vi.advanceTimersByTime(500);
    opens();
  };

  test("names the run and the last fact it heard when it comes back, and goes on without a reading", () => {
    opens();
    last().say(hello("a1", 41, false));
    last().say(fact(42));
    last().say(price(43));
    comesBack();
    expect(addresses).toEqual(["ws://test/ws", "ws://test/ws?resume=a1-42"]);
    last().say(hello("a1", 42, true));
    last().say(price(44));
    last().say(fact(43));
    last().say(fact(44));
    expect(began).toEqual(["anew", "resumed"]);
    expect(lost).toBe(0);
  });

  test("tells of what is missing after a return, as within one connection", () => {
    opens();
    last().say(hello("a1", 41, false));
    comesBack();
    last().say(hello("a1", 41, true));
    last().say(fact(44));
    expect(lost).toBe(2);
  });

  test("counts from anew where the service no longer keeps what came, or is another one", () => {
    opens();
    last().say(hello("a1", 900, false));
    comesBack();
    last().say(hello("a1", 1_400, false));
    last().say(fact(1_401));
    comesBack();
    expect(addresses.at(-1)).toBe("ws://test/ws?resume=a1-1401");
    last().say(hello("b2", 3, false));
    last().say(fact(4));
    comesBack();
    expect(addresses.at(-1)).toBe("ws://test/ws?resume=b2-4");
    expect(began).toEqual(["anew", "anew", "anew"]);
    expect(lost).toBe(0);
  });

  test("takes a promise to go on for none where it is of another run", () => {
    opens();
    last().say(hello("a1", 5, false));
    comesBack();
    last().say(hello("b2", 5, true));
    expect(began).toEqual(["anew", "anew"]);
  });

  test("begins anew where nobody greets it", () => {
    opens();
    last().say(fact(900));
    comesBack();
    last().say(fact(1));
    expect(began).toEqual(["anew", "anew"]);
    expect(lost).toBe(0);
  });

  test("stops to ask for what can no longer be kept", () => {
    opens();
    last().say(hello("a1", 5, false));
    for (let n = 0; n <= resumeAttemptsMax; n += 1) {
      last().dispatchEvent(new Event("close"));
      vi.advanceTimersToNextTimer();
      const link = links.findLast(({ state }) => state === "waiting");
      if (link?.state === "waiting") vi.advanceTimersByTime(Math.max(0, link.retry_at - Date.now()));
    }
    expect(addresses.at(-2)).toContain("resume=");
    expect(addresses.at(-1)).toBe("ws://test/ws");
  });

  test("takes a silent connection for dead", () => {
    opens();
    last().say(frame(1));
    const silent = last();
    vi.advanceTimersByTime(silenceMsMax + 1_500);
    expect(silent.closed).toBe(true);
    expect(links.some(({ state }) => state === "waiting")).toBe(true);
  });

  test("tries at once when nudged, and only where it waits", () => {
    live.nudge();
    expect(sockets).toHaveLength(1);
    last().dispatchEvent(new Event("close"));
    live.nudge();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(5_000);
    expect(sockets).toHaveLength(2);
  });

  test("ignores what an abandoned connection still says", () => {
    opens();
    const old = last();
    old.dispatchEvent(new Event("close"));
    vi.advanceTimersByTime(500);
    old.say(frame(7));
    expect(frames).toHaveLength(0);
  });
});

describe("a frame", () => {
  test("of an unknown type still counts", () => {
    expect(parseFrame(frame(5, "weather", {}))).toEqual({ type: "other", seq: 5 });
  });

  test("that is not one is refused", () => {
    for (const text of [
      "",
      "null",
      "[]",
      "3",
      '{"type":"hello"}',
      '{"type":1,"seq":1,"data":{}}',
      frame(1.5),
    ]) {
      expect(parseFrame(text)).toBeNull();
    }
    expect(parseFrame(frame(1, "opportunity", { id: "x" }))).toBeNull();
    expect(parseFrame(frame(1, "health", {}))).toBeNull();
  });
});

test("a sequence that steps back counts as a gap", () => {
  const watch = new SequenceWatch();
  const arrive = (text: string): number => watch.observe(parseFrame(text) as Frame);
  expect([7, 8, 8, 3, 4].map((seq) => arrive(fact(seq)))).toEqual([0, 0, 1, 1, 0]);
  expect([4, 4, 9].map((seq) => arrive(price(seq)))).toEqual([0, 0, 0]);
});

test("the wait before a retry is bounded and jittered", () => {
  expect(retryDelayMs(0, 0)).toBe(375);
  expect(retryDelayMs(0, 0.999)).toBeLessThanOrEqual(625);
  expect(retryDelayMs(50, 0.5)).toBe(10_000);
});
