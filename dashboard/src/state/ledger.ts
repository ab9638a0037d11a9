import type { Opportunity } from "../api/types";

/** Closed opportunities kept; the oldest leave first. */
export const closedMax = 100;
/** Open opportunities kept; beyond it new ones are counted, not kept. */
export const openMax = 500;

/** What is known of opportunities. Never changed in place. */
export interface Ledger {
  open: ReadonlyMap<string, Opportunity>;
  /** Latest closing first. */
  closed: readonly Opportunity[];
  /** Open ones that were not kept because of `openMax`. */
  overflow: number;
}

export const emptyLedger: Ledger = { open: new Map(), closed: [], overflow: 0 };

const closedAt = (opportunity: Opportunity): number =>
  Date.parse(opportunity.closed_at ?? opportunity.seen_at);

function withClosed(closed: readonly Opportunity[], added: Opportunity): Opportunity[] {
  const others = closed.filter(({ id }) => id !== added.id);
  const place = others.findIndex((other) => closedAt(other) <= closedAt(added));
  others.splice(place === -1 ? others.length : place, 0, added);
  return others.slice(0, closedMax);
}

/** Applies frames in their order. A closed opportunity stays closed, whatever arrives late. */
export function applyOpportunities(ledger: Ledger, arrived: readonly Opportunity[]): Ledger {
  if (arrived.length === 0) return ledger;
  const open = new Map(ledger.open);
  let closed = ledger.closed;
  let overflow = ledger.overflow;
  for (const opportunity of arrived) {
    if (opportunity.state === "closed") {
      if (!open.delete(opportunity.id) && overflow > 0) overflow -= 1;
      closed = withClosed(closed, opportunity);
    } else if (closed.some(({ id }) => id === opportunity.id)) {
      continue;
    } else if (open.has(opportunity.id) || open.size < openMax) {
      open.set(opportunity.id, opportunity);
    } else {
      overflow += 1;
    }
  }
  return { open, closed, overflow };
}

/**
 * Replaces the ledger by a fetched one, then applies the frames that arrived while it was on its way:
 * they are newer than the answer.
 */
export function replaceLedger(
  open: readonly Opportunity[],
  closed: readonly Opportunity[],
  meanwhile: readonly Opportunity[],
): Ledger {
  const fetched = applyOpportunities(emptyLedger, [...closed, ...open]);
  return applyOpportunities(fetched, meanwhile);
}
