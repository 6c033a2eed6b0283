"""What is sent of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template

from jiuzhu.ui import loader


def test_indentation_stays_at_home_and_lines_keep_their_numbers() -> None:
    template = get_template("ui/parts/data_table.html").template
    file = Path(template.origin.name).read_text(encoding="utf-8")

    assert "\n " in file
    assert "\n " not in template.source
    assert template.source.count("\n") == file.count("\n")


def test_a_broken_template_is_said_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.html").write_text("<ul>\n    <li>\n    {% nothing %}\n</ul>", encoding="utf-8")
    engine = engines["django"].engine
    found = loader.Loader(engine)
    monkeypatch.setattr(found, "get_dirs", lambda: [tmp_path])

    with pytest.raises(TemplateSyntaxError, match="line 3"):
        found.get_template("broken.html")
