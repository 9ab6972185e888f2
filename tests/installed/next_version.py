"""A made-up next version of Pepway: this one, with a migration more and another second wall."""

import shutil
from pathlib import Path

from environments import ROOT

from engine.store.schema import known_revisions

MIGRATION = '''"""A made-up migration that only adds"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{later}", "{head}", None, None
{more}

def upgrade() -> None:
    op.create_table("made_up", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("task", sa.Column("made_up", sa.String, nullable=True))
'''
GRANTS = '    yield f"GRANT USAGE ON SCHEMA {schema} TO {APP}"\n'


def next_version(folder: Path, more: str = "") -> Path:
    """Its sources, in the folder. `more` stands in the migration."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(
        ".git", ".venv", "node_modules", "var", "dist", "tests", "__pycache__", ".*_cache"))
    head = max(known_revisions())
    later = f"{int(head) + 1:04}"
    (folder / f"engine/store/migrations/versions/{later}_made_up.py").write_text(
        MIGRATION.format(head=head, later=later, more=more))
    wall = folder / "engine/store/second_wall.py"
    assert GRANTS in wall.read_text()
    wall.write_text(wall.read_text().replace(GRANTS, GRANTS * 2))
    return folder
