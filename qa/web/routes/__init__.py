"""The pages and API operations, a module for each part of the work."""

from __future__ import annotations

from fastapi import APIRouter


def all_routers() -> list[APIRouter]:
    """Every router, imported only when the application is made."""
    from qa.web.routes import (
        account_pages,
        calibrations,
        coaching,
        conversations,
        disputes,
        exports,
        filters,
        home,
        oversight,
        plans,
        quality,
        queue,
        reports,
        sign_in,
        single_sign_on,
        voice,
    )

    return [
        module.router
        for module in (
            home,
            sign_in,
            single_sign_on,
            conversations,
            account_pages,
            oversight,
            calibrations,
            disputes,
            plans,
            queue,
            coaching,
            quality,
            voice,
            filters,
            exports,
            reports,
        )
    ]
