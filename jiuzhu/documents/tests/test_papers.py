"""Papers: readable, archivable, never rendered again, never with a hole in the text or a leak on the board."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu.accounts.actor import PLATFORM, fence
from jiuzhu.accounts.models import Organisation
from jiuzhu.cases.acts import archive, service
from jiuzhu.cases.queries import papers_of
from jiuzhu.core import clock
from jiuzhu.core.refusal import Refusal
from jiuzhu.documents import acts, aid_words, catalogue, engine
from jiuzhu.documents.models import Document
from jiuzhu.infra.walk import drawn_picture
from jiuzhu.vault import files
from tests.families import COUNTY_DECIDES, DELEGATED, City, Family, check_sentence, refused

GRANTED_SET = {
    "W01",
    "W02",
    "W03",
    "W05",
    "W06",
    "W09",
    "W10",
    "W12",
    "W13",
    "W16",
    "W19",
    "W21",
    "W25",
    "W23",
    "W24",
}


@pytest.fixture(scope="module")
def granted(module_city: City) -> Family:
    return module_city.family("rare_name", town=DELEGATED).to_the_end()


@pytest.fixture(scope="module")
def refused_family(module_city: City) -> Family:
    return module_city.walk_to("REFUSED", story="refused_on_income", town=COUNTY_DECIDES)


def _papers(family: Family) -> list[tuple[Document, bytes]]:
    with fence(PLATFORM):
        return [
            (each, files.read(each.file))
            for each in Document.objects.filter(case_id=family.pk)
            .select_related("file", "organ")
            .order_by("id")
        ]


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


# —— what is on them


def test_a_granted_case_has_every_paper_of_doc_08(granted: Family) -> None:
    assert {each.code for each, _ in _papers(granted)} >= GRANTED_SET


def test_copied_text_is_correct_chinese_rare_name_included(granted: Family) -> None:
    """The family name stands in every paper addressed to or about it; 䶮 is in no common font."""
    name = granted.case.applicant.name
    assert "䶮" in name
    for document, pdf in _papers(granted):
        text = _text(pdf)

        assert name in text, document.code
        assert re.sub(r"\s", "", document.title) in text, document.code
        assert "\ufffd" not in text
        if document.doc_no:
            assert document.doc_no in text, document.code


def test_the_chinese_of_a_paper_is_read_by_other_programs_too(granted: Family, tmp_path: Any) -> None:
    pdf = next(pdf for document, pdf in _papers(granted) if document.code == "W23")
    (tmp_path / "paper.pdf").write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-"], capture_output=True, text=True, check=True
    )

    assert granted.case.applicant.name in read.stdout
    assert "最低生活保障批准通知书" in read.stdout


def test_every_paper_claims_pdf_a_and_carries_its_fonts(granted: Family) -> None:
    for document, pdf in _papers(granted):
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()

        assert re.search(r"pdfaid:part[>=\"']+2", metadata), document.code
        assert re.search(r"pdfaid:conformance[>=\"']+B", metadata), document.code
        fonts = reader.pages[0]["/Resources"]["/Font"]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in inner), document.code


def test_a_decision_says_how_it_was_reckoned_and_what_can_be_done_against_it(refused_family: Family) -> None:
    told = {document.code: _text(pdf) for document, pdf in _papers(refused_family)}

    assert "家庭人均月收入" in told["W22"]
    assert "60日内依法申请行政复议" in told["W22"]
    assert "6个月内依法提起行政诉讼" in told["W22"]
    assert "不予批准" in told["W21"]


def test_a_decision_of_the_township_cites_what_the_county_delegated(granted: Family) -> None:
    told = {document.code: _text(pdf) for document, pdf in _papers(granted)}

    for code in ("W21", "W23"):
        assert "政字〔2019〕18号" in told[code], code


def test_nothing_is_left_unfilled(granted: Family, refused_family: Family) -> None:
    for family in (granted, refused_family):
        for document, pdf in _papers(family):
            text = _text(pdf)
            assert not re.search(r"[{}]|None|undefined|（待补）", text), document.code


# —— issued is issued


def test_a_stored_paper_is_what_was_hashed_and_a_new_template_changes_nothing_of_it(
    city: City, granted: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {document.id: (document.sha256, pdf) for document, pdf in _papers(granted)}

    def no_rendering(*_: Any, **__: Any) -> None:
        raise AssertionError("an issued paper was rendered again")

    monkeypatch.setattr(engine, "render", no_rendering)
    monkeypatch.setattr(catalogue, "all_notices", no_rendering)
    clerk = granted.staff("TOWN_CLERK")
    with granted.at(), fence(clerk):
        for document in papers_of(clerk, granted.case):
            import hashlib

            read = acts.read_file(clerk, document)
            assert before[document.id] == (hashlib.sha256(read).hexdigest(), read)


def test_the_same_words_make_the_same_bytes(granted: Family) -> None:
    import json

    for document, pdf in _papers(granted):
        with fence(PLATFORM):
            data = json.loads(Document.objects.get(pk=document.pk).data)
        assert engine.render(document.slug, data, regime=document.regime).pdf == pdf, document.code


def test_each_organ_numbers_its_own_kinds(granted: Family, refused_family: Family) -> None:
    for family in (granted, refused_family):
        for document, _ in _papers(family):
            if document.seq:
                short = acts.short_name(document.organ, document.issued_on)
                assert document.doc_no.startswith(short)
                assert document.doc_no.endswith(f"〔2019〕{document.seq:05d}号")


# —— what must never be on them


def test_no_two_kinds_of_paper_and_no_two_organs_share_a_word_of_their_numbers(city: City) -> None:
    """DOC-01: a number names one paper; the end of support and the end of a case once bore the same word."""
    codes: dict[str, set[str]] = {}
    for each in catalogue.all_notices().values():
        if each.numbered:
            codes.setdefault(each.kind_word, set()).add(each.code)
    assert {word: found for word, found in codes.items() if len(found) > 1} == {}
    with fence(PLATFORM):
        names = [acts.short_name(organ, date(2019, 9, 2)) for organ in Organisation.objects.all()]
    assert len(names) == len(set(names))


def _render(code: str, **data: Any) -> engine.Rendered:
    return engine.render(code, aid_words.spoken(data, "P2019"), regime="P2019")


SHEET = {
    "aid_type": "DIBAO",
    "organ_name": "沙镇镇人民政府",
    "doc_no": "东昌沙镇救公字〔2019〕00001号",
    "issued_on": date(2019, 10, 23),
    "signer_name": "张建国",
    "has_seal": True,
    "public_url": "https://jiuzhu.example/public/postings/abc/",
    "applicant_name": "示例己",
    "members_count": 3,
    "amount_fen": 45000,
    "village_name": "示例村",
    "starts_on": date(2019, 10, 23),
    "ends_on": date(2019, 10, 30),
    "hotline": "0635-1234567",
}
FORBIDDEN = (
    "id_no",
    "phone",
    "account_no",
    "address",
    "disability",
    "members",
    "hardship",
    "findings",
    "causes",
)


def test_the_sheet_on_the_board_shows_the_whitelist_and_nothing_else() -> None:
    text = _text(_render("W25", **SHEET).pdf)

    assert "示例己" in text
    assert "450.00元" in text


@pytest.mark.parametrize("key", FORBIDDEN)
def test_whatever_must_not_hang_there_is_refused(key: str) -> None:
    """PUBL-03, AS-24."""
    with pytest.raises(Refusal) as caught:
        _render("W25", **SHEET, **{key: "重度残疾"})

    assert caught.value.code == "E_PRIV"
    assert key in caught.value.sentence


@settings(max_examples=60, deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=18))
def test_no_unknown_key_ever_passes_the_whitelist(key: str) -> None:
    notice = catalogue.notice("W25")
    allowed = set(notice.whitelist) | engine.ENVELOPE
    if key in allowed:
        return
    with pytest.raises(Refusal, match="E_PRIV"):
        engine.payload(notice, SHEET | {key: "1"}, "P2019")


def test_a_walked_sheet_leaks_nothing_of_the_family(granted: Family) -> None:
    sheet = next(_text(pdf) for document, pdf in _papers(granted) if document.code == "W25")
    with fence(PLATFORM):
        case = granted.case
        secrets = [each.id_no for each in case.household.persons.all()]
        secrets += [each.id_no[-4:] for each in case.household.persons.all()]
        secrets += [case.applicant.phone, case.household.accounts.get().number, granted.facts["address"]]

    assert [secret for secret in secrets if secret and secret in sheet] == []


def test_a_character_no_font_has_is_an_error_and_takes_no_number(city: City, granted: Family) -> None:
    case, clerk = granted.case, granted.staff("TOWN_CLERK")
    data = {
        "aid_type": case.aid_type,
        "applicant_name": "示例\U00033479",
        "accepted_on": "2019-09-05",
        "due_on": "2019-10-10",
        "case_no": "DB1",
    }

    with granted.at(), fence(clerk), refused("E_DOC", "字库缺字"):
        acts.issue(clerk, "W13", data, organ=case.town, regime="P2019")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"applicant_name": ""}, "申请人未填"),
        ({"due_on": None}, "办结期限未填"),
        ({"aid_type": ""}, "没有写明法律依据"),
    ],
)
def test_a_paper_with_a_hole_is_not_issued(city: City, granted: Family, change: Any, words: str) -> None:
    """DOC-06."""
    case, clerk = granted.case, granted.staff("TOWN_CLERK")
    data = {
        "aid_type": case.aid_type,
        "applicant_name": "示例庚",
        "accepted_on": "2019-09-05",
        "due_on": "2019-10-10",
        "case_no": "DB1",
    }

    with granted.at(), fence(clerk), refused("E_DOC", words):
        acts.issue(clerk, "W13", data | change, organ=case.town, regime="P2019")
    with granted.at(), fence(clerk), refused("E_DOC", "乡镇（街道）"):
        acts.issue(clerk, "W13", data, organ=case.county, regime="P2019")


def test_a_town_without_authority_signs_no_refusal(city: City, refused_family: Family) -> None:
    """AS-54."""
    from jiuzhu.cases.papers import may_issue

    case = refused_family.case
    with refused_family.at(), fence(PLATFORM):
        assert may_issue(case, "W22", case.town, clock.today()) is False
        assert may_issue(case, "W22", case.county, clock.today()) is True
    with refused_family.at(), fence(PLATFORM), refused("E_ORGAN", case.town.organ_name):
        acts.issue(PLATFORM, "W22", {}, organ=case.town, regime="P2019", authorised=False)


# —— handing over


def test_service_needs_a_signature_and_happens_once(city: City, refused_family: Family) -> None:
    family = refused_family
    clerk, approver = family.staff("TOWN_CLERK"), family.staff("COUNTY_APPROVER")
    paper = next(document for document, _ in _papers(family) if document.code == "W22")

    with family.at():
        with fence(approver), refused("E_AUTH"):
            service.serve_paper(approver, family.uid, paper.id, mode="IN_PERSON")
        with fence(clerk):
            with refused("E_SEAL", "受送达人签字"):
                service.serve_paper(clerk, family.uid, paper.id, mode="IN_PERSON")
            service.serve_paper(
                clerk, family.uid, paper.id, mode="IN_PERSON", picture=drawn_picture("signature")
            )
            with refused("E_STATE", "已送达"):
                service.serve_paper(
                    clerk, family.uid, paper.id, mode="IN_PERSON", picture=drawn_picture("signature")
                )
    with fence(PLATFORM):
        assert family.case.clocks.get(clock="CLK-RN").ended_at is not None


def test_opening_a_notice_on_the_phone_is_service(city: City, refused_family: Family) -> None:
    family = refused_family
    paper = next(document for document, _ in _papers(family) if document.code == "W22")

    with family.at(), fence(family.citizen):
        first = service.receive_paper(family.citizen, family.uid, paper.id)
        again = service.receive_paper(family.citizen, family.uid, paper.id)

    assert (first.mode, again) == ("ELECTRONIC", None)


# —— the dossier


def test_the_dossier_is_closed_with_a_list_of_every_paper(city: City, granted: Family) -> None:
    clerk = granted.staff("TOWN_CLERK")
    with granted.at(), fence(clerk):
        listed = archive.close_dossier(clerk, granted.uid)
        with refused("E_REPEAT"):
            archive.close_dossier(clerk, granted.uid)
        text = _text(files.read(listed.file))

    for document, _ in _papers(granted):
        if document.code != "W48":
            assert re.sub(r"\s", "", document.title) in text
    assert "本卷共" in text


def test_a_dossier_with_a_gap_or_without_proof_of_service_is_not_closed(
    city: City, refused_family: Family, granted: Family
) -> None:
    """ARC-03, AS-51."""
    clerk = refused_family.staff("TOWN_CLERK")

    with refused_family.at(), fence(clerk), refused("E_DOC", "送达证明"):
        archive.close_dossier(clerk, refused_family.uid)
    open_case = city.walk_to("ACCEPTED")
    other = open_case.staff("TOWN_CLERK")
    with open_case.at(), fence(other), refused("E_STATE", "已受理"):
        archive.close_dossier(other, open_case.uid)


@pytest.mark.parametrize("code", sorted(catalogue.all_notices()))
def test_every_kind_of_paper_is_declared_in_full(code: str) -> None:
    notice = catalogue.notice(code)

    assert aid_words.title(notice, "", "P2019")
    assert notice.blocks
    for basis in notice.basis.values():
        assert all(each.strip() for each in basis)
    try:
        engine.payload(notice, {"organ_name": "示例机关", "public_url": "https://jiuzhu.example/"}, "P2019")
    except Refusal as refusal:  # only a foreign key may be refused
        check_sentence(refusal)
        raise
