"""An inbox keeps its slips: what was handed in and said is known after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from departments.desks import Slips


def slip(**more: Any) -> dict[str, Any]:
    return {
        "asked": {"slipNo": "转1号"},
        "inbox": "yibao",
        "receipt": "SJ1",
        "answers": [],
        "reminded": 0,
    } | more


def opened(folder: Path) -> Slips:
    made = Slips()
    made.kept_in(folder)
    return made


def test_slips_and_their_answers_outlive_a_restart(tmp_path: Path) -> None:
    before = opened(tmp_path)
    before["a"], before["b"] = slip(), slip(inbox="jiaoyu")
    before.keep("a")
    before.keep("b")
    before["a"]["answers"].append({"seq": 1, "kind": "TAKEN", "text": "已收到"})
    before.keep("a")

    after = opened(tmp_path)
    assert dict(after) == dict(before)
    assert len((tmp_path / "slips.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_line_torn_by_a_kill_loses_only_itself(tmp_path: Path) -> None:
    before = opened(tmp_path)
    before["a"] = slip()
    before.keep("a")
    with (tmp_path / "slips.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"a": {"asked"')

    assert opened(tmp_path) == {"a": slip()}


def test_slips_of_no_folder_are_kept_in_memory_only() -> None:
    made = Slips()
    made["a"] = slip()
    made.keep("a")

    assert made == {"a": slip()}
