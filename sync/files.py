"""From a file on disk, zipped or not, to the text of the one CSV in it."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from sync.errors import BrokenFiles, Problem

# The whole of England is under 4 MB; this stops a zip made to fill the memory.
LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one CSV, and the name by which problems in it are reported."""

    name: str
    text: str


def read(path: Path) -> Source:
    """Raises BrokenFiles for a file that is missing, cut off, empty, or not text in UTF-8."""
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise _broken(path.name, f"can't be read ({error.strerror}): check its name and rights") from error
    if content is None:
        raise _broken(path.name, f"is larger than {LARGEST // 1024 // 1024} MB: not an ODS file")
    if content[:2] == b"PK":
        return _unzip(path)
    return Source(path.name, _text(path.name, content))


def _unzip(path: Path) -> Source:
    try:
        with zipfile.ZipFile(path) as archive:
            member = _only_csv(path.name, archive)
            return Source(path.name, _text(path.name, archive.read(member)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(path.name, "is a cut-off or damaged zip: download it again") from error


def _only_csv(name: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
    if len(members) != 1:
        raise _broken(name, f"holds {len(members)} CSV files, not one: unzip it and give the CSV")
    if members[0].file_size > LARGEST:
        raise _broken(name, f"unpacks to more than {LARGEST // 1024 // 1024} MB: not an ODS file")
    return members[0]


def _text(name: str, content: bytes) -> str:
    if not content.strip():
        raise _broken(name, "is empty: download it again")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _broken(name, f"isn't UTF-8 (byte {error.start}): save it as UTF-8", line) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _broken(name, "holds zero bytes, as UTF-16 and damaged files do: save it as UTF-8", line)
    return text


def _broken(name: str, text: str, line: int = 0) -> BrokenFiles:
    return BrokenFiles([Problem(name, line, text)])
