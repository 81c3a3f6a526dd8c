"""The endpoint to which payment providers send their webhooks."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders.models import Payment, Refund
from orders.payments import charge, disputes, refunds
from orders.payments.providers.base import PaymentError, WebhookEvent, WebhookRefused, get_provider
from shop.limiter import TooManyAttempts, guard
from shop.request_limits import takes

logger = logging.getLogger(__name__)


#: Webhooks name what happened; those of Stripe have some 10 KB.
MOST_BYTES = 300_000


# Providers send no CSRF token; they sign the body instead.
@takes(MOST_BYTES)
@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Receive a provider's webhook and look up what has changed.

    A 4xx response refuses the webhook; 503 asks the provider to send it again.
    """
    if provider not in settings.PAYMENT_PROVIDERS:
        raise Http404
    try:
        _settle_webhook_event(
            provider, get_provider(provider).parse_webhook(request.body, request.headers)
        )
    except WebhookRefused as refused:
        return _refuse(request, provider, refused)
    except (charge.WrongAmount, refunds.WrongRefund):
        logger.exception("A webhook of %s led to an amount that is not ours.", provider)
        return HttpResponse("Not ours.", status=400, content_type="text/plain")
    except PaymentError:
        logger.exception("A webhook of %s could not be followed up.", provider)
        return HttpResponse("Try again.", status=503, content_type="text/plain")
    return HttpResponse("Thank you.", content_type="text/plain")


def _refuse(request: HttpRequest, provider: str, refused: WebhookRefused) -> HttpResponse:
    """Log a forged webhook, but not each of a flood. A genuine one is never counted."""
    try:
        guard(request, "webhook_refused")
    except TooManyAttempts as error:
        return HttpResponse(str(error), content_type="text/plain")
    logger.warning("A webhook of %s was refused: %s", provider, refused)
    return HttpResponse("Refused.", status=400, content_type="text/plain")


def _settle_webhook_event(provider: str, event: WebhookEvent) -> None:
    """Look up what a webhook is about, and ignore what is not ours."""
    if event.payment_id:
        for payment in Payment.objects.filter(pk=event.payment_id, provider=provider):
            charge.settle_payment(payment)
    if event.refund_id:
        ours = Refund.objects.filter(pk=event.refund_id, payment__provider=provider)
        for refund in ours.select_related("payment"):
            refunds.settle_refund(refund)
    if event.refunds_of:
        for payment in Payment.objects.filter(pk=event.refunds_of, provider=provider):
            # Settled first: only a captured payment can have refunds.
            refunds.import_provider_refunds(charge.settle_payment(payment))
    if event.disputes_of:
        for payment in Payment.objects.filter(pk=event.disputes_of, provider=provider):
            # Only a captured payment can be disputed.
            disputes.import_disputes(charge.settle_payment(payment))
