"""Headers of every answer: what the browser may load, show and keep."""

from __future__ import annotations

from flask import Flask, Response, request

from app.web.assets import is_current
from app.web.site import get_site

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FOR_GOOD = "public, max-age=31536000, immutable"
ONE_YEAR = "max-age=31536000"
STATIC_ENDPOINT = "site.static"


def add_headers(app: Flask) -> None:
    """Set the headers on every answer of an application; a view's own Cache-Control stays."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if get_site().is_secure:
            response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
        _set_caching(response)
        return response


def _set_caching(response: Response) -> None:
    if request.endpoint == STATIC_ENDPOINT and response.status_code in (200, 304):
        name = str((request.view_args or {}).get("filename", ""))
        kept = is_current(name, request.args.get("v", ""))
        response.headers["Cache-Control"] = FOR_GOOD if kept else "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Cookie", "HX-Request"))
