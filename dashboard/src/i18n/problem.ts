import type { Problem } from "../api/client";
import { t } from "./index";

/** What happened and what to do, in the page's language as far as the problem's code says it. */
export function inWords({ code, detail, hint }: Problem): { detail: string; hint: string | null } {
  return {
    detail: t.reasons.problem(code, detail),
    hint: hint === null ? null : t.reasons.remedy(code, hint),
  };
}

const sentence = (said: string): string =>
  `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?…。！？]$/.test(said) ? "" : "."}`;

/** The same, as whole sentences. */
export function sentences(problem: Problem): string {
  const { detail, hint } = inWords(problem);
  return hint === null ? sentence(detail) : `${sentence(detail)} ${sentence(hint)}`;
}
