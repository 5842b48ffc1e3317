// The sliders of a report: each position asks the server for a whole new run of the decisions.
(function () {
  "use strict";
  const section = document.getElementById("fragility");
  if (!section) return;
  const form = section.querySelector("form");
  const row = section.querySelector(".yours");
  const note = section.querySelector("[data-note]");
  const curve = section.querySelector("svg");
  const start = form.elements.start;
  const WAIT = 40;
  const FAR = 0.8; // a start later than this share of the data leaves too little to judge
  let asked = 0;
  let timer = 0;
  let tested = null;

  const fixed = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const minus = (text) => text.replace("-", "−");
  const percent = (value) => (value === null ? "–" : `${value > 0 ? "+" : ""}${minus(fixed(value * 100, 1))}\u202f%`);
  const figures = {
    total_return: percent, cagr: percent, max_drawdown: percent,
    sharpe_ratio: (value) => (value === null ? "–" : minus(fixed(value, 2))),
    trades: (value) => fixed(value, 0),
  };

  function startDay() {
    const first = Date.parse(start.dataset.first);
    const last = Date.parse(start.dataset.last);
    return new Date(first + ((last - first) * FAR * Number(start.value)) / 100).toISOString().slice(0, 10);
  }

  function changes() {
    const query = new URLSearchParams();
    if (Number(form.elements.costs.value) !== 1) query.set("costs", form.elements.costs.value);
    for (const name of ["delay", "without_best"]) {
      if (Number(form.elements[name].value)) query.set(name, form.elements[name].value);
    }
    if (Number(start.value)) query.set("start", startDay());
    return query;
  }

  function describe() {
    const say = (name, text) => { form.querySelector(`[data-for="${name}"]`).textContent = text; };
    const delay = Number(form.elements.delay.value);
    say("costs", `× ${Number(form.elements.costs.value)}`);
    say("delay", delay ? `${delay} bar${delay > 1 ? "s" : ""}` : "none");
    say("without_best", Number(form.elements.without_best.value) || "none");
    say("start", startDay());
    start.setAttribute("aria-valuetext", startDay());
  }

  async function ask(query) {
    const response = await fetch(`${section.dataset.url}?${query}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail || "The server did not answer; move a slider to try again.");
    return answer;
  }

  function points(values, top, bottom) {
    const width = 600 / Math.max(values.length - 1, 1);
    const span = top - bottom || 1;
    return values.map((value, i) => `${(i * width).toFixed(1)},${(116 - ((value - bottom) / span) * 112).toFixed(1)}`).join(" ");
  }

  // Both curves on one logarithmic scale, as the chart above.
  function draw(answer) {
    const log = (curveOf) => curveOf.equity.map((value) => Math.log(Math.max(value, 1e-9)));
    const [ours, theirs] = [log(answer), log(tested)];
    const all = ours.concat(theirs);
    const [top, bottom] = [Math.max(...all), Math.min(...all)];
    const step = tested.time.length > 1 ? (tested.time.at(-1) - tested.time[0]) / (tested.time.length - 1) : 1;
    const skipped = Math.round((answer.time[0] - tested.time[0]) / step);
    curve.querySelector(".them").setAttribute("points", points(theirs, top, bottom));
    const line = points(ours, top, bottom).split(" ");
    const left = (600 * skipped) / Math.max(tested.time.length - 1, 1);
    const room = (600 - left) / 600;
    curve.querySelector(".us").setAttribute("points", line.map((point) => {
      const [x, y] = point.split(",");
      return `${(left + Number(x) * room).toFixed(1)},${y}`;
    }).join(" "));
    curve.removeAttribute("hidden");
  }

  function show(answer) {
    for (const [name, write] of Object.entries(figures)) {
      const cell = row.querySelector(`[data-figure="${name}"]`);
      cell.textContent = write(answer[name]);
      if (name === "total_return") cell.className = `r wide ${answer[name] > 0 ? "gain" : answer[name] < 0 ? "loss" : ""}`;
    }
    row.hidden = false;
    draw(answer);
  }

  async function update() {
    const number = ++asked;
    try {
      tested = tested || (await ask(new URLSearchParams()));
      const query = changes();
      const answer = await ask(query);
      if (number !== asked) return; // a later position has been asked for
      row.dataset.query = query; // what the sources of these figures are asked with
      note.textContent = answer.note || "";
      show(answer);
    } catch (error) {
      if (number === asked) note.textContent = error.message;
    }
  }

  form.addEventListener("input", () => {
    describe();
    clearTimeout(timer);
    timer = setTimeout(update, WAIT);
  });
  form.addEventListener("reset", () => setTimeout(() => { describe(); update(); }, 0));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  describe();
})();
