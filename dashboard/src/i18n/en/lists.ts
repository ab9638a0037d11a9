import { count, number } from "./words";

export const lists = {
  csv: "CSV",
  csvHint: "Save what is listed as comma-separated values, with every digit",
  whole: {
    hint: (max: number) =>
      `Save the whole list as it is filtered, up to ${number.format(max)} rows, with every digit`,
    reading: (n: number) => `${count(n, "row", "rows")} read…`,
    cancel: "Stop",
    saved: (n: number) => `${count(n, "row", "rows")} saved`,
    cut: (n: number) => `The first ${number.format(n)} rows saved; there are more. Filter to get the rest.`,
    stopped: "Stopped; nothing was saved.",
    failed: (what: string) => `Not saved: ${what}`,
  },
  saved: {
    open: "Saved",
    title: "Saved filters",
    none: "Nothing is saved yet. A saved filter is kept in this browser.",
    name: "Save the filter of now as",
    save: "Save",
    removeOf: (name: string) => `Forget ${name}`,
  },
};
