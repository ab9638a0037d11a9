/** Reasons that the service gives with a code. It speaks English; a language without words for a code, or for a sentence without one, lets it speak. */
export const reasons = {
  /** Why a gate refuses. */
  rule: (_code: string, said: string) => said,
  /** What became of an order, by its state. */
  order: (_code: string, said: string) => said,
  /** Why a look ended, or what ended an opportunity. */
  look: (_code: string, said: string) => said,
  /** What went wrong with a request. */
  problem: (_code: string, said: string) => said,
  /** What to do about it. */
  remedy: (_code: string, said: string) => said,
  /** Any sentence of the service that has no code. */
  said: (said: string) => said,
};
