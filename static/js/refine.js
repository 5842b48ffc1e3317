// The box that changes an idea in words: Escape puts away what it shows, until one types again.
(function () {
  "use strict";
  const input = document.querySelector(".refine input[name=words]");
  const shown = document.getElementById("refined");
  if (!input || !shown) return;
  let putAway = null;

  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    putAway = input.value;
    shown.replaceChildren();
  });
  input.addEventListener("input", () => { putAway = null; });
  // An answer that was under way when it was put away comes too late.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === shown && input.value === putAway) event.detail.shouldSwap = false;
  });
})();
