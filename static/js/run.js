// The live run page: replays a run's events and keeps the page as it is told.
(function () {
  "use strict";
  const REFRESH_MS = 120;
  const FINAL = new Set(["run.completed", "run.refused", "run.failed", "run.cancelled"]);

  const first = document.getElementById("progress");
  if (!first || "finished" in first.dataset) return;

  let over = false;
  let refreshTimer = null;
  let refreshing = false;
  let again = false;
  // Text of a script that is still being written; the server shows it once it is whole.
  let draft = [];

  const panel = () => document.getElementById("progress");

  function showDraft() {
    const script = document.getElementById("script");
    if (!script || !("empty" in script.dataset)) return;
    const code = script.querySelector("code");
    const text = draft.join("");
    if (code.textContent !== text) code.textContent = text;
  }

  function goToReport() {
    over = true;
    leave();
    location.replace(panel().dataset.report);
  }

  function scheduleRefresh() {
    if (refreshTimer || over) return;
    refreshTimer = setTimeout(() => { refreshTimer = null; refresh(); }, REFRESH_MS);
  }

  async function refresh() {
    if (refreshing) { again = true; return; }
    refreshing = true;
    const kept = remember();
    try {
      await htmx.ajax("GET", panel().dataset.refresh, { target: "#progress", swap: "outerHTML" });
    } finally {
      refreshing = false;
    }
    restore(kept);
    showDraft();
    if (panel().dataset.status === "completed") return goToReport();
    if ("finished" in panel().dataset) stop();
    if (again) { again = false; scheduleRefresh(); }
  }

  // What a person opened, focused or scrolled must not change under their hands.
  function remember() {
    const open = [...panel().querySelectorAll("details[data-keep][open]")].map((d) => d.dataset.keep);
    const menu = document.activeElement && document.activeElement.closest("details[data-keep]");
    const script = document.getElementById("script");
    return { open, focus: menu ? menu.dataset.keep : null, scroll: script ? script.scrollTop : 0 };
  }

  function restore(kept) {
    for (const name of kept.open) {
      const details = panel().querySelector(`details[data-keep="${name}"]`);
      if (details) details.open = true;
    }
    const focused = kept.focus && panel().querySelector(`details[data-keep="${kept.focus}"] summary`);
    if (focused) focused.focus({ preventScroll: true });
    const script = document.getElementById("script");
    if (script) script.scrollTop = kept.scroll;
  }

  function take(event) {
    if (event.kind === "script.delta") {
      draft.push(event.payload.text);
      showDraft();
      return;
    }
    if (event.kind === "stage.started" && event.payload.stage !== "executing") draft = [];
    if (event.kind === "run.completed") { goToReport(); return; }
    // The page was rendered after this event: it shows it already.
    if (event.sequence > Number(panel().dataset.lastSequence)) scheduleRefresh();
    if (FINAL.has(event.kind)) stop();
  }

  function stop() {
    over = true;
    leave();
    // One last look, whatever was under way: the page must show the end.
    if (!("finished" in panel().dataset)) { over = false; refresh().then(() => { over = true; }); }
  }

  const leave = followEvents(`/ws/runs/${first.dataset.run}`, 0, take, refresh);
})();
