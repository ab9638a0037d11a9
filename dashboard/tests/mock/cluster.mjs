// @ts-check
/** The processes of the stand-in: one that does everything, or several of which any may fall silent. */

/** @typedef {import("../../src/api/cluster").Process} Process */
/** @typedef {import("../../src/api/cluster").Shard} Shard */

/** @param {number} ms */
const ago = (ms) => new Date(Date.now() - ms).toISOString();

const roles = /** @type {const} */ (["decide", "feed", "web"]);
const states = /** @type {const} */ ({ decide: "standing_by", feed: "watching", web: "serving" });

/** @param {string} name @param {number} n @returns {Process} */
function process(name, n) {
  const role = roles.find((it) => name.startsWith(it)) ?? "web";
  return {
    name,
    role,
    state: states[role],
    host: `box-${(n % 2) + 1}`,
    process: 4_100 + n * 7,
    version: "0.1.0",
    address: role === "web" ? `http://127.0.0.1:${8_080 + n}` : null,
    started_at: ago(3_700_000 - n * 60_000),
    heard_ms_ago: 300,
    shards: [],
    tokens: 0,
    clients: role === "web" ? 12 + n : null,
    behind_facts: role === "web" ? 0 : null,
    leader_heard_ms_ago: role === "web" ? 240 : null,
  };
}

export class MockCluster {
  /** @type {import("../../src/api/cluster").Redis} */
  redis = { state: "unused", error: null };
  /** @type {Process[]} */
  members = [{ ...process("web-1", 0), name: "alone-1", role: "alone", state: "alone", address: null }];
  /** @type {Shard[]} */
  shards = [];
  /** @type {import("../../src/api/cluster").Cluster["role"]} */
  role = "alone";
  /** @type {{ holder: string, fence: number, taken_at: string } | null} */
  lease = null;
  /** What is left of the lease whenever it is asked for. */
  left_ms = 5_000;
  /** When each that is silent was last heard of, by name. @type {Map<string, number>} */
  #silent = new Map();

  /** Two that may decide, two that read the feed, one that serves pages. */
  several() {
    this.role = "web";
    this.redis = { state: "up", error: null };
    // Not in the order in which they are shown.
    this.members = ["web-1", "feed-10", "decide-2", "feed-2", "decide-1"].map(process);
    this.shards = Array.from({ length: 4 }, (_, shard) => ({
      shard,
      holder: null,
      held_since: null,
      tokens: 180 + shard,
      state: /** @type {const} */ ("idle"),
      frames: 12_000 * (shard + 1),
      delay_ms: null,
    }));
    for (const { shard } of this.shards) this.move(shard, shard % 2 === 0 ? "feed-2" : "feed-10");
    this.decide("decide-1");
  }

  /** @param {string} name */
  decide(name) {
    this.lease = { holder: name, fence: (this.lease?.fence ?? 6) + 1, taken_at: ago(0) };
    for (const it of this.members) if (it.name === name) it.state = "deciding";
  }

  /** Nothing is heard of it any more. @param {string} name */
  silence(name) {
    this.#silent.set(name, Date.now() - 12_000);
    for (const it of this.members) if (it.name === name) it.state = "silent";
    for (const it of this.shards) if (it.holder === name) it.state = "silent";
  }

  /** Whoever decides falls silent, and whoever stands by decides. */
  takeOver() {
    const next = this.members.find(({ state }) => state === "standing_by");
    if (this.lease === null || next === undefined) return;
    this.silence(this.lease.holder);
    this.decide(next.name);
  }

  /** @param {number} shard @param {string | null} holder */
  move(shard, holder) {
    const now = { holder, held_since: holder === null ? null : ago(0) };
    const how = holder === null ? { state: "idle", delay_ms: null } : { state: "live", delay_ms: 3 + shard };
    this.shards = this.shards.map((it) =>
      it.shard === shard ? { ...it, ...now, .../** @type {Pick<Shard, "state" | "delay_ms">} */ (how) } : it,
    );
    for (const it of this.members) {
      const held = this.shards.filter((one) => one.holder === it.name);
      it.shards = held.map((one) => one.shard);
      it.tokens = held.reduce((sum, { tokens }) => sum + tokens, 0);
    }
  }

  /** @param {boolean} empty @returns {import("../../src/api/cluster").Cluster} */
  view(empty) {
    const members = this.members.map((it) => {
      const last = this.#silent.get(it.name);
      return { ...it, heard_ms_ago: last === undefined ? 300 : Date.now() - last };
    });
    return {
      role: this.role,
      redis: this.redis,
      lease: this.lease === null ? null : { ...this.lease, left_ms: this.left_ms },
      members: empty ? [] : members,
      shards: empty ? [] : this.shards,
    };
  }
}
