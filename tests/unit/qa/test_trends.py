from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.trends import Contact, rise_p, share, trends

START = datetime(2026, 9, 7, 10, 0)


def contact(number: int, week: int, *reasons: str, felt: str = "neutral") -> Contact:
    moment = START + timedelta(weeks=week, hours=number % 60)
    return Contact(f"c-{number}", "chat", moment, reasons, reasons[0] if reasons else None, felt)


def weeks_of(rate_before: int, rate_lately: int, weeks: int = 9, size: int = 20) -> list[Contact]:
    """``size`` contacts a week; the given number of them about a wrong charge."""
    found = []
    for week in range(weeks):
        wanted = rate_lately if week >= weeks - 3 else rate_before
        for i in range(size):
            reason = "payment.wrong_charge" if i < wanted else "delivery.delayed"
            found.append(contact(week * size + i, week, reason))
    return found


def test_a_real_rise_is_called_one_and_its_mirror_is_not() -> None:
    by_code = {trend.code: trend for trend in trends(weeks_of(1, 7))}
    rise = by_code["payment.wrong_charge"]
    assert rise.rising
    assert rise.q is not None
    assert rise.q < 0.01
    assert rise.recent is not None
    assert (rise.recent.count, rise.recent.total) == (21, 60)
    assert not by_code["delivery.delayed"].rising


def test_noise_is_no_trend() -> None:
    assert not [trend for trend in trends(weeks_of(3, 4)) if trend.rising]


def test_a_handful_of_contacts_is_no_trend_however_new() -> None:
    quiet = weeks_of(0, 0) + [contact(900 + i, 8, "store.info") for i in range(3)]
    assert not [trend for trend in trends(quiet) if trend.rising]


def test_too_few_weeks_allow_no_comparison() -> None:
    found = trends(weeks_of(1, 9, weeks=5))
    assert found
    assert all(trend.q is None and not trend.rising for trend in found)


def test_conversations_without_reason_or_date_count_in_the_denominator() -> None:
    undated = Contact("x", "review", None, ("feedback.praise",), "feedback.praise", "positive")
    (trend,) = trends([undated, contact(1, 0)])
    assert (trend.overall.count, trend.overall.total) == (1, 2)
    assert trends([]) == []


def test_a_reason_named_twice_by_one_conversation_counts_once_in_its_share() -> None:
    (trend,) = trends([contact(1, 0, "store.info"), contact(2, 0, "store.info")])
    assert trend.overall.value == 1.0
    assert trend.overall.high == pytest.approx(1.0)


@given(st.integers(0, 400), st.integers(1, 400))
def test_intervals_hold_the_share(count: int, extra: int) -> None:
    found = share(count, count + extra)
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value <= found.high + 1e-9


def test_rise_p_is_one_sided() -> None:
    assert rise_p(share(1, 100), share(20, 100)) < 0.001
    assert rise_p(share(20, 100), share(1, 100)) > 0.99
