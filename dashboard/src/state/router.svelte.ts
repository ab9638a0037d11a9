import { formatRoute, parseRoute, type PageName, type Route } from "../core/route";

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  start(): void {
    window.addEventListener("hashchange", () => (this.route = parseRoute(location.hash)));
  }

  /** A setting of the current page; empty where it is not set. */
  param(name: string): string {
    return this.route.params[name] ?? "";
  }

  go(page: PageName): void {
    location.hash = formatRoute(page);
  }

  /** Changes settings of the current page. A step the reader may want to go back from is `push`ed. */
  set(changes: Record<string, string | null>, how: "push" | "replace" = "replace"): void {
    const hash = formatRoute(this.route.page, { ...this.route.params, ...changes });
    if (hash === location.hash) return;
    if (how === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.route = parseRoute(hash);
  }
}

export const router = new Router();
