/** Reasons that the service gives with a code. It speaks English; a language without words for a code lets it speak. */
export const reasons = {
  /** Why a gate refuses. */
  rule: (_code: string, said: string) => said,
  /** What became of an order, by its state. */
  order: (_code: string, said: string) => said,
  /** Why a look ended, or what ended an opportunity. */
  look: (_code: string, said: string) => said,
};
