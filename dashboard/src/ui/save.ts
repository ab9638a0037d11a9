/** Hands a table to the reader as a file, named with the moment of its making. */
export function saveCsv(name: string, table: string): void {
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  const file = new Blob(["\ufeff", table], { type: "text/csv;charset=utf-8" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = `dutchbook-${name}-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
