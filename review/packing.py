"""Sends pages packed, except to a visit that another website caused: there the size must not tell what is in them."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

_SMALLEST = 1_000
# Beyond this, a page costs more processor time than it saves on the way.
_LEVEL = 5
_OWN_VISITS = ("same-origin", "none")


def pack_pages(app: Flask) -> None:
    """Pack HTML with gzip for browsers that take it.

    Packed pages get shorter where something in them is repeated, so whoever can make a browser ask for a page with
    words of their choice, and sees how long the answer is, can guess at secrets in it (BREACH). Browsers say which
    site caused a request; only what a person did here or typed is packed. Form tokens change with every second besides.
    """

    @app.after_request
    def pack(response: Response) -> Response:
        if response.mimetype != "text/html" or response.direct_passthrough:
            return response
        response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
        is_own = request.headers.get("Sec-Fetch-Site", "") in _OWN_VISITS
        if not is_own or "Content-Encoding" in response.headers or request.accept_encodings["gzip"] <= 0:
            return response
        data = response.get_data()
        if len(data) >= _SMALLEST:
            response.set_data(gzip.compress(data, _LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response
