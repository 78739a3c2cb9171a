/**
 * Light and dark: as the reader's system has it, until the reader says otherwise.
 * @module
 */
import { button } from "./elements.js";

/**
 * @param {() => void} changed is told when colours have changed
 * @returns {HTMLButtonElement}
 */
export function themeButton(changed) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const switcher = button("", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    say();
  }, { class: "theme-button" });
  const say = () => {
    switcher.textContent = dark() ? "☀" : "☾";
    switcher.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
    switcher.title = dark() ? "Light colours" : "Dark colours";
    changed();
  };
  system.addEventListener("change", say);
  say();
  return switcher;
}
