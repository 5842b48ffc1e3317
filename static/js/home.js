// The idea box: grows with its text, takes examples, sends on Ctrl+Enter, sends once.
(function () {
  "use strict";
  const form = document.getElementById("idea-form");
  const box = document.getElementById("id_idea");
  const grows = CSS.supports("field-sizing", "content");

  function fit() {
    if (grows) return;
    // Rows and not a height: the page's policy allows no inline style.
    box.rows = 3;
    while (box.scrollHeight > box.clientHeight + 2 && box.rows < 16) box.rows += 1;
  }

  box.addEventListener("input", fit);
  fit();
  if (matchMedia("(hover: hover)").matches) {
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  // An idea that is there from the start, from an example or an earlier run, is read at once.
  document.addEventListener("DOMContentLoaded", () => {
    if (box.value.trim()) box.dispatchEvent(new CustomEvent("reading"));
  });

  document.addEventListener("click", (event) => {
    const example = event.target.closest("[data-example]");
    if (!example) return;
    event.preventDefault();
    box.value = example.dataset.example;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new CustomEvent("reading"));
    box.focus();
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    button.textContent = "Sending";
  });

  // Back from the run page: the browser shows the page as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
