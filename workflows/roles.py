"""The roles that people hold, and who covers where nobody does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    key: str
    title: str
    whole_council: bool
    """Held for every child of the council; needs no involvement."""
    lives_by_tasks: bool = True
    """Tasks are what this person comes for; others come for the board or the studio."""
    cover: str | None = None
    """The role that gets the tasks where no one holds this one for the child."""


ROLES = {
    role.key: role
    for role in (
        Role("social_worker", "Social worker", False, cover="team_manager"),
        Role("designated_teacher", "Designated teacher", False, cover="virtual_school"),
        Role("school_colleague", "School colleague", False),
        Role("virtual_school", "Virtual school", True),
        Role("reviewing_officer", "Reviewing officer", False, cover="virtual_school"),
        Role("team_manager", "Team manager", False, cover="virtual_school"),
        Role("process_owner", "Process owner", True, lives_by_tasks=False),
        Role("manager", "Manager", True, lives_by_tasks=False),
        Role("administrator", "Administrator", True, lives_by_tasks=False),
        Role("information_governance", "Information governance", True, lives_by_tasks=False),
    )
}
