"""`python -m stack.mailcatcher`: catches mail until it is told to stop."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from stack.mailcatcher.box import Box
from stack.mailcatcher.pages import make_pages
from stack.mailcatcher.smtp import serve_smtp


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Catches mail and shows it on a page.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--web-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where the caught mails are kept")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    box = Box(arguments.folder)
    smtp = await serve_smtp(box, arguments.host, arguments.smtp_port)
    runner = web.AppRunner(make_pages(box), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, arguments.host, arguments.web_port).start()
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    await stopping.wait()
    smtp.close()
    await runner.cleanup()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_arguments()))
    except OSError as problem:
        sys.exit(f"The mail catcher can't start: {problem}")
