"""The other requests that one knows: came with it, follows it, took it in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from casework.lifecycle import CaseState, Status
from review.presenters import TAGS, Tag
from store.cases import CaseRow, LinkKind, load_case_by_reference, load_links


@dataclass(frozen=True, slots=True)
class LinkView:
    """Another request that this one knows: in words, which, and where that stands."""

    words: str
    reference: str
    title: str
    tag: Tag


_LINK_WORDS = {
    LinkKind.CAME_WITH: "Came in the same message as",
    LinkKind.FOLLOWS: "Follows",
    LinkKind.JOINED: "Took in",
}


def links_of(db: Database, case: CaseRow, state: CaseState) -> list[LinkView]:
    """The other requests that this one knows; a claim that nobody has looked at is no link yet."""
    found = []
    for link in load_links(db, case.id):
        if link.kind is LinkKind.CLAIMS:
            continue
        words = _LINK_WORDS[link.kind]
        is_followed = any(
            back.kind is LinkKind.FOLLOWS and back.other_id == case.id for back in load_links(db, link.other_id)
        )
        if link.kind is LinkKind.CAME_WITH and is_followed:
            words = "Followed by"
        found.append(LinkView(words, link.reference, link.title, TAGS[Status(link.status)]))
    if state.joined_to and state.status is Status.DUPLICATE:
        other = load_case_by_reference(db, state.joined_to)
        found.append(LinkView("Joined to", other.reference, other.title, TAGS[Status(other.status)]))
    return found
