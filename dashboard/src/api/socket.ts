import { crowdDelayMs, isCrowd, retryDelayMs } from "../core/backoff";
import { parseFrame, SequenceWatch, type Frame, type Greeting } from "./frames";

export type Link =
  | { state: "connecting"; attempt: number }
  | { state: "live"; since: number }
  | { state: "waiting"; attempt: number; retry_at: number; why: Ending };

/** `sent_away`, with many others, by a service that said so; `cut_off` for reasons that are not known. */
export type Ending = "sent_away" | "cut_off";

/**
 * How a connection begins: `resumed` where every fact since the last one that was heard follows, `anew` where
 * whatever happened meanwhile has to be asked for.
 */
export type Beginning = "anew" | "resumed";

export interface SocketEvents {
  link(link: Link): void;
  began(how: Beginning): void;
  frame(frame: Frame): void;
  /** Frames are known to be missing: what is shown must be fetched again. */
  lost(count: number): void;
}

/** The parts of the outside world the socket needs; tests give their own. */
export interface SocketWorld {
  open(address: string): WebSocket;
  now(): number;
  random(): number;
}

/** An open connection that says nothing for this long is taken for dead: health comes every second. */
export const silenceMsMax = 10_000;
const connectMsMax = 8_000;
/** After so many attempts in vain nothing is resumed any more: the facts are no longer kept by then. */
export const resumeAttemptsMax = 8;
const watchMs = 1_000;

/**
 * A connection that is always wanted: it reopens with back-off until it is closed for good, and goes on after the
 * last fact it heard where the service still keeps what came since.
 */
export class LiveSocket {
  #socket: WebSocket | null = null;
  #sequence = new SequenceWatch();
  #attempt = 0;
  #heard_at = 0;
  #connected = false;
  /** Whether this connection has said how it begins. */
  #begun = false;
  /** The life of the service that the numbers are of. */
  #run: string | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;

  constructor(
    readonly url: string,
    readonly events: SocketEvents,
    readonly world: SocketWorld = {
      open: (address) => new WebSocket(address),
      now: () => Date.now(),
      random: () => Math.random(),
    },
  ) {}

  start(): void {
    this.#watch ??= setInterval(() => this.#checkSilence(), watchMs);
    this.#connect();
  }

  /** Tries at once where it is waiting: the network or the reader came back. */
  nudge(): void {
    if (this.#retry !== null) this.#connect();
  }

  stop(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#clearRetry();
    this.#drop();
  }

  #connect(): void {
    this.#clearRetry();
    this.#drop();
    this.#connected = false;
    this.#begun = false;
    this.#heard_at = this.world.now();
    this.events.link({ state: "connecting", attempt: this.#attempt });
    const socket = this.world.open(this.#address());
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (socket === this.#socket) this.#opened();
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#received(event.data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#waitAndRetry(isCrowd(code) ? "sent_away" : "cut_off");
    });
  }

  #address(): string {
    if (this.#attempt > resumeAttemptsMax) this.#run = null;
    const { last } = this.#sequence;
    return this.#run === null || last === null ? this.url : `${this.url}?resume=${this.#run}-${last}`;
  }

  #opened(): void {
    this.#connected = true;
    this.#heard_at = this.world.now();
    this.events.link({ state: "live", since: this.#heard_at });
  }

  #received(data: unknown): void {
    this.#heard_at = this.world.now();
    if (typeof data !== "string") return;
    const frame = parseFrame(data);
    if (frame === null) {
      this.events.lost(1);
      return;
    }
    // Only what has been heard proves the connection good: an accept followed by a close does not.
    this.#attempt = 0;
    if (frame.type === "hello") this.#greeted(frame.data);
    else if (!this.#begun) this.#beginAnew(null);
    const missing = this.#sequence.observe(frame);
    if (missing > 0) this.events.lost(missing);
    this.events.frame(frame);
  }

  #greeted({ run, last_fact, resumed }: Greeting): void {
    const goes_on = resumed && run === this.#run;
    this.#run = run;
    if (!goes_on) return this.#beginAnew(last_fact);
    this.#begun = true;
    this.events.began("resumed");
  }

  #beginAnew(fact: number | null): void {
    this.#begun = true;
    this.#sequence.countFrom(fact);
    this.events.began("anew");
  }

  #checkSilence(): void {
    if (this.#socket === null) return;
    const limit = this.#connected ? silenceMsMax : connectMsMax;
    if (this.world.now() - this.#heard_at > limit) this.#waitAndRetry("cut_off");
  }

  #waitAndRetry(why: Ending): void {
    this.#drop();
    const random = this.world.random();
    const delay = why === "sent_away" ? crowdDelayMs(random) : retryDelayMs(this.#attempt, random);
    this.#attempt += 1;
    this.events.link({ state: "waiting", attempt: this.#attempt, retry_at: this.world.now() + delay, why });
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
