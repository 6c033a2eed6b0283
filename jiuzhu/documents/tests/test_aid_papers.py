"""Every kind of paper for every aid that may issue it: the aid's own law, the aid's own words (DOC-05, DOC-06).

What may be cited is written here a second time, from the texts themselves, so that a slip in a folder's
``papers.yaml`` is a contradiction and not the truth.
"""

from __future__ import annotations

import base64
import io
import json
import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pypdf
import pytest
from PIL import Image

from jiuzhu.aid_types import registry
from jiuzhu.aid_types.base import MONTHLY, ONCE, STATUS, AidType
from jiuzhu.aid_types.papers import HOUSEHOLD_WORDS, TOPICS, Papers, cited, read
from jiuzhu.documents import aid_words, catalogue, engine

REGIMES = ("P2019", "P2021", "P2025")
# papers of no aid: the agreement of who verifies, the county's delegation, the slip to another department
OF_NO_AID = {"W43", "W49", "W50"}
# written about a whole household, whatever aids it has
OF_ANY_AID = {"W38"}


def may_issue(aid: AidType, regime: str) -> set[str]:
    """What the moves of the aid bring forth, and what may follow a grant of it."""
    rows = [row for row in aid.moves if regime in row.regimes]
    codes = {code for row in rows for code in (*row.papers, *row.optional_papers)} | {"W48"} | OF_ANY_AID
    if aid.pays != ONCE:
        codes |= {"W05", "W35", "W36"}
    if aid.pays != STATUS:
        codes |= {"W39", "W41"}
    if aid.fades:
        codes |= {"W37"}
    if aid.restate:
        codes |= {"W41-B"}
    if aid.support:
        codes |= {"W30", "W31", "W25-ZZ", "W36-TK"}
    return codes if aid.pays == MONTHLY else codes - {"W24"}


EVERY = [
    (aid, regime, code)
    for aid in registry.all_types()
    for regime in REGIMES
    if regime in aid.regimes
    for code in sorted(may_issue(aid, regime))
]
OF_OTHERS = [row for row in EVERY if row[0].code != registry.ORDINARY]
OF_ONE_PERSON = [row for row in EVERY if row[0].per_person and row[2] not in OF_ANY_AID]


def each_of(rows: list[tuple[AidType, str, str]]) -> Any:
    ids = [f"{aid.code}-{regime}-{code}" for aid, regime, code in rows]
    return pytest.mark.parametrize(("aid", "regime", "code"), rows, ids=ids)


# —— a paper with every place filled, in nobody's words but its own and the aid's


def _dot() -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(drawn, format="PNG")
    return base64.b64encode(drawn.getvalue()).decode()


DOT = _dot()
BY_ENDING = {
    "_fen": 45000,
    "_words": 45000,
    "_on": "2022-03-08",
    "_month": "2022-04-01",
    "_at": "2022-03-08T09:30:00+08:00",
    "_count": 1,
    "_total": 12,
}


def sample(key: str) -> Any:
    return next((value for ending, value in BY_ENDING.items() if key.endswith(ending)), "示例")


def _fields(what: Any) -> Iterator[str]:
    """Names in braces, anywhere in a block."""
    if isinstance(what, str):
        yield from (name for _, name, _, _ in string.Formatter().parse(what) if name)
    elif isinstance(what, Mapping):
        for each in what.values():
            yield from _fields(each)
    elif isinstance(what, list):
        for each in what:
            yield from _fields(each)


def filled(notice: catalogue.Notice, aid: AidType, regime: str) -> dict[str, Any]:
    """Everything the template asks for, as an act would give it, for this aid."""
    data: dict[str, Any] = {key: sample(key) for key in (*notice.required, *_fields(list(notice.blocks)))}
    for block in notice.blocks:
        if "list" in block:
            data[block["list"]] = ["示例一", "示例二"]
        if "rows" in block:
            data[block["rows"]["of"]] = [{key: sample(key) for key in block["rows"]["keys"]}]
        if "images" in block:
            data[block["images"]] = [{"base64": DOT, "alt": "示例"}]
        if block.get("when") and block["when"] not in aid_words.KEYS:
            data.setdefault(block["when"], "示例")
    own = aid_words.words(aid, regime)
    envelope = {
        "aid_type": aid.code,
        "organ_name": "示例镇人民政府",
        "doc_no": "示例救字〔2022〕00001号",
        "issued_on": "2022-03-08",
        "has_seal": True,
        "public_url": "https://jiuzhu.example/",
    }
    return {key: value for key, value in data.items() if key not in own} | envelope


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


@pytest.fixture(scope="module")
def told() -> Any:
    """The text of a paper; what would look the same is set once, however many aids, years and tests ask for it."""
    set_before: dict[str, str] = {}

    def text(aid: AidType, regime: str, code: str) -> str:
        notice = catalogue.notice(code)
        data = aid_words.spoken(filled(notice, aid, regime), regime)
        key = json.dumps(engine.payload(notice, data, regime), ensure_ascii=False)
        if key not in set_before:
            set_before[key] = text_of(engine.render(notice.slug, data, regime=regime).pdf)
        return set_before[key]

    return text


def test_no_kind_of_paper_is_left_out() -> None:
    assert {code for _, _, code in EVERY} | OF_NO_AID == set(catalogue.all_notices())


@each_of(EVERY)
def test_a_paper_has_its_title_and_no_hole(aid: AidType, regime: str, code: str, told: Any) -> None:
    about = aid_words.spoken({"aid_type": aid.code, "applicant_name": "示例"}, regime)
    text = told(aid, regime, code)

    assert re.sub(r"\s", "", engine.title(catalogue.notice(code), about, regime)) in text
    assert not re.search(r"[{}—]|None", re.sub(r"—\d—", "", text))


# —— the law

INTERIM = "《社会救助暂行办法》"  # 国务院令第649号, chapters: 二 低保 9–13, 三 特困 14–19, 九 临时救助 47–49
SHARED = {
    4,
    5,
    42,
    *range(57, 66),
    68,
}  # duties of every aid: consent, supervision, openness, remedies, liability
CHAPTER = {
    "DIBAO": range(9, 14),
    "TEKUN": range(14, 20),
    "TA_EMERGENCY": range(47, 50),
    "TA_EXPENSE": range(47, 50),
    "EDGE": range(0),
    "RIGID": range(0),
}
CITY = "聊民发〔2019〕57号"
# text → (number of its articles, regimes in which it is law); a text by sections has none
TEXTS = {
    "民发〔2012〕220号": (39, {"P2019"}),
    "民发〔2021〕57号": (42, {"P2021", "P2025"}),
    "民发〔2016〕178号": (0, {"P2019"}),
    "民发〔2021〕43号": (29, {"P2021", "P2025"}),
    "国发〔2016〕14号": (0, set(REGIMES)),
    "民发〔2018〕23号": (0, set(REGIMES)),
    "《刚性支出困难家庭认定办法》": (14, {"P2025"}),
}
OWN = {
    "DIBAO": {"民发〔2012〕220号", "民发〔2021〕57号"},
    "TEKUN": {"民发〔2016〕178号", "民发〔2021〕43号", "国发〔2016〕14号"},
    "TA_EMERGENCY": {"民发〔2018〕23号"},
    "TA_EXPENSE": {"民发〔2018〕23号"},
    "EDGE": {"民发〔2021〕57号"},
    "RIGID": {"《刚性支出困难家庭认定办法》"},
}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_TEXT = re.compile(r"《[^》]*办法》|[\u4e00-\u9fff]+发〔\d{4}〕\d+号")


def number(words: str) -> int:
    """五十七 → 57, 十六 → 16, 九 → 9."""
    tens, mark, ones = words.rpartition("十")
    return (_DIGITS.get(tens, 1) if mark else 0) * 10 + _DIGITS.get(ones, 0)


def citations(basis: tuple[str, ...]) -> Iterator[tuple[str, set[int]]]:
    """Each text with the numbers of the articles cited of it."""
    for each in basis:
        found = _TEXT.match(each)
        assert found, each
        yield found[0], {number(one) for one in re.findall(r"第([一二三四五六七八九十]+)条", each)}


def test_numbers_of_articles_are_read() -> None:
    assert [number(words) for words in ("九", "十", "十六", "二十", "五十七")] == [9, 10, 16, 20, 57]


@each_of(EVERY)
def test_a_paper_cites_the_law_of_its_aid_and_of_its_day(
    aid: AidType, regime: str, code: str, told: Any
) -> None:
    notice = catalogue.notice(code)
    basis = aid_words.basis(notice, aid.code, regime)
    text = told(aid, regime, code)

    if not notice.cites:
        assert not _TEXT.search(text), text
        return
    assert basis and "依据：" + "、".join(basis) + "。" in text
    for which, articles in citations(basis):
        if which == INTERIM:
            assert articles <= SHARED | set(CHAPTER[aid.code]), basis
        elif which != CITY:
            last, regimes = TEXTS[which]
            assert which in OWN[aid.code] and regime in regimes, basis
            assert not articles or max(articles) <= last, basis
    everywhere = {text for text, _ in citations(tuple(_TEXT.findall(text)))}
    assert everywhere == {which for which, _ in citations(basis)}


# what each of these papers does, and where the texts say it
EXPECTED = [
    ("TEKUN", "P2019", "W11", "《社会救助暂行办法》第五十七条、聊民发〔2019〕57号六"),
    (
        "TEKUN",
        "P2021",
        "W11",
        "《社会救助暂行办法》第五十七条、民发〔2021〕43号第十六条、聊民发〔2019〕57号六",
    ),
    (
        "TEKUN",
        "P2021",
        "W13",
        "《社会救助暂行办法》第十六条、民发〔2021〕43号第十二条、第十三条、第十六条、聊民发〔2019〕57号二（三）",
    ),
    ("TEKUN", "P2021", "W22", "《社会救助暂行办法》第十四条、第十六条、民发〔2021〕43号第四条、第十八条"),
    ("TEKUN", "P2021", "W25-CS", "民发〔2021〕43号第十五条"),
    ("TEKUN", "P2021", "W28", "民发〔2021〕43号第十四条、第十五条、聊民发〔2019〕57号二（二）"),
    ("TEKUN", "P2019", "W30", "《社会救助暂行办法》第十五条、民发〔2016〕178号"),
    ("TEKUN", "P2019", "W35", "《社会救助暂行办法》第十八条、民发〔2016〕178号"),
    ("TEKUN", "P2021", "W36", "《社会救助暂行办法》第十五条、民发〔2021〕43号第二十条、第二十三条"),
    ("TEKUN", "P2019", "W36-TK", "《社会救助暂行办法》第十八条、民发〔2016〕178号"),
    ("TEKUN", "P2021", "W39", "《社会救助暂行办法》第十八条、第六十八条"),
    ("DIBAO", "P2019", "W11", "民发〔2012〕220号第十四条、第二十六条"),
    ("DIBAO", "P2019", "W35", "《社会救助暂行办法》第十三条、民发〔2012〕220号第三十二条"),
    ("DIBAO", "P2021", "W27", "民发〔2021〕57号第十九条、聊民发〔2019〕57号二（二）"),
    ("DIBAO", "P2021", "W37", "民发〔2021〕57号第三十三条"),
    ("EDGE", "P2021", "W23", "民发〔2021〕57号第八条、第二十一条"),
    ("RIGID", "P2025", "W13", "《刚性支出困难家庭认定办法》第六条、第八条"),
    ("RIGID", "P2025", "W22", "《刚性支出困难家庭认定办法》第四条、第七条"),
    (
        "TA_EMERGENCY",
        "P2019",
        "W34",
        "《社会救助暂行办法》第四十八条、民发〔2018〕23号二（二）、聊民发〔2019〕57号二（三）",
    ),
    ("TA_EXPENSE", "P2021", "W39", "《社会救助暂行办法》第四十九条、第六十八条"),
]


@pytest.mark.parametrize(
    ("aid_type", "regime", "code", "basis"), EXPECTED, ids=[" ".join(row[:3]) for row in EXPECTED]
)
def test_what_a_paper_does_rests_on_the_article_that_says_so(
    aid_type: str, regime: str, code: str, basis: str
) -> None:
    assert "、".join(aid_words.basis(catalogue.notice(code), aid_type, regime)) == basis


def test_articles_of_one_text_stand_together() -> None:
    assert cited(["甲办法第一条", "乙号二（三）", "甲办法第三条", "甲办法第一条"]) == (
        "甲办法第一条、第三条",
        "乙号二（三）",
    )


# —— the words

OF_DIBAO = ("低保", "最低生活保障", "保障金", "保障人口", "差额", "分类施保")
# 户 and 家庭 where they mean no family: registers, accounts, visits, and the law's name for what is verified
NO_FAMILY = re.compile(r"户籍|户口|入户|开户|账户|户名|家庭经济状况")
OF_A_HOUSEHOLD = ("户", "家庭", "人均")


@each_of(OF_OTHERS)
def test_no_paper_speaks_of_another_aid_than_its_own(aid: AidType, regime: str, code: str, told: Any) -> None:
    text = told(aid, regime, code)

    other = text.replace(aid.name, "").replace(aid.papers.title(code, regime) or aid.name, "")
    if code == "W36-TK":  # who leaves support may ask for other aid, and is told so
        other = other.replace("可以申请最低生活保障、临时救助等其他救助", "")
    assert [word for word in OF_DIBAO if word in other] == []


@each_of(OF_ONE_PERSON)
def test_a_paper_about_one_person_speaks_of_him(aid: AidType, regime: str, code: str, told: Any) -> None:
    text = NO_FAMILY.sub("", told(aid, regime, code))

    assert [word for word in OF_A_HOUSEHOLD if word in text] == []


def test_a_refusal_of_later_years_and_of_a_status_is_called_by_its_name(told: Any) -> None:
    tekun, edge, expense = (registry.get(code) for code in ("TEKUN", "EDGE", "TA_EXPENSE"))

    assert "决定不予确认同意" in told(tekun, "P2021", "W22")
    assert "低保边缘家庭不予认定告知书" in told(edge, "P2021", "W22")
    assert "临时救助不予批准告知书" in told(expense, "P2021", "W22")
    assert "决定不予批准" in told(expense, "P2021", "W22")


@pytest.mark.parametrize("code", ["W19", "W21", "W23", "W25", "W25-CS"])
@pytest.mark.parametrize("aid_type", ["EDGE", "RIGID"])
def test_a_status_says_that_nothing_is_paid(aid_type: str, code: str, told: Any) -> None:
    text = told(registry.get(aid_type), "P2025", code)

    assert "不发放救助金" in text and "大写" not in text and "账户" not in text


def test_a_result_decided_for_good_is_announced_not_put_up_for_objection(told: Any) -> None:
    """3.3: the window for objections is at the opinion from 2021 on; expense aid keeps the city's own flow."""
    dibao, expense = registry.get("DIBAO"), registry.get("TA_EXPENSE")

    assert "拟享受最低生活保障的家庭公示如下" in told(dibao, "P2019", "W25")
    assert "如有异议，请在公示期内" in told(expense, "P2021", "W25")
    announced = told(dibao, "P2021", "W25")
    assert "结果公布如下" in announced and "公示期" not in announced and "拟" not in announced


# —— how a folder says it


def test_every_word_and_topic_a_folder_may_use_is_used_by_a_template() -> None:
    asked = {name for notice in catalogue.all_notices().values() for name in _fields(list(notice.blocks))}
    asked |= {name for notice in catalogue.all_notices().values() for name in _fields(dict(notice.titles))}
    topics = {topic for notice in catalogue.all_notices().values() for topic in notice.law}

    assert set(HOUSEHOLD_WORDS) - asked == {"declared_word"}  # what the form promises, given by its act
    assert topics == set(TOPICS)


@pytest.mark.parametrize(
    "text", ["words: {they_word: 他们}", "law: {spend: [某办法第一条]}"], ids=["word", "topic"]
)
def test_a_word_or_topic_nobody_asks_for_is_a_developers_error(tmp_path: Any, text: str) -> None:
    path = tmp_path / "papers.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(LookupError, match=r"papers\.yaml"):
        read(path)


def test_an_aid_without_law_for_what_a_paper_does_cites_nothing_of_its_own() -> None:
    """Issuing such a paper is refused (DOC-06)."""
    nothing = Papers({}, {}, {})

    assert nothing.articles(("decide",), "P2021") == ()
    failures = catalogue.check_before_issue(
        catalogue.notice("W13"), {}, basis=(), organ_kind="TOWN", event_on=None, issued_on=None
    )
    assert "没有写明法律依据" in failures
