import type { CountedReason, Detector } from "../api/types";

export interface FunnelRow extends CountedReason {
  /** Part of all looks, 0 to 1. */
  share: number;
}

export interface Funnel {
  looks: number;
  found: number;
  /** Reasons that ended at least one look, in the order of the detector's checks. */
  rows: FunnelRow[];
  /** Reasons that ended none. */
  unused: number;
  /** Looks that neither found nor stated a reason; anything but 0 is a fault of the service. */
  missing: number;
}

export function funnelOf({ looks, found, reasons }: Detector): Funnel {
  const rows: FunnelRow[] = [];
  let explained = 0;
  for (const reason of reasons) {
    explained += reason.count;
    if (reason.count > 0) rows.push({ ...reason, share: looks > 0 ? reason.count / looks : 0 });
  }
  return { looks, found, rows, unused: reasons.length - rows.length, missing: looks - found - explained };
}
