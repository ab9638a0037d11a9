import { getOrderFills, getOrders } from "../api/desk";
import type { Fill, Order } from "../api/trading";
import { FactList } from "./fact-list.svelte";

/** Orders whose fills are kept; the ones heard of first leave first. */
const ordersMax = 500;

const fillKey = ({ trade_id, order_id }: Fill): string => `${trade_id} ${order_id}`;

class Fills {
  by_order = $state.raw<ReadonlyMap<string, readonly Fill[]>>(new Map());

  accept(fill: Fill): void {
    this.#put(fill.order_id, [fill]);
  }

  async fetch(order: string, signal: AbortSignal): Promise<void> {
    this.#put(order, await getOrderFills(order, signal));
  }

  #put(order: string, arrived: readonly Fill[]): void {
    const known = new Map((this.by_order.get(order) ?? []).map((fill) => [fillKey(fill), fill]));
    for (const fill of arrived) {
      const before = known.get(fillKey(fill));
      if (before === undefined || Date.parse(fill.updated_at) >= Date.parse(before.updated_at)) {
        known.set(fillKey(fill), fill);
      }
    }
    const kept = new Map(this.by_order);
    kept.delete(order);
    kept.set(
      order,
      [...known.values()].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    );
    const [oldest] = kept.keys();
    if (kept.size > ordersMax && oldest !== undefined) kept.delete(oldest);
    this.by_order = kept;
  }
}

export const fills = new Fills();

export const orders = new FactList<Order, null>(
  {
    fetch: (_, cut, signal) => getOrders(cut, signal),
    matches: () => true,
    moment: (order) => order.created_at,
    changed: (order) => order.updated_at,
  },
  null,
);
