"""Work that a page does not wait for."""

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError
from celery import shared_task
from django.core.mail import EmailMultiAlternatives


# A waiting retry is hidden by SQS and held by a worker: it must come back within the queue's
# visibility time-out.
@shared_task(
    autoretry_for=(AnymailError, BotoCoreError, OSError),
    retry_backoff=5,
    retry_backoff_max=240,
    max_retries=20,
)
def deliver_mail(subject: str, text: str, html: str, recipients: list[str]) -> None:
    """Send one mail through SES, and try for about half an hour while SES is away."""
    mail = EmailMultiAlternatives(subject, text, to=recipients)
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
