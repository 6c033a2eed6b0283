"""Keep the outcomes of new examples: adds what is missing, never touches what is kept.

An outcome already kept changes only by deleting its entry by hand, with the reason in the commit.
"""

from __future__ import annotations

import json
import sys

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import AidType
from jiuzhu.aid_types.tests.test_examples import assess, essence, examples_of, stored_in


def store(aid: AidType) -> int:
    """Write missing outcomes of one aid type; returns how many were added."""
    path = stored_in(aid)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [example for example in examples_of(aid) if example.title not in kept]
    for example in missing:
        kept[example.title] = {
            "evidence": example.evidence.to_dict(),
            "outcome": essence(assess(aid, example)),
        }
    rows = [
        f"{json.dumps(title, ensure_ascii=False)}: {json.dumps(kept[title], ensure_ascii=False)}"
        for title in kept
    ]
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    return len(missing)


if __name__ == "__main__":
    for each in registry.all_types():
        sys.stdout.write(f"{each.name}：新增示例结果 {store(each)} 个\n")
