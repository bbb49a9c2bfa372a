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


async def person(client: httpx.AsyncClient, seed: int, end: float, taken: list[float]) -> None:
    """One person until ``end``; the seconds that each page took go to ``taken``."""
    chosen = random.Random(seed)
    await asyncio.sleep(4 * chosen.random())
    while time.monotonic() < end:
        begun = time.monotonic()
        (await client.get(chosen.choice(PAGES))).raise_for_status()
        taken.append(time.monotonic() - begun)
        await asyncio.sleep(chosen.uniform(2, 6))


async def main(address: str, cookie: str) -> None:
    """Everybody at once, then the figures."""
    taken: list[float] = []
    limits = httpx.Limits(max_connections=PEOPLE)
    async with httpx.AsyncClient(
        base_url=address, cookies={"odsluch": cookie}, limits=limits, timeout=30
    ) as client:
        end = time.monotonic() + SECONDS
        await asyncio.gather(*(person(client, seed, end, taken) for seed in range(PEOPLE)))
    taken.sort()
    print(f"{len(taken)} pages: median {1000 * taken[len(taken) // 2]:.0f} ms,", end=" ")
    print(f"95 % within {1000 * taken[int(0.95 * len(taken))]:.0f} ms, slowest {1000 * taken[-1]:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
