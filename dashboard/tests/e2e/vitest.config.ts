import { defineConfig } from "vitest/config";

// With BASE_URL the tests watch a running service; without it, the built page over the stand-in.
const service = (process.env["BASE_URL"] ?? "").replace(/\/+$/, "");
const real = service !== "";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: [real ? "tests/e2e/service*.e2e.ts" : "tests/e2e/page-*.e2e.ts"],
    environment: "node",
    // The tool gives BASE_URL a meaning of its own inside the tests.
    env: { SERVICE_URL: service },
    // Longer than any single wait, so that what did not come about is named.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // A browser on a starved machine misses a moment now and then; the report says what needed it.
    retry: 1,
    reporters: ["default", new URL("./failed-names.ts", import.meta.url).pathname],
    // Over the stand-in, each file has a browser and services of its own: one waits while the other draws.
    fileParallelism: !real,
    maxWorkers: 2,
    sequence: { concurrent: false },
  },
});
