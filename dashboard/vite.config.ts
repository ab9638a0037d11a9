import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const service = process.env["DUTCHBOOK_ADDRESS"] ?? "127.0.0.1:8080";
/** The service serves the pages of its own name alone. */
const asItsOwn = {
  target: `http://${service}`,
  changeOrigin: true,
  headers: { origin: `http://${service}` },
};

export default defineConfig({
  plugins: [svelte()],
  build: {
    // The oldest browsers with `light-dark()`; the page uses nothing newer.
    target: ["chrome123", "firefox128", "safari17.5"],
    // The content security policy admits files of our own origin alone: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": asItsOwn,
      "/health": asItsOwn,
      "/openapi.json": asItsOwn,
      "/ws": { ...asItsOwn, ws: true },
    },
  },
  test: {
    include: ["tests/unit/**/*.test.ts"],
    environment: "node",
  },
});
