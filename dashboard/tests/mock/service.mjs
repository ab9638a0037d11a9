// @ts-check
/**
 * A stand-in for the service while the page is made and tested: the same paths, frames and headers over
 * made-up numbers, with handles to silence the feed, fail answers and go away.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { MockAlerts } from "./alerts.mjs";
import { MockCluster } from "./cluster.mjs";
import { MockDesk } from "./desk.mjs";
import { bookOf, pricesOf, rules } from "./market.mjs";
import { MockPast } from "./past.mjs";
import { MockSessions } from "./sessions.mjs";
import { MockSwarm } from "./swarm.mjs";
import { complaining } from "./trouble.mjs";
import { MockWhales } from "./whales.mjs";
import { chance, eachActor, funnelReasons, makeMarket, makeOpportunity, makeTree } from "./world.mjs";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

const feedLimitMs = 5_000;

/** @typedef {"normal" | "fail" | "hang" | "empty"} Behaviour */

/** Facts are numbered; frames of state carry the number of the last one. */
const facts = new Set(["opportunity", "order", "fill", "decision", "notice", "whale_trade", "forecast"]);

export class MockService {
  /** This run trades. */
  trades = true;
  /** @type {Behaviour} */
  behaviour = "normal";
  feedSilent = false;
  /** What everything complains of that can complain. @type {string | null} */
  complaint = null;
  /** No opportunity comes or goes by itself. */
  calm = false;
  #random = chance(7);
  #started = Date.now();
  #seq = 0;
  /** Which life of the service this is: another one knows nothing of the numbers before. */
  run = "00000000000000a1";
  /** Facts that were told, by number. @type {Map<number, string>} */
  #told = new Map();
  #born = 0;
  #feedAt = Date.now();
  /** @type {import("../../src/api/types").Mode} */
  mode = "demo";
  /** @type {import("../../src/api/types").Market[]} */
  #markets = Array.from({ length: 1_240 }, (_, index) => makeMarket(this.#random, index));
  /** @type {Map<string, import("../../src/api/types").Opportunity>} */
  #open = new Map();
  /** @type {import("../../src/api/types").Opportunity[]} */
  #closed = [];
  #tree = makeTree();
  #reasons = funnelReasons();
  #found = 19;
  /** @type {import("node:http").Server | null} */
  #server = null;
  /** @type {WebSocketServer | null} */
  #sockets = null;
  /** @type {NodeJS.Timeout[]} */
  #timers = [];
  port = 0;
  /** Whether nothing new happens but to opportunities and prices: lists of the newest grow otherwise. */
  still = false;
  desk = new MockDesk(this.#random, this.#markets.slice(0, 40), (type, data) => this.#send(type, data));

  whales = new MockWhales(chance(11), this.#markets.slice(0, 40), (type, data) => this.#send(type, data));
  alerts = new MockAlerts();
  cluster = new MockCluster();
  past = new MockPast();
  sessions = new MockSessions();
  swarm = new MockSwarm(chance(13), this.#markets.slice(0, 40), (type, data) => this.#send(type, data));

  constructor() {
    for (let n = 0; n < 9; n += 1) this.#find();
    for (let n = 0; n < 30; n += 1) {
      this.#find();
      this.#close();
    }
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param {number} port 0 for any free one */
  async start(port = this.port) {
    const server = createServer((request, response) => this.#receive(request, response));
    this.#sockets = new WebSocketServer({
      server,
      path: "/ws",
      verifyClient: (/** @type {{req: import("node:http").IncomingMessage}} */ { req }) =>
        this.sessions.of(req) !== null,
    });
    this.#sockets.on("connection", (socket, request) => this.#greet(socket, request));
    this.#server = server;
    await new Promise((done) => server.listen(port, "127.0.0.1", () => done(null)));
    const address = server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
    this.#timers = [
      setInterval(() => this.#send("health", this.#system()), 1_000),
      setInterval(() => this.#trade(), 700),
      setInterval(() => {
        if (this.trades) this.#send("trading", this.desk.view(this.behaviour === "empty"));
      }, 400),
      setInterval(() => {
        if (this.trades && this.behaviour !== "empty" && !this.still)
          this.desk.step([...this.#open.values()].at(-1) ?? null);
      }, 1_100),
      setInterval(() => this.#tick(), 150),
      setInterval(() => {
        if (this.behaviour === "empty" || this.still) return;
        this.whales.step();
        this.swarm.step();
      }, 1_300),
    ];
  }

  async stop() {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
    this.#server?.closeAllConnections();
    await new Promise((done) => (this.#server ? this.#server.close(() => done(null)) : done(null)));
    this.#server = null;
  }

  /** Every socket is cut; the service goes on. */
  cut() {
    for (const socket of this.#sockets?.clients ?? []) socket.terminate();
  }

  /** @param {import("ws").WebSocket} socket @param {import("node:http").IncomingMessage} request */
  #greet(socket, request) {
    const asked = new URL(request.url ?? "/", this.url).searchParams.get("resume");
    const [run, fact] = (asked ?? "-").split("-");
    const since = Number(fact);
    const later = Array.from({ length: Math.max(0, this.#seq - since) }, (_, n) =>
      this.#told.get(since + 1 + n),
    );
    const resumed = asked !== null && run === this.run && since <= this.#seq && !later.includes(undefined);
    const last_fact = resumed ? since : this.#seq;
    socket.send(this.#frame("hello", { protocol: 1, version: "0.1.0", run: this.run, last_fact, resumed }));
    if (resumed) for (const text of later) socket.send(text ?? "");
  }

  /** Makes the next frame seem lost on its way, and changes what it would have said. */
  loseFrames() {
    this.#close();
    this.#seq += 5;
  }

  /** The oldest one that is open closes, and this is told. */
  closeOldest() {
    this.#send("opportunity", this.#close());
  }

  /** It knows of so many markets. @param {number} count */
  haveMarkets(count) {
    const known = this.#markets.length;
    const more = Array.from({ length: count - known }, (_, n) => makeMarket(this.#random, known + n));
    this.#markets = [...this.#markets, ...more];
  }

  openIds() {
    return [...this.#open.keys()];
  }

  #find() {
    this.#born += 1;
    const made = makeOpportunity(this.#random, this.#born, this.#markets.slice(0, 40));
    this.#open.set(made.id, made);
    this.#found += 1;
    return made;
  }

  #close() {
    const [first] = this.#open.values();
    if (first === undefined) return null;
    this.#open.delete(first.id);
    const closed = {
      ...first,
      state: /** @type {const} */ ("closed"),
      closed_at: new Date().toISOString(),
      closed_reason: { code: "no_edge", text: "The prices no longer contradict each other." },
    };
    this.#closed.unshift(closed);
    this.#closed.length = Math.min(this.#closed.length, 200);
    return closed;
  }

  #trade() {
    if (this.feedSilent || this.behaviour === "empty") return;
    this.#feedAt = Date.now();
    if (this.calm) return;
    if (this.#open.size > 12 || this.#random.next() < 0.4) {
      const closed = this.#close();
      if (closed !== null) this.#send("opportunity", closed);
    }
    this.#send("opportunity", this.#find());
  }

  #tick() {
    if (this.feedSilent) return;
    this.#feedAt = Date.now();
    const reason = this.#random.pick(this.#reasons.filter(({ count }) => count > 0));
    reason.count += 3;
    eachActor(this.#tree, (node) => {
      if (node.role === "worker") node.queue.handled += this.#random.int(0, 40);
      const busy = node.role === "worker" && this.#random.next() < 0.3;
      node.handling = busy ? { message: "ApplyFrames", for_ms: this.#random.int(0, 4) } : null;
      node.queue.depth = busy ? this.#random.int(0, 6) : 0;
    });
    const market = this.#random.pick(this.#markets.slice(0, 50));
    const [yes] = market.outcomes;
    if (yes === undefined || yes.best_bid === null) return;
    this.#send("market_update", {
      condition_id: market.condition_id,
      title: market.title,
      price: Number(yes.best_bid),
      volume_24h: Number(market.volume_24h),
      timestamp: new Date().toISOString(),
      bid: yes.best_bid,
      ask: yes.best_ask,
      trust: yes.trust,
    });
  }

  /** @param {string} type @param {unknown} data */
  #frame(type, data) {
    if (facts.has(type)) this.#seq += 1;
    const text = JSON.stringify({
      type,
      seq: this.#seq,
      ts: new Date().toISOString(),
      data: this.#worded(data),
    });
    if (facts.has(type)) this.#told.set(this.#seq, text);
    return text;
  }

  /** @param {unknown} answer */
  #worded(answer) {
    return this.complaint === null ? answer : complaining(answer, this.complaint);
  }

  /** @param {string} type @param {unknown} data */
  #send(type, data) {
    if (this.behaviour === "hang") return;
    const text = this.#frame(type, data);
    for (const socket of this.#sockets?.clients ?? []) socket.send(text);
  }

  /** @returns {import("../../src/api/types").System} */
  #system() {
    const age_ms = Date.now() - this.#feedAt;
    const silent = age_ms > feedLimitMs;
    const empty = this.behaviour === "empty";
    const reasons = this.#reasons.map((reason) => (empty ? { ...reason, count: 0 } : reason));
    const ended = reasons.reduce((sum, { count }) => sum + count, 0);
    const found = empty ? 0 : this.#found;
    return {
      mode: this.mode,
      version: "0.1.0",
      started_at: new Date(this.#started).toISOString(),
      now: new Date().toISOString(),
      ready: !silent,
      not_ready: silent ? [`the feed has been silent for ${Math.floor(age_ms / 1_000)} s`] : [],
      feed: {
        age_ms,
        age_ms_max: feedLimitMs,
        stale: silent,
        connections: empty
          ? []
          : [0, 1, 2].map((n) => ({
              name: `feed-${n}`,
              state: silent ? (n === 2 ? "down" : "silent") : "live",
              tokens: 180,
              age_ms: age_ms + n * 40,
              frames: 12_345 * (n + 1),
              reconnects: n,
              last_error: n === 2 && silent ? "The venue closed the connection without a word." : null,
            })),
      },
      books: { trusted: silent ? 0 : 1_190, suspect: 4, stale: silent ? 1_196 : 6, waiting: 0 },
      detector: { looks: found + ended, found, open: this.#open.size, reasons },
      collectors: empty
        ? []
        : [
            {
              name: "markets",
              last_run_at: new Date(Date.now() - 21_000).toISOString(),
              took_ms: 840,
              result: { added: 3, changed: 41, closed: 2, failed: 0, total: 1_240 },
              error: null,
            },
            {
              name: "prices",
              last_run_at: new Date(Date.now() - 4_000).toISOString(),
              took_ms: 312,
              result: { added: 0, changed: 1_180, closed: 0, failed: 4, total: 1_240 },
              error: "The venue answered 429; the run goes on in 10 s.",
            },
          ],
      store: { state: "up", backend: "sqlite", queued: 3, written: 48_210, dropped: 0, last_error: null },
      trades: this.whales.feed(),
      swarm: { state: "on", text: "5 models are asked." },
      alerts: { state: "on", text: "Alerts go out by one channel." },
      clients: this.#sockets?.clients.size ?? 0,
      tree: this.#tree,
    };
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  #receive(request, response) {
    /** @type {Buffer[]} */
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => this.#answer(request, Buffer.concat(parts).toString(), response));
  }

  /** @param {import("node:http").IncomingMessage} request @param {string} body @param {import("node:http").ServerResponse} response */
  #answer(request, body, response) {
    const url = new URL(request.url ?? "/", this.url);
    if (!url.pathname.startsWith("/api/")) return this.#file(url.pathname, response);
    if (this.behaviour === "hang") return;
    const said = this.sessions.answer(request, url.pathname, body);
    if (said !== null) return this.#given(response, said, said.headers);
    if (this.behaviour === "fail") {
      return this.#problem(
        response,
        503,
        "store_down",
        "The store does not answer.",
        "Look at its disk; dutchbook doctor says more.",
      );
    }
    const kill = /^\/api\/v1\/system\/actors\/([^/]+)\/kill$/.exec(url.pathname);
    if (kill?.[1] !== undefined) return this.#kill(decodeURIComponent(kill[1]), response);
    if (url.pathname === "/api/v1/cluster")
      return this.#json(response, this.cluster.view(this.behaviour === "empty"));
    if (url.pathname === "/api/v1/system") return this.#json(response, this.#system());
    if (url.pathname === "/api/v1/markets") return this.#json(response, this.#marketPage(url.searchParams));
    const one = /^\/api\/v1\/markets\/(0x[0-9a-f]+)(?:\/(book|prices))?$/.exec(url.pathname);
    if (one?.[1] !== undefined) return this.#market(one[1], one[2], response);
    if (url.pathname === "/api/v1/opportunities") {
      const all = url.searchParams.get("state") === "closed" ? this.#closed : [...this.#open.values()];
      const data = this.behaviour === "empty" ? [] : all;
      return this.#json(response, {
        data: data.slice(0, Number(url.searchParams.get("limit") ?? 50)),
        next_cursor: null,
      });
    }
    const then = this.past.answer(url);
    if (then !== null) return this.#given(response, then);
    if (request.method === "GET") {
      const path = url.pathname.replace("/api/v1/", "");
      const empty = this.behaviour === "empty";
      const known = /^(risk|strategies|orders|decisions|fills|ledger|results|equity)(\/|$)/.test(path);
      if (known && !this.trades) return this.#off(response);
      const answer = known
        ? this.desk.read(path, url.searchParams, empty)
        : (this.alerts.read(path, url.searchParams, empty) ??
          this.whales.read(path, url.searchParams, empty) ??
          this.swarm.read(path, url.searchParams, empty));
      if (answer !== null) return this.#json(response, answer);
    } else {
      return this.#command(url.pathname.replace("/api/v1/", ""), request, body, response);
    }
    return this.#problem(response, 404, "not_found", "There is nothing at this path.", null);
  }

  /** @param {import("node:http").ServerResponse} response */
  #off(response) {
    const hint = "Start it in demo, paper or live mode.";
    return this.#problem(response, 503, "trading_off", "This run only watches the markets.", hint);
  }

  /** @param {string} path @param {import("node:http").IncomingMessage} request @param {string} body @param {import("node:http").ServerResponse} response */
  #command(path, request, body, response) {
    const key = String(request.headers["idempotency-key"] ?? "");
    if (path === "alerts/test") return this.#given(response, this.alerts.test(body));
    if (path === "forecasts") return this.#given(response, this.swarm.ask(key, body));
    if (!this.trades) return this.#off(response);
    if (path === "execute/order/preview") return this.#given(response, this.desk.preview(body));
    const answer = this.desk.command(request.method ?? "", path, body, key, (id) => this.#open.get(id));
    if (answer === null)
      return this.#problem(response, 404, "not_found", "There is nothing at this path.", null);
    if (this.desk.loseAnswers > 0) {
      // Not cut off: a browser itself sends a request again whose connection broke.
      this.desk.loseAnswers -= 1;
      return;
    }
    return this.#given(response, answer);
  }

  /** @param {import("node:http").ServerResponse} response @param {{status: number, body: unknown}} answer @param {Record<string, string>} headers */
  #given(response, { status, body }, headers = {}) {
    const type = status < 300 ? "application/json" : "application/problem+json";
    response.writeHead(status, { ...headers, "content-type": type });
    response.end(body === null ? undefined : JSON.stringify(body));
  }

  /** @param {string} id @param {string | undefined} part @param {import("node:http").ServerResponse} response */
  #market(id, part, response) {
    const market = this.#markets.find(({ condition_id }) => condition_id === id);
    if (market === undefined) {
      return this.#problem(response, 404, "not_found", "There is nothing at this path.", null);
    }
    if (part === "book") return this.#json(response, bookOf(market));
    if (part === "prices") return this.#json(response, pricesOf(market));
    return this.#json(response, { ...market, rules });
  }

  /** @param {URLSearchParams} query */
  #marketPage(query) {
    const q = (query.get("q") ?? "").toLowerCase();
    const watched = query.get("watched") === "true";
    const all =
      this.behaviour === "empty"
        ? []
        : this.#markets.filter(
            (market) =>
              market.title.toLowerCase().includes(q) &&
              (!query.get("group") || market.group?.id === query.get("group")) &&
              (!watched || market.outcomes[0]?.trust !== "unwatched"),
          );
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit") ?? 50);
    return { data: all.slice(from, to), next_cursor: to < all.length ? String(to) : null, total: all.length };
  }

  /** @param {string} name @param {import("node:http").ServerResponse} response */
  #kill(name, response) {
    eachActor(this.#tree, (node) => {
      if (node.name !== name) return;
      node.status = "backoff";
      node.restarts += 1;
      node.last_exit = "killed by the debug command";
      setTimeout(() => {
        node.status = "up";
        node.incarnation += 1;
      }, 1_500);
    });
    response.writeHead(202).end();
  }

  /** @param {import("node:http").ServerResponse} response @param {unknown} body */
  #json(response, body) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.#worded(body)));
  }

  /** @param {import("node:http").ServerResponse} response @param {number} status @param {string} code @param {string} detail @param {string | null} hint */
  #problem(response, status, code, detail, hint) {
    const body = { type: `urn:dutchbook:${code}`, title: detail, status, code, detail, hint };
    response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
  }

  /** @param {string} path @param {import("node:http").ServerResponse} response */
  #file(path, response) {
    const file = normalize(join(dist, path === "/" ? "index.html" : path));
    const type = types[extname(file)];
    if (!file.startsWith(dist + sep) || type === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": type, "content-security-policy": policy });
    createReadStream(file).pipe(response);
  }
}
