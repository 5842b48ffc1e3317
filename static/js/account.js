// The account page: the stored theme holds in this browser too, and midnight UTC in local time.
(function () {
  "use strict";

  const form = document.querySelector("[data-theme-form]");
  if (form) {
    const name = form.dataset.storedTheme;
    try {
      if (name === "light" || name === "dark") localStorage.setItem("theme", name);
    } catch (error) {
      // Storage may be forbidden; the choice then holds on this page only.
    }
    if (name === "light" || name === "dark") document.documentElement.dataset.theme = name;
    form.addEventListener("submit", () => {
      if (form.elements.theme.value !== "system") return;
      try {
        localStorage.removeItem("theme");
      } catch (error) {
        // Nothing was stored, so nothing is in the way.
      }
    });
  }

  for (const time of document.querySelectorAll("[data-local-time]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = time.textContent;
    time.textContent = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
})();
