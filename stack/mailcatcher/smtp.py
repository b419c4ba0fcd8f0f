"""Takes mail by SMTP and puts it in the box."""

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.mailcatcher.box import Box


class _Catcher:
    """The handler that aiosmtpd calls with each mail; the method's name is the library's."""

    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        number = self.box.add(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return f"250 Caught as number {number}"


async def serve_smtp(box: Box, host: str, port: int) -> asyncio.Server:
    """Listens for mail until the server is closed. Raises OSError for a taken port."""
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(_Catcher(box), enable_SMTPUTF8=True, hostname="mail.localhost"), host, port
    )
