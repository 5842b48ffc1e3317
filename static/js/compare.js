// The chart of a comparison: the equity of each run as growth of 100, on one time axis.
(function () {
  "use strict";
  const box = document.getElementById("compare-chart");
  if (!box || !window.LightweightCharts) return;
  const { createChart, LineSeries } = LightweightCharts;
  const note = document.getElementById("compare-note");
  const COLOURS = { 1: "accent", 2: "gain", 3: "loss", 4: "warn" };
  const curves = [...box.querySelectorAll("[data-curve]")].map((place) => ({
    url: place.dataset.curve, line: Number(place.dataset.line),
  }));
  let chart = null;

  async function load(curve) {
    const response = await fetch(curve.url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const data = await response.json();
    const first = data.equity[0] || 1;
    curve.points = data.time.map((time, i) => ({ time, value: (100 * data.equity[i]) / first }));
  }

  function draw() {
    const range = chart ? chart.timeScale().getVisibleLogicalRange() : null;
    if (chart) chart.remove();
    chart = createChart(box, {
      autoSize: true,
      layout: {
        background: { color: colourToken("surface") }, textColor: colourToken("ink-3"), fontSize: 12,
        fontFamily: getComputedStyle(document.body).fontFamily, attributionLogo: false,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colourToken("line") } },
      rightPriceScale: { borderVisible: false, minimumWidth: 48, entireTextOnly: true, mode: 1 },
      timeScale: { borderColor: colourToken("line"), minBarSpacing: 0.02, allowBoldLabels: false, fixLeftEdge: true, fixRightEdge: true },
      localization: { timeFormatter: (time) => new Date(time * 1000).toISOString().slice(0, 10) },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    const lowest = Math.min(...curves.map((c) => c.points.reduce((low, p) => Math.min(low, p.value), 100)));
    for (const curve of curves) {
      const series = chart.addSeries(LineSeries, {
        color: colourToken(COLOURS[curve.line]), lineWidth: 2, priceLineVisible: false, lastValueVisible: false,
        crosshairMarkerRadius: 3,
        priceFormat: { type: "custom", minMove: 0.01, formatter: (value) => value.toFixed(0) },
      });
      series.setData(curve.points);
      if (lowest <= 0) series.priceScale().applyOptions({ mode: 0 });
    }
    if (range) chart.timeScale().setVisibleLogicalRange(range);
    else chart.timeScale().fitContent();
  }

  async function start() {
    try {
      await Promise.all(curves.map(load));
    } catch (error) {
      note.textContent = "The curves could not be loaded; reload the page to try again.";
      return;
    }
    draw();
    box.dataset.ready = "true";
    document.addEventListener("alphabench:theme", draw);
  }

  start();
})();
