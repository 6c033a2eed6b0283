"""The ledger holds by itself: rows follow one another, the balance is their sum, a closed month stays closed."""

from django.db import migrations

from jiuzhu.vault import rows

CONTINUES = """
CREATE FUNCTION funds_entry_continues() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    former text := coalesce(current_setting('jiuzhu.system', true), '');
    last funds_entry%ROWTYPE;
    closed date;
    month_end bigint;
    given bigint;
    back bigint;
BEGIN
    PERFORM set_config('jiuzhu.system', 'on', true);
    PERFORM pg_advisory_xact_lock(hashtext('fund'), NEW.town_id::int);
    SELECT * INTO last FROM funds_entry e WHERE e.town_id = NEW.town_id ORDER BY e.seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.balance_fen <> coalesce(last.balance_fen, 0) + NEW.amount_fen
       OR NEW."on" < coalesce(last."on", NEW."on") OR (last.id IS NULL) <> (NEW.kind = 'OPENING') THEN
        RAISE EXCEPTION 'fund of town %: row % does not follow', NEW.town_id, NEW.seq USING ERRCODE = 'check_violation';
    END IF;
    SELECT max(e.month) INTO closed FROM funds_entry e WHERE e.town_id = NEW.town_id AND e.kind = 'CLOSING';
    IF closed IS NOT NULL AND NEW."on" < (closed + interval '1 month')::date THEN
        RAISE EXCEPTION 'fund of town %: % is closed', NEW.town_id, closed USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'CLOSING' THEN
        SELECT e.balance_fen INTO month_end FROM funds_entry e WHERE e.town_id = NEW.town_id
            AND e."on" < (NEW.month + interval '1 month')::date ORDER BY e.seq DESC LIMIT 1;
        IF NEW.counted_fen <> coalesce(month_end, 0) OR NEW."on" < (NEW.month + interval '1 month')::date THEN
            RAISE EXCEPTION 'fund of town %: % does not reconcile', NEW.town_id, NEW.month
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.kind = 'RETURN' THEN
        SELECT -e.amount_fen INTO given FROM funds_entry e
            WHERE e.id = NEW.returns_id AND e.town_id = NEW.town_id AND e.kind = 'PAYMENT';
        SELECT coalesce(sum(e.amount_fen), 0) INTO back FROM funds_entry e WHERE e.returns_id = NEW.returns_id;
        IF given IS NULL OR back + NEW.amount_fen > given THEN
            RAISE EXCEPTION 'fund of town %: more comes back than went out', NEW.town_id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.kind IN ('OPENING', 'TOP_UP') AND NOT EXISTS (
        SELECT 1 FROM funds_topup t WHERE t.id = NEW.top_up_id AND t.town_id = NEW.town_id
            AND t.amount_fen = NEW.amount_fen AND t.confirmed_by_id IS NOT NULL)
    THEN
        RAISE EXCEPTION 'fund of town %: top-up not confirmed', NEW.town_id USING ERRCODE = 'check_violation';
    END IF;
    PERFORM set_config('jiuzhu.system', former, true);
    RETURN NEW;
END $$;
CREATE TRIGGER entry_continues BEFORE INSERT ON funds_entry
    FOR EACH ROW EXECUTE FUNCTION funds_entry_continues();
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial"), ("people", "0002_fence")]

    operations = [
        migrations.RunSQL(rows.append_only("funds_entry"), rows.undo_append_only("funds_entry")),
        migrations.RunSQL(
            rows.only_these_change("funds_topup", "confirmed_by_id", "confirmed_at", "cancelled_at"),
            rows.undo_only_these_change("funds_topup"),
        ),
        migrations.RunSQL(rows.fence_by_town("funds_topup"), rows.undo_fence("funds_topup")),
        migrations.RunSQL(rows.fence_by_town("funds_entry"), rows.undo_fence("funds_entry")),
        migrations.RunSQL(
            CONTINUES, "DROP TRIGGER entry_continues ON funds_entry; DROP FUNCTION funds_entry_continues();"
        ),
    ]
