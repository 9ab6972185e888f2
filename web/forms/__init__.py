"""Forms in the browser: questions as GOV.UK components, what was typed as raw answers."""

from web.forms.posted import (
    choices_from_post,
    raw_from_kept,
    raw_from_post,
    seen_from_post,
    with_row_removed,
    with_rows,
    without_empty_rows,
)
from web.forms.shown import (
    error_targets,
    hidden_pairs,
    only_when,
    pairs_of,
)

__all__ = [
    "choices_from_post",
    "error_targets",
    "hidden_pairs",
    "only_when",
    "pairs_of",
    "raw_from_kept",
    "raw_from_post",
    "seen_from_post",
    "with_row_removed",
    "with_rows",
    "without_empty_rows",
]
