// @ts-nocheck Half of it runs in the page, under the names of a browser.
// From an event at the service to the painted row, measured in the browser: `npm run bench:pixel` over the
// stand-in, which runs on the same clock. Figures are reported; nothing passes or fails by them.
import { chromium } from "playwright-core";
import { MockService } from "../tests/mock/service.mjs";

const seconds = Number(process.env["SECONDS_MEASURED"] ?? 30);
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/** Runs in the page: for each opportunity told of, the time until its row is on the screen. */
function watch() {
  const Native = window.WebSocket;
  const told = new Map();
  window.measured = [];
  window.WebSocket = class extends Native {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type !== "opportunity" || frame.data?.state !== "open") return;
        told.set(frame.data.id, { sent: Date.parse(frame.ts), came: Date.now() });
      });
    }
  };
  const look = () => {
    for (const [id, { sent, came }] of told) {
      if (document.querySelector(`tr.row[data-id="${CSS.escape(id)}"]`) === null) continue;
      told.delete(id);
      // The frame after the next one begins when this one has been painted.
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          window.measured.push({ sent: Date.now() - sent, came: Date.now() - came }),
        ),
      );
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const line = (name, all) => {
  const sorted = all.toSorted((a, b) => a - b);
  return `${name}: p50 ${part(sorted, 0.5)} ms, p95 ${part(sorted, 0.95)} ms, max ${sorted.at(-1)} ms`;
};

const service = new MockService();
await service.start(0);
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watch);
  await page.goto(`${service.url}/#/login?key=${service.sessions.newKey()}`);
  await page.locator(".shell").waitFor();
  await page.goto(`${service.url}/#/opportunities`);
  await page.locator("tr.row").first().waitFor();
  await page.waitForTimeout(seconds * 1_000);
  const measured = await page.evaluate(() => window.measured);
  if (measured.length === 0) throw new Error("no opportunity was told of in this time");
  process.stdout.write(`${measured.length} opportunities in ${seconds} s, told of until painted\n`);
  process.stdout.write(
    `${line(
      "from the service's stamp",
      measured.map(({ sent }) => sent),
    )}\n`,
  );
  process.stdout.write(
    `${line(
      "from their arrival",
      measured.map(({ came }) => came),
    )}\n`,
  );
} finally {
  await browser.close();
  await service.stop();
}
