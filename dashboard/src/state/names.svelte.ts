import { getMarket, getSiblings } from "../api/market";

/** Names kept; the ones that were asked for first leave first. */
const namesMax = 500;
/** What could not be named is asked for again after so long. */
const retryMs = 60_000;

type Ask = () => Promise<string | null>;

/** What people call the markets and groups that the service speaks of by their keys. Asked for one by one. */
class Names {
  #known = $state.raw<ReadonlyMap<string, string>>(new Map());
  readonly #asked = new Map<string, number>();
  #queue: { key: string; ask: Ask }[] = [];
  #busy = false;

  /** The title of a market; null until it is known. Text from the venue. */
  market(id: string): string | null {
    return this.#named(id, async () => (await getMarket(id, AbortSignal.timeout(10_000))).title);
  }

  /** The title of a group; null until it is known. Text from the venue. */
  group(id: string): string | null {
    return this.#named(`group ${id}`, async () => {
      const [first] = (await getSiblings(id, AbortSignal.timeout(10_000))).data;
      return first?.group?.title ?? null;
    });
  }

  #named(key: string, ask: Ask): string | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked_at = this.#asked.get(key);
    if (asked_at === undefined || Date.now() - asked_at > retryMs) {
      this.#asked.set(key, Date.now());
      this.#queue = [...this.#queue, { key, ask }].slice(-namesMax);
      // It is asked from within a drawing, which must not change what is drawn.
      queueMicrotask(() => void this.#work());
    }
    return null;
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const name = await next.ask().catch(() => null);
      if (name === null || name === "") continue;
      const known = new Map(this.#known).set(next.key, name);
      const [oldest] = known.keys();
      if (known.size > namesMax && oldest !== undefined) {
        known.delete(oldest);
        this.#asked.delete(oldest);
      }
      this.#known = known;
    }
    this.#busy = false;
  }
}

export const names = new Names();
