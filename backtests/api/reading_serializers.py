"""How an idea was read and what its script does, on the wire."""

from typing import Any

from rest_framework import serializers


class AssumptionChoice(serializers.Serializer[Any]):
    """An assumption that can be settled otherwise."""

    key = serializers.CharField(help_text="For `choices` of a new backtest.")
    sentence = serializers.CharField()
    value = serializers.JSONField(allow_null=True, help_text="What was used.")
    options = serializers.ListField(child=serializers.JSONField())
    is_chosen = serializers.BooleanField(help_text="Chosen by you, not assumed.")


class ChangeOutput(serializers.Serializer[Any]):
    """One thing that a run does differently from the run it came from."""

    # The metaclass takes declared fields away, so the name hides nothing of the serializer.
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True, help_text="Empty: there was none.")
    after = serializers.CharField(allow_blank=True, help_text="Empty: there is none.")
    sentence = serializers.CharField()


class ReadingOutput(serializers.Serializer[Any]):
    """How the idea of a run was read."""

    echo = serializers.CharField(allow_blank=True)
    chips = serializers.ListField(child=serializers.JSONField())
    assumptions = serializers.ListField(child=serializers.CharField())
    assumption_choices = AssumptionChoice(many=True)
    difference = ChangeOutput(
        many=True, allow_null=True, help_text="From `parent`; null where it cannot be told."
    )


class ExplainedLine(serializers.Serializer[Any]):
    """One line of a script in plain English."""

    line = serializers.IntegerField(help_text="From 1.")
    sentence = serializers.CharField()


class ScriptOutput(serializers.Serializer[Any]):
    """The newest script."""

    version = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="The whole script.")
    explained = ExplainedLine(
        many=True, help_text="What each line does; empty where nobody has explained it."
    )
    explained_by = serializers.CharField(
        allow_blank=True,
        help_text="`specification`: the sentences are generated from it. `model`: see "
        "`explained_note`.",
    )
    explained_note = serializers.CharField(
        allow_blank=True, help_text="Which model explained it, and that nobody has checked it."
    )
    not_explained = serializers.CharField(
        allow_blank=True, help_text="Why no line is explained, where none is."
    )


class ScriptExplanation(serializers.Serializer[Any]):
    """A language model's explanation of the newest script, or how far it is."""

    state = serializers.ChoiceField(choices=("none", "waiting", "written", "failed"))
    version = serializers.IntegerField(help_text="Of the script.")
    model = serializers.CharField(allow_blank=True, help_text="The model that was asked.")
    message = serializers.CharField(
        allow_blank=True, help_text="What went wrong; it can be asked again."
    )
    by = serializers.CharField(
        allow_blank=True, help_text="Which model explained it, and that nobody has checked it."
    )
    lines = ExplainedLine(many=True, help_text="What passed; empty until it is written.")
