"""That a message was sent is noted once a message: as a function its plan is kept, instead of made anew each time."""

from django.db import migrations

MESSAGE_SENT = """
CREATE FUNCTION message_sent(which bigint, attempt integer) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE public.notifications_outboxmessage
    SET state = 'sent', sent_at = clock_timestamp(), last_error = '', lease_until = NULL
    WHERE id = which AND state = 'sending' AND attempts = attempt;
END
$$;
REVOKE ALL ON FUNCTION message_sent(bigint, integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_still")]
    operations = [migrations.RunSQL(MESSAGE_SENT, "DROP FUNCTION message_sent(bigint, integer)")]
