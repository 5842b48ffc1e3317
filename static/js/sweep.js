// Sweeps: counts the combinations while ranges are typed, and follows a sweep under way.

const REFRESH_MS = 150;
const FINAL = new Set(["run.completed", "run.refused", "run.failed", "run.cancelled"]);

const whole = (value) => value.toLocaleString("en");

// How many values one line stands for; null while it cannot be read.
function valuesOf(line) {
  const read = (part) => {
    const text = line.querySelector(`[name^="${part}."]`).value.trim();
    return text === "" ? NaN : Number(text);
  };
  if (line.dataset.kind === "choice") {
    const texts = line.querySelector('[name^="values."]').value.split(",").map((t) => t.trim());
    return texts.filter(Boolean).length || null;
  }
  const [low, high, step] = ["low", "high", "step"].map(read);
  if (![low, high, step].every(Number.isFinite) || step <= 0 || high < low) return null;
  return Math.floor((high - low) / step + 1e-9) + 1;
}

function count(form) {
  let total = 1;
  let varying = 0;
  for (const line of form.querySelectorAll(".range")) {
    const chosen = line.querySelector('[type="checkbox"]').checked;
    const output = line.querySelector("output");
    const values = chosen ? valuesOf(line) : 1;
    output.hidden = !chosen;
    output.textContent = values === null ? "not a range" : `${whole(values)} value${values === 1 ? "" : "s"}`;
    if (!chosen) continue;
    varying += 1;
    total = total === null || values === null ? null : total * values;
  }
  show(form, varying ? total : 0);
}

function show(form, total) {
  const place = form.querySelector("#total");
  const limit = Number(form.dataset.limit);
  const drawn = form.querySelector('[name="method"]:checked').value === "random";
  const wanted = Number(form.querySelector('[name="samples"]').value);
  let text = "";
  let over = false;
  if (total === null) text = "A range cannot be read yet.";
  else if (total === 0) text = "Tick at least one parameter.";
  else if (drawn) {
    const tried = Math.min(wanted || 0, total);
    over = tried > limit;
    text = `${whole(tried)} of ${whole(total)} combinations${over ? `; ${whole(limit)} is the most` : ""}.`;
  } else {
    over = total > limit;
    text = `${whole(total)} combination${total === 1 ? "" : "s"}${over ? `; ${whole(limit)} is the most. Widen the steps, or draw some at random` : ""}.`;
  }
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("over", over);
}

// Typing into a range means that it should vary.
function typed(event, form) {
  const line = event.target.closest(".range");
  if (line && event.target.type !== "checkbox") line.querySelector('[type="checkbox"]').checked = true;
  count(form);
}

function follow(first) {
  let timer = null;
  const panel = () => document.getElementById("sweep");

  async function refresh() {
    timer = null;
    const answer = await fetch(panel().dataset.refresh, { credentials: "same-origin" });
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = parsed.getElementById("sweep");
    if (!fresh) return;
    const focused = document.activeElement && panel().contains(document.activeElement);
    panel().replaceWith(fresh);
    if (focused) fresh.querySelector("button, a")?.focus({ preventScroll: true });
    if (fresh.dataset.status === "completed") location.reload();
    if ("finished" in fresh.dataset) leave();
  }

  function take(event) {
    if (FINAL.has(event.kind)) leave();
    if (!timer) timer = setTimeout(refresh, REFRESH_MS);
  }

  const leave = followEvents(
    `/ws/sweeps/${first.dataset.sweep}`, Number(first.dataset.lastSequence), take, refresh);
}

const form = document.querySelector("form.ranges");
if (form) {
  form.addEventListener("input", (event) => typed(event, form));
  count(form);
}
const panel = document.getElementById("sweep");
if (panel && !("finished" in panel.dataset)) follow(panel);
