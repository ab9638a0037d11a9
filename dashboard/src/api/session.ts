import { isRecord } from "../core/shape";
import { roles, type Role } from "../core/role";
import { getJson, Problem, request } from "./client";
import type { Narrow } from "./narrow";
import type * as schema from "./schema";

const path = "/api/v1/session";

/** Who the service takes this browser for. The proof is a cookie that no script can read. */
export type Session = Narrow<schema.SessionView, { role: Role }>;

/** What opens a session: the key of the one-time link, or a token typed in. */
export type Proof = { key: string } | { token: string };

function sessionFrom(body: unknown): Session {
  if (!isRecord(body) || !roles.some((it) => it === body["role"]))
    throw new Problem("malformed", `The answer of ${path} is not a session.`, null, 200);
  return body as unknown as Session;
}

export const getSession = async (signal: AbortSignal): Promise<Session> =>
  sessionFrom(await getJson(path, signal));

export async function openSession(proof: Proof): Promise<Session> {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const response = await request(path, { method: "POST", headers, body: JSON.stringify(proof) });
  return sessionFrom(await response.json().catch(() => null));
}

export async function closeSession(): Promise<void> {
  await request(path, { method: "DELETE" });
}
