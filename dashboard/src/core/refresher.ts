import { retryDelayMs } from "./backoff";

/** Shortest time between the starts of two runs. */
const restMs = 2_000;

/**
 * Runs a fetch when asked: one at a time, requests in between become one more run, and a failed run is
 * tried again with back-off.
 */
export class Refresher {
  #running: AbortController | null = null;
  #again = false;
  #attempt = 0;
  #started_at = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly run: (signal: AbortSignal) => Promise<void>) {}

  /** Asks for a run, soon. */
  request(): void {
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#schedule(Math.max(0, this.#started_at + restMs - Date.now()));
  }

  /** Starts a run now with a clean slate: what is wanted has changed, so the old answer is not. */
  restart(): void {
    this.stop();
    this.#start();
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#again = false;
    this.#attempt = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(delay_ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), delay_ms);
  }

  #start(): void {
    this.#timer = null;
    this.#started_at = Date.now();
    const running = new AbortController();
    this.#running = running;
    this.run(running.signal).then(
      () => this.#ended(running, true),
      () => this.#ended(running, false),
    );
  }

  #ended(running: AbortController, well: boolean): void {
    if (running !== this.#running) return;
    this.#running = null;
    this.#attempt = well ? 0 : this.#attempt + 1;
    const again = this.#again;
    this.#again = false;
    if (!well) this.#schedule(retryDelayMs(this.#attempt, Math.random()));
    else if (again) this.#schedule(restMs);
  }
}
