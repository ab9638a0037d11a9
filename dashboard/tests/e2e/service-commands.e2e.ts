import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, eventually, launch, shoot, skipped } from "./harness";
import { buyable, Reader, token } from "./running";

/** The actor that is killed; its supervisor must bring it back. */
const victim = process.env["DUTCHBOOK_VICTIM"] ?? "detector";

/** Opens the ticket of a market, to buy its first outcome. */
async function ticketOf(page: Page, id: string): Promise<Locator> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/market?id=${id}`);
  await page.locator(".orders button.buy").click();
  const ticket = page.getByRole("dialog", { name: "Order" });
  return ticket;
}
/** What the service says of the order as it is written now. */
const look = async (ticket: Locator): Promise<string> => {
  await ticket.getByRole("button", { name: "Preview" }).click();
  const said = ticket.getByText(/Every gate would let it through|It would be refused|No preview/).first();
  await said.waitFor();
  return said.innerText();
};

describe.skipIf(skipped || token === "")("commands to the running service", () => {
  let browser: Browser;
  let reader: Reader;

  beforeAll(async () => {
    browser = await launch();
    reader = new Reader(browser);
  });
  afterAll(() => browser?.close());
  afterEach(() => reader.leave());

  test("executes an order through its preview, once every gate would let it through", async () => {
    const page = await reader.come("#/markets");
    let ticket: Locator | null = null;
    for (const id of await buyable(page)) {
      ticket = await ticketOf(page, id);
      if ((await look(ticket)).startsWith("Every gate")) break;
      await page.keyboard.press("Escape");
      await ticket.waitFor({ state: "hidden" });
      ticket = null;
    }
    if (ticket === null) return expect.fail("no market would have taken the smallest order");
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "service-ticket-dark");
    await ticket.getByRole("button", { name: "Send the order" }).click();
    // The book may have moved since; then it is the risk manager that says so.
    await ticket
      .getByText(/Approved as plan|Not done:/)
      .first()
      .waitFor();
    await shoot(page, "service-ordered-dark");
  });

  test("shows why an order would be refused, gate by gate, and does not send it", async () => {
    const page = await reader.come("#/markets");
    const [id = ""] = await buyable(page);
    const ticket = await ticketOf(page, id);
    // More than one market may hold, less than what is free: it is for the gates to refuse.
    const price = Number(await ticket.getByLabel("Limit price, $ a share").inputValue());
    await ticket.getByLabel("Shares").fill(String(Math.floor(2_500 / price)));
    expect(await look(ticket)).toMatch(/^It would be refused: .+/);
    expect(await ticket.locator("tr.refused").count()).toBeGreaterThan(0);
    expect(await ticket.getByRole("button", { name: "Send the order" }).isDisabled()).toBe(true);
    await shoot(page, "service-refused-dark");
  });

  test("pauses a strategy, and lets it go on", async () => {
    const page = await reader.come("#/strategies");
    const pause = page.getByRole("button", { name: /^Pause / }).first();
    await pause.waitFor();
    const name = ((await pause.getAttribute("aria-label")) ?? "").replace(/^Pause |…$/g, "");
    await pause.click();
    const dialog = page.getByRole("dialog");
    await dialog.locator('button[type="submit"]').click();
    await dialog.getByRole("button", { name: "Close" }).click();
    const resume = page.getByRole("button", { name: `Resume ${name}` });
    await resume.waitFor();
    await shoot(page, "service-paused-dark");
    await resume.click();
    const word = dialog.getByLabel(/^Type /);
    if ((await word.count()) > 0) await word.fill("resume");
    await dialog.locator('button[type="submit"]').click();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: `Pause ${name}` }).waitFor();
  });

  test("halts, proves it at the venue, and resumes", async () => {
    const page = await reader.come("#/risk");
    await page.locator('section[data-state="live"]').first().waitFor();
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByLabel("Reason, for the record").fill("a test of the brakes");
    await page.keyboard.press("Enter");
    await dialog.getByText("Trading is halted. No new order is sent.").waitFor();
    await dialog
      .getByText("the venue was read back, and nothing of ours rests there")
      .waitFor({ timeout: 60_000 });
    await dialog.getByRole("button", { name: "Close" }).click();
    await shoot(page, "service-halted-dark");
    await page.getByRole("button", { name: "Resume…" }).first().click();
    const resume = page.getByRole("dialog", { name: "Resume trading?" });
    await resume.getByLabel("Type “resume” to confirm").fill("resume");
    await resume.getByRole("button", { name: "Resume trading" }).click();
    await resume.getByText("Trading is no longer halted.").waitFor();
    await resume.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "Halted" }).waitFor({ state: "detached" });
  });

  test("shows a restart when an actor is killed, and nothing else breaks", async () => {
    const page = await reader.come("#/system");
    const row = page.locator(`tr[data-actor="${victim}"]`);
    await row.waitFor();
    const restarts = async () =>
      Number((await row.locator("td.number").nth(3).innerText()).replace(/\D/g, ""));
    const before = await restarts();
    await row.getByRole("button").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: `Kill ${victim}` }).click();
    await dialog.getByText("was told to end").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await eventually("a restart is counted", async () => (await restarts()) > before);
    await eventually("it is up again", async () =>
      (await row.locator(".status").innerText()).trim().startsWith("Up"),
    );
    await shoot(page, "service-system-after-kill-dark");
    await page.getByRole("link", { name: "Opportunities", exact: true }).click();
    await page.locator("tr.row").first().waitFor({ timeout: 60_000 });
  });
});
