import type { Attachment } from "svelte/attachments";
import type { Role } from "../core/role";
import { t } from "../i18n";
import { session } from "../state/session.svelte";

const stop = (event: Event): void => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

/** A button that needs a role says so to those who have less. It keeps the focus: its reason can be read. */
export const needs =
  (role: Role): Attachment<HTMLButtonElement> =>
  (button) => {
    const own = session.lacking(role);
    if (own === null) return;
    const title = button.title;
    button.title = t.session.needs(t.session.role[role], t.session.role[own]);
    button.setAttribute("aria-disabled", "true");
    button.addEventListener("click", stop, { capture: true });
    return () => {
      button.title = title;
      button.removeAttribute("aria-disabled");
      button.removeEventListener("click", stop, { capture: true });
    };
  };
