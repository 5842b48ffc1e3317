// Colours come from the tokens of the stylesheet; a canvas cannot read them by itself.
(function () {
  "use strict";

  // The colour that `--name` has in the theme of the moment.
  window.colourToken = function (name) {
    const probe = document.createElement("i");
    probe.className = "visually-hidden";
    document.body.append(probe);
    probe.style.color = `var(--${name})`;
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
})();
