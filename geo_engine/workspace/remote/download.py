"""A file copied from a web address: limits of size and time, interrupted copies taken up again, answers that are no data refused."""

from __future__ import annotations

import base64
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import Any

from geo_engine.errors import Fault, LayerError

__all__ = ["Limits", "download"]

_BLOCK = 1 << 16
_HEAD = 512  # bytes looked at for a page of HTML
_PAGE = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_WEB = frozenset({"http", "https"})
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_PARTIAL, _PAST_END = 206, 416


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long.

    Parameters
    ----------
    size : int
        Bytes.
    silence : float
        Seconds without a byte after which a server is given up.
    longest : float
        Seconds that all of it may take.
    tries : int
        How often, when a server fails or breaks off.
    pause : float
        Seconds before the second try; twice as many before each further one.
    """

    size: int = 5_000_000_000
    silence: float = 30.0
    longest: float = 3600.0
    tries: int = 4
    pause: float = 1.0


class _BrokenOffError(Exception):
    """The server failed in a way that may pass; what is said of it is `args`."""


class _NoDataError(Exception):
    """What comes is not worth keeping; the argument is what the user is told."""


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to a web address only, and never from https to http."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401 - as inherited
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urllib.parse.urlsplit(newurl).scheme.lower()
        if scheme not in _WEB or (scheme == "http" and urllib.parse.urlsplit(req.full_url).scheme.lower() == "https"):
            fp.close()
            raise _refused(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: HTTPMessage) -> Any:  # noqa: ANN401 - as inherited
        """Judge the new address before the library does, which has no words of its own for it."""
        target = headers.get("location") or headers.get("uri") or ""
        scheme = urllib.parse.urlsplit(urllib.parse.urljoin(req.full_url, target)).scheme.lower()
        if scheme not in _WEB:
            fp.close()
            raise _refused(target)
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _refused(target: str) -> LayerError:
    return LayerError(
        Fault("", "the server sends on to an address that is not followed", f"'{target}'", "http and https; never from https to http")
    )


def download(address: str, part: Path, place: str, limits: Limits, tell: Callable[[int], None]) -> HTTPMessage:
    """Copy a web address into a file; what an earlier call left there is taken up if the server says that it is still the same.

    Parameters
    ----------
    address : str
        http or https.
    part : Path
        Where to; beside it ``.told`` keeps by what sign the server knows its version.
    place : str
        How messages call the place that names the address.
    limits : Limits
        How much and how long.
    tell : callable
        Is told the number of bytes that are there.

    Returns
    -------
    HTTPMessage
        The headers of the last answer.

    Raises
    ------
    LayerError
        If the server cannot be reached, refuses, fails again and again, falls silent, breaks off, sends on to something that
        is no web address, or answers with a page; if there is more than the limit, or it takes longer. What has come stays for the
        next call, except where it is no data or too much.
    """
    ends = time.monotonic() + limits.longest
    why = ""
    for attempt in range(limits.tries):
        if attempt:
            time.sleep(limits.pause * 2 ** (attempt - 1))
        try:
            return _attempt(address, part, limits, ends, tell)
        except LayerError as error:
            raise LayerError([Fault(place, fault.what, fault.found, fault.allowed, fault.remedy) for fault in error.faults]) from error
        except urllib.error.HTTPError as error:
            error.close()
            why = f"{error.code} {str(error.reason).splitlines()[0]}"
            if error.code not in _AGAIN:
                remedy = "is the address right, and does it need a key?" if error.code < 500 else ""  # noqa: PLR2004 - the server's fault from here
                raise LayerError(Fault(place, "the server refuses", f"{why} for '{_bare(address)}'", remedy=remedy)) from error
        except TimeoutError:
            why = f"no answer for {limits.silence:g} s"
        except urllib.error.URLError as error:
            why = f"no answer for {limits.silence:g} s" if isinstance(error.reason, TimeoutError) else str(error.reason)
        except (_BrokenOffError, HTTPException, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
        if time.monotonic() > ends:
            break
    here = part.stat().st_size if part.exists() else 0
    remedy = f"fetch again: it goes on after {here:,} bytes" if here else "try again later; are you connected to the network?"
    raise LayerError(Fault(place, "the data do not come whole", f"{why}, {limits.tries} tries, '{_bare(address)}'", remedy=remedy))


def _bare(address: str) -> str:
    """Take pass-words and keys out of an address.

    >>> _bare("https://me:secret@example.org/a.gpkg?key=1")
    'https://example.org/a.gpkg'
    """
    split = urllib.parse.urlsplit(address)
    return urllib.parse.urlunsplit((split.scheme, split.netloc.rsplit("@", 1)[-1], split.path, "", ""))


def _request(address: str, headers: dict[str, str]) -> urllib.request.Request:
    """Ask with the name and pass-word that an address states, which go to that server and to none that it sends on to."""
    split = urllib.parse.urlsplit(address)
    who, at, host = split.netloc.rpartition("@")
    request = urllib.request.Request(urllib.parse.urlunsplit(split._replace(netloc=host)), headers=headers)  # noqa: S310 - judged by the caller
    if at:
        name, _, secret = who.partition(":")
        pair = f"{urllib.parse.unquote(name)}:{urllib.parse.unquote(secret)}".encode()
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}")
    return request


def _attempt(address: str, part: Path, limits: Limits, ends: float, tell: Callable[[int], None]) -> HTTPMessage:
    """Ask once, for the rest where something of the same version is there."""
    sign_file = part.with_suffix(".told")
    start, sign = part.stat().st_size if part.exists() else 0, _sign(sign_file)
    headers = {"User-Agent": "geo-engine", "Accept-Encoding": "identity"}
    if start and sign:
        headers |= {"Range": f"bytes={start}-", "If-Range": sign}
    opener = urllib.request.build_opener(_OnlyWeb)
    try:
        answer = opener.open(_request(address, headers), timeout=limits.silence)
    except urllib.error.HTTPError as error:
        if error.code == _PAST_END:  # what is there is longer than what the server has now
            error.close()
            part.unlink(missing_ok=True)
            msg = "what had come was of another version"
            raise _BrokenOffError(msg) from error
        raise
    with answer:
        total = _total(answer, start)
        begins = start if total is not None else 0
        expected = begins + int(answer.headers["Content-Length"]) if answer.headers.get("Content-Length") else total
        if expected is not None and expected > limits.size:
            raise _too_large(limits, expected)
        validator = answer.headers.get("ETag", "")
        strong = "" if validator.startswith("W/") else validator or answer.headers.get("Last-Modified", "")
        sign_file.write_text(json.dumps(strong), encoding="utf-8")
        try:
            here = _copy(answer, part, begins, limits, ends, tell)
        except _NoDataError as error:
            part.unlink()
            raise error.args[0] from None
        if here == 0 or (expected is not None and here < expected):
            msg = f"{here:,} of {expected:,} bytes" if expected else "an empty answer"
            raise _BrokenOffError(msg)
        sign_file.unlink(missing_ok=True)
        told: HTTPMessage = answer.headers
        return told


def _copy(answer: Any, part: Path, begins: int, limits: Limits, ends: float, tell: Callable[[int], None]) -> int:  # noqa: ANN401 - a response of the standard library
    """Write what comes and give the number of bytes that are there then.

    Raises
    ------
    _NoDataError
        If it is a page, or too much: it is not worth keeping.
    LayerError
        If it takes too long.
    """
    here = begins
    with part.open("ab" if begins else "wb") as out:
        while block := answer.read1(_BLOCK):
            if here == 0 and _PAGE.match(block[:_HEAD]):
                remedy = "take the address of the file itself; open it in a browser and look"
                raise _NoDataError(
                    LayerError(Fault("", "the server answers with a page and not with data", f"'{_bare(answer.url)}'", remedy=remedy))
                )
            out.write(block)
            here += len(block)
            tell(here)
            if here > limits.size:
                raise _NoDataError(_too_large(limits, here))
            if time.monotonic() > ends:
                what = f"the server is too slow: {here:,} bytes in {limits.longest:g} s"
                raise LayerError(Fault("", what, f"'{_bare(answer.url)}'", remedy="fetch again: it goes on from there"))
    return here


def _total(answer: Any, start: int) -> int | None:  # noqa: ANN401 - a response of the standard library
    """Give the length that a partial answer states, where it begins where it should.

    Raises
    ------
    _BrokenOffError
        If it begins elsewhere.
    """
    if answer.status != _PARTIAL:
        return None
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != start:
        msg = "the server goes on at another place than asked"
        raise _BrokenOffError(msg)
    return start if match[2] == "*" else int(match[2])


def _sign(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return ""


def _too_large(limits: Limits, size: int) -> LayerError:
    return LayerError(
        Fault("", "there is more than the limit", f"{size / 1e6:,.1f} MB", f"{limits.size / 1e6:,.1f} MB", "ask for more: --limit")
    )
