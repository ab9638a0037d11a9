import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Role } from "../../src/core/role";
import { MockService } from "../mock/service.mjs";
import { launch, visit, wide, type Visit } from "./harness";

/** What each test of a file has: a stand-in of its own, and one visit in which nothing may be complained of. */
export class Stage {
  service = new MockService();
  #browser: Browser | undefined;
  #visited: Visit | undefined;

  /** Made inside `describe`: it sets up and clears away by itself. */
  constructor() {
    beforeAll(async () => {
      this.#browser = await launch();
    });
    afterAll(() => this.#browser?.close());
    beforeEach(async () => {
      this.service = new MockService();
      await this.service.start();
    });
    afterEach(async () => {
      const visited = this.#visited;
      this.#visited = undefined;
      await visited?.close();
      await this.service.stop();
      expect(visited?.faults ?? []).toEqual([]);
    });
  }

  /** Comes as somebody who is let in already. */
  come(hash: string, options: BrowserContextOptions = wide, role: Role = "admin"): Promise<Page> {
    const cookie = {
      ...this.service.sessions.enter(role),
      domain: "127.0.0.1",
      path: "/",
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: "Strict" as const,
    };
    return this.#come(hash, { ...options, storageState: { cookies: [cookie], origins: [] } });
  }

  /** Comes without a session. */
  comeUnknown(hash: string, options: BrowserContextOptions = wide): Promise<Page> {
    return this.#come(hash, options);
  }

  async #come(hash: string, options: BrowserContextOptions): Promise<Page> {
    if (this.#browser === undefined) throw new Error("the browser was not started");
    this.#visited = await visit(this.#browser, `${this.service.url}/${hash}`, options);
    return this.#visited.page;
  }
}
