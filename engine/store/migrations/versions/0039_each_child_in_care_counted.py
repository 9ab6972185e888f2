"""Each child in care has a row among what is lacking"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        INSERT INTO lacking (child_id, what, since)
        SELECT id, 'nothing', looked_after_on FROM child
        WHERE NOT EXISTS (SELECT * FROM care_period
                          WHERE care_period.child_id = child.id
                          AND care_period.number = child.care_period)
        AND NOT EXISTS (SELECT * FROM lacking WHERE lacking.child_id = child.id)
        AND EXISTS (SELECT * FROM figures_position WHERE day IS NOT NULL)
    """)


def downgrade() -> None:
    op.execute("DELETE FROM lacking WHERE what = 'nothing'")
