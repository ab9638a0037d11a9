import type { Page } from "playwright-core";

/** Begins to add up how far things jump, before the page is loaded. */
export const watchJumps = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const watched = window as unknown as { jumped: number };
    watched.jumped = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[]) {
        if (!entry.hadRecentInput) watched.jumped += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });

/** How far things have jumped since, as browsers reckon it: parts of the screen times parts of its height. */
export const jumpsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { jumped: number }).jumped);
