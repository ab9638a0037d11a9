import type { PageName } from "../core/route";

export interface KeyActions {
  search(): void;
  help(): void;
  halt(): void;
  go(page: PageName): void;
}

/** A `g` waits this long for its second key. */
const sequenceMsMax = 1_200;

const destinations: Readonly<Record<string, PageName>> = {
  h: "desk",
  o: "opportunities",
  p: "portfolio",
  a: "strategies",
  t: "trading",
  d: "decisions",
  b: "time-machine",
  r: "risk",
  m: "markets",
  w: "whales",
  f: "forecasts",
  s: "system",
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));

const inDialog = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("dialog") !== null;

/** Reads single keys and the `g` sequences; leaves typing, dialogs and the browser's own shortcuts alone. */
export class KeyReader {
  #go_until = 0;

  constructor(readonly actions: KeyActions) {}

  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || inDialog(event.target)) return;
    const waiting = event.timeStamp < this.#go_until;
    this.#go_until = 0;
    const page = waiting ? destinations[event.key] : undefined;
    if (page !== undefined) this.actions.go(page);
    else if (event.key === "g") this.#go_until = event.timeStamp + sequenceMsMax;
    else if (event.key === "/") this.actions.search();
    else if (event.key === "?") this.actions.help();
    else if (event.key === "!") this.actions.halt();
    else return;
    event.preventDefault();
  }
}
