import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Names what failed in the last lines of the run, one a line, so that the tail of a log tells. */
export default class FailedNames implements Reporter {
  #failed: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === "failed")
      this.#failed.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  }

  onTestModuleEnd(module: TestModule): void {
    // A file that cannot be loaded has no tests to name.
    if (module.errors().length > 0) this.#failed.push(module.relativeModuleId);
  }

  onTestRunEnd(): void {
    const lines = this.#failed.map((name) => `FAILED TEST: ${name}\n`).join("");
    // After the summary of the other reporters, which is written when the run ends.
    process.on("exit", () => process.stdout.write(lines));
  }
}
