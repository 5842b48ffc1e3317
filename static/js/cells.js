// The cells of a report's tables lead to where they come from. A table says in `data-facts`, its rows
// in `data-row`, its columns in `data-column` what the key of a cell is; there is one tab stop a table,
// arrows move from cell to cell, Enter opens the panel.
(function () {
  "use strict";
  const list = document.getElementById("figure-sources");
  if (!list || !window.factPanel) return;
  const kept = new Map();

  const isShown = (cell) => cell.offsetParent !== null;
  const cellsOf = (row) => [...row.querySelectorAll("[data-source]")].filter(isShown);

  function prepare() {
    for (const table of document.querySelectorAll("table[data-facts]:not([role])")) {
      table.setAttribute("role", "grid");
      const columns = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.column);
      for (const row of table.tBodies[0].rows) {
        for (const cell of row.cells) {
          const column = columns[cell.cellIndex];
          if (!column || cell.classList.contains("void")) continue;
          cell.dataset.source = `${table.dataset.facts}.${row.dataset.row || row.dataset.trade}.${column}`;
          cell.tabIndex = -1;
        }
      }
      const first = cellsOf(table)[0];
      if (first) first.tabIndex = 0;
    }
  }

  function moveTo(cell) {
    for (const other of cell.closest("table").querySelectorAll('[data-source][tabindex="0"]')) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }

  function beside(cell, step) {
    const row = cellsOf(cell.parentElement);
    return row[row.indexOf(cell) + step];
  }

  function inRow(cell, step) {
    const rows = [...cell.closest("tbody").rows];
    for (let i = rows.indexOf(cell.parentElement) + step; i >= 0 && i < rows.length; i += step) {
      const other = rows[i].cells[cell.cellIndex];
      if (other && other.dataset.source && isShown(other)) return other;
    }
    return null;
  }

  const moves = {
    ArrowLeft: (cell) => beside(cell, -1),
    ArrowRight: (cell) => beside(cell, 1),
    ArrowUp: (cell) => inRow(cell, -1),
    ArrowDown: (cell) => inRow(cell, 1),
    Home: (cell) => cellsOf(cell.parentElement)[0],
    End: (cell) => cellsOf(cell.parentElement).at(-1),
  };

  function told(words) {
    const box = document.createElement("p");
    box.textContent = words;
    return box;
  }

  async function read(url) {
    if (kept.has(url)) return kept.get(url);
    const response = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } });
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    kept.set(url, text);
    return text;
  }

  async function open(cell) {
    const query = new URLSearchParams(cell.parentElement.dataset.query || "");
    query.set("of", cell.dataset.source);
    moveTo(cell);
    factPanel.open(cell, told("Reading where it comes from"));
    let entry = null;
    try {
      const text = await read(`${list.dataset.url}?${query}`);
      entry = new DOMParser().parseFromString(text, "text/html").querySelector(".source");
      if (!entry) throw new Error("no entry");
    } catch (error) {
      entry = told("It could not be read; choose the figure again to try once more.");
    }
    factPanel.fill(cell, entry);
  }

  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-source]");
    if (cell) open(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-source]");
    if (!cell || event.target !== cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") open(cell);
    else if (moves[event.key]) {
      const next = moves[event.key](cell);
      if (next) moveTo(next);
    } else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", prepare); // another page of the trades
  prepare();
})();
