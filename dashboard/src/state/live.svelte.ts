import type { Frame } from "../api/frames";
import { LiveSocket, type Link } from "../api/socket";
import { clock } from "./clock.svelte";
import { markets } from "./markets.svelte";
import { opportunities } from "./opportunities.svelte";
import { system } from "./system.svelte";

/** The page's own connection to the service, and what it hands on to the states. */
class Live {
  link = $state.raw<Link>({ state: "connecting", attempt: 0 });
  #socket: LiveSocket | null = null;

  start(): void {
    clock.start();
    system.refresher.request();
    opportunities.refresher.request();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new LiveSocket(`${scheme}://${location.host}/ws`, {
      link: (link) => this.#linked(link),
      frame: (frame) => this.#received(frame),
      lost: () => opportunities.lost(),
    });
    this.#socket.start();
    window.addEventListener("online", () => this.#socket?.nudge());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#socket?.nudge();
    });
  }

  /** Tries to reconnect at once. */
  retry(): void {
    this.#socket?.nudge();
  }

  #linked(link: Link): void {
    this.link = link;
    // Whatever happened while there was no connection has to be asked for.
    if (link.state !== "live") return;
    opportunities.lost();
    system.refresher.request();
    if (markets.shown) markets.refresher.request();
  }

  #received(frame: Frame): void {
    opportunities.confirm();
    switch (frame.type) {
      case "health":
        system.accept(frame.data);
        break;
      case "opportunity":
        opportunities.accept(frame.data);
        break;
      case "market_update":
        markets.accept(frame.data);
        break;
      case "lagged":
        opportunities.lost();
        break;
      case "hello":
      case "other":
        break;
    }
  }
}

export const live = new Live();
