from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.core import id_numbers, money, names, sealing
from jiuzhu.core.refusal import Refusal, register


@pytest.mark.parametrize(
    ("number", "sex", "born"),
    [
        ("11010519491231002X", "2", "1949-12-31"),
        ("440524188001010014", "1", "1880-01-01"),
        ("37150219621108004X", "2", "1962-11-08"),
        ("371523198503150012", "1", "1985-03-15"),
        ("371581198002290440", "2", "1980-02-29"),
        ("37152119380605011X", "1", "1938-06-05"),
        ("371526201511110022", "2", "2015-11-11"),
        ("371522197210012010", "1", "1972-10-01"),
        ("37159919500315001X", "1", "1950-03-15"),
        ("371599198206071024", "2", "1982-06-07"),
    ],
)
def test_valid_numbers(number: str, sex: str, born: str) -> None:
    parsed = id_numbers.parse(number)

    assert (parsed.number, parsed.sex, parsed.born_on) == (number, sex, date.fromisoformat(born))


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("37152319850315001x", "校验码"),
        ("371523198503150013", "校验码"),
        ("371599198206071023", "校验码"),
        ("371502199002300010", "出生日期不存在"),
        ("371599198302291027", "出生日期不存在"),
        ("3715021990", "18位"),
        ("", "18位"),
        ("abcdefghijklmnopqr", "18位"),
        ("３７１５２３①", "18位"),
    ],
)
def test_invalid_numbers_are_refused_with_the_reason(number: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        id_numbers.parse(number)

    assert refused.value.code == "E_ID"
    assert reason in refused.value.sentence


def test_old_numbers_are_upgraded_and_kept() -> None:
    assert id_numbers.parse("371523850315001").number == "371523198503150012"
    assert id_numbers.parse("110105491231002").number == "11010519491231002X"
    assert id_numbers.parse("110105491231002").upgraded_from == "110105491231002"


def test_width_blanks_and_lower_case_are_tidied() -> None:
    assert id_numbers.parse(" １１０１０５ 19491231 002x ").number == "11010519491231002X"


def test_birth_after_today_is_refused() -> None:
    with pytest.raises(Refusal):
        id_numbers.parse("371599201209012032", on=date(2012, 8, 31))


def test_age_counts_the_birthday() -> None:
    assert id_numbers.age_on(date(1958, 5, 1), date(2018, 4, 30)) == 59
    assert id_numbers.age_on(date(1958, 5, 1), date(2018, 5, 1)) == 60


def test_mask_shows_area_and_tail_only() -> None:
    assert id_numbers.mask("37150219621108004X") == "371502********004X"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (0, "零元整"),
        (100, "壹元整"),
        (57000, "伍佰柒拾元整"),
        (10001, "壹佰元零壹分"),
        (1000005, "壹万元零伍分"),
        (10020000, "壹拾万零贰佰元整"),
        (5, "伍分"),
        (1000001000, "壹仟万零壹拾元整"),
    ],
)
def test_money_in_words(fen: int, words: str) -> None:
    assert money.in_words(fen) == words


@given(st.integers(0, 10**13))
def test_money_reads_back_what_it_writes(fen: int) -> None:
    assert money.parse_yuan(money.yuan(fen)) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "-5", "1e5", "99999999999999999", "١٢", "NaN", "1,5", "12,34.5", "10²"]
)
def test_nonsense_is_not_money(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        money.parse_yuan(text)

    assert refused.value.code == "E_INPUT"


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_up_is_never_further_than_half(numerator: int, denominator: int) -> None:
    rounded = money.div_half_up(numerator, denominator)

    assert -denominator < 2 * (rounded * denominator - numerator) <= denominator


def test_monthly_amount_rounds_up_to_the_yuan() -> None:
    assert [money.ceil_yuan(fen) for fen in (80001, 80000, 1)] == [80100, 80000, 100]


def test_names_with_dot_variants_are_one_name() -> None:
    assert names.normalise("阿依古丽•买买提") == names.normalise("阿依古丽·买买提 ") == "阿依古丽·买买提"
    assert names.normalise("张䶮") == "张䶮"


@pytest.fixture
def keys():
    former = sealing._ring
    sealing.configure(sealing.Keyring({1: bytes(range(32))}, 1, b"i" * 32, b"c" * 32))
    yield
    sealing._ring = former


def test_sealed_values_open_only_in_their_own_place(keys: None) -> None:
    sealed = sealing.seal(b"37159919500315001X", "people_person.id_no:1")

    assert sealing.unseal(sealed, "people_person.id_no:1") == b"37159919500315001X"
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed, "people_person.id_no:2")
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "people_person.id_no:1")


def test_sm3_matches_the_published_vector() -> None:
    assert sealing.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_every_refusal_has_sentence_and_next_step() -> None:
    for code, entry in register().items():
        assert code.startswith("E_")
        assert entry["sentence"] and entry["next"]


def test_a_refusal_without_a_parameter_still_reads() -> None:
    assert "—" in Refusal("E_SOD").sentence


@pytest.mark.parametrize("text", ["1,234.5", "1，234.50", "１２３４．５", " ¥1234.5元 "])
def test_sums_are_read_as_people_type_them(text: str) -> None:
    assert money.parse_yuan(text) == 123450


def test_names_typed_with_full_width_letters_or_a_plain_dot_are_the_same_name() -> None:
    assert names.normalise("ＡＮＮＡ") == "ANNA"
    assert names.normalise("买买提.艾力") == "买买提·艾力"
    assert names.normalise("J.张") == "J.张"
