// @ts-check
import { randomUUID } from "node:crypto";

/** @typedef {import("../../src/core/role").Role} Role */
/** @typedef {{principal: string, role: Role, expires_at: string | null}} Session */
/** @typedef {import("node:http").IncomingMessage} Request */

/** Each role may all that those of a lower rank may. @type {Record<Role, number>} */
const rank = { viewer: 0, operator: 1, admin: 2 };
const ofAdmins = /\/(risk|settings|reconcile|kill|tokens)\b/;
const path = "/api/v1/session";
const cookie = "dutchbook_session";
const lifeMs = 43_200_000;

/** @param {number} status @param {string} code @param {string} detail @param {string} hint */
const problem = (status, code, detail, hint) => ({
  status,
  headers: {},
  body: { type: `urn:dutchbook:${code}`, title: detail, status, code, detail, hint },
});

/** Who is let in: whoever opens a link, or sends a token that is known. */
export class MockSessions {
  /** @type {Set<string>} */
  #keys = new Set();
  /** @type {Map<string, Session>} */
  #open = new Map();
  /** @type {Map<string, Role>} */
  tokens = new Map();

  /** A key that works once. */
  newKey() {
    const key = randomUUID();
    this.#keys.add(key);
    return key;
  }

  /** Every session ends, as after a restart. */
  endAll() {
    this.#open.clear();
  }

  /** @param {Request} request */
  of(request) {
    const sent = new RegExp(`${cookie}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1] ?? "";
    return this.#open.get(sent) ?? null;
  }

  /**
   * The answer where this request is about sessions or may not be made; null where it goes on.
   * @param {Request} request @param {string} pathname @param {string} body
   */
  answer(request, pathname, body) {
    if (pathname === path && request.method === "POST") return this.#enter(body);
    const session = this.of(request);
    if (session === null)
      return problem(401, "unauthorized", "This needs a session.", "Open the link, or send a token.");
    if (pathname === path && request.method === "GET") return { status: 200, headers: {}, body: session };
    if (pathname === path) {
      this.endAll();
      const headers = { "set-cookie": `${cookie}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0` };
      return { status: 204, headers, body: null };
    }
    const changes = ofAdmins.test(pathname) ? "admin" : "operator";
    const needed = request.method === "GET" ? "viewer" : changes;
    return rank[session.role] >= rank[needed]
      ? null
      : problem(403, "forbidden", "Your role may not do this.", `It needs the role ${needed}.`);
  }

  /** @param {string} text */
  #enter(text) {
    /** @type {{key?: string, token?: string}} */
    const proof = JSON.parse(text);
    const by_link = proof.key !== undefined && this.#keys.delete(proof.key);
    const role = by_link ? "admin" : this.tokens.get(proof.token ?? "");
    if (role === undefined)
      return proof.key === undefined
        ? problem(401, "unauthorized", "The token is not known.", "Make one with “dutchbook token”.")
        : problem(401, "link_used_or_unknown", "The link was used before.", "Ask for another.");
    const session = this.#begin(by_link ? "link" : "laptop", role);
    const life = `HttpOnly; SameSite=Strict; Path=/; Max-Age=${lifeMs / 1000}`;
    return { status: 201, headers: { "set-cookie": `${cookie}=${session.id}; ${life}` }, body: session.told };
  }

  /** The cookie of somebody who has just been let in. @param {Role} role */
  enter(role) {
    return { name: cookie, value: this.#begin("link", role).id };
  }

  /** @param {string} principal @param {Role} role */
  #begin(principal, role) {
    const told = { principal, role, expires_at: new Date(Date.now() + lifeMs).toISOString() };
    const id = randomUUID();
    this.#open.set(id, told);
    return { id, told };
  }
}
