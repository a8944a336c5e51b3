"""A list of requests and its address: what is asked, the tabs, filters, orders and pages that lead on from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from casework.form import FormLibrary
from casework.lifecycle import Status
from review.presenters import TAGS, form_name
from store.people import Person
from store.queries import Counts
from store.question import NOBODY, STATUSES, UNKNOWN_FORM, Due, Question, Sort, View

PER_PAGE = 25
LONGEST_SEARCH = 200
QUEUE, EVERYTHING = "/queue", "/requests"

TABS = {
    View.OPEN: "All open",
    View.UNCLAIMED: "Unclaimed",
    View.MINE: "Claimed by me",
    View.WAITING: "Waiting for requester",
    View.ASSESSMENT: "Impact assessment",
    View.READY: "Ready to decide",
    View.DECIDED: "Decided",
}
DUE_NAMES = {Due.LATE: "Late", Due.TODAY: "Due today", Due.LATER: "Due later"}
COLUMNS = {
    Sort.TITLE: "Request",
    Sort.FORM: "Form",
    Sort.CHECKS: "Checks",
    Sort.DUE: "Acknowledge by",
    Sort.STATUS: "Status",
    Sort.REVIEWER: "Reviewer",
}
_ORDERS = COLUMNS | {Sort.RECEIVED: "Received", Sort.DECIDED: "Decided", Sort.MATCH: "Best match"}
_DOWN = "down"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that changes one part of the question; `state` is current, or the way a column is sorted."""

    text: str
    href: str
    state: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter; `count` is how many requests it would show, None where that is not counted."""

    value: str
    text: str
    is_on: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: what to ask for to sort by it, and how it is sorted now (ascending, descending or not at all)."""

    text: str
    order: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters may name: forms and words, people who review, and releases."""

    library: FormLibrary
    people: tuple[Person, ...]
    releases: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A question, the page it is asked on (the queue or all requests) and the order that it has without being asked."""

    question: Question
    path: str
    usual: tuple[Sort, bool]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The question as an address carries it."""
        asked = self.question
        found = [("view", asked.view.value)] if self.path == QUEUE else []
        found += filters_of(asked)
        if (asked.sort, asked.descending) != self.usual:
            found += [("sort", asked.sort.value), ("order", _DOWN if asked.descending else "up")]
        return found

    @property
    def address(self) -> str:
        """The list's own address."""
        is_plain = self.parameters in ([], [("view", View.OPEN.value)])
        return self.path if is_plain else f"{self.path}?{urlencode(self.parameters)}"

    @property
    def kept(self) -> str:
        """The list as a request's page carries it, so that Next leads on in it; empty for the whole queue."""
        is_usual = self.path == QUEUE and self.question.view is View.OPEN and len(self.parameters) == 1
        if is_usual and self.usual == (Sort.DUE, False):
            return ""
        order = [("sort", self.question.sort.value), ("order", _DOWN if self.question.descending else "up")]
        view = [("view", self.question.view.value)]
        return urlencode([*view, *filters_of(self.question), *order])

    def link(self, question: Question, **more: str) -> str:
        """The address of another question on the same page."""
        return f"?{urlencode([*replace(self, question=question).parameters, *more.items()])}"

    def without(self, name: str, value: str) -> str:
        """The address of this list with one filter taken away."""
        return f"?{urlencode([pair for pair in self.parameters if pair != (name, value)])}"


def read_question(asked: MultiDict[str, str], person_id: int, today: date, regions: frozenset[str] | None) -> Question:
    """The question in an address without its order; what is not understood is left out."""
    view, reviewer, release = asked.get("view", ""), asked.get("reviewer", ""), asked.get("release", "")
    return Question(
        view=View(view) if view in set(View) else View.OPEN,
        person_id=person_id,
        today=today,
        search=asked.get("search", "").strip()[:LONGEST_SEARCH],
        due=frozenset(Due(value) for value in asked.getlist("due") if value in set(Due)),
        forms=frozenset(value for value in asked.getlist("form") if value and len(value) < 60),
        statuses=frozenset(Status(value) for value in asked.getlist("status") if value in set(Status)),
        area=asked.get("area", "")[:60],
        region=asked.get("region", "")[:60],
        reviewer=int(reviewer) if reviewer.isascii() and reviewer.isdigit() and len(reviewer) < 10 else None,
        release=int(release) if release.isascii() and release.isdigit() and len(release) < 10 else None,
        regions=regions,
    )


def read_order(asked: MultiDict[str, str]) -> tuple[Sort, bool] | None:
    """The order in an address, None where there is none."""
    sort = asked.get("sort", "")
    return (Sort(sort), asked.get("order", "") == _DOWN) if sort in set(Sort) else None


def order_from_text(text: str) -> tuple[Sort, bool] | None:
    """The order that a heading asks for (`title`, `title:down`), None where it is none."""
    sort, _, order = text.partition(":")
    return (Sort(sort), order == _DOWN) if sort in set(Sort) else None


def order_to_text(order: tuple[Sort, bool]) -> str:
    """What `order_from_text` reads."""
    return f"{order[0].value}:{_DOWN}" if order[1] else order[0].value


def listing(path: str, asked: MultiDict[str, str], question: Question, preferred: tuple[Sort, bool] | None) -> Listing:
    """The list that an address asks for; `preferred` is the order that the person chose before."""
    if path == EVERYTHING:
        question = replace(question, view=View.ALL)
    elif question.view is View.ALL:
        question = replace(question, view=View.OPEN)
    usual = preferred or (Sort.DUE, False)
    if question.view is View.DECIDED:
        usual = (Sort.DECIDED, True) if usual[0] is Sort.DUE else usual
    if path == EVERYTHING:
        usual = preferred or (Sort.RECEIVED, True)
        usual = (Sort.MATCH, False) if question.search else usual
    sort, descending = read_order(asked) or usual
    if sort is Sort.MATCH and not question.search:
        sort, descending = usual
    return Listing(replace(question, sort=sort, descending=descending), path, usual)


def listing_kept(kept: str, person_id: int, today: date, regions: frozenset[str] | None) -> Listing:
    """The list that a request's page carries; the whole queue where it carries none."""
    asked: MultiDict[str, str] = MultiDict(parse_qsl(kept[:1000]))
    question = read_question(asked, person_id, today, regions)
    return listing(EVERYTHING if question.view is View.ALL else QUEUE, asked, question, None)


def filters_of(question: Question) -> list[tuple[str, str]]:
    """The filters that are on, as an address carries them."""
    found = [("search", question.search)] if question.search else []
    found += [("due", due.value) for due in sorted(question.due)]
    found += [("form", form) for form in sorted(question.forms)]
    found += [("status", status.value) for status in sorted(question.statuses)]
    found += [(name, value) for name in ("area", "region") if (value := getattr(question, name))]
    found += [(name, str(value)) for name in ("reviewer", "release") if (value := getattr(question, name)) is not None]
    return found


def chips_of(found: Listing, choices: Choices) -> list[Link]:
    """One chip for each filter that is on; its link takes the filter away."""
    words: dict[str, Callable[[str], str]] = {
        "search": lambda value: f"“{value}”",
        "due": lambda value: DUE_NAMES[Due(value)],
        "form": lambda value: form_name(None if value == UNKNOWN_FORM else value, choices.library),
        "status": lambda value: TAGS[Status(value)].text,
        "area": choices.library.vocabulary("functional-areas").label,
        "region": choices.library.vocabulary("regions").label,
        "reviewer": lambda value: _name_of(int(value), choices),
        "release": lambda value: next(
            (name for number, name in choices.releases if str(number) == value), "Another release"
        ),
    }
    return [Link(words[name](value), found.without(name, value)) for name, value in filters_of(found.question)]


def tabs_of(found: Listing, counts: Counts) -> list[Link]:
    """The tabs with their counts; a tab begins without any filter."""
    return [
        Link(text, f"?view={view.value}", "current" if view is found.question.view else "", counts.views[view])
        for view, text in TABS.items()
    ]


def options_of(question: Question, counts: Counts, choices: Choices) -> dict[str, list[Option]]:
    """What each filter offers, by its name."""
    forms = {form.key: form_name(form.key, choices.library) for form in choices.library.forms}
    if counts.forms.get("") or UNKNOWN_FORM in question.forms:
        forms[UNKNOWN_FORM] = form_name(None, choices.library)
    people = {str(NOBODY): "Nobody"} | {str(person.id): person.name for person in choices.people}

    def words(vocabulary: str, chosen: str) -> list[Option]:
        terms = choices.library.vocabulary(vocabulary).terms
        return [Option(term.key, term.label, term.key == chosen) for term in terms]

    return {
        "due": [Option(due.value, name, due in question.due, counts.due[due]) for due, name in DUE_NAMES.items()],
        "form": [
            Option(key, text, key in question.forms, counts.forms.get("" if key == UNKNOWN_FORM else key, 0))
            for key, text in forms.items()
        ],
        "status": [
            Option(status.value, TAGS[status].text, status in question.statuses)
            for status in Status
            if status in STATUSES[question.view]
        ],
        "area": words("functional-areas", question.area),
        "region": words("regions", question.region),
        "reviewer": [Option(key, name, key == str(question.reviewer)) for key, name in people.items()],
        "release": [Option(str(number), name, number == question.release) for number, name in choices.releases],
    }


def columns_of(found: Listing) -> list[Column]:
    """The headings; the list of what is decided says when, instead of when it had to be acknowledged."""
    return [Column(_ORDERS[sort], _turned(found, sort), _state(found, sort)) for sort in _sorts(found)]


def sorts_of(found: Listing) -> list[Option]:
    """The orders that the list by itself offers: for narrow windows, where there are no headings."""
    sorts = [*_sorts(found), Sort.RECEIVED, *[Sort.MATCH] * bool(found.question.search)]
    return [Option(sort.value, _ORDERS[sort], sort is found.question.sort) for sort in sorts]


def pages_of(found: Listing, total: int, page: int) -> list[Link]:
    """Numbered pages of the list, each with the question that it answers."""
    return number_pages(total, page, lambda number: found.link(found.question, page=str(number)))


def number_pages(total: int, page: int, address: Callable[[int], str]) -> list[Link]:
    """Numbered pages: the first, the last and two on either side; an empty link stands for those left out."""
    last = max(1, (total - 1) // PER_PAGE + 1)
    if last == 1:
        return []
    near = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    links: list[Link] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before > 1:
            links.append(Link("…", ""))
        links.append(Link(str(number), address(number), "current" if number == page else ""))
    return links


def _sorts(found: Listing) -> list[Sort]:
    is_decided = found.question.view is View.DECIDED
    return [Sort.DECIDED if sort is Sort.DUE and is_decided else sort for sort in COLUMNS]


def _turned(found: Listing, sort: Sort) -> str:
    is_current = sort is found.question.sort
    # What was decided last is what a person looks for first.
    descending = not found.question.descending if is_current else sort is Sort.DECIDED
    return order_to_text((sort, descending))


def _state(found: Listing, sort: Sort) -> str:
    if sort is not found.question.sort:
        return ""
    return "descending" if found.question.descending else "ascending"


def _name_of(person_id: int, choices: Choices) -> str:
    if person_id == NOBODY:
        return "Nobody has claimed it"
    return next((person.name for person in choices.people if person.id == person_id), "A colleague")
