"""The numbered steps that bring a database to its present shape; a step is never edited once it has landed."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from store.migrations.m001_initial import m001_initial
from store.migrations.m002_post_room import m002_post_room
from store.migrations.m003_uploads import m003_uploads
from store.migrations.m004_page_pictures import m004_page_pictures
from store.migrations.m005_found_by import m005_found_by
from store.migrations.m006_figures import m006_figures
from store.migrations.m007_search import m007_search
from store.migrations.m008_eight_roles import m008_eight_roles
from store.migrations.m009_lists import m009_lists
from store.migrations.m010_attachments import m010_attachments
from store.migrations.m011_judged import m011_judged
from store.migrations.m012_lifecycle import m012_lifecycle
from store.migrations.m013_rechecks import m013_rechecks
from store.migrations.m014_schedules_that_can_be_made_again import m014_schedules_that_can_be_made_again
from store.migrations.m015_circulation import m015_circulation
from store.migrations.m016_saved_views import m016_saved_views
from store.migrations.m017_findings_by_field import m017_findings_by_field
from store.migrations.m018_lists_by_place import m018_lists_by_place
from store.migrations.m019_commissions import m019_commissions
from store.migrations.m020_enclosures import m020_enclosures

MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_initial,
    m002_post_room,
    m003_uploads,
    m004_page_pictures,
    m005_found_by,
    m006_figures,
    m007_search,
    m008_eight_roles,
    m009_lists,
    m010_attachments,
    m011_judged,
    m012_lifecycle,
    m013_rechecks,
    m014_schedules_that_can_be_made_again,
    m015_circulation,
    m016_saved_views,
    m017_findings_by_field,
    m018_lists_by_place,
    m019_commissions,
    m020_enclosures,
)
