// The report's chart: growth, falls and prices on one time axis, and trades one can point at.
(function () {
  "use strict";
  const box = document.getElementById("chart");
  if (!box || !window.LightweightCharts) return;
  const { createChart, createSeriesMarkers, LineSeries, BaselineSeries, CandlestickSeries } = LightweightCharts;
  const note = document.getElementById("chart-note");
  const legend = document.getElementById("chart-legend");
  const DAY = 86400;
  const ARROW_WIDTH = 14;
  const WORD_WIDTH = 72;

  let chart = null;
  let series = {};
  let data = null;
  let marks = null;
  let results = new Map();

  function faded(colour, alpha) {
    const parts = colour.match(/[\d.]+/g);
    return parts ? `rgba(${parts[0]}, ${parts[1]}, ${parts[2]}, ${alpha})` : colour;
  }

  const percent = (value) => {
    const text = Math.abs(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0);
    return `${value < 0 && Number(text) !== 0 ? "−" : ""}${text} %`;
  };
  const money = (value) => value.toLocaleString("en", { maximumFractionDigits: 0 });
  const price = (value) => value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const digits = (value) => String(Number(value.toPrecision(3)));
  const short = (value) => {
    if (value >= 1e6) return `${digits(value / 1e6)}M`;
    return value >= 1000 ? `${digits(value / 1000)}k` : digits(value);
  };
  const axisPrice = (value) => (value >= 1000 ? money(value) : price(value));
  const isoDay = (time) => new Date(time * 1000).toISOString().slice(0, 10);

  const pairs = (values) => data.time.map((time, i) => ({ time, value: values[i] }));

  function colours() {
    return {
      accent: colourToken("accent"), bench: colourToken("bench"), gain: colourToken("gain"), loss: colourToken("loss"),
      line: colourToken("line"), strong: colourToken("line-strong"), ink: colourToken("ink"), quiet: colourToken("ink-3"),
      surface: colourToken("surface"),
    };
  }

  function layout(c) {
    return {
      autoSize: true,
      layout: {
        background: { color: c.surface }, textColor: c.quiet, fontSize: 12,
        fontFamily: getComputedStyle(document.body).fontFamily, attributionLogo: false,
        panes: { separatorColor: c.line, separatorHoverColor: faded(c.accent, 0.2), enableResize: true },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: c.line } },
      rightPriceScale: { borderVisible: false, minimumWidth: 56, entireTextOnly: true },
      timeScale: { borderColor: c.line, minBarSpacing: 0.02, allowBoldLabels: false, rightOffset: 2, fixLeftEdge: true, fixRightEdge: true },
      crosshair: {
        vertLine: { color: c.strong, labelBackgroundColor: c.ink },
        horzLine: { color: c.strong, labelBackgroundColor: c.ink },
      },
      localization: { timeFormatter: isoDay },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    };
  }

  const plain = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerRadius: 3 };
  const custom = (formatter) => ({ type: "custom", minMove: 0.0001, formatter });

  function draw() {
    const c = colours();
    const range = chart ? chart.timeScale().getVisibleLogicalRange() : null;
    if (chart) chart.remove();
    chart = createChart(box, layout(c));
    series = {};
    const line = (color, width) => ({ ...plain, color, lineWidth: width });
    series.benchmark = chart.addSeries(LineSeries, { ...line(c.bench, 1), priceFormat: custom(short) }, 0);
    series.equity = chart.addSeries(LineSeries, { ...line(c.accent, 2), priceFormat: custom(short) }, 0);
    series.benchmark_drawdown = chart.addSeries(LineSeries, { ...line(c.bench, 1), priceFormat: custom(percent) }, 1);
    series.drawdown = chart.addSeries(BaselineSeries, {
      ...plain, baseValue: { type: "price", price: 0 }, lineWidth: 1, bottomLineColor: c.loss,
      bottomFillColor1: faded(c.loss, 0.2), bottomFillColor2: faded(c.loss, 0.2),
      topLineColor: c.loss, topFillColor1: "transparent", topFillColor2: "transparent",
      priceFormat: custom(percent),
    }, 1);
    for (const name of ["benchmark", "equity", "benchmark_drawdown", "drawdown"]) series[name].setData(pairs(data[name]));
    series.equity.priceScale().applyOptions({ mode: Math.min(...data.equity) > 0 ? 1 : 0, scaleMargins: { top: 0.06, bottom: 0.06 }, entireTextOnly: true });
    series.drawdown.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.08 }, entireTextOnly: true });
    drawPrices(c);
    const panes = chart.panes();
    [5, 2, 4].forEach((factor, i) => panes[i] && panes[i].setStretchFactor(factor));
    chart.subscribeCrosshairMove(showValues);
    chart.timeScale().subscribeVisibleLogicalRangeChange(showMarks);
    if (range) chart.timeScale().setVisibleLogicalRange(range);
    else chart.timeScale().fitContent();
    showMarks();
    showLast();
  }

  function drawPrices(c) {
    if (data.open) {
      series.price = chart.addSeries(CandlestickSeries, {
        ...plain, upColor: c.gain, downColor: c.loss, wickUpColor: c.gain, wickDownColor: c.loss,
        borderVisible: false, priceFormat: custom(axisPrice),
      }, 2);
      series.price.setData(data.time.map((time, i) => ({
        time, open: data.open[i], high: data.high[i], low: data.low[i], close: data.close[i],
      })));
    } else {
      series.price = chart.addSeries(LineSeries, { ...plain, color: c.quiet, lineWidth: 1, priceFormat: custom(axisPrice) }, 2);
      series.price.setData(pairs(data.close));
    }
    series.price.priceScale().applyOptions({ mode: Math.min(...data.close) > 0 ? 1 : 0, scaleMargins: { top: 0.12, bottom: 0.12 }, entireTextOnly: true });
    marks = createSeriesMarkers(series.price, []);
  }

  // Near, every fill has its arrow and its word; far out, each trade is one dot in its colour.
  function showMarks() {
    const range = marks && chart.timeScale().getVisibleRange();
    if (!range) return;
    const c = colours();
    const shown = data.markers.filter((m) => m.time >= range.from && m.time <= range.to);
    const room = box.clientWidth / Math.max(shown.length, 1);
    if (room < ARROW_WIDTH) {
      const floor = Math.min(...(data.low || data.close)) * 0.88;
      marks.setMarkers(shown.filter((m) => m.kind === "entry").map((m) => ({
        time: m.time, shape: "circle", position: "atPriceMiddle", price: floor, size: 0.2,
        color: results.get(m.trade) < 0 ? c.loss : c.gain,
      })));
      return;
    }
    marks.setMarkers(shown.map((m) => {
      const buys = (m.kind === "entry") === (m.side === "long");
      const word = m.kind === "exit" ? "out" : m.side === "long" ? "buy" : "short";
      return {
        time: m.time, shape: buys ? "arrowUp" : "arrowDown", position: buys ? "belowBar" : "aboveBar",
        color: m.kind === "entry" ? c.accent : results.get(m.trade) < 0 ? c.loss : c.gain,
        text: room < WORD_WIDTH ? undefined : `${word} ${m.trade}`,
      };
    }));
  }

  // What each trade came to, before costs: the sign is all the dots need.
  function tradeResults() {
    const entries = new Map();
    const found = new Map();
    for (const m of data.markers) {
      if (m.kind === "entry") entries.set(m.trade, m);
      else if (entries.has(m.trade)) {
        const gain = m.price - entries.get(m.trade).price;
        found.set(m.trade, m.side === "long" ? gain : -gain);
      }
    }
    return found;
  }

  function write(name, text) {
    const place = legend.querySelector(`[data-value="${name}"]`);
    if (place) place.textContent = text;
  }

  function showAt(i) {
    write("equity", money(data.equity[i]));
    write("benchmark", money(data.benchmark[i]));
    write("drawdown", percent(data.drawdown[i]));
    write("close", price(data.close[i]));
    write("day", isoDay(data.time[i]));
  }

  const showLast = () => showAt(data.time.length - 1);

  function showValues(event) {
    if (event.logical === undefined || event.logical === null || !event.point) return showLast();
    showAt(Math.min(Math.max(Math.round(event.logical), 0), data.time.length - 1));
  }

  function show(from, to) {
    const last = data.time.length - 1;
    chart.timeScale().setVisibleLogicalRange({ from: Math.max(from, -1), to: Math.min(to, last + 2) });
  }

  function showYears(years, button) {
    for (const other of document.querySelectorAll("[data-years]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    if (!years) { chart.timeScale().fitContent(); return; }
    const last = data.time.length - 1;
    const start = data.time[last] - years * 365.25 * DAY;
    show(data.time.findIndex((time) => time >= start), last + 1);
  }

  // A row is chosen anywhere but on a figure, which says where it comes from, and there by its link.
  function rowOf(event) {
    const link = event.target.closest("[data-show-trade]");
    if (!link) return event.target.closest("[data-source]") ? null : event.target.closest("[data-trade]");
    const row = document.getElementById(`trade-${link.dataset.showTrade}`);
    if (row) event.preventDefault();
    return row;
  }

  function showTrade(row) {
    const entry = data.time.findIndex((time) => time >= Date.parse(row.dataset.entry) / 1000);
    const exit = data.time.findIndex((time) => time >= Date.parse(row.dataset.exit) / 1000);
    const margin = Math.max(15, exit - entry);
    for (const other of document.querySelectorAll(".trades [aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    for (const other of document.querySelectorAll("[data-years]")) other.setAttribute("aria-pressed", "false");
    show(entry - margin, (exit < 0 ? data.time.length : exit) + margin);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.closest("section").scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    box.focus({ preventScroll: true });
  }

  function onKey(event) {
    const range = chart.timeScale().getVisibleLogicalRange();
    if (!range || event.ctrlKey || event.metaKey || event.altKey) return;
    const span = range.to - range.from;
    const moves = {
      ArrowLeft: [-0.2, -0.2], ArrowRight: [0.2, 0.2], "+": [0.2, -0.2], "=": [0.2, -0.2], "-": [-0.3, 0.3],
    };
    if (event.key === "Home") chart.timeScale().fitContent();
    else if (moves[event.key]) show(range.from + moves[event.key][0] * span, range.to + moves[event.key][1] * span);
    else return;
    event.preventDefault();
  }

  async function start() {
    try {
      const response = await fetch(box.dataset.url, { credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      data = await response.json();
    } catch (error) {
      note.textContent = "The chart could not be loaded; reload the page to try again.";
      return;
    }
    results = tradeResults();
    draw();
    note.hidden = true;
    box.dataset.ready = "true";
    box.addEventListener("keydown", onKey);
    document.addEventListener("alphabench:theme", draw);
    document.addEventListener("click", (event) => {
      const years = event.target.closest("[data-years]");
      if (years) showYears(Number(years.dataset.years), years);
      const row = rowOf(event);
      if (row) showTrade(row);
    });
  }

  start();
})();
