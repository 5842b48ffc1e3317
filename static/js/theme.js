// Runs before the first paint, so that a chosen theme never flashes the other one.
(function () {
  "use strict";
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
      document.documentElement.dataset.theme = chosen;
    }
  } catch (error) {
    // Storage may be forbidden; then the system's choice stands.
  }
})();
