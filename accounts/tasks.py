"""Work that no page waits for."""

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError
from celery import shared_task
from django.core.mail import EmailMultiAlternatives


# A task waiting to be retried is held by a worker and hidden in SQS, so it must run again within
# the queue's visibility timeout.
@shared_task(
    autoretry_for=(AnymailError, BotoCoreError, OSError),
    retry_backoff=5,
    retry_backoff_max=240,
    max_retries=20,
)
def deliver_mail(subject: str, text: str, html: str, recipients: list[str]) -> None:
    """Send one mail through SES, retrying for about half an hour while SES is unavailable."""
    mail = EmailMultiAlternatives(subject, text, to=recipients)
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
