/** What a session may do: each role may all that the ones before it may. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** Whether a role is enough where another is needed. */
export const suffices = (own: Role, needed: Role): boolean => roles.indexOf(own) >= roles.indexOf(needed);

/** What changes the bounds of everything, not one order. */
const ofAdmins =
  /^\/api\/v1\/(risk\/(limits|locks)|strategies\/[^/]+\/settings$|reconcile\/|system\/actors\/|execute\/transfer|tokens)/;

/** The role that a command needs. The service decides; the page only says it beforehand. */
export const roleFor = (path: string): Role => (ofAdmins.test(path) ? "admin" : "operator");

/** The key of the one-time link that the service prints: `#/login?key=…`. */
export function loginKey(hash: string): string | null {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return path === "login" ? new URLSearchParams(query).get("key") : null;
}
