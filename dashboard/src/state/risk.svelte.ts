import { getRisk, getStrategies } from "../api/desk";
import type { Notice, Risk, Strategy } from "../api/trading";
import { Polled } from "./polled.svelte";

/** Notices kept; the oldest leave first. */
const noticesMax = 50;

class RiskState extends Polled<Risk> {
  /** Something happened that a person should know. */
  noticed(notice: Notice): void {
    if (this.data !== null) {
      this.data = { ...this.data, notices: [notice, ...this.data.notices].slice(0, noticesMax) };
    }
    this.refresher.request();
  }
}

export const risk = new RiskState(getRisk);
export const strategies = new Polled<Strategy[]>(getStrategies);
