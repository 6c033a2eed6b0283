from __future__ import annotations

from departments import world
from jiuzhu.core import id_numbers


def test_the_same_seed_gives_the_same_family() -> None:
    assert world.family(57, 123) == world.family(57, 123)
    assert world.family(57, 123) != world.family(58, 123)


def test_numbers_are_valid_and_unique_over_five_thousand_families() -> None:
    numbers = [person["id_no"] for index in range(5000) for person in world.family(57, index)["people"]]

    assert len(set(numbers)) == len(numbers)
    for person in (p for index in range(300) for p in world.family(57, index)["people"]):
        parsed = id_numbers.parse(person["id_no"])
        assert parsed.sex == person["sex"]
        assert parsed.born_on.isoformat() == person["born_on"]


def test_every_story_stands_at_the_head_of_the_list() -> None:
    head = {world.family(57, index)["story"] for index in range(len(world.STORIES))}

    assert head == {story for story, _ in world.STORIES}
