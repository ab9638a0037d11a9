// @ts-check
/** The stand-in's messages to people. */

/** @typedef {import("../../src/api/alerts").Alert} Alert */

/** @param {number} ms */
const ago = (ms) => new Date(Date.now() - ms).toISOString();

export class MockAlerts {
  /** Channels that were tested, in order. @type {string[]} */
  tested = [];
  /** Newest first. @type {Alert[]} */
  list = Array.from({ length: 30 }, (_, n) => this.#alert(30 - n, n * 700_000));

  /** @param {number} number @param {number} age_ms @returns {Alert} */
  #alert(number, age_ms) {
    const severity = /** @type {const} */ (["info", "warning", "critical"])[number % 3] ?? "info";
    const dead = number % 5 === 0;
    return {
      id: `alert:${number}@${Date.now() - age_ms}`,
      at: ago(age_ms),
      kind: number % 2 === 0 ? "whale" : "risk",
      severity,
      topic: `topic-${number}`,
      title: severity === "critical" ? "Trading is halted" : "A <b>large</b> trade was seen",
      text: "Somebody bought for $13,000 at 65¢.",
      market: number % 2 === 0 ? { condition_id: `0x${"0000000c".repeat(8)}`, title: "Will it?" } : null,
      size_usd: number % 2 === 0 ? "13000" : null,
      deliveries: [
        {
          channel: "webhook",
          state: dead ? "dead" : "sent",
          tries: dead ? 8 : 1,
          due_at: null,
          sent_at: dead ? null : ago(age_ms),
          problem: dead ? "The server answered 500." : null,
        },
      ],
    };
  }

  /** @param {string} path @param {URLSearchParams} query @param {boolean} empty @returns {unknown} */
  read(path, query, empty) {
    if (!path.startsWith("alerts")) return null;
    if (path === "alerts/channels") return this.#channels();
    if (path !== "alerts")
      return this.list.find(({ id }) => path === `alerts/${encodeURIComponent(id)}`) ?? null;
    const data = this.list.filter(
      (it) =>
        (!query.get("severity") || it.severity === query.get("severity")) &&
        (!query.get("state") || it.deliveries.some(({ state }) => state === query.get("state"))),
    );
    return { data: empty ? [] : data, next_cursor: null };
  }

  /** @returns {import("../../src/api/alerts").Channels} */
  #channels() {
    return {
      state: "on",
      text: "People are told by webhook.",
      channels: ["telegram", "discord", "slack", "webhook", "email"].map((name) => ({
        name,
        state: name === "webhook" ? "on" : name === "slack" ? "wrong" : "off",
        text:
          name === "webhook"
            ? null
            : name === "slack"
              ? "The address is not one of https."
              : `${name.toUpperCase()} is not set.`,
        sent: name === "webhook" ? 24 : 0,
        waiting: name === "webhook" ? 1 : 0,
        dead: name === "webhook" ? 6 : 0,
        held: name === "webhook" ? 40 : 0,
        last_sent_at: name === "webhook" ? ago(40_000) : null,
        last_problem: name === "webhook" ? "The server answered 500." : null,
      })),
      watchman: {
        state: "on",
        text: "Told every 60 s while all is well.",
        every_s: 60,
        last_told_at: ago(20_000),
        withheld: null,
        last_problem: null,
      },
      left_out: 3,
      unwritten: 0,
    };
  }

  /** @param {string} text */
  test(text) {
    const channel = String(JSON.parse(text).channel);
    this.tested.push(channel);
    const said = "It is on its way; the list says whether it was sent.";
    return { status: 202, body: { id: "test-1", channel, status: "waiting", text: said } };
  }
}
