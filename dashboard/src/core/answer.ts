import type { Answer } from "../api/forecasts";

const failures = ["late", "refused", "malformed", "provider", "budget"] as const;

/** What became of one call, in one word. */
export type AnswerKind = "answered" | "abstained" | "failed" | (typeof failures)[number];

export function answerKind({ state, failure, late }: Pick<Answer, "state" | "failure" | "late">): AnswerKind {
  if (state === "failed") return failures.find((name) => name === failure) ?? "failed";
  return late ? "late" : state;
}
