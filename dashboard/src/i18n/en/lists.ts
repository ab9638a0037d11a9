export const lists = {
  csv: "CSV",
  csvHint: "Save what is listed as comma-separated values, with every digit",
  saved: {
    open: "Saved",
    title: "Saved filters",
    none: "Nothing is saved yet. A saved filter is kept in this browser.",
    name: "Save the filter of now as",
    save: "Save",
    removeOf: (name: string) => `Forget ${name}`,
  },
};
