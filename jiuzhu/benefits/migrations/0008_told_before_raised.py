"""DYN-11 meets DYN-40: a family told that it gets less from a month may get more than it was told, by a new standard.

Nobody is told again of a sum that is above the one he was told of; the span in its place was told.
"""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION benefits_less_needs_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    before bigint;
    now_fen bigint := NEW.base_fen + NEW.topup_fen + NEW.care_fen;
BEGIN
    IF NEW.decision_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM set_config('jiuzhu.system', 'on', true);
    SELECT a.base_fen + a.topup_fen + a.care_fen INTO before FROM cases_entitlementamount a
        WHERE a.entitlement_id = NEW.entitlement_id AND a.from_month < NEW.from_month AND a.superseded_at IS NULL
        ORDER BY a.from_month DESC LIMIT 1;
    IF before IS NULL THEN
        SELECT a.base_fen + a.topup_fen + a.care_fen INTO before FROM cases_entitlementamount a
            WHERE a.entitlement_id = NEW.entitlement_id ORDER BY a.id DESC LIMIT 1;
    END IF;
    IF now_fen < before AND NOT benefits_told_by(NEW.entitlement_id, NEW.ground, now_fen, NEW.from_month){besides} THEN
        RAISE EXCEPTION 'E_NOTICE: entitlement % would get less from % untold', NEW.entitlement_id, NEW.from_month
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
"""
_IN_PLACE_OF = """
        AND NOT EXISTS (
            SELECT 1 FROM (
                SELECT a.ground, a.base_fen + a.topup_fen + a.care_fen AS fen FROM cases_entitlementamount a
                WHERE a.entitlement_id = NEW.entitlement_id AND a.from_month = NEW.from_month
                    AND a.superseded_at IS NOT NULL
                ORDER BY a.superseded_at DESC, a.id DESC LIMIT 1
            ) former_span
            WHERE former_span.fen <= now_fen
                AND benefits_told_by(NEW.entitlement_id, former_span.ground, former_span.fen, NEW.from_month))"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0007_place_alerts")]
    operations = [
        migrations.RunSQL(_FUNCTION.replace("{besides}", _IN_PLACE_OF), _FUNCTION.replace("{besides}", ""))
    ]
