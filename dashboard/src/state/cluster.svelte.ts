import { getCluster, type Cluster } from "../api/cluster";
import { Polled, type Pace } from "./polled.svelte";

/** Who does what changes within seconds when a process dies: it is read more often than other lists. */
export const clusterPace: Pace = { refresh_ms: 2_000, age_ms_max: 6_000 };

export const cluster = new Polled<Cluster>(getCluster, clusterPace);
