"""What can go wrong with a backtest, told apart by who can do something about it."""

from collections.abc import Mapping, Sequence


class BacktestInvalid(Exception):
    """The request cannot become a run; `errors` has sentences by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(s for sentences in errors.values() for s in sentences))
        self.errors = {field: list(sentences) for field, sentences in errors.items()}


class RunRefused(Exception):
    """We did not understand the idea, or will not test it; the allowance is given back."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        words: Sequence[str] = (),
        suggestions: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.words = list(dict.fromkeys(words))
        self.suggestions = list(suggestions)

    def as_dict(self) -> dict[str, object]:
        """The refusal as rows, events and the API keep it."""
        return {
            "code": self.code,
            "message": self.message,
            "words": self.words,
            "suggestions": self.suggestions,
        }


class RunFailed(Exception):
    """The run ended without a result for a reason that its owner can understand."""


class ScriptFault(Exception):
    """The script is at fault; a repair may help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
