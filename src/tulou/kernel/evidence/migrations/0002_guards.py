"""Triggers that make the log insert-only, whoever asks: an entry is numbered once, tiles only grow, heads stay."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION evidence_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.seq IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
     AND (NEW.id, NEW.at, NEW.kind, NEW.leaf, NEW.leaf_hash, NEW.promise, NEW.subjects, NEW.party, NEW.person)
       IS NOT DISTINCT FROM
         (OLD.id, OLD.at, OLD.kind, OLD.leaf, OLD.leaf_hash, OLD.promise, OLD.subjects, OLD.party, OLD.person)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION '留痕只能追加，不可修改、删除或自行编号' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evidence_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON evidence_entry
  FOR EACH ROW EXECUTE FUNCTION evidence_entry_guard();

CREATE FUNCTION evidence_tile_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.level, NEW.index) = (OLD.level, OLD.index)
     AND substring(NEW.data FROM 1 FOR octet_length(OLD.data)) = OLD.data
     AND octet_length(NEW.data) BETWEEN octet_length(OLD.data) AND 8192
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION '默克尔树块只能增长，不可改写或删除' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evidence_tile_guard BEFORE UPDATE OR DELETE ON evidence_tile
  FOR EACH ROW EXECUTE FUNCTION evidence_tile_guard();

CREATE FUNCTION evidence_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '存证检查点与审计记录不可修改或删除' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evidence_checkpoint_guard BEFORE UPDATE OR DELETE ON evidence_checkpoint
  FOR EACH ROW EXECUTE FUNCTION evidence_head_guard();
CREATE TRIGGER evidence_audit_guard BEFORE UPDATE OR DELETE ON evidence_audit
  FOR EACH ROW EXECUTE FUNCTION evidence_head_guard();
"""

UNDO = """
DROP TRIGGER evidence_audit_guard ON evidence_audit;
DROP TRIGGER evidence_checkpoint_guard ON evidence_checkpoint;
DROP TRIGGER evidence_tile_guard ON evidence_tile;
DROP TRIGGER evidence_entry_guard ON evidence_entry;
DROP FUNCTION evidence_head_guard();
DROP FUNCTION evidence_tile_guard();
DROP FUNCTION evidence_entry_guard();
"""


class Migration(migrations.Migration):
    """Refuse every change but the numbering of an entry and the growth of a tile."""

    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, UNDO)]
