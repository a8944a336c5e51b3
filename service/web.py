"""The web service: an app with this installation's settings, the rooms' doors, the guard and the pages."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader
from markupsafe import escape
from sqlite_utils import Database
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from casework.errors import CaseworkError, NotAllowedError, RefusedError, StaleError, UnavailableError
from casework.wording import clock_time
from casework.working_days import LONDON
from intake.receive import confirm_message, open_case_of_message, set_aside_message, sort_message_again
from outputs.account_letter import build_account_letter
from outputs.advice_pack import build_advice_pack
from outputs.blank import build_blank
from outputs.letter import (
    build_acknowledgement,
    build_appeal_receipt,
    build_decision,
    build_information_request,
    build_release,
)
from review import visit
from review.assets import Assets
from review.doors import Doors, MessageDoors, RuleDoors
from review.guard import stand_guard
from review.packing import pack_pages
from review.pages import BLUEPRINTS
from review.pages.layout import page_facts
from service import doors
from service.calendars import calendar_of, keep_bank_holidays
from service.circulate import circulate_doors
from service.clock import read_clock
from service.library import load_library
from service.log import line_handler, set_up_log, shape_log
from service.rechecking import open_check_again
from service.rules import judged, rules_now, shipped_rules
from service.schedules import schedule_doors
from service.send_back import send_back_doors
from service.settings import Settings, load_settings
from service.templates import template_doors, worded
from service.uploads import upload_doors
from service.words import library_now
from store.database import open_database, transaction
from store.ledger import Outcome, add_line
from store.originals import load_original
from store.people import load_secret

_FORM_MEMORY = 500_000
_FORM_PARTS = 100

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """The app that gunicorn serves; settings come from the environment where none are given."""
    set_up_log()
    settings = settings or load_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    return build_app(open_doors(settings), settings)


class _App(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Flask's own way prints the message of the fault, which may quote a person."""
        log.error("unexpected", exc_info=exc_info)


def build_app(rooms: Doors, settings: Settings) -> Flask:
    """The app with these doors; tests hand in doors with a clock of their own."""
    shape_log()
    app = _App("review", static_folder=None)
    app.logger.handlers = [line_handler()]
    app.logger.propagate = False
    # Flask escapes by itself only in templates that end in .html, and the component macros end in .jinja.
    app.jinja_options = {
        "autoescape": True,
        "undefined": ChainableUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "loader": ChoiceLoader([PackageLoader("review"), PackageLoader("nhsuk_frontend_jinja")]),
    }
    app.config.update(
        # A file a little too large is read so that it can be refused with a ledger line that names it.
        MAX_CONTENT_LENGTH=settings.upload_limit * 2,
        MAX_FORM_MEMORY_SIZE=_FORM_MEMORY,
        MAX_FORM_PARTS=_FORM_PARTS,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.extensions[visit.EXTENSION] = rooms
    app.extensions["assets"] = Assets()
    secret = load_secret(rooms.open_database(), "sessions")
    keep_bank_holidays(rooms.open_database(), settings.calendar, rooms.now().year)
    if settings.proxies:
        # Whose address counts against guessing: the visitor's, as the nearest proxies that we trust wrote it down.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    pack_pages(app)
    stand_guard(app, secret=secret, behind_https=settings.secure_cookies)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(page_facts)
    _answer_trouble(app)
    return app


def open_doors(settings: Settings) -> Doors:
    """The rooms' doors for the pages, with these settings."""
    library = load_library()
    connections = threading.local()

    def database() -> Database:
        if not hasattr(connections, "db"):
            connections.db = open_database(settings.database)
        found: Database = connections.db
        return found

    def note_too_large(db: Database, size: int) -> None:
        with transaction(db):
            add_line(
                db,
                channel="upload",
                name="unnamed file",
                sender="",
                size=size,
                sha256=None,
                outcome=Outcome.REFUSED,
                case_id=None,
                note="Far larger than the limit: refused before it was read",
                hand_in_key=None,
                now=read_clock(),
            )

    def open_case(db: Database, ledger_id: int, *, person_id: int, now: datetime) -> tuple[int, str]:
        rules = doors.post_rules(settings, db)
        return open_case_of_message(db, ledger_id, rules=rules, person_id=person_id, now=now)

    return Doors(
        open_database=database,
        now=read_clock,
        zone=LONDON,
        library=library,
        upload_limit=settings.upload_limit,
        calendar=lambda year, region: calendar_of(region, year, settings.calendar),
        uploads=upload_doors(settings),
        check_again=open_check_again(library),
        messages=MessageDoors(
            open_case=open_case,
            confirm=confirm_message,
            set_aside=set_aside_message,
            sort_again=sort_message_again,
        ),
        rules=RuleDoors(
            shipped=shipped_rules(),
            now=rules_now,
            judge=lambda reading, book, day: judged(reading, book, library, day),
        ),
        templates=template_doors(settings),
        circulate=circulate_doors(settings),
        send_back=send_back_doors(settings),
        sends_mail=settings.mail.relay is not None,
        note_too_large=note_too_large,
        load_original=lambda digest: load_original(settings.originals, digest),
        blank_form=lambda key: build_blank(library.form(key), library),
        acknowledgement=worded("acknowledgement", build_acknowledgement, database),
        information_request=worded("question", build_information_request, database),
        decision_letter=worded("decision", build_decision, database),
        release_letter=build_release,
        appeal_receipt=build_appeal_receipt,
        advice_pack=build_advice_pack,
        schedules=schedule_doors(settings),
        account_letter=build_account_letter,
        words_now=library_now,
        address=settings.address,
        requires_second_factor=settings.requires_second_factor,
    )


_WORDS: dict[int, tuple[str, str]] = {
    400: ("There is a problem with what was sent", "Go back, open the page again and try once more."),
    403: (
        "You do not have permission to see this",
        "Ask an administrator of this service if you need it for your work.",
    ),
    404: ("Page not found", "Check the address, or look for the request by its reference."),
    405: ("This page cannot be opened like that", "Go back and use the buttons on the page."),
    409: ("Somebody else changed this request", "Read the request again, then repeat what you wanted to do."),
    413: ("The file is too large", "Take pictures out of it, or save it as a PDF, and send it again."),
    429: ("You have tried too often", "Wait a while, then try again."),
    500: ("Sorry, there is a problem with the service", ""),
    503: ("Sorry, the service is not available", ""),
}


_BUSY = timedelta(minutes=2)

# Without frame, styles or database: for when one of these is what has failed.
_PLAIN_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><main><h1>{title}</h1><p>{words}</p></main></body></html>"
)


def _answer_trouble(app: Flask) -> None:
    """One place where trouble becomes a page: a sentence and a next step, never a trace."""

    def page(status: int, message: str = "") -> tuple[str, int]:
        known = status if status in _WORDS else 500 if status >= 500 else 400
        title, advice = _WORDS[known]
        now = visit.local(visit.now())
        if known == 413:
            limit = visit.doors().upload_limit // 1_000_000
            message = message or f"The file must be smaller than {limit} MB."
        elif known == 500:
            advice = f"Your work up to {clock_time(now)} is saved. Try again in a few minutes."
        elif known == 503:
            again = "" if message else f"Try again after {clock_time(now + _BUSY)}. "
            advice = f"{again}Everything that you saved before {clock_time(now)} is kept."
        try:
            return render_template("error.html", title=title, message=message, advice=advice, status=known), status
        except Exception:  # noqa: BLE001 - the last resort: whatever is broken, people get whole sentences
            words = " ".join(part for part in (message, advice) if part)
            return _PLAIN_PAGE.format(title=escape(title), words=escape(words)), status

    @app.errorhandler(CaseworkError)
    def our_trouble(problem: CaseworkError) -> tuple[str, int]:
        match problem:
            case NotAllowedError():
                return page(403, problem.public_message)
            case StaleError():
                return page(409, problem.public_message)
            case RefusedError():
                return page(400, problem.public_message)
            case UnavailableError():
                return page(503, problem.public_message)
            case _:
                log.error("trouble", page=request.endpoint, problem=problem.public_message)
                return page(500, problem.public_message)

    @app.errorhandler(HTTPException)
    def refused(problem: HTTPException) -> tuple[str, int] | Response:
        status = problem.code or 500
        if status < 400:
            return Response(response=problem.get_response().get_data(), status=status)
        if status == 413 and request.endpoint in ("upload.send", "track.send_version"):
            rooms: Doors = app.extensions[visit.EXTENSION]
            rooms.note_too_large(rooms.open_database(), request.content_length or 0)
        is_old = isinstance(problem, CSRFError)
        return page(status, "This page was open for too long, or you signed in or out since." if is_old else "")

    @app.errorhandler(Exception)
    def unexpected(problem: Exception) -> tuple[str, int]:
        log.error("unexpected", page=request.endpoint, kind=type(problem).__name__, exc_info=problem)
        g.pop("csrf_token", None)
        return page(500)
