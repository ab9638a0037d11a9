import { mount } from "svelte";
import App from "./App.svelte";
import { t } from "./i18n";
import "./tokens.css";
import "./base.css";

document.documentElement.lang = t.locale;
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
