import { mount } from "svelte";
import Root from "./Root.svelte";
import { language } from "./state/language.svelte";
import { live } from "./state/live.svelte";
import { router } from "./state/router.svelte";
import "./tokens.css";
import "./base.css";

const target = document.getElementById("app");
if (target !== null) {
  router.start();
  live.start();
  void language.start().then(() => mount(Root, { target }));
}
