// @ts-check
/** Small parts of the stand-in's desk. */
import { decimal } from "./world.mjs";

/** @typedef {{status: number, body: unknown}} Answer */

export const now = () => new Date().toISOString();
/** @param {number} ms */
export const ago = (ms) => new Date(Date.now() - ms).toISOString();
/** @param {number} number */
export const hex = (number) => `0x${number.toString(16).padStart(8, "0").repeat(8)}`;
/** @param {number} status @param {string} code @param {string} detail @param {string} hint @param {object} [more] @returns {Answer} */
export const refusal = (status, code, detail, hint, more = {}) => ({
  status,
  body: { type: `about:blank#${code}`, title: detail, status, code, detail, hint, ...more },
});
/** @param {number} net */
export const figures = (net) => ({
  realised_usd: decimal(net + 310_000),
  fees_usd: "0.27",
  gas_usd: "0.04",
  adjusted_usd: "0",
  net_usd: decimal(net),
});

/** @param {readonly import("../../src/api/types").Market[]} markets @returns {import("../../src/api/trading").Position[]} */
export function positionsOf(markets) {
  return [0, 1, 2, 10].map((n) => {
    const market = markets[n];
    return {
      token_id: market?.outcomes[n % 2]?.token_id ?? `70000000000000000000000${n}`,
      condition_id: market?.condition_id ?? null,
      title: n === 2 ? "" : (market?.title ?? ""),
      outcome: n === 2 ? null : n % 2 === 0 ? "Yes" : "No",
      group_id: null,
      settled_shares: decimal(40_000_000 * (n + 1)),
      pending_in_shares: n === 0 ? "12.5" : "0",
      pending_out_shares: n === 1 ? "40" : "0",
      cost_usd: decimal(14_200_000 * (n + 1)),
      average_cost_usd: n === 2 ? null : "0.355",
      mark_usd: n === 2 ? null : decimal((n === 1 ? 13_900_000 : 14_400_000) * (n + 1)),
      unrealised_usd: n === 2 ? null : decimal((n === 1 ? -300_000 : 200_000) * (n + 1)),
      realised_usd: "0",
      fees_usd: "0.31",
    };
  });
}

/** @template T @param {readonly T[]} all @param {URLSearchParams} query */
export function page(all, query) {
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 100);
  return { data: all.slice(from, to), next_cursor: to < all.length ? String(to) : null };
}
