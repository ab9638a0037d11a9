export const number = new Intl.NumberFormat("en");

const plural = new Intl.PluralRules("en");

/** A number with its noun. */
export const count = (n: number, one: string, other: string): string =>
  `${number.format(n)} ${plural.select(n) === "one" ? one : other}`;
