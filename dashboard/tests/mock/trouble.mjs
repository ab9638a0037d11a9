// @ts-check
/** Where the service says what somebody else complained of. */
const complaints = new Set(["error", "last_error", "last_problem", "degraded", "last_exit"]);

/**
 * The same answer, in which everything that can complain complains in these words.
 * @param {unknown} answer @param {string} words @returns {unknown}
 */
export function complaining(answer, words) {
  if (Array.isArray(answer)) return answer.map((part) => complaining(part, words));
  if (answer === null || typeof answer !== "object") return answer;
  const parts = Object.entries(answer).map(([name, part]) => [
    name,
    complaints.has(name) ? words : name === "not_ready" ? [words, words] : complaining(part, words),
  ]);
  return { ...Object.fromEntries(parts), ...("ready" in answer ? { ready: false } : {}) };
}
