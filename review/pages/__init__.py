"""The pages, one module for each; a GET writes nothing."""

from review.assets import blueprint as assets
from review.pages.about import blueprint as about_pages
from review.pages.account import blueprint as account_pages
from review.pages.advice import blueprint as advice_pages
from review.pages.arrivals import blueprint as arrivals_pages
from review.pages.assessment import blueprint as assessment_pages
from review.pages.audit import blueprint as audit_pages
from review.pages.case import blueprint as case_pages
from review.pages.circulation import blueprint as circulation_pages
from review.pages.claim import blueprint as claim_pages
from review.pages.decision import blueprint as decision_pages
from review.pages.draft import blueprint as draft_pages
from review.pages.history import blueprint as history_pages
from review.pages.invitation import blueprint as invitation_pages
from review.pages.manage import blueprint as manage_pages
from review.pages.people import blueprint as people_pages
from review.pages.picture import blueprint as picture_pages
from review.pages.published import blueprint as published_pages
from review.pages.queue import blueprint as queue_pages
from review.pages.releases import blueprint as releases_pages
from review.pages.reports import blueprint as reports_pages
from review.pages.returned import blueprint as returned_pages
from review.pages.rules import blueprint as rules_pages
from review.pages.schedule import blueprint as schedule_pages
from review.pages.schedule_issue import blueprint as schedule_issue_pages
from review.pages.sign_in import blueprint as sign_in_pages
from review.pages.similar import blueprint as similar_pages
from review.pages.start import blueprint as start_pages
from review.pages.templates import blueprint as templates_pages
from review.pages.together import blueprint as together_pages
from review.pages.track import blueprint as track_pages
from review.pages.upload import blueprint as upload_pages
from review.pages.vocabularies import blueprint as vocabulary_pages
from review.pages.work import blueprint as work_pages

BLUEPRINTS = (
    assets,
    start_pages,
    upload_pages,
    draft_pages,
    track_pages,
    about_pages,
    sign_in_pages,
    queue_pages,
    together_pages,
    case_pages,
    history_pages,
    similar_pages,
    picture_pages,
    claim_pages,
    work_pages,
    decision_pages,
    returned_pages,
    assessment_pages,
    advice_pages,
    releases_pages,
    schedule_pages,
    published_pages,
    reports_pages,
    schedule_issue_pages,
    manage_pages,
    rules_pages,
    templates_pages,
    circulation_pages,
    arrivals_pages,
    people_pages,
    account_pages,
    invitation_pages,
    audit_pages,
    vocabulary_pages,
)
