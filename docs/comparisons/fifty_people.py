"""Fifty people at the web application at once: how long their pages take.

    python docs/comparisons/fifty_people.py http://127.0.0.1:8000 COOKIE

COOKIE is the value of the cookie ``odsluch`` of somebody who leads quality. Each person opens a page every two to six
seconds for 45 seconds; the choice of pages is seeded. Needs httpx.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time

import httpx

PEOPLE, SECONDS = 50, 45
PAGES = (
    "/",
    "/conversations",
    "/conversations?reason=delivery&sentiment=negative",
    "/conversations?state=critical",
    "/queue",
    "/quality",
    "/voice",
    "/coaching",
    "/trust",
)


async def person(client: httpx.AsyncClient, seed: int, end: float, taken: list[tuple[float, str]]) -> None:
    """One person until ``end``; the seconds that each page took go to ``taken``, with its address."""
    chosen = random.Random(seed)
    await asyncio.sleep(4 * chosen.random())
    while time.monotonic() < end:
        begun = time.monotonic()
        page = chosen.choice(PAGES)
        (await client.get(page)).raise_for_status()
        taken.append((time.monotonic() - begun, page))
        await asyncio.sleep(chosen.uniform(2, 6))


async def main(address: str, cookie: str) -> None:
    """Everybody at once, then the figures."""
    taken: list[tuple[float, str]] = []
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(
        base_url=address, cookies={"odsluch": cookie}, limits=limits, timeout=30
    ) as client:
        end = time.monotonic() + SECONDS
        await asyncio.gather(*(person(client, seed, end, taken) for seed in range(PEOPLE)))
    print(_said("all", [seconds for seconds, _ in taken]))
    for page in PAGES:
        print(_said(page, [seconds for seconds, opened in taken if opened == page]))


def _said(name: str, seconds: list[float]) -> str:
    ordered = [1000 * one for one in sorted(seconds)]
    if not ordered:
        return f"{name}: not opened"
    middle, most = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    return f"{name}: {len(ordered)} pages, median {middle:.0f} ms, 95 % within {most:.0f} ms, slowest {ordered[-1]:.0f} ms"


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
