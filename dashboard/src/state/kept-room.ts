/** More than this is not kept free, whatever was shown. */
const roomRemMax = 80;

/**
 * The room that something took when it was last shown here, in rem: kept free while it is loaded again, so that
 * nothing below it moves. For what is one line with most people and a table with a few.
 */
export class KeptRoom {
  readonly #key: string;

  constructor(name: string) {
    this.#key = `dutchbook.room.${name}`;
  }

  /** 0 where it was never shown. */
  read(): number {
    try {
      const rem = Number(localStorage.getItem(this.#key));
      return rem > 0 && rem <= roomRemMax ? rem : 0;
    } catch {
      return 0;
    }
  }

  /** Takes the height of what is shown, in rem. */
  keep(rem: number): void {
    try {
      localStorage.setItem(this.#key, Math.min(rem, roomRemMax).toFixed(2));
    } catch {
      // Storage may be refused; the page then moves once while it loads.
    }
  }
}
