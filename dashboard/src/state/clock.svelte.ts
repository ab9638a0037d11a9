const tickMs = 250;

/** The time as the page shows it, advancing four times a second. */
class Clock {
  /** Local time in ms since 1970. */
  now = $state(Date.now());
  /** What to add to the local time to have the service's. */
  offset_ms = $state(0);
  #timer: ReturnType<typeof setInterval> | null = null;

  start(): void {
    this.#timer ??= setInterval(() => (this.now = Date.now()), tickMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Learns the service's time from an answer that has just arrived. */
  learn(service_now_ms: number | null): void {
    if (service_now_ms === null) return;
    const offset = service_now_ms - Date.now();
    // Small differences are the way of the message; following them would make ages tremble.
    if (Math.abs(offset - this.offset_ms) > 500) this.offset_ms = offset;
  }

  /** Age, by the service's clock, of a moment it stated. */
  ageOf(millis: number): number {
    return Math.max(0, this.now + this.offset_ms - millis);
  }

  /** Time since a local moment. */
  since(local_ms: number): number {
    return Math.max(0, this.now - local_ms);
  }
}

export const clock = new Clock();
