"""The client of Microsoft's clouds on a real socket: sign-in, refusals, throttling, broken answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.errors import Invalid, NotFound, PortalError, Unavailable
from jobs import microsoft
from jobs.microsoft import Gone, Microsoft, Refused, Throttled
from tests.portals import NOW, Clock
from tests.standins.microsoft import MicrosoftCloud

LIST = "/admin/capacities/refreshables"
TOKEN = "/entra/"


@pytest.fixture
def cloud(clock: Clock) -> Iterator[MicrosoftCloud]:
    with MicrosoftCloud(clock) as running:
        yield running


@dataclass
class Pauses:
    """Pauses without waiting: the clock goes on instead."""

    clock: Clock
    taken: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.clock.advance(seconds=seconds)


@pytest.fixture
def client(cloud: MicrosoftCloud, clock: Clock, tmp_path: Path) -> Microsoft:
    return Microsoft(cloud.settings(tmp_path), clock, Pauses(clock))


@pytest.fixture
def another(cloud: MicrosoftCloud, clock: Clock, tmp_path: Path) -> Callable[..., Microsoft]:
    return lambda **changed: Microsoft(cloud.settings(tmp_path, **changed), clock, Pauses(clock))


def listing(client: Microsoft) -> Any:
    return client.get("powerbi", LIST, **{"$top": 10})


def refusal(client: Microsoft) -> PortalError:
    with pytest.raises(PortalError) as refused:
        listing(client)
    return refused.value


def test_one_sign_in_serves_until_five_minutes_before_its_token_ends(
    client: Microsoft, cloud: MicrosoftCloud, clock: Clock
) -> None:
    for minutes, sign_ins in ((0, 1), (54, 1), (1, 2)):
        clock.advance(minutes=minutes)
        assert listing(client) == {"value": []}
        assert cloud.asked(TOKEN) == sign_ins


def test_each_service_has_a_token_of_its_own(client: Microsoft, cloud: MicrosoftCloud) -> None:
    item = cloud.estate.item("load")
    listing(client)
    client.get("fabric", f"/workspaces/{cloud.estate.items[item]['workspaceId']}/items/{item}/jobs/instances")
    assert cloud.asked(TOKEN) == 2


def test_a_withdrawn_token_is_replaced_once(client: Microsoft, cloud: MicrosoftCloud, clock: Clock) -> None:
    listing(client)
    cloud.tokens.withdraw()
    clock.advance(minutes=10)
    assert listing(client) == {"value": []}
    assert cloud.asked(TOKEN) == 2


def test_a_missing_right_does_not_make_the_portal_sign_in_again_and_again(
    client: Microsoft, cloud: MicrosoftCloud
) -> None:
    cloud.estate.admin_apis = False
    for _ in range(3):
        assert isinstance(refusal(client), Refused)
    assert (cloud.asked(TOKEN), cloud.asked("/powerbi/")) == (1, 3)


@pytest.mark.parametrize("name", ["azure_tenant_id", "azure_client_id", "azure_client_secret"])
def test_a_half_configured_sign_in_names_the_missing_variable(
    another: Callable[..., Microsoft], cloud: MicrosoftCloud, name: str
) -> None:
    error = refusal(another(**{name: ""}))
    assert isinstance(error, Invalid)
    assert str(error) == f"The portal cannot sign in at Microsoft: set PORTAL_{name.upper()}"
    assert not cloud.log


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"azure_tenant_id": "nowhere"}, "correct PORTAL_AZURE_TENANT_ID"),
        ({"azure_client_id": "nobody"}, "correct PORTAL_AZURE_CLIENT_ID"),
        ({"azure_client_secret": "gu~ess"}, "the secret is wrong; PORTAL_AZURE_CLIENT_SECRET"),
    ],
)
def test_a_refused_sign_in_says_which_setting_is_wrong(
    another: Callable[..., Microsoft], changed: dict[str, str], words: str
) -> None:
    error = refusal(another(**changed))
    assert words in str(error)
    assert "gu~ess" not in str(error)


def test_an_expired_secret_and_unknown_numbers_are_told(client: Microsoft, cloud: MicrosoftCloud) -> None:
    cloud.tokens.expired = True
    assert "the secret has expired" in str(refusal(client))
    cloud.faults.fail(TOKEN, 400, body='{"error_description": "AADSTS53003: Blocked by policy. the~secret"}')
    assert "AADSTS53003" in str(refusal(client))


def test_no_secret_is_in_messages_or_representations(client: Microsoft, cloud: MicrosoftCloud) -> None:
    listing(client)
    shown = repr(client) + repr(client._tokens)
    assert cloud.tokens.secret not in shown
    assert not any(token in shown for token in cloud.tokens.issued)


def test_refusals_name_the_setting_or_the_membership(client: Microsoft, cloud: MicrosoftCloud) -> None:
    cloud.estate.admin_apis = cloud.estate.fabric_apis = False
    cloud.estate.member_of = set()
    assert str(refusal(client)).startswith(
        "Power BI refused the portal's sign-in (401): switch on the tenant setting "
        "'Service principals can access read-only admin APIs' for its security group"
    )
    model = cloud.estate.dataset("Sales")
    with pytest.raises(Refused, match="as a member of the workspace"):
        client.get("powerbi", f"/groups/{model.workspace_id}/datasets/{model.id}/refreshes")
    with pytest.raises(Refused, match="'Service principals can call Fabric public APIs'"):
        client.get("fabric", f"/workspaces/{model.workspace_id}/items/{model.id}/jobs/instances")


@pytest.mark.parametrize(
    ("retry_after", "body", "seconds"),
    [
        ("3392", None, 3392),
        ("2.128", None, 2.128),
        (format_datetime(NOW + timedelta(minutes=40), usegmt=True), None, 2400),
        (format_datetime(NOW - timedelta(minutes=40), usegmt=True), None, 1),
        (None, '{"message":"You have exceeded the amount of requests allowed. Retry in 3392 seconds."}', 3392),
        (None, "go away", 60),
        ("soon", "go away", 60),
        ("nan", None, 60),
        ("-5", None, 1),
        ("1e300", None, 86400),
    ],
)
def test_a_throttled_client_learns_until_when(
    client: Microsoft, cloud: MicrosoftCloud, retry_after: str | None, body: str | None, seconds: float
) -> None:
    cloud.faults.fail("/powerbi/", 429, retry_after=retry_after, body=body)
    error = refusal(client)
    assert isinstance(error, Throttled)
    assert error.until == NOW + timedelta(seconds=seconds)
    assert str(error).startswith("Power BI asks to wait until ")
    assert cloud.asked("/powerbi/") == 1


def test_an_overloaded_service_that_names_a_time_is_left_alone_until_then(
    client: Microsoft, cloud: MicrosoftCloud
) -> None:
    cloud.faults.fail("/powerbi/", 503, retry_after="6000")
    assert str(refusal(client)) == "Power BI asks to wait until 10:10"


def test_short_waits_of_graph_are_slept_through_for_five_seconds_in_all(
    cloud: MicrosoftCloud, clock: Clock, tmp_path: Path
) -> None:
    pauses = Pauses(clock)
    client = Microsoft(cloud.settings(tmp_path), clock, pauses)
    cloud.faults.fail("/graph/", 429, times=9, retry_after="2.128")
    with pytest.raises(Throttled, match="Microsoft Graph asks to wait"):
        client.get("graph", "/groups/delta")
    assert pauses.taken == [2.128, 2.128]


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (500, "boom: stack trace", Unavailable, "Power BI answered with an error (500)"),
        (302, "", Unavailable, "Power BI answered with an error (302)"),
        (404, "{}", NotFound, "Power BI does not know it, or the portal may not see it; check the ids in the target"),
        (200, '{"value": [', Unavailable, "Power BI answered with something that is not JSON"),
        (200, "<html>", Unavailable, "Power BI answered with something that is not JSON"),
    ],
)
def test_broken_answers_are_told_in_words(
    client: Microsoft, cloud: MicrosoftCloud, status: int, body: str, error: type[PortalError], words: str
) -> None:
    cloud.faults.fail("/powerbi/", status, body=body)
    found = refusal(client)
    assert (type(found), str(found)) == (error, words)


@pytest.mark.parametrize("body", ["{}", '{"access_token": "t", "expires_in": -1}', "[]", '{"access_token": 3}'])
def test_a_sign_in_without_a_token_is_told(client: Microsoft, cloud: MicrosoftCloud, body: str) -> None:
    cloud.faults.malformed(TOKEN, body)
    assert str(refusal(client)) == "Entra answered the portal's sign-in without a token"


def test_what_is_no_longer_kept_says_where_to_begin_anew(client: Microsoft, cloud: MicrosoftCloud) -> None:
    cloud.faults.gone("/powerbi/", location=f"{cloud.url}/powerbi/v1.0/myorg/again")
    error = refusal(client)
    assert isinstance(error, Gone)
    assert error.location == f"{cloud.url}/powerbi/v1.0/myorg/again"


@pytest.mark.parametrize("link", ["{elsewhere}/powerbi/x", "https://evil.example/x", "http://[broken"])
def test_a_link_to_another_host_never_gets_the_token(
    client: Microsoft, cloud: MicrosoftCloud, clock: Clock, link: str
) -> None:
    with MicrosoftCloud(clock) as elsewhere:
        with pytest.raises(Unavailable, match=r"another host|no web address"):
            client.get("powerbi", link.format(elsewhere=elsewhere.url))
        assert not elsewhere.log
    assert not cloud.log


def test_silence_and_a_closed_door_are_told(
    another: Callable[..., Microsoft], cloud: MicrosoftCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microsoft, "TIMEOUT", httpx.Timeout(0.2))
    cloud.faults.slow("/powerbi/")
    assert str(refusal(another())) == "Power BI did not answer in time"
    assert str(refusal(another(powerbi_url="http://127.0.0.1:9/v1.0/myorg"))) == "Power BI could not be reached"
