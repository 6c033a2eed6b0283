"""Departments asked once help was given (E6): consent of the person helped, the questions, what came of them.

Nothing of it holds help up. Clear unfitness is written down; nothing is taken back unless the person lied (CRD).
"""

from __future__ import annotations

from uuid import UUID

from jiuzhu.accounts.actor import Actor
from jiuzhu.aid_types import registry
from jiuzhu.cases.acts._act import acting
from jiuzhu.cases.acts.authorisation import signature_pictures
from jiuzhu.cases.acts.verification import make_report, start_run
from jiuzhu.cases.models import AfterCheck, Case
from jiuzhu.core.codes import name_of
from jiuzhu.parameters import queries as parameters
from jiuzhu.people import acts as people
from jiuzhu.vault.uploads import Picture
from jiuzhu.verification import queries as verification

Once = UUID | str | None


def consent(
    actor: Actor,
    uid: UUID | str,
    *,
    picture: Picture | None,
    mode: str = "SCREEN",
    on_behalf_of: str = "",
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E6c, W02: the person helped agrees that departments are asked about him. Raises E_DOC without his number."""
    with acting(actor, uid, "E6c", seen=seen, once=once, picture=picture) as act:
        case, aid = act.case, registry.get(act.case.aid_type)
        agreed = people.open_authorisation(
            case.household,
            number=f"SQ{case.case_no}",
            aid_types=[aid.code],
            sources=list(aid.sources_afterwards),
            purpose=f"{aid.name}发放后补做核对",
        )
        people.sign(
            actor,
            agreed,
            person=case.applicant,
            image=picture.content,
            mime=picture.mime,
            mode=mode,
            on_behalf_of=on_behalf_of,
            witness_id=actor.id,
        )
        values = parameters.plain_values(case.county, on=act.today, regime=case.regime)
        people.bring_into_force(agreed, act.today, int(values["auth_max_months"]))
        act.change(authorisation=agreed)
        act.to(case.state)
        act.paper(
            "W02",
            purpose=agreed.purpose,
            sources=[name_of("source", code) for code in agreed.sources],
            signed_on=agreed.signed_on,
            valid_to_on=agreed.valid_to,
            signatures=signature_pictures(agreed.signatures.select_related("image").order_by("id")),
        )
    return act.case


def start(actor: Actor, uid: UUID | str, *, seen: int | None = None, once: Once = None) -> Case:
    """E6v: the questions go out, about the person helped and nobody else."""
    with acting(actor, uid, "E6v", seen=seen, once=once) as act:
        wanted = registry.get(act.case.aid_type).sources_afterwards
        run = start_run(
            act, kind="AFTER", route="OWN", sources=wanted, mandatory=wanted, persons=[act.case.applicant]
        )
        act.to(act.case.state)
        act.note(run=run.number)
    return act.case


def conclude(
    actor: Actor,
    uid: UUID | str,
    *,
    fit: bool,
    words: str = "",
    false_statement: bool = False,
    seen: int | None = None,
    once: Once = None,
) -> Case:
    """E6r, W05: the report, and in the verifier's words whether the person was fit for help after all."""
    with acting(
        actor, uid, "E6r", seen=seen, once=once, fit=fit, words=words, false_statement=false_statement
    ) as act:
        report = make_report(act, verification.latest_run(act.case.id))
        AfterCheck.objects.create(
            case=act.case,
            report_no=report.number,
            fit=fit,
            false_statement=false_statement,
            words=words.strip()[:400],
            by_id=actor.id,
            at=act.at,
        )
        act.to(act.case.state)
        act.note(fit=fit, false_statement=false_statement)
    return act.case
