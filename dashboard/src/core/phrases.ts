/** Longer than this a text is left as it is: no sentence of the service is. */
const lengthMax = 1_000;

/**
 * Says sentences of a known wording in another language. In both, `{}` stands for a value; values keep their
 * order, and one that is itself a known sentence is said in the other language too. What is not known stays as it is.
 */
export function phraseBook(phrases: Readonly<Record<string, string>>): (said: string) => string {
  const whole = new Map<string, string>();
  const withValues: [pattern: RegExp, other: string][] = [];
  for (const [said, other] of Object.entries(phrases)) {
    if (!said.includes("{}")) whole.set(said, other);
    else withValues.push([new RegExp(`^${said.split("{}").map(literal).join("(.+?)")}$`, "s"), other]);
  }
  const say = (said: string): string => {
    const known = whole.get(said);
    if (known !== undefined || said.length > lengthMax) return known ?? said;
    for (const [pattern, other] of withValues) {
      const values = pattern.exec(said)?.slice(1);
      if (values !== undefined) {
        const parts = other.split("{}");
        return parts.map((part, n) => part + (n < parts.length - 1 ? say(values[n] ?? "") : "")).join("");
      }
    }
    return said;
  };
  return say;
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
