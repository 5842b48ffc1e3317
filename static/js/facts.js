// A figure's small panel: the entry of "Where the figures come from", beside the figure itself.
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

  function entryOf(link) {
    const entry = document.getElementById(link.getAttribute("href").slice(1));
    return entry && entry.classList.contains("source") ? entry : null;
  }

  function open(link, entry) {
    close(false);
    from = link;
    const content = entry.cloneNode(true);
    content.removeAttribute("id");
    const away = document.createElement("button");
    away.type = "button";
    away.className = "btn quiet";
    away.dataset.closeFact = "";
    away.textContent = "Close";
    panel.replaceChildren(content, away);
    panel.hidden = false;
    link.setAttribute("aria-expanded", "true");
    place(link);
    panel.focus({ preventScroll: true });
  }

  // Below the figure where there is room, above it otherwise; never beyond the window's sides.
  function place(link) {
    const at = link.getBoundingClientRect();
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

  document.body.append(panel);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.fact");
    if (link) {
      const entry = entryOf(link);
      if (!entry || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link === from) close(true);
      else open(link, entry);
      return;
    }
    if (event.target.closest("[data-close-fact]")) close(true);
    else if (!event.target.closest("#fact-panel") || event.target.closest("a")) close(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close(true);
  });
})();
