/** Something that whoever watches this page should know at once. */
export interface Alarm {
  /** The same as long as it lasts. */
  key: string;
  text: string;
}

/** What is wrong now and was not before; nothing where nothing was looked at before. */
export const risen = (before: ReadonlySet<string> | null, now: readonly Alarm[]): readonly Alarm[] =>
  before === null ? [] : now.filter(({ key }) => !before.has(key));
