"""Email addresses of topics, on top of moto: they are pending until they are confirmed.

The token of ConfirmSubscription, which AWS sends to the address, is the address itself.
"""
from types import SimpleNamespace

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

PENDING = "PendingConfirmation"


def is_pending(subscription):
    return subscription.attributes.get(PENDING) is True


def install():
    subscribe = SNSBackend.subscribe
    list_subscriptions_by_topic = SNSBackend.list_subscriptions_by_topic
    get_topic_attributes = SNSResponse.get_topic_attributes

    def subscribing(backend, topic_arn, endpoint, protocol):
        is_new = backend._find_subscription(topic_arn, endpoint, protocol) is None
        subscription = subscribe(backend, topic_arn, endpoint, protocol)
        if is_new and protocol == "email":
            subscription.attributes.update({PENDING: True, "ConfirmationWasAuthenticated": False})
        return subscription

    def confirm(response):
        arn, token = response._get_param("TopicArn"), response._get_param("Token")
        subscription = response.backend._find_subscription(arn, token, "email")
        if subscription is None:
            raise SNSInvalidParameter("Invalid parameter: Token")
        subscription.attributes[PENDING] = False
        return ActionResult({"SubscriptionArn": subscription.arn})

    def listing(backend, *arguments, **named):
        """The ARN of one that is pending is not shown."""
        found, token = list_subscriptions_by_topic(backend, *arguments, **named)
        shown = [
            SimpleNamespace(**{**vars(each), "arn": PENDING if is_pending(each) else each.arn}, topic_arn=each.topic_arn)
            for each in found
        ]
        return shown, token

    def counted(response):
        answer = get_topic_attributes(response)
        found, _ = list_subscriptions_by_topic(response.backend, response._get_param("TopicArn"))
        pending = sum(map(is_pending, found))
        answer.result["Attributes"].update(
            SubscriptionsPending=pending, SubscriptionsConfirmed=len(found) - pending
        )
        return answer

    SNSBackend.subscribe = subscribing
    SNSBackend.list_subscriptions_by_topic = listing
    SNSResponse.confirm_subscription = confirm
    SNSResponse.get_topic_attributes = counted
