"""Which provider writes the script: the model when one is set up, the translator otherwise."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from textwrap import shorten

from backtests import asking
from backtests.models import BacktestRun, Reader
from llm.provider import Draft, IdeaContext, OnDelta, Provider, Refusal

# What fits beside the buttons of a report.
TITLE_LENGTH = 90
EDITED = ", edited"


@dataclass(frozen=True)
class Edited:
    """The run whose script a person edited."""

    title: str
    script: str


def provider_for(run: BacktestRun, *, is_cancelled: Callable[[], bool] | None = None) -> Provider:
    """The provider of a run; a script of one's own may come from another run's."""
    if run.own_script:
        edited = Edited(str(run.parent), run.parent.script()) if run.parent else None
        return OwnScript(run.own_script, edited)
    if run.reader == Reader.TRANSLATOR:
        return translator()
    return asking.model_provider(run, is_cancelled=is_cancelled) or translator()


def translator() -> Provider:
    """The built-in translator, which needs no network."""
    from llm.translator import Translator

    return Translator()


class OwnScript:
    """A script that a person wrote; nothing is generated and nothing can be repaired."""

    name = "own script"

    def __init__(self, source: str, edited: Edited | None = None) -> None:
        self._source = source
        self._edited = edited

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        """Hand the script over as it is, with its docstring's first line as the title."""
        try:
            tree = ast.parse(self._source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
            return Refusal("not_a_strategy", f"This is not a Python script: {error}{where}.")
        docstring = _docstring(tree)
        # Lines end where the author's window did; paragraphs are meant.
        paragraphs = [" ".join(part.split()) for part in docstring.split("\n\n")]
        title = paragraphs[0] or "A script of one's own"
        draft = Draft(
            title=shorten(title, TITLE_LENGTH, placeholder=" …"),
            script=self._source,
            params=_params(tree),
            echo="\n\n".join(paragraphs),
            symbol=context.default_symbol,
        )
        return self._named_after_its_parent(draft, docstring)

    def _named_after_its_parent(self, draft: Draft, docstring: str) -> Draft:
        """Who edits a rule and not its description must not get a report that still claims it."""
        edited = self._edited
        if edited is None or not docstring or edited.script == self._source:
            return draft
        try:
            kept = _docstring(ast.parse(edited.script)) == docstring
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            kept = False
        if not kept:
            return draft
        name = edited.title.removesuffix(EDITED).rstrip(".")
        name = shorten(name, TITLE_LENGTH - len(EDITED), placeholder=" …")
        return replace(draft, title=name + EDITED, echo=f"Before it was edited: {draft.echo}")

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """Nobody but the author can repair it."""
        return None

    def analyse(self, facts: object) -> str | None:
        """No prose beyond what the report says anyway."""
        return None


def _docstring(tree: ast.Module) -> str:
    return _printable(ast.get_docstring(tree) or "").strip()


def _printable(text: str) -> str:
    """A docstring without what no page shows and no database keeps: an escape may hold anything."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


def _params(tree: ast.Module) -> dict[str, object]:
    """The literal `PARAMS` of a script; the contract check complains when it is not literal."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == "PARAMS" for target in targets):
            try:
                value = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            except (ValueError, TypeError, MemoryError, RecursionError):
                return {}
            return value if isinstance(value, dict) else {}
    return {}
