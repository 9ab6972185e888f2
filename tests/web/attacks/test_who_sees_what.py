"""Every address and every person: whose child it is, whose it was, whose it will be, and whose not.

The tables below are the rules once more, in words of their own; an address that is in none of
them fails.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from visitor import Visitor, where_it_leads

from engine.background import Embedded
from engine.domain import SYSTEM
from engine.store.models import Event, Outbox, Release
from workflows.accounts.sealing import Sealing
from workflows.administration.imports.long_import import begin_import
from workflows.administration.imports.schools import SCHOOLS
from workflows.administration.table import SchoolPost
from workflows.attached.checking import CheckedFile
from workflows.attached.files import About, attach_file
from workflows.case_list.asked import Asked
from workflows.case_list.views import save_view
from workflows.children import School
from workflows.council import SchoolTerm
from workflows.filing.system import name_case_system
from workflows.filing.table import PlanFiling
from workflows.involvements import Involvement, end_involvement, people_around, start_involvement
from workflows.people import Team, add_person
from workflows.resources import case_resource
from workflows.retention.holds import place_hold
from workflows.sessions import begin_session
from workflows.tokens import add_token, my_tokens
from workflows.webhooks.addresses import add_webhook
from workflows.webhooks.table import WebhookDelivery

AROUND = {"wilma": "social_worker", "tara": "designated_teacher", "rob": "reviewing_officer",
          "mona": "team_manager"}
"""The people round the one child, by the role that they hold for it."""
STRANGERS = {"sven": "social_worker", "theo": "designated_teacher", "ruth": "reviewing_officer",
             "milo": "team_manager"}
COLLEAGUES = {"cora": "school_colleague"}
"""Of the teacher's school, to whom nothing is given."""
RELATED = set(AROUND)
SCHOOL = {"vera", "viktor"}
EVERYONE = {*AROUND, *STRANGERS, *SCHOOL, *COLLEAGUES, "max", "olga", "ada", "iris"}
WITH_CASES = EVERYONE - {"olga", "ada", "iris", *COLLEAGUES}
HOLDERS = {"iris", *SCHOOL}
"""Who may place a hold. Nobody has asked for access, so that Iris reads no child."""
APPROVERS = {"iris", "max", *SCHOOL}
STARTERS = {"wilma", "sven", "mona", "milo", *SCHOOL}
CORRECTORS = {"wilma", "mona", *SCHOOL}
"""Who may put a wrong date right: one of the changes that can be made to a case."""
CANDIDATES = {"wilma", "mona"}
"""Who may be given the social worker's task: the one whose it is, and who covers for her."""
SEES_CASE = {*RELATED, *SCHOOL, "max"}

PAGES = {
    "/": EVERYONE, "/accessibility": EVERYONE, "/licences": EVERYONE, "/demo": EVERYONE,
    "/healthz": EVERYONE, "/readyz": EVERYONE, "/metrics": set(), "/sign-in": EVERYONE,
    "/sign-in/code": EVERYONE, "/sign-in/recovery-code": EVERYONE, "/sign-in/set-up": EVERYONE,
    "/forgotten-password": EVERYONE, "/forgotten-password/asked": EVERYONE,
    "/choose-password/<secret>": set(), "/recovery-codes": set(),
    "/account": EVERYONE, "/account/password": EVERYONE, "/account/app": EVERYONE,
    "/account/recovery-codes": EVERYONE,
    "/procedures": EVERYONE, "/procedures/<procedure>": EVERYONE, "/procedures/deadlines": EVERYONE,
    "/tasks": EVERYONE,
    "/tasks/<uuid:task_id>": SEES_CASE, "/tasks/<uuid:task_id>/done": SEES_CASE,
    "/tasks/<uuid:task_id>/release": CANDIDATES, "/tasks/<uuid:task_id>/check": SEES_CASE,
    "/tasks/<uuid:task_id>/gone": SEES_CASE, "/not-done": set(),
    "/tasks/<uuid:task_id>/delegate": set(), "/tasks/<uuid:task_id>/sections": set(),
    "/tasks/<uuid:task_id>/links": set(), "/contribute/<secret>": set(),
    "/contribute/<secret>/pictures": set(),
    "/contribute/<secret>/pictures/<uuid:attachment_id>": set(),
    "/tasks/<uuid:task_id>/pictures": set(), "/attachments/<uuid:attachment_id>": set(),
    "/children/<uuid:child_id>/attached": {"wilma", "tara", *SCHOOL},
    "/attached/<uuid:file_id>": {*RELATED, *SCHOOL},
    "/find": WITH_CASES, "/actions": WITH_CASES - {"max"},
    "/actions/<uuid:child_id>/<action>": set(),
    "/cases": WITH_CASES, "/cases/<uuid:case_id>": SEES_CASE,
    "/cases/filter": WITH_CASES, "/cases/views": WITH_CASES, "/cases/views/keep": WITH_CASES,
    "/cases/export": {*SCHOOL, "max"}, "/cases/export/cases.csv": {*SCHOOL, "max"},
    "/cases/give": {*SCHOOL, "max", "mona", "milo"},
    "/cases/remind": {*SCHOOL, "max"}, "/cases/<uuid:case_id>/why-late": {*SCHOOL, "mona", "max"},
    "/cases/<uuid:case_id>/sections": {*RELATED, *SCHOOL},
    "/cases/<uuid:case_id>/change": SEES_CASE,
    "/cases/<uuid:case_id>/change/<command>": CORRECTORS,
    "/cases/<uuid:case_id>/change/<command>/preview": CORRECTORS,
    "/cases/<uuid:case_id>/started": STARTERS,
    "/cases/<uuid:case_id>/another": CORRECTORS,
    "/cases/<uuid:case_id>/meeting": {*RELATED, *SCHOOL}, "/invitations/<secret>.ics": set(),
    "/cases/start": STARTERS, "/cases/start/details": STARTERS,
    "/cases/start/confirm": STARTERS,
    "/children/<uuid:child_id>/plan": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/progress": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/progress/<kind>": {"tara", *SCHOOL},
    "/children/<uuid:child_id>/plan/<int:number>": set(),
    "/children/<uuid:child_id>/plan/changes": set(),
    "/privacy": EVERYONE, "/privacy/<audience>": EVERYONE,
    "/help": EVERYONE, "/help/<guide>": EVERYONE, "/help/words": EVERYONE, "/help/new": EVERYONE,
    "/records/assessments/<name>": set(), "/records": APPROVERS, "/records/schedule": APPROVERS,
    "/records/holds/new": HOLDERS, "/records/holds/<uuid:hold_id>/lift": HOLDERS,
    "/records/disposals/<uuid:list_id>": set(),
    "/records/certificates/<uuid:certificate_id>": set(),
    "/records/requests/new": {"iris"}, "/subject-access/<uuid:request_id>": set(),
    "/subject-access/<uuid:request_id>/<step>": set(),
    "/children/<uuid:child_id>/withheld": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/withheld/new": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/plan/<int:number>/correct": set(),
    "/corrections/<uuid:correction_id>/decide": set(),
    "/corrections/<uuid:correction_id>/statement": set(),
    "/what-you-are-told": EVERYONE, "/calendar/<secret>.ics": set(),
    "/where-you-are-signed-in": EVERYONE,
    "/sign-in/council": set(), "/sign-in/council/back": set(), "/sign-in/council/refused": set(),
    "/link/<secret>": set(), "/sign-out/council": set(),
    "/messages-not-delivered": {"ada"},
    "/admin": {"ada"}, "/admin/people": {"ada"}, "/admin/people/add": {"ada"},
    "/admin/people/<uuid:person_id>": {"ada"}, "/admin/people/<uuid:person_id>/change": {"ada"},
    "/admin/people/<uuid:person_id>/roles": {"ada"},
    "/admin/people/<uuid:person_id>/leaving": {"ada"},
    "/admin/people/<uuid:person_id>/council-account/disconnect": set(),
    "/admin/teams": {"ada"}, "/admin/teams/<uuid:team_id>": {"ada"},
    "/admin/schools": {"ada"}, "/admin/schools/add": {"ada"},
    "/admin/schools/<uuid:school_id>": {"ada"},
    "/admin/schools/<uuid:school_id>/teacher": {"ada"}, "/admin/posts/<uuid:post_id>/end": {"ada"},
    "/admin/import": {"ada"}, "/admin/import/<kind>": set(), "/admin/import/<kind>/check": set(),
    "/admin/imports/<uuid:import_id>": {"ada"},
    "/admin/import/<kind>/example.csv": set(),
    "/admin/closures": {"ada"}, "/admin/terms": {"ada"}, "/admin/terms/add": {"ada"},
    "/admin/terms/<uuid:term_id>": {"ada"},
    "/admin/settings": {"ada"}, "/admin/settings/cut-offs": {"ada"},
    "/admin/programs": {"ada"}, "/admin/programs/<uuid:webhook_id>": {"ada"},
    "/admin/case-system": {"ada"}, "/admin/case-system/address": {"ada"},
    "/admin/maintenance": {"ada"},
    "/children/<uuid:child_id>/documents/<purpose>": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/copies": {*RELATED, *SCHOOL},
    "/protected-records": {"mona", "milo", "iris", *SCHOOL},
    "/unusual-openings": {*SCHOOL, "ada", "iris"},
    "/children/<uuid:child_id>/looks": HOLDERS, "/children/<uuid:child_id>/looks.csv": HOLDERS,
    "/looks": HOLDERS, "/people/<uuid:person_id>/looks": HOLDERS,
    "/people/<uuid:person_id>/looks.csv": HOLDERS,
    "/children/<uuid:child_id>/restriction": {"mona", *SCHOOL},
    "/children/<uuid:child_id>/restriction/review": set(),
    "/children/<uuid:child_id>/conflict": SEES_CASE,
    "/children/<uuid:child_id>/conflicts": SCHOOL,
    "/children/<uuid:child_id>/conflicts/<uuid:conflict_id>/end": SCHOOL,
    "/emergency": STARTERS, "/emergency/<uuid:emergency_id>/review": set(),
    "/board": {*SCHOOL, "max", "mona", "milo"},
    "/board/<procedure>/<element>": {*SCHOOL, "max", "mona", "milo"},
    "/board/children": {*SCHOOL, "max"}, "/board/deadlines": {*SCHOOL, "max"},
    "/board/deadlines/commentary": SCHOOL,
    "/board/deadlines/<deadline>": {*SCHOOL, "max"}, "/board/late-soon": {*SCHOOL, "max"},
    "/board/times": {*SCHOOL, "max"}, "/board/quality": {*SCHOOL, "max"},
    "/board/reassign/<uuid:task_id>": {*SCHOOL, "max", "mona"},
    "/workload": {*SCHOOL, "max", "mona", "milo"},
    "/workload/<uuid:person_id>": {*SCHOOL, "max"},
    "/workload/<uuid:person_id>/give": {*SCHOOL, "max"},
    "/workload/<uuid:person_id>/give/check": {*SCHOOL, "max"},
    "/absences": WITH_CASES, "/absences/<uuid:person_id>/days": {*SCHOOL, "max"},
    "/absences/<uuid:person_id>/cover": set(), "/absences/<uuid:person_id>/check": set(),
    "/absences/<uuid:absence_id>/end": set(),
    "/studio": {"olga"}, "/studio/<procedure>": {"olga"}, "/studio/new": {"olga"},
    "/studio/<procedure>/draw/<diagram>": {"olga"},
    "/studio/<procedure>/forms": {"olga"}, "/studio/<procedure>/forms/new": {"olga"},
    "/studio/<procedure>/parts/new": {"olga"},
    "/studio/<procedure>/forms/<form>": {"olga"},
    "/studio/<procedure>/forms/<form>/questions": {"olga"},
    "/studio/<procedure>/forms/<form>/questions/add": {"olga"},
    "/studio/<procedure>/forms/<form>/questions/<address>": {"olga"},
    "/studio/<procedure>/forms/<form>/questions/<address>/remove": {"olga"},
    "/studio/<procedure>/decisions": {"olga"}, "/studio/<procedure>/decisions/new": {"olga"},
    "/studio/<procedure>/decisions/<decision>": set(),
    "/studio/<procedure>/decisions/<decision>/rules": {"olga"},
    "/studio/<procedure>/decisions/<decision>/columns": set(),
    "/studio/<procedure>/decisions/<decision>/tests": {"olga"},
    "/studio/<procedure>/files/<path>": {"olga"},
    "/studio/<procedure>/steps": {"olga"}, "/studio/<procedure>/steps/<diagram>": {"olga"},
    "/studio/<procedure>/steps/<diagram>/<element>/<change>": {"olga"},
    "/studio/<procedure>/steps/<diagram>/<element>/<change>/preview": {"olga"},
    "/studio/releases/<uuid:release_id>/files/<file>": {"olga"},
    "/studio/<procedure>/changes": {"olga"}, "/studio/reviews": SCHOOL,
    "/studio/<procedure>/try": {"olga"}, "/studio/<procedure>/try/child": {"olga"},
    "/studio/<procedure>/try/keep": {"olga"},
    "/studio/<procedure>/try/steps/<element>/<int:which>": {"olga"},
    "/studio/<procedure>/examples": {"olga"},
    "/studio/<procedure>/examples/<uuid:example_id>": set(),
    "/studio/<procedure>/replay": {"olga"},
    "/studio/releases/<uuid:release_id>": {"olga", *SCHOOL},
    "/studio/releases/<uuid:release_id>/examples": {"olga", *SCHOOL},
    "/studio/<procedure>/move": {"olga"}, "/studio/moves/<uuid:move_id>": set(),
    "/studio/moves/<uuid:move_id>/steps": set(), "/studio/moves/<uuid:move_id>/dates": set(),
    "/studio/repair": {"olga"}, "/studio/repair/<uuid:case_id>": {"olga"},
    "/studio/repair/<uuid:case_id>/at/<uuid:token>": set(),
    "/studio/repair/<uuid:case_id>/answers/<name>": set(),
}
"""Who is shown a page. The task asks for nobody's own words: it has no links, and it is not the
teacher's, who alone may give it to a colleague. No version of the plan has been signed, and no
decision is in the release: there is none to see. The record is not restricted, nobody has opened it
in an emergency, nobody has just made recovery codes, the council has no sign-on of its own, and
nobody imports attendance."""

API = {
    "/api/v1/openapi.json": EVERYONE, "/api/v1/schemas/signed-plan/1": EVERYONE,
    "/api/v1/cases": WITH_CASES, "/api/v1/children": WITH_CASES, "/api/v1/records": WITH_CASES,
    "/api/v1/events": WITH_CASES, "/api/v1/tasks": EVERYONE,
    "/api/v1/releases": EVERYONE, "/api/v1/releases/<uuid:release_id>": EVERYONE,
    "/api/v1/cases/<uuid:case_id>": SEES_CASE,
    "/api/v1/cases/<uuid:case_id>/deadlines": SEES_CASE,
    "/api/v1/cases/<uuid:case_id>/diagram.svg": SEES_CASE,
    "/api/v1/cases/<uuid:case_id>/timeline": SEES_CASE,
    "/api/v1/children/<uuid:child_id>": SEES_CASE,
    "/api/v1/children/<uuid:child_id>/changes": SEES_CASE,
    "/api/v1/events/<uuid:event_id>": SEES_CASE,
    "/api/v1/records/<uuid:child_id>": {*RELATED, *SCHOOL},
    "/api/v1/records/<uuid:child_id>/versions": {*RELATED, *SCHOOL},
    "/api/v1/records/<uuid:child_id>/versions/<int:number>": {*RELATED, *SCHOOL},
    "/api/v1/involvements": WITH_CASES,
    "/api/v1/involvements/<uuid:involvement_id>": SEES_CASE,
    "/api/v1/board": {*SCHOOL, "max", "mona", "milo"},
    "/api/v1/board/deadlines": {*SCHOOL, "max"},
    "/api/v1/tasks/<uuid:task_id>": SEES_CASE,
    "/api/v1/<rest:rest>": set(),
}
DOING = {
    "/find": WITH_CASES, "/cases": WITH_CASES, "/cases/filter": WITH_CASES,
    "/cases/views/keep": WITH_CASES, "/cases/views/first": WITH_CASES,
    "/cases/views/<uuid:view_id>/remove": {"vera"}, "/cases/chosen": WITH_CASES,
    "/cases/remind": {*SCHOOL, "max"},
    "/actions/<uuid:child_id>/<action>": set(),
    "/tasks/<uuid:task_id>": CANDIDATES, "/tasks/<uuid:task_id>/draft": CANDIDATES,
    "/tasks/<uuid:task_id>/claim": CANDIDATES, "/tasks/<uuid:task_id>/release": CANDIDATES,
    "/tasks/<uuid:task_id>/delegate": set(), "/tasks/<uuid:task_id>/delegate/end": set(),
    "/tasks/<uuid:task_id>/sections": set(), "/tasks/<uuid:task_id>/sections/draft": set(),
    "/tasks/<uuid:task_id>/links": set(), "/tasks/<uuid:task_id>/links/<uuid:link_id>/end": set(),
    "/tasks/<uuid:task_id>/links/<uuid:link_id>/take": set(),
    "/contribute/<secret>": set(), "/contribute/<secret>/draft": set(),
    "/contribute/<secret>/pictures": set(),
    "/contribute/<secret>/pictures/<uuid:attachment_id>/remove": set(),
    "/tasks/<uuid:task_id>/pictures": set(),
    "/tasks/<uuid:task_id>/pictures/<uuid:attachment_id>/remove": set(),
    "/children/<uuid:child_id>/attached": {"wilma", "tara", *SCHOOL},
    "/attached/<uuid:file_id>/remove": {"tara"},  # for whoever may and comes later it is gone
    "/studio/incidents/<uuid:case_id>/retry": {"olga"},
    "/studio/<procedure>/move": {"olga"}, "/studio/moves/<uuid:move_id>/begin": set(),
    "/studio/moves/<uuid:move_id>/stop": set(), "/studio/moves/<uuid:move_id>/undo": set(),
    "/studio/moves/<uuid:move_id>/steps": set(), "/studio/moves/<uuid:move_id>/dates": set(),
    "/studio/repair/<uuid:case_id>/at/<uuid:token>": {"olga"},
    "/studio/repair/<uuid:case_id>/answers/<name>": set(),
    "/studio/repair/<uuid:case_id>/cancel": {"olga"},
    "/studio/repair/<uuid:case_id>/undo/<uuid:move_id>": set(),
    "/children/<uuid:child_id>/restriction": {"mona", *SCHOOL},
    "/children/<uuid:child_id>/restriction/review": set(),
    "/children/<uuid:child_id>/conflict": SEES_CASE,
    "/children/<uuid:child_id>/conflicts": SCHOOL,
    "/children/<uuid:child_id>/conflicts/<uuid:conflict_id>/end": set(),
    "/emergency": STARTERS, "/emergency/<uuid:emergency_id>/end": set(),
    "/emergency/<uuid:emergency_id>/review": set(),
    "/board/times/<procedure>/<int:year>": set(), "/board/deadlines/report": {*SCHOOL, "max"},
    "/board/deadlines/commentary": SCHOOL,
    "/board": {*SCHOOL, "max", "mona", "milo"}, "/board/deadlines": {*SCHOOL, "max"},
    "/board/deadlines/assurance": set(),
    "/board/reassign/<uuid:task_id>": {*SCHOOL, "max", "mona"},
    "/workload/<uuid:person_id>/give": {*SCHOOL, "max"},
    "/workload/<uuid:person_id>/give/check": {*SCHOOL, "max"},
    "/absences/<uuid:person_id>/days": {*SCHOOL, "max"},
    "/absences/<uuid:person_id>/cover": set(), "/absences/<uuid:person_id>/check": set(),
    "/absences/<uuid:absence_id>/end": set(),
    "/cases/start": STARTERS, "/cases/start/details": STARTERS,
    "/cases/<uuid:case_id>/another": CORRECTORS, "/studio/new": {"olga"},
    "/cases/<uuid:case_id>/change/<command>": CORRECTORS,
    "/cases/<uuid:case_id>/meeting/agreed": {"tara", *SCHOOL},
    "/cases/<uuid:case_id>/meeting/agreed/draft": {"tara", *SCHOOL},
    "/cases/<uuid:case_id>/meeting/off/<uuid:task_id>": set(),
    "/cases/<uuid:case_id>/meeting/held/<uuid:task_id>": CANDIDATES,
    "/children/<uuid:child_id>/documents/<purpose>": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/plan/<int:number>/received": set(),
    "/children/<uuid:child_id>/plan/<int:number>/file-again": {"wilma", "mona", *SCHOOL},
    "/cases/<uuid:case_id>/sections/<section>/comments": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/progress/<kind>": {"tara", *SCHOOL},
    "/studio/<procedure>/draw/<diagram>/form": {"olga"},
    "/studio/<procedure>/parts/new": {"olga"},
    "/studio/<procedure>/parts/<diagram>/remove": {"olga"},
    "/studio/<procedure>/check/<path>": {"olga"}, "/studio/<procedure>/discard": {"olga"},
    "/studio/<procedure>/propose": {"olga"}, "/studio/<procedure>/files/<path>": {"olga"},
    "/studio/releases/<uuid:release_id>/approve": {"olga", *SCHOOL},
    "/studio/releases/<uuid:release_id>/return": {"olga", *SCHOOL},
    "/studio/<procedure>/take-back": {"olga"},
    "/studio/<procedure>/try/child": {"olga"}, "/studio/<procedure>/try/wait": {"olga"},
    "/studio/<procedure>/try/back": set(), "/studio/<procedure>/try/end": {"olga"},
    "/studio/<procedure>/try/keep": set(),
    "/studio/<procedure>/try/steps/<element>/<int:which>": {"olga"},
    "/studio/<procedure>/examples/<uuid:example_id>": set(),
    "/studio/<procedure>/examples/<uuid:example_id>/open": set(),
    "/studio/<procedure>/forms/new": {"olga"},
    "/studio/<procedure>/forms/<form>/preview": {"olga"},
    "/studio/<procedure>/forms/<form>/remove": {"olga"},
    "/studio/<procedure>/forms/<form>/questions": set(),
    "/studio/<procedure>/forms/<form>/questions/add": {"olga"},
    "/studio/<procedure>/forms/<form>/questions/<address>": {"olga"},
    "/studio/<procedure>/decisions/new": {"olga"},
    "/studio/<procedure>/decisions/<decision>/remove": set(),
    "/studio/<procedure>/decisions/<decision>/rules": set(),
    "/studio/<procedure>/decisions/<decision>/columns": set(),
    "/studio/<procedure>/decisions/<decision>/tests": set(),
    "/studio/<procedure>/steps/<diagram>/undo": {"olga"},
    "/studio/<procedure>/steps/<diagram>/<element>/<change>": {"olga"},
    "/studio/<procedure>/upload": {"olga"}, "/studio/releases/<uuid:release_id>/draft": {"olga"},
    "/privacy/read": EVERYONE, "/help": EVERYONE,
    "/records/holds/new": HOLDERS, "/records/holds/<uuid:hold_id>/lift": HOLDERS,
    "/records/disposals": {"iris"}, "/records/disposals/<uuid:list_id>/approve": set(),
    "/records/disposals/<uuid:list_id>/destroy": set(), "/records/requests/new": {"iris"},
    "/subject-access/<uuid:request_id>/<step>": set(),
    "/subject-access/<uuid:request_id>/pack": set(),
    "/children/<uuid:child_id>/withheld/new": {*RELATED, *SCHOOL},
    "/children/<uuid:child_id>/withheld/<uuid:withholding_id>/lift": set(),
    "/children/<uuid:child_id>/plan/<int:number>/correct": set(),
    "/corrections/<uuid:correction_id>/decide": set(),
    "/corrections/<uuid:correction_id>/statement": set(),
    "/sign-in": EVERYONE, "/sign-out": EVERYONE,
    "/sign-in/code": EVERYONE, "/sign-in/recovery-code": EVERYONE, "/sign-in/set-up": EVERYONE,
    "/forgotten-password": EVERYONE, "/choose-password/<secret>": set(),
    "/account/password": EVERYONE, "/account/app": EVERYONE, "/account/recovery-codes": set(),
    "/account/this-browser/forget": EVERYONE,
    "/sign-in/council": set(),
    "/where-you-are-signed-in/<uuid:session_id>/end": set(),
    "/where-you-are-signed-in/end-others": EVERYONE,
    "/where-you-are-signed-in/programs/<uuid:token_id>/end": {"vera"},
    "/what-you-are-told": EVERYONE, "/what-you-are-told/calendar": EVERYONE,
    "/what-you-are-told/calendar/end": EVERYONE,
    "/messages-not-delivered/<uuid:message_id>/again": {"ada"},
    "/admin/people/add": {"ada"}, "/admin/people/<uuid:person_id>/change": {"ada"},
    "/admin/people/<uuid:person_id>/roles": {"ada"},
    "/admin/people/<uuid:person_id>/roles/<role>/take": {"ada"},
    "/admin/people/<uuid:person_id>/council-account/disconnect": {"ada"},
    "/admin/people/<uuid:person_id>/leaving": {"ada"},
    "/admin/people/<uuid:person_id>/leaving/go-on": set(),
    "/admin/people/<uuid:person_id>/back": set(), "/admin/people/<uuid:person_id>/invite": set(),
    "/admin/people/<uuid:person_id>/sessions/end": {"ada"},
    "/admin/people/<uuid:person_id>/second-factor/reset": {"ada"},
    "/admin/teams": {"ada"}, "/admin/teams/<uuid:team_id>": {"ada"},
    "/admin/schools/add": {"ada"}, "/admin/schools/<uuid:school_id>": {"ada"},
    "/admin/schools/<uuid:school_id>/teacher": {"ada"}, "/admin/posts/<uuid:post_id>/end": {"ada"},
    "/admin/import/<kind>": set(), "/admin/import/<kind>/check": set(),
    "/admin/imports/<uuid:import_id>/stop": {"ada"},
    "/admin/closures": {"ada"}, "/admin/closures/<day>/remove": set(),
    "/admin/terms/add": {"ada"}, "/admin/terms/<uuid:term_id>": {"ada"},
    "/admin/terms/<uuid:term_id>/remove": {"ada"},
    "/admin/settings": {"ada"}, "/admin/settings/cut-offs": {"ada"},
    "/admin/settings/cut-offs/<day>/remove": set(),
    "/admin/programs": {"ada"}, "/admin/programs/<uuid:webhook_id>/secret": {"ada"},
    "/admin/programs/<uuid:webhook_id>/end": {"ada"},
    "/admin/programs/<uuid:webhook_id>/deliveries/<uuid:message_id>/again": {"ada"},
    "/admin/case-system/address": {"ada"}, "/admin/case-system/secret": {"ada"},
    "/admin/case-system/pause": {"ada"}, "/admin/case-system/go-on": {"ada"},
    "/admin/case-system/try": {"ada"},
    "/admin/case-system/plans/<uuid:filing_id>/again": {"ada"},
    "/admin/maintenance": {"ada"}, "/admin/maintenance/off": {"ada"},
    "/api/v1/cases": {"wilma", "mona", *SCHOOL},
    "/api/v1/children": STARTERS,
    "/api/v1/children/<uuid:child_id>/changes/<command>": CORRECTORS,
    "/api/v1/imports/<kind>": EVERYONE,  # 403: no token that only reads and writes has its scope
    "/api/v1/tasks/<uuid:task_id>/claim": CANDIDATES,
    "/api/v1/tasks/<uuid:task_id>/complete": CANDIDATES,
    "/api/v1/tasks/<uuid:task_id>/draft": CANDIDATES,
    "/api/v1/tasks/<uuid:task_id>/release": CANDIDATES,
    "/api/v1/<rest:rest>": set(),
}
"""Who gets an answer to a POST or PUT that says more than that there is nothing."""


OF_A_CHILD = {"case_id", "child_id", "task_id", "event_id", "involvement_id"}


class Town:
    """One child's case, with the people round it and others who hold the same roles."""

    def __init__(self, council):
        self.council = council
        self.system = council.installation.acting(SYSTEM)
        for key, role in {**STRANGERS, **COLLEAGUES, "ada": "administrator"}.items():
            council.people.setdefault(key, None)
            council.people[key] = council.people[key] or add_person(
                self.system, f"{key.title()} Example", f"{key}@council.example", [role], "-"
            )
        self.case_id = council.gathering()
        child_id = case_resource(council.by("vera"), self.case_id).child_id
        file_id = attach_file(
            council.by("vera"), child_id,
            About("school_report", "needs", "A report", council.clock.now().date()),
            CheckedFile("report.txt", "text/plain", b"A report"), "once",
        )
        with self.system.begin(writing=False) as work:
            message_id = work.session.scalar(select(Outbox.id).limit(1))
            event_id = work.session.scalar(select(Event.id).where(Event.case_id == self.case_id))
            involvement_id = work.session.scalar(
                select(Involvement.id).where(Involvement.child_id == child_id))
            release_id = work.session.scalar(
                select(Release.id).where(Release.procedure == "home-visit")
            )
        with self.system.begin() as work:
            school = School(urn="990199", name="A School", phase="primary", area="Testerby")
            term = SchoolTerm(area="Testerby", starts_on=work.today, ends_on=work.today)
            team = Team(name="A team")
            work.session.add_all([school, term, team])
            work.session.flush()
            post = SchoolPost(person_id=council.people["tara"], school_id=school.id,
                              role="designated_teacher", starts_on=work.today)
            work.session.add(post)
            work.session.flush()
            kept = {"school_id": school.id, "term_id": term.id, "team_id": team.id,
                    "post_id": post.id}
        add_token(self.system, council.people["vera"], frozenset({"read"}))
        [program] = my_tokens(council.by("vera"))
        webhook_id, _ = add_webhook(
            self.system, {"name": "A", "address": "https://a.example", "kinds": ["case_opened"]},
            Sealing(["k" * 32]), loopback=False)
        with self.system.begin() as work:
            work.session.add(WebhookDelivery(
                id=message_id, webhook_id=webhook_id, event_seq=1, event_id=event_id,
                kind="case_opened", written_at=work.now))
            filing_id = uuid4()
            work.session.add(PlanFiling(
                id=filing_id, child_id=child_id, case_id=self.case_id, version=1, by_hand=False,
                written_at=work.now))
        name_case_system(self.system, {"address": "https://a.example"}, Sealing(["k" * 32]),
                         loopback=False)
        import_id = uuid4()
        begin_import(council.by("ada"), import_id, "schools",
                     ",".join(each.title for each in SCHOOLS.columns) + "\n123456,A,Primary,A\n")
        self.things = {
            "import_id": import_id, "webhook_id": webhook_id, "filing_id": filing_id,
            "token_id": program.id, **kept, "role": "social_worker", "person_id": add_person(
                self.system, "Nora Example", "nora@council.example", ["social_worker"], "-"),
            "day": "2026-12-28", "deadline": "T2",
            "case_id": self.case_id, "child_id": child_id, "event_id": event_id,
            "release_id": release_id, "involvement_id": involvement_id,
            "procedure": "initial-pep", "element": "initiate_pep",
            "path": "initial-pep.bpmn", "diagram": "initial-pep", "file": "home-visit.bpmn",
            "change": "change",
            "task_id": council.task("wilma", "complete_social_work_sections"), "number": 1,
            "form": "decide_pupil_premium", "address": "0", "decision": "none",
            "secret": "guess", "message_id": message_id,
            "rest": "nowhere", "action": "none", "name": "none", "command": "correct_date",
            "purpose": "plan", "link_id": uuid4(), "conflict_id": uuid4(),
            "emergency_id": uuid4(), "attachment_id": uuid4(), "file_id": file_id,
            "session_id": uuid4(), "example_id": uuid4(), "which": 0, "move_id": uuid4(),
            "token": uuid4(), "absence_id": uuid4(), "year": 2026,
            "view_id": save_view(council.by("vera"), "A view", Asked()),
            "section": "needs",
            "kind": "attendance", "step": "extend_request", "audience": "child",
            "guide": "do-a-task",
            **dict.fromkeys(("list_id", "certificate_id", "request_id", "correction_id",
                             "withholding_id"), uuid4()),
            "hold_id": place_hold(council.by("vera"), child_id, reason="A", authority="B"),
        }
        self._tokens = {}
        self._browsers = {}

    def rules(self, *methods):
        return {
            rule.rule: rule for rule in self.council.app.url_map.iter_rules()
            if rule.methods & set(methods) and rule.endpoint != "static"
        }

    def address(self, rule, **other):
        things = {**self.things, **other}
        return rule.build({name: things[name] for name in rule.arguments})[1]

    def ask(self, name, method, address):
        """The answer to one request, with a page's token or an API token of this person's."""
        if address.startswith("/api/"):
            if name not in self._tokens:
                self._tokens[name] = add_token(
                    self.system, self.council.people[name], frozenset({"read", "write", "care"})
                )
            return self.council.app.test_client().open(
                address, method=method, json=self._body(address),
                headers={"Authorization": f"Bearer {self._tokens[name]}"},
            )
        client, token = self._browser(name)
        sent = {"csrf_token": token} if method == "POST" else None
        return client.open(address, method=method, data=sent)

    def _body(self, address):
        if address.endswith("/cases"):
            return {"procedure": "initial-pep", "child": str(self.things["child_id"])}
        if address.endswith("/children"):
            return {}
        asked = address.endswith(("/complete", "/draft")) or "/changes/" in address
        return {"answers": {}} if asked else None

    def _browser(self, name):
        """A browser of this person's, signed in, with a page's token."""
        if name not in self._browsers:
            client = self.council.app.test_client()
            Visitor(client).open("/sign-in")
            person = self.council.people[name]
            with client.session_transaction() as session:
                session["token"] = begin_session(
                    self.system, person, self.council.wall_clock.now()
                )
                session["person"] = str(person)
            self._browsers[name] = client, Visitor(client).open("/procedures").token
        return self._browsers[name]


@pytest.fixture
def town(council):
    return Town(council)


def test_every_page_for_every_person(town):
    rules = town.rules("GET")
    assert set(rules) == {*PAGES, *API}

    for address, rule in rules.items():
        allowed = {**PAGES, **API}[address]
        answered = {
            name for name in sorted(EVERYONE)
            if town.ask(name, "GET", town.address(rule)).status_code < 400
        }
        assert answered == allowed, address


def test_everything_that_can_be_done_by_every_person(town):
    rules = {**town.rules("POST"), **town.rules("PUT")}
    assert set(rules) == set(DOING)

    # After these nothing is as it was.
    final = ("/release", "/sign-out", "/programs/<uuid:webhook_id>/end")
    for address in sorted(rules, key=lambda each: (each.endswith(final[1]), each.endswith(final))):
        rule = rules[address]
        method = "POST" if "POST" in rule.methods else "PUT"
        answered = {
            name for name in sorted(EVERYONE)
            if town.ask(name, method, town.address(rule)).status_code != 404
        }
        assert answered == DOING[address], address


def test_nobody_else_does_a_persons_task(town):
    """Whoever sees a task of somebody else's cannot change it, whichever way they try."""
    task = town.things["task_id"]
    for name in sorted(EVERYONE - {"wilma"}):
        for address in (f"/tasks/{task}", f"/tasks/{task}/draft", f"/tasks/{task}/claim",
                        f"/api/v1/tasks/{task}/claim", f"/api/v1/tasks/{task}/complete",
                        f"/api/v1/tasks/{task}/release"):
            status = town.ask(name, "POST", address).status_code
            too_late = 303 if address in (f"/tasks/{task}", f"/tasks/{task}/claim") else 409
            assert status == (too_late if name in CANDIDATES else 404), (name, address)
        assert town.ask(name, "POST", f"/tasks/{task}/release").status_code in (404, 303)
    assert town.council.task("wilma", "complete_social_work_sections") == task


def never(town):
    return set(STRANGERS)


def begins_tomorrow(town):
    vera, today = town.council.by("vera"), town.council.by("vera").today
    for name, role in STRANGERS.items():
        start_involvement(vera, town.things["child_id"], town.council.people[name], role,
                          today + timedelta(days=1))
    return set(STRANGERS)


def ended_yesterday(town):
    town.council.clock.move_on(timedelta(days=1))
    for name, role in AROUND.items():
        town.council.end(name, role)
    return RELATED


def ended_by_the_calendar(town):
    """Entered in advance, and no background work has run since midnight."""
    vera = town.council.by("vera")
    for each in people_around(vera, town.things["child_id"]):
        if each.role in AROUND.values():
            end_involvement(vera, each.id, vera.today)
    town.council.clock.move_on(timedelta(days=1))
    return RELATED


@pytest.mark.parametrize("relation", [never, begins_tomorrow, ended_yesterday,
                                      ended_by_the_calendar])
def test_a_child_of_others_looks_like_one_that_does_not_exist(town, relation):
    people = relation(town)
    for method in ("GET", "POST", "PUT"):
        for rule in town.rules(method).values():
            named = OF_A_CHILD & set(rule.arguments)
            if not named or rule.rule.endswith("/started"):
                continue
            elsewhere = town.address(rule, **{name: uuid4() for name in named})
            for name in sorted(people):
                real = town.ask(name, method, town.address(rule))
                unknown = town.ask(name, method, elsewhere)
                assert real.status_code == unknown.status_code == 404, (name, method, rule.rule)
                assert same(real) == same(unknown), (name, rule.rule)


@pytest.mark.parametrize("relation", [never, begins_tomorrow, ended_yesterday,
                                      ended_by_the_calendar])
def test_no_list_names_a_child_of_others(town, relation):
    for name in sorted(relation(town)):
        client, _ = town._browser(name)
        searches = [where_it_leads(client, f"{at}?search=Testerby") for at in ("/cases", "/find")]
        for address in ("/tasks", "/cases?status=all", *searches, "/api/v1/cases",
                        "/api/v1/children", "/api/v1/tasks", "/api/v1/records", "/api/v1/events",
                        "/api/v1/involvements"):
            found = town.ask(name, "GET", address).get_data(as_text=True)
            assert "Testerby, " not in found, (name, address)
            assert "Robin" not in found, (name, address)
            assert str(town.things["child_id"]) not in found, (name, address)
            assert str(town.case_id) not in found, (name, address)


def test_the_day_after_the_last_one_somebody_else_gets_the_tasks(town):
    ended_by_the_calendar(town)
    Embedded(town.council.installation, deliver=lambda _message: None).one_round()

    waiting = town.council.sign_in("viktor").visitor.open("/tasks")

    assert "Complete social work sections for Robin Testerby" in waiting.text


def test_on_the_day_it_begins_the_tasks_are_there(town):
    ended_yesterday(town)
    vera = town.council.by("vera")
    start_involvement(vera, town.things["child_id"], town.council.people["sven"], "social_worker",
                      vera.today + timedelta(days=1))
    background = Embedded(town.council.installation, deliver=lambda _message: None)
    background.one_round()
    assert "Robin Testerby" not in town.council.sign_in("sven").text

    town.council.clock.move_on(timedelta(days=1))
    background.one_round()

    assert "Robin Testerby" in town.council.sign_in("sven").text


def same(answer):
    """The body without what differs between any two answers."""
    return re.sub(r'(nonce|value|content|href)="[^"]*"', "", answer.get_data(as_text=True))
