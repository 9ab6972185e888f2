"""A guided change leaves a procedure as sound as it was: what would break it is refused."""

from collections.abc import Sequence

from engine.checker.report import ERROR, FileReport, Finding


def harm_done(
    before: Sequence[FileReport], after: Sequence[FileReport]
) -> Finding | None:
    """The first error that was not there before; None where the change makes none."""
    known = {_about(each) for report in before for each in report.findings}
    return next(
        (each for report in after for each in report.findings
         if each.severity == ERROR and _about(each) not in known),
        None,
    )


def _about(finding: Finding) -> tuple[str, str | None, str]:
    """What is wrong where; of what is said of no shape, in which words."""
    return finding.rule, finding.element, "" if finding.element else finding.message
