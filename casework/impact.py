"""What a change would cost and bring: the impact assessment as a value, and what it says about value for money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.events import Fact
from casework.wording import counted

MOST_MONEY = 1_000_000_000
MOST_DAYS = 10_000


class Judgement(StrEnum):
    """What the assessor says of value for money; the figures alone do not decide it."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    REQUIRED = "required"


class Priority(StrEnum):
    """How soon a change should come, compared with the others that wait."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


JUDGEMENTS = {
    Judgement.GOOD: "Good value for money",
    Judgement.FAIR: "Fair value for money",
    Judgement.POOR: "Poor value for money",
    Judgement.REQUIRED: "Required by law or national policy, whatever it costs",
}
PRIORITIES = {Priority.HIGH: "High", Priority.MEDIUM: "Medium", Priority.LOW: "Low"}


@dataclass(frozen=True, slots=True)
class Impact:
    """One assessment. `cost` is in pounds, `days` of work by the team, `benefit` in pounds a year."""

    cost: int
    days: int
    benefit: int
    judgement: Judgement
    notes: str = ""

    def facts(self) -> dict[str, Fact]:
        """The figures as facts of an event; the notes are a person's words and stand beside it."""
        return {"cost": self.cost, "days": self.days, "benefit": self.benefit, "judgement": self.judgement.value}

    @property
    def sentence(self) -> str:
        """What the figures say about value for money: `It costs £12,000 and pays for itself in 4 months.`"""
        takes = f"{counted(self.days, 'day')} of work" if self.days else "no work of the team"
        if self.benefit == 0:
            return f"It costs {pounds(self.cost)} and takes {takes}. No benefit in money is expected."
        if self.cost == 0:
            return f"It costs nothing, takes {takes} and brings {pounds(self.benefit)} a year."
        months = -(-self.cost * 12 // self.benefit)
        after = counted(months, "month") if months < 24 else counted(-(-months // 12), "year")
        return (
            f"It costs {pounds(self.cost)} and takes {takes}. It brings {pounds(self.benefit)} a year,"
            f" so it pays for itself in {after}."
        )


def pounds(amount: int) -> str:
    """`£12,000`."""
    return f"£{amount:,}"


def parse_pounds(text: str) -> int | None:
    """Whole pounds of an amount as people write it (12000, £12,000, 12000.50); None where it is none."""
    cleaned = text.strip().removeprefix("£").replace(",", "").replace(" ", "")
    whole, dot, pence = cleaned.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (dot and not (pence.isascii() and pence.isdigit())):
        return None
    amount = int(whole[:12]) + (pence[:1] >= "5")
    return amount if amount <= MOST_MONEY else None


def impact_of(facts: Mapping[str, Fact], notes: str) -> Impact:
    """The assessment that `Impact.facts` wrote into an event."""
    return Impact(
        cost=int(facts.get("cost") or 0),
        days=int(facts.get("days") or 0),
        benefit=int(facts.get("benefit") or 0),
        judgement=Judgement(str(facts.get("judgement"))),
        notes=notes,
    )
