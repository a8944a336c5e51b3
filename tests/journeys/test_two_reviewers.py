"""Two reviewers at once, in two browsers: the claim race, the stale save and the take-over lose nobody's work."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import APPROVER, REVIEWER, Visit
from tests.journeys.test_journey import SAMPLES, send, wait_until_read


def change(page: Page, reference: str, value: str, reason: str) -> None:
    """Type another organisation, and do not save it yet."""
    page.locator("#answer-organisation").get_by_role("link", name="Change").click()
    page.get_by_role("textbox", name="Organisation").fill(value)
    page.get_by_label("Why are you changing it?").fill(reason)


def test_two_browsers_race_for_a_claim_save_stale_values_and_take_over_and_nothing_is_lost(visit: Visit) -> None:
    reference = send(visit(), SAMPLES / "leavers-dashboard-thin.docx")
    asha, tom = visit(), visit()
    asha.sign_in(REVIEWER)
    tom.sign_in(APPROVER)
    wait_until_read(asha, reference)

    # Both look at the unclaimed request; the second click is told who was first.
    mine, theirs = asha.open(f"/requests/{reference}"), tom.open(f"/requests/{reference}")
    mine.get_by_role("button", name="Claim this request").click()
    expect(mine.get_by_text(f"You have claimed {reference}.")).to_be_visible()
    theirs.get_by_role("button", name="Claim this request").click()
    expect(theirs.get_by_text("Somebody else has just claimed this request.")).to_be_visible()
    expect(theirs.get_by_text("Asha Rahman is reviewing this request.")).to_be_visible()

    # Asha types; Tom, a lead, takes the request over and changes the same answer first.
    change(mine, reference, "Fenwick Road ICB", "Their short name")
    theirs.get_by_role("link", name="Take over").click()
    theirs.get_by_label("Why do you take it over?").fill("Asha is away this afternoon")
    theirs.get_by_role("button", name="Take over").click()
    expect(theirs.get_by_text(f"You have taken over {reference}.")).to_be_visible()
    change(theirs, reference, "Fenwick Road Integrated Care Board (North)", "They split in April")
    theirs.get_by_role("button", name="Save change").click()
    expect(theirs.get_by_text("Organisation is changed.")).to_be_visible()

    # Asha saves: both values stand before her, and she keeps hers as a note.
    mine.get_by_role("button", name="Save change").click()
    expect(mine.get_by_role("heading", name="Tom Beckett changed this answer")).to_be_visible()
    expect(mine.get_by_role("region", name="What stands there now")).to_contain_text("(North)")
    expect(mine.get_by_role("region", name="What you entered")).to_contain_text("Fenwick Road ICB")
    mine.get_by_role("button", name="Keep it as a note for colleagues").click()
    expect(mine.locator("#history")).to_contain_text("Not saved, Organisation: Fenwick Road ICB")

    # Tom has an old page open while his own second window moves on; his choice is asked for, and holds.
    second = tom.page.context.new_page()
    second.goto(f"{tom.base}/requests/{reference}")
    change(theirs, reference, "Typed in the first window", "From the letterhead")
    change(second, reference, "Typed in the second window", "From their website")
    second.get_by_role("button", name="Save change").click()
    expect(second.get_by_text("Organisation is changed.")).to_be_visible()
    theirs.get_by_role("button", name="Save change").click()
    expect(theirs.get_by_role("region", name="What stands there now")).to_contain_text("Typed in the second window")
    theirs.get_by_role("button", name="Use this instead").click()
    expect(theirs.locator("#answer-organisation")).to_contain_text("Typed in the first window")
    expect(theirs.locator("#history")).to_contain_text("Typed in the second window")

    # Tom gives it back and Asha claims it; it is gone again while she types, and she saves by claiming it anew.
    theirs.get_by_role("button", name="Release", exact=True).click()
    mine = asha.open(f"/requests/{reference}")
    mine.get_by_role("button", name="Claim this request").click()
    change(mine, reference, "Typed by Asha at last", "She rang them")
    other = asha.page.context.new_page()
    other.goto(f"{asha.base}/requests/{reference}")
    other.get_by_role("button", name="Release", exact=True).click()
    expect(other.get_by_text(f"You have released {reference}.")).to_be_visible()
    mine.get_by_role("button", name="Save change").click()
    mine.get_by_role("button", name="Claim it again and save this").click()
    expect(mine.locator("#answer-organisation")).to_contain_text("Typed by Asha at last")

    # The pages that say so come with status 409, which Chromium notes in its console.
    for window in (asha, tom):
        window.complaints[:] = [line for line in window.complaints if "409 (CONFLICT)" not in line]
