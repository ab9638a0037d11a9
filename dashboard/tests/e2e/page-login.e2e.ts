import { describe, expect, test } from "vitest";
import { accessibilityFaults, eventually, goTo, phone, shoot, tooWide, wide, skipped } from "./harness";
import { Stage } from "./stage";

describe.skipIf(skipped)("who is let in", () => {
  const stage = new Stage();
  const byLink = (options = wide) =>
    stage.comeUnknown(`#/login?key=${stage.service.sessions.newKey()}`, options);
  const asA = async (role: "viewer" | "operator") => {
    stage.service.sessions.tokens.set(`a-token-of-a-${role}`, role);
    const page = await stage.comeUnknown("#/risk");
    await page.getByLabel("Token", { exact: true }).fill(`a-token-of-a-${role}`);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator(".shell .who").waitFor();
    return page;
  };

  test("the link lets in, and its key is nowhere afterwards", async () => {
    const key = stage.service.sessions.newKey();
    const page = await stage.comeUnknown(`#/login?key=${key}`);
    expect(page.url()).not.toContain(key);
    await page.getByRole("button", { name: "Admin: your session" }).waitFor();
    await page.locator('main section[data-state="live"]').first().waitFor();
    expect(page.url()).toBe(`${stage.service.url}/#/desk`);
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept).not.toContain(key);
    expect(kept).not.toContain("dutchbook_session");
    await page.reload();
    await page.getByRole("button", { name: "Admin: your session" }).waitFor();
    await page.goto(`${stage.service.url}/#/login?key=${key}`);
    await eventually("the key is gone again", async () => !page.url().includes(key));
    await page.getByRole("button", { name: "Admin: your session" }).waitFor();
  });

  test("commands need nothing more once the link was opened", async () => {
    const page = await byLink();
    await page.locator('main section[data-state="live"]').first().waitFor();
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByRole("button", { name: "Halt", exact: false }).last().click();
    await dialog.getByText("Trading is halted. No new order is sent.").waitFor();
  });

  test.each([
    ["dark", wide],
    ["phone-light", phone],
  ] as const)("whoever comes without a session is told what to do (%s)", async (name, options) => {
    const page = await stage.comeUnknown("#/risk", options);
    await page.getByText("Open the link that the service printed").waitFor();
    expect(await page.locator(".shell").count()).toBe(0);
    await page.getByLabel("Token", { exact: true }).fill("not-a-token");
    await page.keyboard.press("Enter");
    await page.getByText("Not let in: The token is not known.").waitFor();
    expect(await page.getByLabel("Token", { exact: true }).inputValue()).toBe("");
    expect(await tooWide(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, `login-${name}`);
  });

  test("a link that was used says so, and another in the same window lets in", async () => {
    const page = await stage.comeUnknown("#/login?key=used-before");
    await page.getByText("Not let in: The link was used before. Ask for another.").waitFor();
    expect(page.url()).not.toContain("used-before");
    await page.goto(`${stage.service.url}/#/login?key=${stage.service.sessions.newKey()}`);
    await page.locator(".shell .who").waitFor();
  });

  test("a viewer sees everything, and is told why nothing can be pressed", async () => {
    const page = await asA("viewer");
    const why = "This needs the role Operator; yours is Viewer.";
    await page.getByRole("button", { name: "Viewer: your session" }).waitFor();
    const halt = page.locator(".halt");
    expect(await halt.getAttribute("aria-disabled")).toBe("true");
    expect(await halt.getAttribute("title")).toBe(why);
    await halt.dispatchEvent("click");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("!");
    const dialog = page.getByRole("dialog", { name: "Halt all trading?" });
    await dialog.getByText(why).waitFor();
    expect(await dialog.locator('button[type="submit"]').isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await goTo(page, "Strategies");
    expect(
      await page
        .getByRole("button", { name: /^Pause/ })
        .first()
        .getAttribute("title"),
    ).toBe(why);
    expect(await accessibilityFaults(page)).toEqual([]);
    await shoot(page, "viewer-dark");
  });

  test("an operator trades, and leaves the limits alone", async () => {
    const page = await asA("operator");
    await goTo(page, "Risk");
    const unlock = page.getByRole("button", { name: /^Unlock|^Remove/ }).first();
    expect(await unlock.getAttribute("title")).toBe("This needs the role Admin; yours is Operator.");
    expect(await page.locator(".halt").getAttribute("aria-disabled")).toBe(null);
  });

  test("logging out leaves nothing on the screen", async () => {
    const page = await byLink();
    await page.getByRole("button", { name: "Admin: your session" }).click();
    const dialog = page.getByRole("dialog", { name: "Your session" });
    await dialog.getByText("the one-time link").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Log out" }).click();
    await page.getByText("Open the link that the service printed").waitFor();
    expect(await page.locator(".shell").count()).toBe(0);
  });

  test("a session that ends while the page is open leads to the same place", async () => {
    const page = await byLink(phone);
    await page.locator('main section[data-state="live"]').first().waitFor();
    expect(await tooWide(page)).toEqual([]);
    stage.service.desk.halt = {
      cause: "operator",
      text: "",
      since: new Date().toISOString(),
      proven_at: null,
    };
    await page.locator(".shell.is-halted").waitFor();
    expect(await tooWide(page)).toEqual([]);
    await shoot(page, "halted-admin-phone-light");
    stage.service.sessions.endAll();
    await page.getByText("Open the link that the service printed").waitFor();
  });
});
