"""ID numbers, sums in words, columns and the clock, beyond the first examples."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.core import clock, columns, id_numbers, money, names
from jiuzhu.core.calendar import add_months, shipped_calendar
from jiuzhu.core.refusal import Refusal
from jiuzhu.core.shares import share_words

BIRTHS = st.dates(date(1900, 1, 1), date(2026, 12, 31))
CALENDAR = shipped_calendar()


def number_of(born_on: date, sequence: int) -> str:
    first17 = f"371599{born_on:%Y%m%d}{sequence:03d}"
    return first17 + id_numbers.check_character(first17)


@given(BIRTHS, st.integers(0, 999))
def test_idn_01_a_number_tells_birth_and_sex(born_on: date, sequence: int) -> None:
    parsed = id_numbers.parse(number_of(born_on, sequence))

    assert (parsed.born_on, parsed.sex, parsed.area) == (born_on, "1" if sequence % 2 else "2", "371599")


@given(BIRTHS, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_idn_01_one_wrong_digit_never_passes(born_on: date, sequence: int, place: int, shift: int) -> None:
    number = number_of(born_on, sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    with pytest.raises(Refusal):
        id_numbers.parse(wrong)


@given(BIRTHS, st.integers(0, 999), st.integers(0, 15))
def test_idn_01_two_neighbouring_digits_swapped_never_pass(born_on: date, sequence: int, place: int) -> None:
    number = number_of(born_on, sequence)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    if swapped == number:
        assert id_numbers.parse(swapped).number == number
    else:
        with pytest.raises(Refusal):
            id_numbers.parse(swapped)


@pytest.mark.parametrize(
    ("number", "sex", "born_on"),
    [
        ("371599201209012032", "1", "2012-09-01"),
        ("371599195801010046", "2", "1958-01-01"),
        ("371599194508081051", "1", "1945-08-08"),
        ("371599200002290065", "2", "2000-02-29"),
    ],
)
def test_idn_01_invented_people_of_the_rule_book(number: str, sex: str, born_on: str) -> None:
    parsed = id_numbers.parse(number)

    assert (parsed.sex, parsed.born_on) == (sex, date.fromisoformat(born_on))


@pytest.mark.parametrize("area", ["372501", "371523", "810000", "830000", "999999"])
def test_idn_01_retired_and_unknown_areas_are_never_a_reason_to_refuse(area: str) -> None:
    first17 = f"{area}19620308001"

    assert id_numbers.parse(first17 + id_numbers.check_character(first17)).area == area


def test_idn_01_a_child_born_today_has_a_number() -> None:
    assert id_numbers.parse("371599201209012032", on=date(2012, 9, 1)).born_on == date(2012, 9, 1)


def test_idn_02_sixteen_and_leap_day_birthdays() -> None:
    born_on = date(2000, 2, 29)

    assert [id_numbers.age_on(born_on, on) for on in (date(2016, 2, 28), date(2016, 2, 29))] == [15, 16]
    assert [id_numbers.age_on(born_on, on) for on in (date(2018, 2, 28), date(2018, 3, 1))] == [17, 18]


def test_idn_03_disability_certificate_is_number_category_and_grade() -> None:
    assert id_numbers.disability_certificate("371599198206071024", "5", "2") == "37159919820607102452"


def test_masks_keep_only_what_a_clerk_needs_to_recognise() -> None:
    assert id_numbers.mask_phone("13806350001") == "138****0001"
    assert id_numbers.mask_account("6217001234567890122") == "6217 **** 0122"
    assert [id_numbers.mask("12345"), id_numbers.mask_phone("12345"), id_numbers.mask_account("12345")] == [
        "*****"
    ] * 3


def _whole(words: str) -> int:
    total, section, digit = 0, 0, 0
    for char in words:
        if char in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(char)
        elif char in "拾佰仟":
            section, digit = section + digit * {"拾": 10, "佰": 100, "仟": 1000}[char], 0
        else:
            total, section, digit = total + (section + digit) * {"万": 10**4, "亿": 10**8}[char], 0, 0
    return total + section + digit


def _read_words(words: str) -> int:
    whole, _, rest = words.rpartition("元")
    digits = "零壹贰叁肆伍陆柒捌玖"
    jiao = digits.index(rest[rest.index("角") - 1]) if "角" in rest else 0
    cent = digits.index(rest[rest.index("分") - 1]) if "分" in rest else 0
    return _whole(whole) * 100 + jiao * 10 + cent


@given(st.integers(0, 10**14 - 1) | st.integers(0, 10**6))
def test_sums_in_words_read_back_as_the_same_sum(fen: int) -> None:
    words = money.in_words(fen)

    assert _read_words(words) == fen
    assert "零零" not in words
    assert words.endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (1005, "壹拾元零伍分"),
        (1010, "壹拾元壹角整"),
        (50, "伍角整"),
        (10_000_000_000, "壹亿元整"),
        (1_000_100_000_000, "壹佰亿零壹佰万元整"),
        (11_000_050_000, "壹亿壹仟万零伍佰元整"),
        (-57000, "负伍佰柒拾元整"),
    ],
)
def test_sums_with_gaps_in_words(fen: int, words: str) -> None:
    assert money.in_words(fen) == words


def test_idn_05_rates_are_rounded_half_up_to_the_fen() -> None:
    assert money.mul_rate(101, 1, 2) == 51
    assert money.mul_rate(100, 1, 3) == 33
    assert money.div_half_up(5, 10) == 1


FEN = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20)


@given(FEN, st.integers(-(10**9), 10**9), st.integers(1, 1000))
def test_one_formula_serves_a_household_and_a_column(amounts: list[int], limit: int, parts: int) -> None:
    column: Any = numpy.array(amounts, dtype=numpy.int64)

    assert columns.at_least(column, limit).tolist() == [columns.at_least(fen, limit) for fen in amounts]
    assert columns.at_most(column, limit).tolist() == [columns.at_most(fen, limit) for fen in amounts]
    divided: Any = money.div_half_up(column, parts)
    rounded: Any = money.ceil_yuan(column)
    assert divided.tolist() == [money.div_half_up(fen, parts) for fen in amounts]
    assert rounded.tolist() == [money.ceil_yuan(fen) for fen in amounts]


@pytest.mark.parametrize("dot", "·•．‧・･∙⋅")
def test_every_dot_people_type_is_the_same_dot(dot: str) -> None:
    assert names.normalise(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


@pytest.mark.parametrize("name", ["张䶮", "𠮷野花", "王㛃", "李𬱖", "\ue863明"])
def test_rare_characters_of_a_name_survive(name: str) -> None:
    assert names.normalise(f" {name}\u3000") == name


def test_publ_04_masked_names_show_first_and_last() -> None:
    assert [names.mask(name) for name in ("张明", "张小明", "欧阳小明", "")] == ["张*", "张*明", "欧**明", ""]


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 48))
def test_wd_09_month_steps_keep_the_day_or_clip_it(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(st.dates(date(2019, 1, 1), date(2026, 11, 1)))
def test_wd_06_objections_stay_open_seven_full_days_and_close_on_a_working_day(posted_on: date) -> None:
    end = CALENDAR.publicity_end(posted_on).on

    assert (end - posted_on).days >= 7
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.publicity_end(posted_on, roll=False).on == posted_on + timedelta(days=7)


def test_a_test_moment_ends_with_its_block_and_stays_in_its_thread() -> None:
    moment = datetime(2019, 9, 20, 16, 30, tzinfo=clock.SHANGHAI)
    elsewhere: list[date] = []

    with clock.at(moment):
        inside = clock.now()
        thread = threading.Thread(target=lambda: elsewhere.append(clock.today()))
        thread.start()
        thread.join()

    assert inside == moment
    assert elsewhere != [date(2019, 9, 20)]
    assert clock.today() != date(2019, 9, 20)


def test_wd_01_instants_are_told_in_shanghai_time() -> None:
    midnight = datetime.fromisoformat("2019-09-02T16:01:00+00:00")

    assert clock.local(midnight).date() == date(2019, 9, 3)
    assert clock.now().utcoffset() == timedelta(hours=8)


def test_processes_reading_one_shift_file_share_the_day(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "shift"
    source = clock.ShiftedFileSource(path)
    before = source()

    clock.shift_to(path, date(2019, 9, 20))
    shifted = source().date()
    path.unlink()

    assert abs((before - clock.system_source()).total_seconds()) < 60
    assert shifted == date(2019, 9, 20)
    assert source().date() == clock.system_source().date()


def test_the_former_clock_comes_back() -> None:
    fixed = datetime(2022, 3, 1, 9, tzinfo=clock.SHANGHAI)

    former = clock.use(lambda: fixed)
    try:
        assert clock.today() == date(2022, 3, 1)
    finally:
        clock.use(former)

    assert clock.today() != date(2022, 3, 1)


def test_a_moment_without_zone_is_shanghai_time() -> None:
    with clock.at(datetime(2019, 10, 1, 20)):
        assert clock.now() == datetime(2019, 10, 1, 20, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(2, 3), "三分之二"),
        (2 / 3, "三分之二"),
        (Fraction(3, 5), "五分之三"),
        (Fraction(1), "全部"),
        (0.685, "68.5%"),
        (Fraction(0), "0%"),
    ],
)
def test_a_share_in_words(share: Any, words: str) -> None:
    assert share_words(share) == words
