"""Who may do what: one table of permissions by role, one rule for every route, and one policy function that denies."""

from __future__ import annotations

from enum import StrEnum

from casework.lifecycle import UserRole
from store.cases import CaseRow
from store.people import Person


class Permission(StrEnum):
    """Everything that anybody may be allowed to do; the two first need no account."""

    VISIT = "visit"
    FOLLOW_LINK = "follow-link"
    OWN_ACCOUNT = "own-account"
    OPEN_QUEUE = "open-queue"
    READ_CASE = "read-case"
    READ_CONTACTS = "read-contacts"
    READ_POST = "read-post"
    READ_SCHEDULES = "read-schedules"
    READ_REPORTS = "read-reports"
    CLAIM = "claim"
    CORRECT = "correct"
    DECIDE = "decide"
    SORT_POST = "sort-post"
    TAKE_OVER = "take-over"
    ASSIGN = "assign"
    OVERRIDE = "override"
    APPROVE = "approve"
    ALLOCATE = "allocate"
    PLAN_RELEASES = "plan-releases"
    PUBLISH_SCHEDULES = "publish-schedules"
    CIRCULATE = "circulate"
    EDIT_VOCABULARIES = "edit-vocabularies"
    EDIT_RULES = "edit-rules"
    EDIT_TEMPLATES = "edit-templates"
    MANAGE_PEOPLE = "manage-people"
    READ_AUDIT_LOG = "read-audit-log"


PERMISSION_WORDS: dict[Permission, str] = {
    Permission.OPEN_QUEUE: "Open the queue and search",
    Permission.READ_CASE: "Read requests",
    Permission.READ_CONTACTS: "Read requesters’ names, contact details, messages and forms",
    Permission.READ_POST: "Read everything that arrived and was sent",
    Permission.READ_SCHEDULES: "Read releases and schedules",
    Permission.READ_REPORTS: "Read reports",
    Permission.CLAIM: "Claim requests, write notes and acknowledge",
    Permission.CORRECT: "Correct answers",
    Permission.DECIDE: "Ask for more information and decide",
    Permission.SORT_POST: "Sort messages that nobody could place",
    Permission.TAKE_OVER: "Take a request over from a colleague",
    Permission.ASSIGN: "Assign requests to colleagues",
    Permission.OVERRIDE: "Let a competency go on in spite of a check that says stop",
    Permission.APPROVE: "Approve business justifications",
    Permission.ALLOCATE: "Put approved requests into releases",
    Permission.PLAN_RELEASES: "Plan releases",
    Permission.PUBLISH_SCHEDULES: "Publish the Development Schedule",
    Permission.CIRCULATE: "Send the schedule to its lists",
    Permission.EDIT_VOCABULARIES: "Change the lists of words",
    Permission.EDIT_RULES: "Change the rules of the checks",
    Permission.EDIT_TEMPLATES: "Change templates",
    Permission.MANAGE_PEOPLE: "Invite people and change their roles",
    Permission.READ_AUDIT_LOG: "Read the audit log",
}
"""What each permission is called, in the order of the table on the page; what everybody may do is left out."""

ROLE_WORDS: dict[UserRole, tuple[str, str]] = {
    UserRole.REVIEWER: ("Reviewer", "Claims requests, checks answers, asks for more and decides"),
    UserRole.LEAD: ("Lead", "Does the same, takes requests over, assigns them and may override a check"),
    UserRole.APPROVER: ("Approver", "Reviews, and approves business justifications after impact assessment"),
    UserRole.PUBLISHER: ("Publisher", "Plans releases, publishes the Development Schedule and circulates it"),
    UserRole.ADMINISTRATOR: ("Administrator", "Decides who may sign in, and changes words, rules and templates"),
    UserRole.AUDITOR: ("Auditor", "Reads everything, the audit log included, and changes nothing"),
    UserRole.REGIONAL_READER: (
        "Regional reader",
        "Reads the requests of their own regions, without requesters’ contact details, and nothing else",
    ),
}

_OWN = frozenset({Permission.OWN_ACCOUNT})
_READ = _OWN | {
    Permission.OPEN_QUEUE,
    Permission.READ_CASE,
    Permission.READ_CONTACTS,
    Permission.READ_POST,
    Permission.READ_SCHEDULES,
    Permission.READ_REPORTS,
}
_REVIEW = _READ | {
    Permission.CLAIM,
    Permission.CORRECT,
    Permission.DECIDE,
    Permission.SORT_POST,
    Permission.ALLOCATE,
}
PERMISSIONS: dict[UserRole, frozenset[Permission]] = {
    UserRole.REVIEWER: _REVIEW,
    UserRole.LEAD: _REVIEW | {Permission.TAKE_OVER, Permission.ASSIGN, Permission.OVERRIDE},
    UserRole.APPROVER: _REVIEW | {Permission.APPROVE, Permission.OVERRIDE},
    UserRole.PUBLISHER: _READ
    | {
        Permission.ALLOCATE,
        Permission.PLAN_RELEASES,
        Permission.PUBLISH_SCHEDULES,
        Permission.CIRCULATE,
        Permission.EDIT_TEMPLATES,
    },
    UserRole.ADMINISTRATOR: _READ
    | {
        Permission.EDIT_VOCABULARIES,
        Permission.EDIT_RULES,
        Permission.EDIT_TEMPLATES,
        Permission.MANAGE_PEOPLE,
        Permission.READ_AUDIT_LOG,
    },
    UserRole.AUDITOR: _READ | {Permission.READ_AUDIT_LOG},
    UserRole.REGIONAL_READER: _OWN | {Permission.OPEN_QUEUE, Permission.READ_CASE},
}
_EVERYBODY = frozenset({Permission.VISIT, Permission.FOLLOW_LINK})

RULES: dict[str, Permission] = {
    "assets.serve": Permission.VISIT,
    "start.show": Permission.VISIT,
    "start.blank_form": Permission.VISIT,
    "upload.show": Permission.VISIT,
    "upload.send": Permission.VISIT,
    "upload.received": Permission.FOLLOW_LINK,
    "upload.progress": Permission.FOLLOW_LINK,
    "draft.show": Permission.FOLLOW_LINK,
    "draft.progress": Permission.FOLLOW_LINK,
    "draft.ask": Permission.FOLLOW_LINK,
    "draft.answer": Permission.FOLLOW_LINK,
    "draft.choose_form": Permission.FOLLOW_LINK,
    "draft.send": Permission.FOLLOW_LINK,
    "track.show": Permission.VISIT,
    "track.find": Permission.VISIT,
    "track.sent": Permission.VISIT,
    "track.open_link": Permission.FOLLOW_LINK,
    "track.follow": Permission.FOLLOW_LINK,
    "returned.of_own_request": Permission.FOLLOW_LINK,
    "track.reply": Permission.FOLLOW_LINK,
    "track.new_version": Permission.FOLLOW_LINK,
    "track.send_version": Permission.FOLLOW_LINK,
    "track.ask_withdraw": Permission.FOLLOW_LINK,
    "track.withdraw": Permission.FOLLOW_LINK,
    "track.progress": Permission.FOLLOW_LINK,
    "track.ask_appeal": Permission.FOLLOW_LINK,
    "track.appeal": Permission.FOLLOW_LINK,
    "published.show": Permission.VISIT,
    "published.download": Permission.VISIT,
    "about.accessibility": Permission.VISIT,
    "about.privacy": Permission.VISIT,
    "about.cookies": Permission.VISIT,
    "about.guidance": Permission.VISIT,
    "sign_in.show": Permission.VISIT,
    "sign_in.sign_in": Permission.VISIT,
    "sign_in.code": Permission.VISIT,
    "sign_in.forgotten": Permission.VISIT,
    "sign_in.send_new_password": Permission.VISIT,
    "sign_in.sign_out": Permission.OWN_ACCOUNT,
    "queue.show": Permission.OPEN_QUEUE,
    "queue.everything": Permission.OPEN_QUEUE,
    "queue.arrivals": Permission.OPEN_QUEUE,
    "queue.sort": Permission.OPEN_QUEUE,
    "queue.keep_view": Permission.OPEN_QUEUE,
    "queue.rename": Permission.OPEN_QUEUE,
    "queue.drop_view": Permission.OPEN_QUEUE,
    "together.check": Permission.OPEN_QUEUE,
    "together.carry_out": Permission.OPEN_QUEUE,
    "case.show": Permission.READ_CASE,
    "history.show": Permission.READ_CONTACTS,
    "history.changes": Permission.READ_CONTACTS,
    "case.original": Permission.READ_CONTACTS,
    "returned.preview": Permission.READ_CONTACTS,
    "returned.ask": Permission.DECIDE,
    "returned.progress": Permission.READ_CONTACTS,
    "returned.of_preview": Permission.READ_CONTACTS,
    "returned.of_message": Permission.READ_CONTACTS,
    "picture.show": Permission.READ_CONTACTS,
    "claim.claim": Permission.CLAIM,
    "claim.release": Permission.CLAIM,
    "claim.take_over": Permission.CLAIM,
    "work.acknowledge": Permission.CLAIM,
    "work.take_back": Permission.CLAIM,
    "work.send_again": Permission.CLAIM,
    "work.confirm_claim": Permission.CLAIM,
    "work.refuse_claim": Permission.CLAIM,
    "work.note_requirement": Permission.CORRECT,
    "work.correct": Permission.CORRECT,
    "work.accept_finding": Permission.CORRECT,
    "work.agree_with_finding": Permission.CORRECT,
    "similar.show": Permission.READ_CONTACTS,
    "similar.tell_apart": Permission.CLAIM,
    "work.note": Permission.CLAIM,
    "work.read_again": Permission.CLAIM,
    "decision.check": Permission.DECIDE,
    "decision.save": Permission.DECIDE,
    "decision.allocate": Permission.ALLOCATE,
    "decision.put_aside": Permission.DECIDE,
    "decision.appeal": Permission.CLAIM,
    "assessment.show": Permission.DECIDE,
    "assessment.save": Permission.DECIDE,
    "assessment.prioritise": Permission.DECIDE,
    "advice.show": Permission.READ_POST,
    "advice.pack": Permission.READ_POST,
    "advice.ask_form": Permission.DECIDE,
    "advice.ask": Permission.DECIDE,
    "advice.record": Permission.DECIDE,
    "releases.show": Permission.READ_SCHEDULES,
    "releases.show_release": Permission.READ_SCHEDULES,
    "releases.save": Permission.PLAN_RELEASES,
    "releases.change": Permission.PLAN_RELEASES,
    "releases.place": Permission.ALLOCATE,
    "schedule.show": Permission.READ_SCHEDULES,
    "reports.show": Permission.READ_REPORTS,
    "reports.download": Permission.READ_REPORTS,
    "schedule.save": Permission.PUBLISH_SCHEDULES,
    "schedule.preview": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.check": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.publish": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.making": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.progress": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.show": Permission.READ_SCHEDULES,
    "schedule_issue.rebuild": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.compared": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.comparing": Permission.PUBLISH_SCHEDULES,
    "schedule_issue.download": Permission.READ_SCHEDULES,
    "manage.show": Permission.READ_POST,
    "arrivals.show": Permission.READ_POST,
    "arrivals.show_arrival": Permission.READ_POST,
    "arrivals.raw": Permission.READ_POST,
    "arrivals.open_case": Permission.SORT_POST,
    "arrivals.confirm": Permission.SORT_POST,
    "arrivals.set_aside": Permission.SORT_POST,
    "arrivals.sort_again": Permission.SORT_POST,
    "manage.outbox": Permission.READ_POST,
    "rules.show": Permission.EDIT_RULES,
    "rules.show_rule": Permission.EDIT_RULES,
    "rules.change_rule": Permission.EDIT_RULES,
    "rules.show_limits": Permission.EDIT_RULES,
    "rules.change_limits": Permission.EDIT_RULES,
    "circulation.show": Permission.CIRCULATE,
    "circulation.make_list": Permission.CIRCULATE,
    "circulation.show_list": Permission.CIRCULATE,
    "circulation.add_one": Permission.CIRCULATE,
    "circulation.remove": Permission.CIRCULATE,
    "circulation.import_rows": Permission.CIRCULATE,
    "circulation.write": Permission.CIRCULATE,
    "circulation.save": Permission.CIRCULATE,
    "circulation.show_one": Permission.CIRCULATE,
    "circulation.act": Permission.CIRCULATE,
    "circulation.ask_leave": Permission.FOLLOW_LINK,
    "circulation.leave": Permission.FOLLOW_LINK,
    "templates.show": Permission.EDIT_TEMPLATES,
    "templates.show_word": Permission.EDIT_TEMPLATES,
    "templates.upload_word": Permission.EDIT_TEMPLATES,
    "templates.trial": Permission.EDIT_TEMPLATES,
    "templates.progress": Permission.EDIT_TEMPLATES,
    "templates.word_file": Permission.EDIT_TEMPLATES,
    "templates.show_mail": Permission.EDIT_TEMPLATES,
    "templates.edit_mail": Permission.EDIT_TEMPLATES,
    "templates.restore": Permission.EDIT_TEMPLATES,
    "people.show": Permission.MANAGE_PEOPLE,
    "people.invite": Permission.MANAGE_PEOPLE,
    "people.send_invitation": Permission.MANAGE_PEOPLE,
    "people.person": Permission.MANAGE_PEOPLE,
    "people.change": Permission.MANAGE_PEOPLE,
    "people.change_access": Permission.MANAGE_PEOPLE,
    "people.send_new_link": Permission.MANAGE_PEOPLE,
    "people.reset_second_factor": Permission.MANAGE_PEOPLE,
    "vocabularies.show": Permission.EDIT_VOCABULARIES,
    "vocabularies.show_list": Permission.EDIT_VOCABULARIES,
    "vocabularies.show_entry": Permission.EDIT_VOCABULARIES,
    "vocabularies.save_entry": Permission.EDIT_VOCABULARIES,
    "vocabularies.restore": Permission.EDIT_VOCABULARIES,
    "audit.show": Permission.READ_AUDIT_LOG,
    "audit.export": Permission.READ_AUDIT_LOG,
    "audit.viewings": Permission.READ_AUDIT_LOG,
    "invitation.show": Permission.FOLLOW_LINK,
    "invitation.accept": Permission.FOLLOW_LINK,
    "account.show": Permission.OWN_ACCOUNT,
    "account.stay": Permission.OWN_ACCOUNT,
    "account.change_password": Permission.OWN_ACCOUNT,
    "account.second_factor": Permission.OWN_ACCOUNT,
    "account.set_second_factor": Permission.OWN_ACCOUNT,
    "account.remove_second_factor": Permission.OWN_ACCOUNT,
    "account.sign_out_everywhere": Permission.OWN_ACCOUNT,
}


def may(visitor: Person | None, permission: Permission | None, case: CaseRow | None = None) -> bool:
    """Whether this visitor (None: not signed in) may do this, to this case where one is named.

    Whoever reads only their regions' cases is refused every other case; no permission (a route without a rule) is
    nobody's.
    """
    if permission in _EVERYBODY:
        return True
    if permission is None or visitor is None or not visitor.active:
        return False
    roles = [role for role in visitor.roles if permission in PERMISSIONS[role]]
    if case is None or any(role is not UserRole.REGIONAL_READER for role in roles):
        return bool(roles)
    return bool(roles) and not visitor.regions.isdisjoint(case.region.split())


def may_open(endpoint: str | None, visitor: Person | None, case: CaseRow | None = None) -> bool:
    """Whether this visitor may open the route; a route without a rule is closed."""
    return may(visitor, RULES.get(endpoint or ""), case)


def regions_seen(visitor: Person | None) -> frozenset[str] | None:
    """The regions that every list and every count for this visitor is limited to; None where it is not."""
    if visitor is None or not visitor.active:
        return frozenset()
    wide = any(Permission.READ_CASE in PERMISSIONS[role] for role in visitor.roles - {UserRole.REGIONAL_READER})
    return None if wide else visitor.regions


def permissions_of(visitor: Person) -> frozenset[Permission]:
    """Everything that this person's roles allow, whether or not they may sign in at present."""
    return frozenset().union(*(PERMISSIONS[role] for role in visitor.roles))
