from __future__ import annotations

from jiuzhu.core.steady import forget, remembered, steady

asked: list[tuple[int, str]] = []


@remembered
def double(number: int, *, word: str = "") -> int:
    asked.append((number, word))
    return 2 * number


def test_the_same_question_is_asked_once_while_steady_and_anew_outside() -> None:
    asked.clear()
    with steady():
        assert [double(2), double(2), double(2, word="x"), double(3)] == [4, 4, 4, 6]
        with steady():
            double(2)
    assert asked == [(2, ""), (2, "x"), (3, "")]
    double(2)
    double(2)
    assert len(asked) == 5


def test_what_may_have_changed_is_asked_again() -> None:
    asked.clear()
    with steady():
        double(2)
        forget()
        double(2)
    assert len(asked) == 2
    forget()  # nothing kept, nothing to do


def test_a_question_that_failed_is_not_remembered() -> None:
    tries: list[int] = []

    @remembered
    def fails() -> int:
        tries.append(1)
        raise LookupError

    with steady():
        for _ in range(2):
            try:
                fails()
            except LookupError:
                continue
    assert len(tries) == 2
