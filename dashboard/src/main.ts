import { mount } from "svelte";
import Root from "./Root.svelte";
import { language } from "./state/language.svelte";
import { router } from "./state/router.svelte";
import { session } from "./state/session.svelte";
import "./tokens.css";
import "./base.css";

const target = document.getElementById("app");
if (target !== null) {
  session.start();
  router.start();
  void language.start().then(() => mount(Root, { target }));
}
