"""`pepway check`: whether diagrams, forms and decisions can go live. Needs no database."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from engine.checker import RULES, FileReport
from engine.checker.bounded import check_within_limits
from engine.releases import SUFFIXES, read_folder
from workflows.pep.domain import vocabulary

WORDS = {"sound": "sound", "refused": "refused", "unusable": "unusable"}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--rules", is_flag=True, help="List what is checked.")
def check(paths: tuple[Path, ...], *, as_json: bool, rules: bool) -> None:
    """Check folders of procedures, or single .bpmn, .form and .dmn files."""
    if rules:
        _list_rules(as_json=as_json)
        return
    reports = [each for path in paths for each in _check_path(path)]
    if not reports:
        raise click.UsageError("There is nothing to check. Name a folder or a .bpmn file.")
    for report in reports:
        click.echo(_as_json(report) if as_json else _as_text(report))
    verdicts = {report.verdict for report in reports}
    sys.exit(3 if "unusable" in verdicts else 1 if "refused" in verdicts else 0)


def _check_path(path: Path) -> list[FileReport]:
    if not path.exists():
        raise click.UsageError(f"There is no file or folder {path}.")
    if path.is_dir():
        files = read_folder(path)
        return _named(path, check_within_limits(files, vocabulary(), path.resolve().name))
    if not path.is_file():
        raise click.UsageError(f"{path} is no file and no folder.")
    if path.suffix not in SUFFIXES:
        click.echo(f"{path} is no .bpmn, .form or .dmn file and was left out.", err=True)
        return []
    return _check_file(path)


def _check_file(path: Path) -> list[FileReport]:
    """A file is checked with what stands beside it, where that is a procedure's folder.

    It is one where a diagram bears the folder's name, or has forms or decisions beside it.
    """
    folder = path.resolve().parent.name
    beside = {path.name: path.read_bytes(), **read_folder(path.resolve().parent)}
    endings = {Path(name).suffix for name in beside}
    if f"{folder}.bpmn" in beside or (".bpmn" in endings and len(endings) > 1):
        reports = check_within_limits(beside, vocabulary(), folder)
    else:
        files = {path.name: beside[path.name]}
        reports = check_within_limits(files, vocabulary(), None, alone=True)
    return _named(path.parent, [each for each in reports if each.file == path.name])


def _named(folder: Path, reports: list[FileReport]) -> list[FileReport]:
    return [
        FileReport(str(folder / each.file), each.procedure, each.verdict, each.findings)
        for each in reports
    ]


def _as_json(report: FileReport) -> str:
    said = asdict(report)
    for finding in said["findings"]:
        del finding["way"]  # no part of what programs are promised
    return json.dumps(said, ensure_ascii=False)


def _as_text(report: FileReport) -> str:
    lines = [f"{report.file}: {report.verdict}"]
    for finding in report.findings:
        where = f" [{finding.element}]" if finding.element else ""
        lines.append(f"  {finding.severity}{where}: {finding.message} ({finding.rule})")
    return "\n".join(lines)


def _list_rules(*, as_json: bool) -> None:
    for rule, text in RULES.items():
        click.echo(json.dumps({"rule": rule, "text": text}) if as_json else f"{rule}: {text}")
