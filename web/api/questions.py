"""A question of a form as programs are told it."""

from engine.forms import Field
from web.api.shapes import OptionOut, QuestionOut


def question_out(each: Field) -> QuestionOut:
    return QuestionOut(
        key=each.key, kind=each.kind, label=each.label, hint=each.hint, path=each.path,
        required=each.required, read_only=each.read_only, hidden_when=each.hidden_when,
        options=[OptionOut.model_validate(option) for option in each.options],
        questions=[question_out(inner) for inner in each.fields],
    )
