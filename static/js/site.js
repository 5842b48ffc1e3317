// What every page does: the theme switch, menus that close, confirmations that stay small.
(function () {
  "use strict";

  function chosenTheme() {
    return document.documentElement.dataset.theme || "system";
  }

  function showTheme() {
    for (const group of document.querySelectorAll(".theme")) group.hidden = false;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosenTheme()));
    }
  }

  function chooseTheme(name) {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    try {
      if (name === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", name);
    } catch (error) {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    showTheme();
    document.dispatchEvent(new CustomEvent("alphabench:theme"));
  }

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]");
    if (choice) chooseTheme(choice.dataset.themeChoice);
    const closer = event.target.closest("[data-close-menu]");
    if (closer) closeMenu(closer.closest("details.menu"));
    const copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  function closeMenu(menu) {
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) closeMenu(menu);
  });

  async function copyText(button) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) return;
    await navigator.clipboard.writeText(source.textContent);
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  document.addEventListener("DOMContentLoaded", showTheme);
  // The system may change its mind while the page is open; charts redraw in the new colours.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new CustomEvent("alphabench:theme"));
  });
})();
