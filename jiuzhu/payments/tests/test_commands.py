"""``jiuzhu payroll`` makes and shows the same runs as the screens, with the same refusals."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.payments.commands import payroll
from jiuzhu.payments.tests import city as cities

ASKED = ["--county", "371502", "--month", "2019-11"]


@pytest.fixture(autouse=True)
def city(db: None):
    with clock.at(date(2019, 10, 28)):
        yield cities.make(families=4)


def run(*arguments: str):
    return CliRunner().invoke(payroll, [*ASKED, *arguments])


def test_the_command_makes_the_list_in_the_name_of_the_centres_clerk() -> None:
    made = run("--build", "center-371502")

    assert made.exit_code == 0
    assert "2019年11月农村最低生活保障  待乡镇核对  4笔 1,200.00元" in made.output
    assert "待核对：沙镇镇、堂邑镇" in made.output


def test_a_month_without_a_run_ends_with_status_one() -> None:
    assert run().exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--build", "finance-371502"), "E_AUTH"),
        (("--build", "nobody"), "E_NOT_FOUND"),
        (("--build", "center-371522"), "E_NOT_FOUND"),
    ],
)
def test_the_command_refuses_as_the_screen_does(arguments: tuple[str, ...], code: str) -> None:
    made = run(*arguments)

    assert isinstance(made.exception, Refusal)
    assert made.exception.code == code
