"""Keep the outcomes of new examples: adds what is missing, never touches what is kept.

An outcome already kept changes only by deleting its entry by hand, with the reason in the commit.
"""

from __future__ import annotations

import json
import sys

from jiuzhu.aid_types.tekun.tests.test_examples import EXAMPLES, STORED, assess, essence


def store() -> int:
    """Write missing outcomes; returns how many were added."""
    kept = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    missing = [example for example in EXAMPLES if example.title not in kept]
    for example in missing:
        kept[example.title] = {"evidence": example.evidence.to_dict(), "outcome": essence(assess(example))}
    rows = [
        f"{json.dumps(title, ensure_ascii=False)}: {json.dumps(kept[title], ensure_ascii=False)}"
        for title in kept
    ]
    STORED.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    return len(missing)


if __name__ == "__main__":
    sys.stdout.write(f"新增示例结果 {store()} 个\n")
