import { asProblem, isDefinite, send, type Problem, type Wish } from "../api/client";
import { IdempotencyKeys } from "../core/idempotency";

/** How far one command of the reader has come. */
export type CommandStep =
  | { kind: "asking" }
  | { kind: "sending" }
  | { kind: "done"; answer: unknown }
  /** `definite`: it was not carried out. Otherwise nobody knows, and sending it again is safe. */
  | { kind: "failed"; problem: Problem; definite: boolean };

/** One command at a time, sent once however often it is tried. */
export class Command {
  step = $state.raw<CommandStep>({ kind: "asking" });
  #keys = new IdempotencyKeys();
  #run = 0;

  /** Forgets the last answer; a wish whose end is not known keeps its key. */
  ask(): void {
    this.#run += 1;
    this.step = { kind: "asking" };
  }

  async run(wish: Wish): Promise<void> {
    this.#run += 1;
    const run = this.#run;
    this.step = { kind: "sending" };
    const key = this.#keys.keyFor(JSON.stringify(wish));
    let step: CommandStep;
    try {
      step = { kind: "done", answer: await send(wish, key) };
      this.#keys.settled();
    } catch (error) {
      const problem = asProblem(error);
      const definite = isDefinite(problem);
      if (definite) this.#keys.settled();
      step = { kind: "failed", problem, definite };
    }
    // A dialog that was closed and opened again meanwhile asks about something else.
    if (run === this.#run) this.step = step;
  }

  get busy(): boolean {
    return this.step.kind === "sending";
  }
}
