"""What was issued does not change: the database refuses it. Only the PDF may be added to a row, once."""

from django.db import migrations

GUARD = """
CREATE FUNCTION orders_keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.pdf_sha256 = ''
        AND to_jsonb(NEW) - 'pdf_sha256' - 'storage_key' = to_jsonb(OLD) - 'pdf_sha256' - 'storage_key'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Document % was issued and does not change.', OLD.number USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER keep_invoice BEFORE UPDATE OR DELETE ON orders_invoice
    FOR EACH ROW EXECUTE FUNCTION orders_keep_invoice();
"""
UNDO = "DROP TRIGGER keep_invoice ON orders_invoice; DROP FUNCTION orders_keep_invoice();"


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0003_fulfilment_and_documents'),
    ]

    operations = [migrations.RunSQL(GUARD, UNDO)]
