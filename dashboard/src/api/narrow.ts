/**
 * A type of the service's description, where some of its texts are known to be of a few words. The names
 * and their kinds are the description's: what it no longer has, or has otherwise, is an error here.
 */
export type Narrow<T, N extends { readonly [K in keyof N]: K extends keyof T ? T[K] : never }> = Omit<
  T,
  keyof N
> &
  N;
