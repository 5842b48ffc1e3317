// The editor: a text field over a coloured copy of its text, read by the server while one types.

const CHECK_MS = 500;
const INDENT = "    ";
const NARROW = 16; // columns that every screen shows without scrolling sideways

const form = document.getElementById("script-form");
const sheet = document.getElementById("sheet");
const field = document.getElementById("id_script");
const found = document.getElementById("found");
const where = document.getElementById("where");
const known = {
  engine: new Set(sheet.dataset.names.split(" ")),
  indicators: new Set(sheet.dataset.indicators.split(" ")),
};

/* The sheet: line numbers, the coloured copy, the field on top */

const layer = document.createElement("pre");
const gutter = document.createElement("div");
layer.className = "layer";
gutter.className = "gutter";
for (const part of [layer, gutter]) part.setAttribute("aria-hidden", "true");
let numbered = "";

function number() {
  const lines = field.value.split("\n").length;
  const wrong = new Set([...found.querySelectorAll("[data-line]")].map((p) => Number(p.dataset.line)));
  const state = `${lines}:${[...wrong]}`;
  if (state === numbered) return;
  numbered = state;
  const page = document.createDocumentFragment();
  for (let line = 1; line <= lines; line += 1) {
    if (line > 1) page.append("\n");
    if (!wrong.has(line)) { page.append(String(line)); continue; }
    const mark = document.createElement("b");
    mark.textContent = line;
    page.append(mark);
  }
  gutter.replaceChildren(page);
}

function draw() {
  layer.replaceChildren(colouredPython(field.value, known));
  number();
  // The field is as large as its text; what it scrolled before it grew is undone.
  field.scrollTop = 0;
  field.scrollLeft = 0;
}

function placeOf(position) {
  const lines = field.value.slice(0, position).split("\n");
  return { line: lines.length, column: lines.at(-1).length + 1 };
}

function lineHeight() {
  return Number.parseFloat(getComputedStyle(field).lineHeight);
}

// Browsers bring the caret into view before the field has grown under it.
function reveal({ line, column }) {
  const height = lineHeight();
  const top = Number.parseFloat(getComputedStyle(field).paddingTop) + (line - 1) * height;
  if (top < sheet.scrollTop) sheet.scrollTop = top - height;
  const below = top + 2 * height - sheet.clientHeight;
  if (below > sheet.scrollTop) sheet.scrollTop = below;
  if (column <= NARROW) sheet.scrollLeft = 0;
}

function showPlace() {
  const { line, column } = placeOf(field.selectionEnd);
  const text = `line ${line}, column ${column}`;
  if (where.textContent !== text) where.textContent = text;
}

function goTo(line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  reveal({ line, column: 1 });
  sheet.scrollIntoView({ block: "nearest" });
}

/* Keys */

// As if typed, so that the browser can take it back.
function type(text) {
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function erase(start, end) {
  field.setSelectionRange(start, end);
  if (!document.execCommand("delete")) type("");
}

function indent(outwards) {
  const { value, selectionStart: from, selectionEnd: to } = field;
  const start = value.lastIndexOf("\n", from - 1) + 1;
  if (from === to && !outwards) {
    type(" ".repeat(INDENT.length - ((from - start) % INDENT.length)));
    return;
  }
  if (from === to) {
    const spaces = /^ {0,4}/.exec(value.slice(start))[0].length;
    if (spaces === 0) return;
    erase(start, start + spaces);
    field.setSelectionRange(Math.max(start, from - spaces), Math.max(start, from - spaces));
    return;
  }
  const end = value[to - 1] === "\n" ? to - 1 : to;
  const block = value.slice(start, end);
  const moved = outwards ? block.replace(/^ {1,4}/gm, "") : block.replace(/^(?=.)/gm, INDENT);
  field.setSelectionRange(start, end);
  type(moved);
  field.setSelectionRange(start, start + moved.length);
}

function newLine() {
  const line = field.value.slice(0, field.selectionStart).split("\n").at(-1);
  const spaces = /^ */.exec(line)[0];
  type(`\n${spaces}${/:\s*(#.*)?$/.test(line) ? INDENT : ""}`);
}

let leaving = false; // Escape was pressed: the next Tab is the page's

function pressed(event) {
  if (event.isComposing) return;
  const { key } = event;
  if (key === "Escape") { leaving = true; return; }
  if (key === "Tab" && !leaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    indent(event.shiftKey);
  } else if (key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    newLine();
  }
  if (key !== "Shift") leaving = false;
}

/* The check */

let timer = null;
let asking = null;

async function check() {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "script"]) body.append(name, form.elements[name].value);
  try {
    const answer = await fetch(form.dataset.check, {
      method: "POST", body, signal: asking.signal, credentials: "same-origin",
    });
    if (answer.status !== 200) return; // too often, or away: what is there stays
    show(await answer.text());
  } catch (error) {
    // Typed on, or no line to the server: the run asks again anyway.
  }
}

function show(page) {
  const parsed = new DOMParser().parseFromString(page, "text/html").body;
  // What has not changed is not read aloud again.
  if (parsed.textContent.trim() !== found.textContent.trim()) {
    found.replaceChildren(...parsed.childNodes);
    dress();
  }
  document.getElementById("script-error")?.remove();
  number();
}

// Without JavaScript "Line 3" is a word; here it leads there.
function dress() {
  for (const word of found.querySelectorAll("b.at")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "at";
    button.textContent = word.textContent;
    word.replaceWith(button);
  }
}

/* What was typed and not run */

const original = field.defaultValue;
const shelf = `script:${location.pathname}${location.search}`;
let sending = false;

function stored() {
  try { return JSON.parse(sessionStorage.getItem(shelf)); } catch (error) { return null; }
}

function store(sent) {
  try {
    if (field.value === original && !sent) sessionStorage.removeItem(shelf);
    else sessionStorage.setItem(shelf, JSON.stringify({ original, text: field.value, sent }));
  } catch (error) {
    // Storage may be forbidden or full; then the question before leaving is all there is.
  }
}

function restore() {
  const kept = stored();
  if (!kept || kept.original !== original || kept.text === field.value) return;
  const way = performance.getEntriesByType("navigation")[0]?.type;
  // What was run is kept by its run; it comes back only to who goes back for it.
  if (kept.sent && way !== "reload" && way !== "back_forward") return;
  field.value = kept.text;
  const note = document.getElementById("restored");
  note.hidden = false;
  note.querySelector("button").addEventListener("click", () => {
    field.value = original;
    note.hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

const unsaved = () => field.value !== original || "unsaved" in form.dataset;

/* Putting it together */

sheet.prepend(gutter);
sheet.append(layer);
sheet.classList.add("live");
where.hidden = false;
document.getElementById("keys").hidden = false;
restore();
dress();
draw();
showPlace();
if (field.value !== original) check();

// A block that is indented comes as an event a line; it is drawn once, before it is seen.
let drawing = 0;

field.addEventListener("input", () => {
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => {
    draw();
    showPlace();
    reveal(placeOf(field.selectionEnd));
    store(false);
  });
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_MS);
});
field.addEventListener("keydown", pressed);
field.addEventListener("blur", () => { leaving = false; });
document.addEventListener("selectionchange", () => {
  if (document.activeElement === field) showPlace();
});
found.addEventListener("click", (event) => {
  const line = event.target.closest("button.at")?.closest("[data-line]");
  if (line) goTo(Number(line.dataset.line));
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector(".btn.primary"));
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "check") {
    event.preventDefault();
    check();
    return;
  }
  sending = true;
  store(true);
  const button = form.querySelector(".btn.primary");
  button.disabled = true;
  button.textContent = "Sending";
});
addEventListener("beforeunload", (event) => {
  if (!sending) store(false);
  if (unsaved() && !sending) event.preventDefault();
});
// Back from the run page: the browser shows the page as it was left.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
