// A figure's small panel: where the figure comes from, beside the figure itself. Figures in sentences
// and lists are links to their entry on this page; cells of tables are asked for, see cells.js.
(function () {
  "use strict";
  const GAP = 8;
  let from = null;

  const panel = document.createElement("div");
  panel.className = "fact-panel";
  panel.id = "fact-panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Where this figure comes from");
  panel.tabIndex = -1;
  panel.hidden = true;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "btn quiet";
  away.dataset.closeFact = "";
  away.textContent = "Close";

  function entryOf(link) {
    const entry = document.getElementById(link.getAttribute("href").slice(1));
    return entry && entry.classList.contains("source") ? entry : null;
  }

  // Beside `figure`, in place of what was open before; closed again by a second call for the same.
  function open(figure, content) {
    const again = from === figure;
    close(again);
    if (again) return;
    from = figure;
    panel.hidden = false;
    figure.setAttribute("aria-expanded", "true");
    fill(figure, content);
  }

  // Other content for the same figure; nothing where the panel has gone to another one meanwhile.
  function fill(figure, content) {
    if (from !== figure) return;
    content.removeAttribute("id");
    panel.replaceChildren(content, away);
    place(figure);
    panel.focus({ preventScroll: true });
  }

  // Below the figure where there is room, above it otherwise; never beyond the window's sides.
  function place(figure) {
    const at = figure.getBoundingClientRect();
    const size = panel.getBoundingClientRect();
    const right = document.documentElement.clientWidth - size.width - GAP;
    const below = at.bottom + GAP + size.height <= window.innerHeight || at.top < size.height + GAP;
    panel.style.left = `${window.scrollX + Math.max(GAP, Math.min(at.left, right))}px`;
    panel.style.top = `${window.scrollY + (below ? at.bottom + GAP : at.top - size.height - GAP)}px`;
  }

  function close(refocus) {
    if (panel.hidden) return;
    panel.hidden = true;
    if (from) {
      from.removeAttribute("aria-expanded");
      if (refocus) from.focus({ preventScroll: true });
    }
    from = null;
  }

  window.factPanel = { open, fill };
  document.body.append(panel);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.fact");
    if (link) {
      const entry = entryOf(link);
      if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link, entry.cloneNode(true));
      return;
    }
    if (event.target.closest("[data-source]")) return; // cells.js opens the panel for it
    if (event.target.closest("[data-close-fact]")) close(true);
    else if (!event.target.closest("#fact-panel") || event.target.closest("a")) close(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close(true);
  });
})();
