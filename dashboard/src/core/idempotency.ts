/**
 * One wish, one key. The same wish sent again while nobody knows what became of it carries the same key,
 * so that the service carries it out once; a new wish carries a new one.
 */
export class IdempotencyKeys {
  #open: { wish: string; key: string } | null = null;

  constructor(readonly make: () => string = randomKey) {}

  /** The key for a wish, told apart by its text. */
  keyFor(wish: string): string {
    if (this.#open?.wish !== wish) this.#open = { wish, key: this.make() };
    return this.#open.key;
  }

  /** What became of the wish is known: the next one is new, whatever it says. */
  settled(): void {
    this.#open = null;
  }
}

/** 128 bits of chance. `crypto.randomUUID` is missing where the page does not come over TLS or loopback. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
