import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  eventually,
  goTo,
  inBothThemes,
  loadsInCalm,
  panelState,
  phone,
  shoot,
  tooWide,
  wide,
  skipped,
} from "./harness";
import { Stage } from "./stage";

const live = (page: Page, title: string) =>
  eventually(`“${title}” is live`, async () => (await panelState(page, title)) === "live");

const halted = (text: string) => ({
  cause: "operator",
  text,
  since: new Date().toISOString(),
  proven_at: null,
});

describe.skipIf(skipped)("the trading pages", () => {
  const stage = new Stage();

  test("move by themselves: money, positions, orders", async () => {
    const page = await stage.come("#/trading");
    await live(page, "Money");
    const total = page.locator("section.panel", { hasText: "Total, net" }).locator("dl .amount").last();
    const before = await total.innerText();
    await eventually("the result moves", async () => (await total.innerText()) !== before);
    const newest = page.locator("tr[data-order]").first();
    const first = await newest.getAttribute("data-order");
    await eventually(
      "a new order is listed",
      async () => (await newest.getAttribute("data-order")) !== first,
    );
    await shoot(page, "trading-dark");
  });

  test("tell the fills of an order, and which of them never happened", async () => {
    // The orders stay where they are: the one that is pressed is the one that was meant.
    stage.service.calm = true;
    const page = await stage.come("#/trading");
    const cancelled = stage.service.desk.orders.find(({ state }) => state === "cancelled");
    const reversed = stage.service.desk.orders.find(({ id }) =>
      stage.service.desk.fills.get(id)?.some(({ state }) => state === "failed"),
    );
    const row = (id = "") => page.locator(`tr[data-order="${id}"]`).last();
    await row(cancelled?.id).getByRole("button").click();
    await page.getByText("Matched, not settled").first().waitFor();
    expect(page.url()).toContain("order=0x");
    await row(reversed?.id).getByRole("button").click();
    await page.getByText("Reversed: it never happened").waitFor();
  });

  test("show what the venue writes as text", async () => {
    const page = await stage.come("#/trading");
    await page.getByText("the venue says: <b>order crosses book</b>").waitFor();
    expect(await page.locator("main b b").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
  });

  test("say why and why not, gate by gate, and filter", async () => {
    const page = await stage.come("#/decisions");
    await live(page, "Decisions");
    await page.getByRole("button", { name: "Refused" }).click();
    await eventually("only refusals are listed", async () => {
      const outcomes = await page.locator("tr[data-decision] .outcome").allInnerTexts();
      return outcomes.length > 0 && outcomes.every((outcome) => outcome.trim() === "Refused");
    });
    await page.getByRole("combobox", { name: "Strategy" }).selectOption("arbitrage_long");
    await eventually("only its refusals are listed", async () => {
      const names = await page.locator("tr[data-decision] .strategy").allInnerTexts();
      return names.length > 0 && names.every((name) => name === "arbitrage_long");
    });
    expect(page.url()).toContain("verdict=refused&strategy=arbitrage_long");
    const row = page.locator("tr[data-decision]", { hasText: "Too much would be in one market." }).first();
    expect(await row.innerText()).toContain("$1,200.000001, allowed $1,000");
    await row.getByRole("button").click();
    const gate = page.locator('tr.detail tr[data-rule="market_usd"]');
    await gate.waitFor();
    expect((await gate.locator("td.number").allInnerTexts()).map((text) => text.trim())).toEqual([
      "$1,200.000001",
      "$1,000",
    ]);
    expect(await page.locator('tr.detail tr[data-rule="day_loss"]').innerText()).toContain("Passed");
    await shoot(page, "decisions-dark");
    await page.reload();
    await gate.waitFor();
  });

  test("page back through older decisions", async () => {
    const page = await stage.come("#/decisions");
    await live(page, "Decisions");
    const rows = page.locator("tr[data-decision]");
    const before = await rows.count();
    await page.getByRole("button", { name: "Show older" }).click();
    await eventually("older ones are listed", async () => (await rows.count()) > before + 20);
  });

  test("lead from an opportunity to its decisions", async () => {
    const page = await stage.come("#/opportunities");
    const decided = () =>
      stage.service.desk.decisions.find(({ opportunity_id: id }) =>
        stage.service.openIds().includes(id ?? ""),
      );
    await eventually("one of the open ones was decided on", async () => decided() !== undefined);
    stage.service.calm = true;
    const id = decided()?.opportunity_id ?? "";
    await page.locator(`tr.row[data-id="${id}"] button`).click();
    await page.getByRole("link", { name: "Why, and why not" }).click();
    await page.locator(".only").waitFor();
    expect(page.url()).toContain(`opportunity=${id}`);
    const known = stage.service.desk.decisions.filter(({ opportunity_id: of }) => of === id).length;
    await eventually("all of them are listed", async () => {
      return (await page.locator("tr[data-decision]").count()) >= known;
    });
    await page.getByRole("button", { name: "Show all" }).click();
    await eventually("all decisions are listed", async () => {
      return (await page.locator("tr[data-decision]").count()) > 20;
    });
  });

  test("halt in two steps, prove it, and resume only by a typed word", async () => {
    stage.service.desk.proveHalts = false;
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByLabel("Reason, for the record").fill("a test of the brakes");
    expect(stage.service.desk.halt).toBeNull();
    await page.keyboard.press("Enter");
    await dialog.getByText("Trading is halted. No new order is sent.").waitFor();
    await dialog.getByText("The venue is being asked whether anything of ours still rests.").waitFor();
    stage.service.desk.prove();
    await dialog.getByText("the venue was read back, and nothing of ours rests there").waitFor();
    await shoot(page, "halted-dark");
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("Trading is halted. Halted by hand: a test of the brakes").first().waitFor();

    await page.getByRole("link", { name: "Halted" }).click();
    await page.getByRole("button", { name: "Resume…" }).first().click();
    const resume = page.getByRole("dialog", { name: "Resume trading?" });
    const send = resume.getByRole("button", { name: "Resume trading" });
    expect(await send.isDisabled()).toBe(true);
    await resume.getByLabel("Type “resume” to confirm").fill("resume");
    await send.click();
    await resume.getByText("Trading is no longer halted.").waitFor();
    await resume.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: "Halted" }).waitFor({ state: "detached" });
    expect(stage.service.desk.carriedOut).toEqual(["POST halt", "POST resume"]);
  });

  test("call for the reader by sound and notification, where that was asked for", async () => {
    const page = await stage.come("#/system");
    await page.context().grantPermissions(["notifications"]);
    await page.evaluate(() => {
      const rung: string[] = [];
      class Note {
        static permission = "granted";
        static requestPermission = () => Promise.resolve("granted");
        constructor(_: string, { body }: { body: string }) {
          rung.push(body);
        }
        addEventListener = () => {};
      }
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (when) {
        rung.push("tone");
        start.call(this, when);
      };
      Object.assign(window, { Notification: Note, rung });
    });
    const rung = () => page.evaluate(() => (window as unknown as { rung: string[] }).rung);
    await live(page, "Supervision tree");
    await page.locator(".shell", { hasText: "$" }).waitFor();
    stage.service.desk.halt = halted("unheard");
    await page.locator(".shell.is-halted").waitFor();
    expect(await rung()).toEqual([]);
    stage.service.desk.halt = null;
    await page.locator(".shell.is-halted").waitFor({ state: "detached" });

    await page.getByRole("checkbox", { name: /^Sound/ }).check();
    await page.getByRole("checkbox", { name: /^Notification/ }).check();
    stage.service.desk.halt = halted("it burns");
    await eventually("it was called", async () => (await rung()).length > 0);
    expect(await rung()).toEqual(["tone", "tone", "Trading is halted. Halted by hand: it burns"]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test("halt at once where the button is held", async () => {
    const page = await stage.come("#/trading");
    await live(page, "Money");
    const button = page.getByRole("button", { name: "Halt", exact: true });
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await button.hover();
    await page.mouse.down();
    await dialog.getByText("Trading is halted. No new order is sent.").waitFor();
    await page.mouse.up();
    expect(stage.service.desk.carriedOut).toEqual(["POST halt"]);
  });

  /** Opens the question of the newest opportunity, which nothing closes meanwhile. */
  async function askToExecute(page: Page) {
    stage.service.calm = true;
    const id = stage.service.openIds().at(-1) ?? "";
    const row = page.locator(`tr.row[data-id="${id}"] button`);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
    await page.getByRole("button", { name: "Execute…" }).click();
    const dialog = page.getByRole("dialog", { name: "Execute this opportunity?" });
    return dialog;
  }

  test("execute an opportunity and show its orders", async () => {
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    const dialog = await askToExecute(page);
    await shoot(page, "execute-dark");
    await dialog.getByRole("button", { name: "Execute", exact: true }).click();
    await dialog.getByText("Approved as plan").waitFor();
    await dialog.getByText("Resting at the venue.").waitFor();
    await dialog.getByRole("link", { name: "To the decision" }).click();
    await page.getByText("Only signal").waitFor();
    await page.locator("tr[data-decision]").getByText("Approved").waitFor();
    expect(stage.service.desk.carriedOut.length).toBe(1);
  });

  test("show which gates refused an execution", async () => {
    stage.service.desk.refuseNext = true;
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    const dialog = await askToExecute(page);
    await dialog.getByRole("button", { name: "Execute", exact: true }).click();
    await dialog.getByText("Not done: A gate of the risk manager refused it.").waitFor();
    expect(await dialog.locator("tr.refused").count()).toBe(1);
    await dialog.getByText("gates that passed").click();
    expect(await dialog.locator("tr.passed").first().isVisible()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "execute-refused-dark");
    expect(stage.service.desk.carriedOut).toEqual([]);
  });

  test("send a command whose answer was lost again with its own key, so that it happens once", async () => {
    stage.service.desk.loseAnswers = 1;
    const page = await stage.come("#/opportunities");
    await page.locator("tr.row").first().waitFor();
    const dialog = await askToExecute(page);
    await dialog.getByRole("button", { name: "Execute", exact: true }).click();
    await dialog.getByText("Nobody knows yet whether it was done: No answer within 10 s.").waitFor();
    expect(stage.service.desk.carriedOut.length).toBe(1);
    await dialog.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("Approved as plan").waitFor();
    expect(stage.service.desk.carriedOut.length).toBe(1);
    const [first, second] = stage.service.desk.keys;
    expect(second).toBe(first);
    await dialog.getByRole("button", { name: "Close" }).click();
    await askToExecute(page);
    await dialog.getByRole("button", { name: "Execute", exact: true }).click();
    await eventually("a third request came", async () => stage.service.desk.keys.length === 3);
    expect(stage.service.desk.keys[2]).not.toBe(first);
  });

  test("show how much of each limit is used, in words too", async () => {
    const page = await stage.come("#/risk");
    await live(page, "Limits");
    const meter = page.getByRole("meter", { name: "One market" });
    expect(await meter.getAttribute("aria-valuenow")).toBe("84");
    expect(await meter.getAttribute("aria-valuetext")).toBe("$840.50 of $1,000");
    expect(await page.locator('[data-limit="market_usd_max"]').innerText()).toContain("near");
    expect(await page.locator('[data-limit="consecutive_errors_max"]').innerText()).toContain("reached");
    await page.getByText("All 42 plans ended within the promised worst case.").waitFor();
    await shoot(page, "risk-dark");
  });

  test("pause a strategy, resume one from quarantine, and unlock", async () => {
    const page = await stage.come("#/strategies");
    await page.getByRole("button", { name: "Pause mint_split…" }).click();
    const pause = page.getByRole("dialog", { name: "Pause mint_split?" });
    await pause.getByRole("button", { name: "Pause it" }).click();
    await pause.getByText("mint_split is paused.").waitFor();
    await pause.getByRole("button", { name: "Close" }).click();
    await page.locator('tr[data-strategy="mint_split"]').getByText("Paused").waitFor();

    const quarantined = page.locator('tr[data-strategy="neg_risk_basket"]');
    expect(await quarantined.innerText()).toContain("In quarantine");
    await quarantined.getByRole("button", { name: "Resume neg_risk_basket…" }).click();
    const resume = page.getByRole("dialog", { name: "Resume neg_risk_basket?" });
    await resume.getByLabel("Type “resume”").fill("resume");
    await page.keyboard.press("Enter");
    await resume.getByText("neg_risk_basket runs again.").waitFor();
    await resume.getByRole("button", { name: "Close" }).click();
    await quarantined.getByText("Running").waitFor();

    await goTo(page, "Risk");
    await page.getByRole("button", { name: /^Unlock Market/ }).click();
    const unlock = page.getByRole("dialog", { name: /^Unlock Market/ });
    await unlock.getByLabel("Type “unlock”").fill("unlock");
    await unlock.getByRole("button", { name: "Unlock" }).click();
    await unlock.getByText("The lock is gone.").waitFor();
    await unlock.getByRole("button", { name: "Close" }).click();
    await page.getByText("Nothing is locked.").waitFor();
    expect(stage.service.desk.carriedOut).toEqual([
      "POST strategies/mint_split/pause",
      "POST strategies/neg_risk_basket/resume",
      "DELETE risk/locks/3",
    ]);
    expect(new Set(stage.service.desk.keys).size).toBe(3);
  });

  test("cancel one order and all of them", async () => {
    const page = await stage.come("#/trading");
    await page
      .getByRole("button", { name: /^Cancel the order in/ })
      .first()
      .click();
    const one = page.getByRole("dialog", { name: "Cancel this order?" });
    await one.getByRole("button", { name: "Cancel the order" }).click();
    await one.getByText("The venue is asked to cancel it.").waitFor();
    await one.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Cancel all…" }).click();
    const all = page.getByRole("dialog", { name: "Cancel every open order?" });
    await all.getByRole("button", { name: "Cancel all orders" }).click();
    await all.getByText("The venue is asked").waitFor();
    expect(stage.service.desk.carriedOut).toEqual(["POST execute/cancel", "POST execute/cancel-all"]);
  });

  test("say plainly that the venue takes no orders here, and what differs", async () => {
    stage.service.desk.regionBlocked = true;
    stage.service.desk.differences = ["Cash: we say 9812.5, the chain says 9800."];
    const page = await stage.come("#/trading");
    await page.getByText("The venue does not take orders from where this service runs.").first().waitFor();
    await page.getByText("Market data goes on; only trading is off.").waitFor();
    await page.getByText("The relayer does not answer.").waitFor();
    await page.getByText("Down: the venue is asked instead").waitFor();
    await page.getByText("Cash: we say 9812.5, the chain says 9800.").waitFor();
    await page.getByText("The venue takes no orders from us.").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "trading-venue-refuses-dark");
  });

  test("are silent about halting where this run does not trade, and say so", async () => {
    stage.service.trades = false;
    const page = await stage.come("#/trading");
    for (const name of ["Trading", "Decisions", "Risk"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByText("This run does not trade.").waitFor();
      await page.getByText("Start it in demo, paper or live mode.").waitFor();
    }
    expect(await page.getByRole("button", { name: "Halt", exact: true }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "trading-off-dark");
  });

  test("say why there is nothing", async () => {
    stage.service.behaviour = "empty";
    const page = await stage.come("#/trading");
    for (const words of ["No order is open.", "No order was ever sent."]) {
      await page.getByText(words).waitFor();
    }
    await page.getByRole("link", { name: "Decisions", exact: true }).click();
    await page.getByText("No decision was made yet.").waitFor();
    await page.getByRole("link", { name: "Risk", exact: true }).click();
    await page.getByText("Nothing is locked.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "risk-empty-dark");
  });

  test("say what is broken, and recover by themselves", async () => {
    stage.service.behaviour = "fail";
    const page = await stage.come("#/decisions");
    await eventually("the list is broken", async () => (await panelState(page, "Decisions")) === "broken");
    await page.getByText("The store does not answer.").first().waitFor();
    stage.service.behaviour = "normal";
    await live(page, "Decisions");
  });

  test("load in calm outline", async () => {
    stage.service.behaviour = "hang";
    const page = await stage.come("", { ...wide, reducedMotion: "reduce" });
    await loadsInCalm(page, ["trading", "decisions", "risk"]);
  });

  test("turn stale, not wrong, when the service goes away, and heal", async () => {
    const page = await stage.come("#/trading");
    for (const title of ["Money", "Open orders", "Recent orders"]) await live(page, title);
    const equity = await page.locator(".shell dd .amount").first().innerText();
    await stage.service.stop();
    for (const title of ["Money", "Open orders", "Recent orders"]) {
      await eventually(`“${title}” is stale`, async () => (await panelState(page, title)) === "stale");
    }
    await eventually("the header’s dollars are stale", async () => {
      return (await page.locator(".shell dd.stale", { hasText: "$" }).count()) === 2;
    });
    expect(equity).toContain("$10,0");
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "trading-stale-dark");
    await stage.service.start();
    for (const title of ["Money", "Open orders", "Recent orders"]) await live(page, title);
  });

  test("fit a phone of 360 px, halted too", async () => {
    const page = await stage.come("#/trading", phone);
    for (const name of ["Trading", "Decisions", "Risk"]) {
      await goTo(page, name);
      if (name !== "Risk") await page.locator("main button[aria-expanded]").first().click();
      expect(await tooWide(page)).toEqual([]);
      await shoot(page, `${name.toLowerCase()}-phone-light`);
    }
    await page.getByRole("button", { name: "Halt", exact: true }).tap();
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByRole("button", { name: "Halt trading" }).tap();
    await dialog.getByText("nothing of ours rests there").waitFor();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "halted-phone-light");
    await dialog.getByRole("button", { name: "Close" }).tap();
    await page.getByRole("link", { name: "Halted" }).waitFor();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "risk-halted-phone-light");
  });

  test("have nothing serious for axe in both themes", async () => {
    const page = await stage.come("#/trading");
    const look = (name: string) =>
      inBothThemes(page, async (theme) => {
        expect(await accessibilityFaults(page)).toEqual([]);
        await shoot(page, `${name}-${theme}`);
      });
    for (const name of ["Trading", "Decisions", "Risk"]) {
      await goTo(page, name);
      if (name !== "Risk") await page.locator("main button[aria-expanded]").first().click();
      await look(name.toLowerCase());
    }
    await page.getByRole("button", { name: "Halt", exact: true }).click();
    await page.getByRole("dialog", { name: "Halt all trading?" }).waitFor();
    await look("halt");
  });
});
