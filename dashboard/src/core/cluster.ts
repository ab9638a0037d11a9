import type { Cluster, Process, ProcessRole, ProcessState } from "../api/cluster";

/** Who decides comes first, then those who could, then those who read the feed and who serve pages. */
const roles: readonly ProcessRole[] = ["alone", "decide", "feed", "web"];
const states: readonly ProcessState[] = [
  "alone",
  "deciding",
  "standing_by",
  "watching",
  "serving",
  // What it did is told by its role: it stands last among those of its kind.
  "silent",
];

/** A word that is not known comes last. */
const place = <T>(of: readonly T[], value: T): number =>
  (of.indexOf(value) + of.length + 1) % (of.length + 1);

/** In the order in which they are shown. Names with numbers go by these: feed-2 before feed-10. */
export const inOrder = (members: readonly Process[]): Process[] =>
  members.toSorted(
    (a, b) =>
      place(roles, a.role) - place(roles, b.role) ||
      place(states, a.state) - place(states, b.state) ||
      a.name.localeCompare(b.name, "en", { numeric: true }),
  );

/** Nobody else can be there: there is nothing to list. */
export const isByItself = ({ role, redis }: Cluster): boolean => role === "alone" && redis.state === "unused";

/** Nothing is known yet of processes that should be there. */
export const isUnknown = (cluster: Cluster): boolean =>
  !isByItself(cluster) && cluster.members.length === 0 && cluster.shards.length === 0;

/** What is left of a lease now, `since_ms` after it was read; 0 where it has run out. */
export const leftOf = (left_ms: number, since_ms: number): number => Math.max(0, left_ms - since_ms);

/** A few are always under way; what decides says something every second. */
const behindFactsMax = 100;
const leaderSilenceMsMax = 5_000;

/** Whether it tells people late what happens, or nothing at all. */
export const isBehind = ({ behind_facts, leader_heard_ms_ago }: Process): boolean =>
  (behind_facts ?? 0) > behindFactsMax || (leader_heard_ms_ago ?? 0) > leaderSilenceMsMax;
