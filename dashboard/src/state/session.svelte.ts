import { asProblem, listenForRefusal, type Problem } from "../api/client";
import { closeSession, getSession, openSession, type Proof, type Session } from "../api/session";
import { Refresher } from "../core/refresher";
import { loginKey, suffices, type Role } from "../core/role";

/** Without an answer for so long, the page is shown with what it knows: nothing. */
const patienceMs = 1_000;

export type Standing =
  | { kind: "asking" }
  | { kind: "open"; session: Session }
  /** The service has not said. */
  | { kind: "unknown" }
  | { kind: "out"; problem: Problem | null };

/** Whether this browser is let in, and as whom. */
class SessionState {
  standing = $state.raw<Standing>({ kind: "asking" });
  entering = $state(false);

  readonly refresher = new Refresher(async (signal) => {
    try {
      this.standing = { kind: "open", session: await getSession(signal) };
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 401) this.#shutOut(null);
      else {
        if (this.standing.kind === "asking") this.standing = { kind: "unknown" };
        throw error;
      }
    }
  });

  start(): void {
    listenForRefusal(() => {
      if (this.standing.kind !== "asking" && this.standing.kind !== "out") this.refresher.request();
    });
    window.addEventListener("hashchange", () => void this.#useLink());
    if (this.#useLink()) return;
    this.refresher.request();
    setTimeout(() => {
      if (this.standing.kind === "asking" && !this.entering) this.standing = { kind: "unknown" };
    }, patienceMs);
  }

  /** The key leaves the address before anything else happens with it. */
  #useLink(): boolean {
    const key = loginKey(location.hash);
    if (key === null) return false;
    history.replaceState(null, "", "#/desk");
    void this.enter({ key });
    return true;
  }

  async enter(proof: Proof): Promise<void> {
    if (this.entering) return;
    this.entering = true;
    try {
      this.standing = { kind: "open", session: await openSession(proof) };
    } catch (error) {
      await this.#notEntered(asProblem(error));
    } finally {
      this.entering = false;
    }
  }

  async #notEntered(problem: Problem): Promise<void> {
    // A used link in a browser that is let in already does no harm.
    const session = await getSession(AbortSignal.timeout(patienceMs)).catch(() => null);
    this.standing = session === null ? { kind: "out", problem } : { kind: "open", session };
  }

  async leave(): Promise<void> {
    await closeSession();
    location.reload();
  }

  #shutOut(problem: Problem | null): void {
    const inside = this.inside;
    this.standing = { kind: "out", problem };
    // Nothing of what was shown stays in memory.
    if (inside) location.reload();
  }

  /** Whether the pages are shown. */
  get inside(): boolean {
    return this.standing.kind !== "asking" && this.standing.kind !== "out";
  }

  get current(): Session | null {
    return this.standing.kind === "open" ? this.standing.session : null;
  }

  /** The reader's role where it is not enough. */
  lacking(needed: Role): Role | null {
    const own = this.current?.role ?? null;
    return own === null || suffices(own, needed) ? null : own;
  }
}

export const session = new SessionState();
