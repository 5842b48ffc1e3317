// Colours for Python while it is typed; once it is stored, the server colours it.
(function () {
  "use strict";
  const LONGEST_COLOURED = 60_000; // beyond, every key would be felt

  const KEYWORDS = new Set(
    `and as assert async await break class continue def del elif else except finally for from global if
    import in is lambda nonlocal not or pass raise return try while with yield match case`.split(/\s+/));
  const CONSTANTS = new Set(["True", "False", "None"]);
  const TOKEN = new RegExp([
    "(?<comment>#[^\\n]*)",
    "(?<string>[rbfuRBFU]{0,2}(?:\"\"\"(?:\\\\[^]|[^\\\\])*?(?:\"\"\"|$)|'''(?:\\\\[^]|[^\\\\])*?(?:'''|$)" +
      "|\"(?:\\\\[^]|[^\"\\\\\\n])*\"?|'(?:\\\\[^]|[^'\\\\\\n])*'?))",
    "(?<number>0[xXbBoO][\\da-fA-F_]+|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?)",
    "(?<word>[\\p{L}_][\\p{L}\\p{N}_]*)",
  ].join("|"), "gu");

  // The pieces of a script with the class of each; the classes are Pygments', as on other pages.
  function* pieces(text, known) {
    let end = 0;
    let before = ""; // the word in front, which says what a name is
    for (const token of text.matchAll(TOKEN)) {
      const gap = text.slice(end, token.index);
      if (gap) yield [gap, ""];
      const after = gap.trim() ? gap.trim() : before;
      yield [token[0], classOf(token, after, before, known)];
      before = token.groups.word ?? "";
      end = token.index + token[0].length;
    }
    if (end < text.length) yield [text.slice(end), ""];
  }

  function classOf(token, after, before, known) {
    const { comment, string, number, word } = token.groups;
    if (comment) return "c1";
    if (string) return "s";
    if (number) return "mi";
    if (after.endsWith(".")) return before === "ta" && known.indicators.has(word.toLowerCase()) ? "en" : "";
    if (CONSTANTS.has(word)) return "kc";
    if (KEYWORDS.has(word)) return "k";
    if (after === "def" || after === "class") return "nf";
    return known.engine.has(word) ? "en" : "";
  }

  // A fragment with the text in its colours; `known` has the names of the engine and below `ta`.
  window.colouredPython = function (text, known) {
    const page = document.createDocumentFragment();
    for (const [piece, kind] of text.length > LONGEST_COLOURED ? [[text, ""]] : pieces(text, known)) {
      if (!kind) { page.append(piece); continue; }
      const span = document.createElement("span");
      span.className = kind;
      span.textContent = piece;
      page.append(span);
    }
    page.append("\n"); // an empty last line would have no height
    return page;
  };
})();
