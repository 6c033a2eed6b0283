"""The story of one family names every step, the sums and the money, and no name of anybody in it."""

from __future__ import annotations

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.infra import story
from jiuzhu.people.models import Person
from tests.families import City


def test_a_family_is_told_from_its_first_word_to_its_grant(city: City) -> None:
    family = city.family("plain_poor").to_the_end()
    case = family.case
    with fence(PLATFORM):
        names = set(Person.objects.filter(household=case.household).values_list("name", flat=True))
        number = case.entitlement.number

    told = story.tell(story.household_of(case.case_no))
    words = "\n".join(each.words for each in told)

    assert [each.on for each in told] == sorted(each.on for each in told)
    assert all(step in words for step in ("登记意愿", "出具核对报告", "受理", "正式批准"))
    assert number in words
    assert not any(name in words for name in names)
