"""The yardstick: an aiohttp server on the same event loop that reads a request and says nothing.

Machines differ and change from minute to minute; a figure beside this one, from the same round, can be compared.
"""

import asyncio
import sys

import uvloop
from aiohttp import web


async def answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.Response(body=b"{}", headers={"Content-Type": "application/x-amz-json-1.0"})


async def serve(port: int) -> None:
    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("Ready.", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
