"""What each kind of message says. One sentence without a child in it; the case's reference and a
link are added. A test finds every kind that a diagram or the code may send."""

from collections.abc import Mapping

DIGEST = "daily_digest"
DUE_SOON, OVERDUE = "task_due_soon", "task_overdue"
REMINDED = "task_reminded"
UNUSUAL = "opened_unusually"

CHANGED = "A change was recorded that you should read"
"""Whatever happened in a child's life is read in Pepway only."""

WORDS: Mapping[str, str] = {
    # Whose work it is.
    "task_assigned": "You have a new task",
    "task_given": "A task was given to you",
    "sections_given": "A colleague has given you sections of a plan to fill in",
    "taken_over": "You have taken over from a colleague",
    "new_case": "A case was opened that you work on",
    "contribution_sent": "Somebody whom you asked has sent what they want to say",
    # Who is away, and who covers.
    "absence_entered": "An absence of yours was entered. Look at who covers for you",
    "cover_entered": "You will cover for a colleague who is away",
    "cover_begins": "You cover for a colleague who is away. Their tasks are with you",
    "absence_ended": "An absence has ended. What was not begun has gone back",
    # Dates of one's own tasks.
    DUE_SOON: "A task of yours is due soon",
    OVERDUE: "A task of yours is overdue",
    REMINDED: "Somebody reminds you of a task: please do it",
    # Dates of the actions of a plan.
    "action_due_soon": "An action of a plan is due soon",
    "action_overdue": "An action of a plan is overdue",
    # What became of a plan.
    "plan_returned": "The plan was returned and must be signed again",
    "plan_passed_on": "The plan was passed on",
    # Meetings, for calendars.
    "meeting_invitation": "You are invited to a meeting",
    "meeting_changed": "A meeting has changed",
    "meeting_called_off": "A meeting is called off",
    # Reminders that the diagrams send.
    "initiation_due": "The plan is to be started soon",
    "caseworker_due": "A caseworker is to be allocated soon",
    "sections_due": "Sections of the plan are due soon",
    "child_views_due": "The child's views are due soon",
    "carer_view_due": "The carer's view is due soon",
    "meeting_due": "The meeting is due soon",
    "signature_due": "The plan is not signed yet",
    "quality_due": "The quality check is due soon",
    "plan_not_passed_on": "The plan is not passed on yet",
    "copies_due": "Copies of the plan are due soon",
    "premium_due": "A decision on pupil premium plus is due soon",
    "progress_due": "A report on progress is due soon",
    "first_review_near": "The first statutory review is near",
    "placement_without_plan": "A plan is needed soon",
    "step_due_soon": "A step of a case is due soon",
    # What happened to the child.
    "placement_changed": CHANGED,
    "school_changed": CHANGED,
    "child_suspended": CHANGED,
    "care_ended": CHANGED,
    "care_transferred": CHANGED,
    "move_refused": CHANGED,
    # Who sees a record.
    "opened_in_emergency": "A record was opened in an emergency. Look at who opened it and why",
    UNUSUAL: "Records were opened in an unusual way. Look at who opened them, and when",
    "conflict_declared": "Somebody must not see a record. Look at who works with the child now",
    # Accounts.
    "powerful_role_given": "A role that opens much was given to somebody. Look at who holds it",
    "address_changed": "The e-mail address that somebody signs in with was changed",
    # Programs that are told of events.
    "webhook_given_up": "A program could not be told what happened. Look at why",
    # The case system.
    "plan_given_up": "A signed plan has not reached the case system, and is not tried again by "
                     "itself. Look at why",
    # Rows of a file that the background takes in.
    "import_ended": "An import that you began has ended. Look at what came of it",
    # Changes of procedures.
    "release_proposed": "A procedure was changed. Look at the change: approve it or send it back",
    "release_approved": "A change of a procedure that you made was approved",
    "release_returned": "A change of a procedure that you made was sent back. Look at why",
    # What went otherwise than planned.
    "provision_not_delivered": "Provision of the plan is not delivered",
    # Escalations that the diagrams send.
    "initiation_late": "The plan is not started in time",
    "sections_late": "Sections of the plan are late",
    "meeting_late": "The meeting is late",
    "plan_late_2": "The plan is late: second step of escalation",
    "plan_late_3": "The plan is late: third step of escalation",
    "plan_late_4": "The plan is late: fourth step of escalation",
    "progress_late": "A report on progress is late",
    "targets_late": "Targets of the plan are late",
    "review_late": "A statutory review is late",
    "review_date_late": "The date of a statutory review is not confirmed in time",
    "first_review_late": "The first statutory review is late",
    "review_without_plan": "A statutory review is near without a plan",
    "no_school_place": "A step about school is late",
    # One's own account.
    "account_invitation": "You are invited to Pepway",
    "password_forgotten": "Choose a new password for Pepway",
    "password_changed": "Your password for Pepway was changed",
    "second_factor_changed": "The app or the recovery codes with which you sign in were changed",
    "second_factor_reset": "The second step of your signing in was reset",
    "recovery_code_used": "One of your recovery codes was used",
    "new_device": "Somebody signed in to your account on a new device",
    # What an action of a diagram says where the diagram names no message.
    "late": "Something is late",
    "news": "There is news",
    DIGEST: "What you are told today",
}

ESCALATED, OTHERWISE = "Something was escalated to you", "There is news"
"""For kinds that a process owner has made up in a diagram."""


def what_it_says(kind: str, *, escalated: bool = False) -> str:
    return WORDS.get(kind, ESCALATED if escalated else OTHERWISE)
