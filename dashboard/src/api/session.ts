import { isRecord } from "../core/shape";
import { roles, type Role } from "../core/role";
import { getJson, Problem, request } from "./client";

const path = "/api/v1/session";

/** Who the service takes this browser for. The proof is a cookie that no script can read. */
export interface Session {
  /** `link` for the one-time link, or the name of the token. */
  principal: string;
  role: Role;
  expires_at: string | null;
}

/** What opens a session: the key of the one-time link, or a token typed in. */
export type Proof = { key: string } | { token: string };

function sessionFrom(body: unknown): Session {
  const role = isRecord(body) ? roles.find((it) => it === body["role"]) : undefined;
  if (!isRecord(body) || role === undefined)
    throw new Problem("malformed", `The answer of ${path} is not a session.`, null, 200);
  return {
    principal: String(body["principal"]),
    role,
    expires_at: typeof body["expires_at"] === "string" ? body["expires_at"] : null,
  };
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

/** Services before sessions have nothing at this path: whoever reaches them may read. */
export const isUnknownPath = ({ status }: Problem): boolean => status === 404 || status === 405;
