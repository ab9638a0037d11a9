import type { PageName } from "../core/route";
import { readFilters, withFilter, type SavedFilter } from "../core/saved-filters";

const keyOf = (page: PageName): string => `dutchbook.filters.${page}`;

/** The named views of one page, kept in this browser. */
export class SavedFilterList {
  list = $state.raw<readonly SavedFilter[]>([]);

  constructor(readonly page: PageName) {
    try {
      this.list = readFilters(localStorage.getItem(keyOf(page)));
    } catch {
      // Storage may be refused; there is nothing saved then.
    }
  }

  add(filter: SavedFilter): void {
    this.#keep(withFilter(this.list, filter));
  }

  remove(name: string): void {
    this.#keep(this.list.filter((it) => it.name !== name));
  }

  #keep(list: readonly SavedFilter[]): void {
    this.list = list;
    try {
      localStorage.setItem(keyOf(this.page), JSON.stringify(list));
    } catch {
      // Storage may be refused; they then hold until the page is left.
    }
  }
}
