import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { expect } from "vitest";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
/** Address of the running service, or empty where the stand-in is used. */
export const service = process.env["SERVICE_URL"] ?? "";
const page_built = existsSync(new URL("../../dist/index.html", import.meta.url));
const artifacts = new URL("../../artifacts/", import.meta.url).pathname;

const missing = !existsSync(executablePath)
  ? `there is no Chromium at ${executablePath}; set CHROMIUM_PATH or install the package chromium`
  : !page_built && service === ""
    ? "the page is not built; run npm run build first"
    : null;

if (missing !== null) {
  if (process.env["DUTCHBOOK_REQUIRE_ALL"] === "1") throw new Error(missing);
  process.stderr.write(`SKIPPED: browser tests: ${missing}\n`);
}

/** Whether browser tests cannot run here; said loudly once. */
export const skipped = missing !== null;

const switches = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath, args: switches });

export const wide: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, colorScheme: "dark" };
export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 780 },
  isMobile: true,
  hasTouch: true,
  colorScheme: "light",
};

/** Longest wait for anything that must come about: generous, since a busy machine is many times slower. */
export const waitMsMax = 60_000;

/** A page and everything it complained of. */
export interface Visit {
  page: Page;
  /** Console errors, exceptions and refusals by the content security policy. */
  faults: string[];
  close(): Promise<void>;
}

// The browser itself reports requests that failed; the page's own handling of them is what is tested.
const networkNoise = /Failed to load resource|WebSocket connection to/;

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = wide,
): Promise<Visit> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(waitMsMax);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !networkNoise.test(message.text())) faults.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // eslint-disable-next-line no-console
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  // A font that arrives later moves what has been measured.
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return { page, faults, close: () => context.close() };
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}${name}.png` });
}

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Does the same in both themes, in one visit: a page that is loaded anew costs more than all looks at it. */
export async function inBothThemes(
  page: Page,
  look: (theme: "light" | "dark") => Promise<void>,
): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await look(theme);
  }
}

/** Panels wait in outline, without motion and without a fault, on each of these pages. */
export async function loadsInCalm(page: Page, names: readonly string[], shots = false): Promise<void> {
  for (const name of names) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${name}`);
    await page.locator('main section[data-state="loading"]').first().waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    if (shots) await shoot(page, `${name}-loading-dark`);
  }
}

/** What axe calls serious or critical, in one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await axeSource());
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"], selectors: false });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

let axe: Promise<string> | null = null;
async function axeSource(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  axe ??= readFile(axePath, "utf8");
  return axe;
}

/** Elements that reach beyond the right edge of the screen. */
export const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getClientRects().length > 0 && !element.classList.contains("hidden"))
      .filter((element) => element.closest(".clip") === null || element.classList.contains("clip"))
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map(
        (element) =>
          `${element.tagName}.${element.className}: ${Math.round(element.getBoundingClientRect().right)}`,
      );
  });

/** Follows a link of the navigation, until the page it leads to stands there and one of its panels is live. */
export async function goTo(page: Page, name: string): Promise<void> {
  const link = page.locator(".shell nav").getByRole("link", { name, exact: true });
  // On a phone most pages stand behind one button.
  if (!(await link.isVisible())) await page.getByRole("button", { name: "More", exact: true }).click();
  await link.click();
  await page.locator("main h1", { hasText: name }).waitFor({ state: "attached" });
  await page.locator('main section[data-state="live"]').first().waitFor();
}

/** Goes to a page by its two keys; pressed again where a busy machine let too much time pass between them. */
export const goByKeys = (page: Page, key: string, heading: string): Promise<void> =>
  eventually(`the keys g ${key} lead to “${heading}”`, async () => {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    const there = page.locator("main").getByRole("heading", { name: heading, exact: true }).first();
    return there.waitFor({ state: "attached", timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  });

/** The state of a panel by its title, as the page states it. */
export const panelState = (page: Page, title: string): Promise<string | null> =>
  page
    .locator("section.panel", { has: page.getByRole("heading", { name: title, exact: true }) })
    .getAttribute("data-state");

export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  ms_max = waitMsMax,
): Promise<void> {
  const until = Date.now() + ms_max;
  while (Date.now() < until) {
    if (await holds()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  expect.fail(`within ${ms_max / 1000} s it did not come about that ${what}`);
}
