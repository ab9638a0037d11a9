import type { Frame } from "../api/frames";
import { namedFill } from "../api/portfolio";
import { LiveSocket, type Beginning, type Link } from "../api/socket";
import { alarms } from "./alarms.svelte";
import { alerts, channels } from "./alerts.svelte";
import { clock } from "./clock.svelte";
import { decisions } from "./decisions.svelte";
import { forecasts, swarm } from "./forecasts.svelte";
import { shownMarket } from "./market.svelte";
import { markets } from "./markets.svelte";
import { opportunities } from "./opportunities.svelte";
import { fills, orders } from "./orders.svelte";
import { equity } from "./equity.svelte";
import { fillList, ledger } from "./portfolio.svelte";
import { risk } from "./risk.svelte";
import { session } from "./session.svelte";
import { system } from "./system.svelte";
import { trading } from "./trading.svelte";
import { whales } from "./whales.svelte";

/** What the socket keeps by facts. */
const kept = [opportunities, orders, decisions, whales, forecasts, fillList, ledger, alerts];

/** The page's own connection to the service, and what it hands on to the states. */
class Live {
  link = $state.raw<Link>({ state: "connecting", attempt: 0 });
  #socket: LiveSocket | null = null;

  start(): void {
    if (this.#socket !== null) return;
    clock.start();
    system.refresher.request();
    opportunities.refresher.request();
    risk.refresher.request();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new LiveSocket(`${scheme}://${location.host}/ws`, {
      link: (link) => this.#linked(link),
      began: (how) => this.#began(how),
      frame: (frame) => this.#received(frame),
      lost: () => this.#lost(),
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
    // A connection that is refused does not say why: it may be that the session has ended. Where many are sent
    // away at once, all of them would ask.
    if (link.state === "waiting" && link.why === "cut_off") session.refresher.request();
  }

  #began(how: Beginning): void {
    // Prices are state: what they were meanwhile is not told again, and those that rest now are told by nobody.
    if (markets.shown) markets.refresher.request();
    if (how === "resumed") return;
    this.#lost();
    system.refresher.request();
    risk.refresher.request();
  }

  #lost(): void {
    for (const list of kept) list.lost();
  }

  #received(frame: Frame): void {
    // What came since the last connection follows the greeting.
    if (frame.type !== "hello") for (const list of kept) list.confirm();
    switch (frame.type) {
      case "health":
        system.accept(frame.data);
        break;
      case "opportunity":
        opportunities.accept(frame.data);
        break;
      case "market_update":
        markets.accept(frame.data);
        shownMarket.accept(frame.data);
        break;
      case "trading":
        trading.accept(frame.data);
        equity.accept(frame.data);
        break;
      case "order":
        orders.accept(frame.data);
        break;
      case "fill":
        fills.accept(frame.data);
        fillList.accept(namedFill(frame.data));
        ledger.lost();
        break;
      case "decision":
        decisions.accept(frame.data);
        break;
      case "notice":
        risk.noticed(frame.data);
        break;
      case "whale_trade":
        // The frame has the shape that others rely on; the row with its grades is asked for.
        whales.lost();
        break;
      case "alert":
        alerts.accept(frame.data);
        alarms.told(frame.data);
        channels.changed();
        break;
      case "forecast":
        forecasts.accept(frame.data);
        swarm.changed();
        break;
      case "lagged":
        this.#lost();
        break;
      case "hello":
      case "other":
        break;
    }
  }
}

export const live = new Live();
