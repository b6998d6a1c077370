"""The only module that sends HTTP requests: bounded in time and in what is read of an answer."""

import ssl

import aiohttp
from yarl import URL

from emulator.operations.outbound import (
    ConnectionFailure,
    OutboundAnswer,
    OutboundRequest,
    OutboundTimeout,
)


class HttpClient:
    """Sends requests over connections that it keeps; the first request makes it."""

    def __init__(self, *, answer_bytes_max: int) -> None:
        self._answer_bytes_max = answer_bytes_max
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: OutboundRequest, *, seconds_max: float) -> OutboundAnswer:
        """Send a request and return the answer, whatever its status; redirects are not followed.

        Raises:
            ConnectionFailure: the endpoint cannot be reached, or its URL is none.
            OutboundTimeout: there was no answer in time.
        """
        try:
            async with self._open_session().request(
                request.method,
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds_max),
            ) as answer:
                body = await answer.content.read(self._answer_bytes_max)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return OutboundAnswer(answer.status, headers, body)
        except TimeoutError:
            raise OutboundTimeout(f"{request.url} did not answer within {seconds_max:g} seconds.") from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise ConnectionFailure(f"{request.url} cannot be reached: {error}") from None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # aiohttp's own context was made when the certificate store was hidden: see startup.py
            connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
                skip_auto_headers=("User-Agent",),
            )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
