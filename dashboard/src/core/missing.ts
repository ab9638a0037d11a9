import type { ActorNode, System } from "../api/types";
import { flattenTree } from "./tree";

/** What trading lacks where nobody halted it. */
export interface Missing {
  /** Why the service is not ready, in its words. */
  reasons: readonly string[];
  /** Actors of trading that complain, or are not there. */
  actors: readonly ActorNode[];
}

const ails = ({ degraded, status }: ActorNode): boolean =>
  degraded !== null || status === "down" || status === "backoff";

/** Everything that keeps trading from going on, or null where nothing does. */
export function missingIn(system: System): Missing | null {
  const all = flattenTree(system.tree).map(({ node }) => node);
  const trading = all.find(({ name }) => name === "trading");
  const below = trading === undefined ? [] : flattenTree(trading).map(({ node }) => node);
  const actors = below.filter(ails);
  const reasons = system.ready ? [] : system.not_ready;
  return system.ready && actors.length === 0 ? null : { reasons, actors };
}

/** The venue answers within the interval of comparing, which is half a minute; beyond this nobody has heard it. */
const heardMsMax = 120_000;

/** Whether the venue's word on our orders and transactions is of now. */
export const isHeard = (socket_up: boolean, compared_ms_ago: number | null): boolean =>
  socket_up || (compared_ms_ago !== null && compared_ms_ago <= heardMsMax);
