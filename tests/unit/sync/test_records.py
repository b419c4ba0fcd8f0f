"""What is read from ODS files, and what is refused."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from directory.vocabulary import OrganisationStatus, OrganisationType
from sync.errors import SHOWN, BrokenFiles
from sync.files import LARGEST, Source, read
from sync.records import FileKind, parse
from sync.run import load
from tests.support.builders import ods


def problems_of(path: Path) -> list[str]:
    with pytest.raises(BrokenFiles) as refused:
        load([path])
    return [str(problem) for problem in refused.value.problems]


def of(*rows: list[str]) -> Source:
    return Source("file.csv", ods.text(rows))


class TestKindOfFile:
    """SYN-1: what a file holds is told from what is in it, under whatever name it was saved."""

    def test_regions_and_icbs(self) -> None:
        listing = parse(of(ods.region("ZR1"), ods.icb("ZI1", "ZR1")))
        assert listing.kind is FileKind.AUTHORITIES
        assert [record.type for record in listing.records] == [OrganisationType.REGION, OrganisationType.ICB]

    def test_sub_icb_locations(self) -> None:
        assert parse(of(ods.sub_icb("ZS1", "ZI1"))).kind is FileKind.SUB_ICBS

    def test_practices_even_when_the_first_has_no_prescribing_setting(self) -> None:
        rows = [
            ods.practice("ZA0000", "ZS1", setting=""),
            ods.practice("ZA0001", "ZS1"),
            ods.practice("ZA0002"),
        ]
        assert parse(of(*rows)).kind is FileKind.PRACTICES

    def test_branches(self) -> None:
        assert parse(of(ods.branch("ZA0000001", "ZA0000"))).kind is FileKind.BRANCHES

    def test_anything_else_is_refused(self, tmp_path: Path) -> None:
        (problem,) = problems_of(ods.write(tmp_path / "other.csv", [ods.row("ZA0000")]))
        assert "isn't an ODS classic list" in problem


class TestFacts:
    def test_a_practice(self) -> None:
        row = ods.practice("ZA0001", "ZS1", "A / B SURGERY", region="ZR1", icb="ZI1", postcode="ZZ9 9ZZ")
        (record,) = parse(of(row)).records
        assert (record.code, record.name, record.parent, record.postcode) == (
            "ZA0001",
            "A / B SURGERY",
            "ZS1",
            "ZZ9 9ZZ",
        )
        assert record.status is OrganisationStatus.OPEN

    @pytest.mark.parametrize(
        "made",
        [
            lambda text: text.replace("\r\n", "\n"),
            lambda text: text.replace('"', ""),
            lambda text: "\ufeff" + text,
            lambda text: text + "\r\n",
        ],
        ids=["LF", "without quotes", "with a mark of its encoding", "with an empty last line"],
    )
    def test_however_the_file_was_saved(self, tmp_path: Path, made: Callable[[str], str]) -> None:
        path = tmp_path / "saved.csv"
        path.write_bytes(made(ods.text([ods.practice("ZA0001"), ods.practice("ZA0002")])).encode())
        (listing,) = load([path])
        assert [record.code for record in listing.records] == ["ZA0001", "ZA0002"]

    @pytest.mark.parametrize(
        ("cells", "status"),
        [
            ({"status": "A", "closed": "20251031"}, "closed"),
            ({"status": "A", "closed": "20251101"}, "closed"),
            ({"status": "A", "closed": "20251102"}, "open"),
            ({"status": "A", "opened": "20251102"}, "proposed"),
            ({"status": "C", "closed": "20251102"}, "open"),
            ({"status": "C"}, "closed"),
            ({"status": "D", "closed": "20251031"}, "dormant"),
            ({"status": "P", "opened": "20200101"}, "proposed"),
        ],
    )
    def test_the_dates_know_better_than_the_letter(self, cells: dict[str, str], status: str) -> None:
        """SYN-1: a closure that is told before its day comes on its day."""
        listing = parse(of(ods.practice("ZA0001", **cells)), date(2025, 11, 1))
        assert listing.records[0].status == status

    @pytest.mark.parametrize(
        ("lines", "town"),
        [
            (("", "LEEDS", "YORKSHIRE"), "LEEDS"),
            (("", "", "LONDON"), "LONDON"),
            (("BOLTON", "", ""), "BOLTON"),
        ],
    )
    def test_the_town_is_where_most_lines_have_it(self, lines: tuple[str, ...], town: str) -> None:
        row = ods.practice("ZA0001")
        row[5:8] = lines
        assert parse(of(row)).records[0].town == town

    @pytest.mark.parametrize(
        ("letter", "status"), [("A", "open"), ("C", "closed"), ("D", "dormant"), ("P", "proposed")]
    )
    def test_status(self, letter: str, status: str) -> None:
        (record,) = parse(of(ods.practice("ZA0001", status=letter))).records
        assert record.status == status

    def test_an_older_branch_list_tells_the_status_by_its_closing_date(self) -> None:
        rows = [ods.branch("ZA0000001", "ZA0000"), ods.branch("ZA0000002", "ZA0000", closed="20100101")]
        assert [record.status for record in parse(of(*rows)).records] == ["open", "closed"]

    def test_lines_are_counted_as_an_editor_does(self) -> None:
        source = of(ods.practice("ZA0001", name="ON\nTWO LINES"), ods.practice("ZA0002"))
        assert [record.line for record in parse(source).records] == [1, 3]

    def test_zipped_or_not(self, tmp_path: Path) -> None:
        rows = [ods.practice("ZA0001")]
        plain = parse(read(ods.write(tmp_path / "a.csv", rows)))
        zipped = parse(read(ods.write(tmp_path / "b.zip", rows)))
        assert [record.code for record in plain.records] == [record.code for record in zipped.records]


class TestRefused:
    """SYN-5: a broken file is refused as a whole, each problem with its line and what to do."""

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ({"status": "X"}, "the status 'X' isn't one of A, C, D, P"),
            ({"status": ""}, "the status '' isn't one of A, C, D, P"),
            ({"opened": "20230230"}, "'20230230' in column 11 isn't a date"),
            ({"closed": "1/4/2020"}, "'1/4/2020' in column 12 isn't a date"),
            ({"parent": "Z S"}, "'Z S' in column 15 isn't an ODS code"),
            ({"name": "N" * 256}, "the name is longer than 255"),
            ({"postcode": "Z" * 256}, "column 10 is longer than 255"),
            ({"town": "T" * 256}, "column 7 is longer than 255"),
        ],
    )
    def test_a_bad_cell(self, tmp_path: Path, cells: dict[str, str], said: str) -> None:
        rows = [ods.practice("ZA0001"), ods.practice("ZA0002", **cells)]
        (problem,) = problems_of(ods.write(tmp_path / "bad.csv", rows))
        assert problem.startswith("bad.csv, line 2: ")
        assert said in problem

    def test_a_bad_code_and_a_missing_name_are_both_told(self, tmp_path: Path) -> None:
        rows = [ods.practice("ZA0001"), ods.practice("za-2", name=" ")]
        assert len(problems_of(ods.write(tmp_path / "bad.csv", rows))) == 2

    def test_missing_columns(self, tmp_path: Path) -> None:
        rows = [ods.practice("ZA0001"), ods.practice("ZA0002")[:26], ods.practice("ZA0003")]
        (problem,) = problems_of(ods.write(tmp_path / "short.csv", rows))
        assert problem == "short.csv, line 2: has 26 columns, not 27: download the file again"

    def test_a_csv_cut_off_in_the_middle_of_a_line(self, tmp_path: Path) -> None:
        path = ods.write(tmp_path / "cut.csv", [ods.practice("ZA0001"), ods.practice("ZA0002")])
        path.write_bytes(path.read_bytes()[:-40])
        assert any("line 2" in problem for problem in problems_of(path))

    def test_a_csv_cut_off_inside_a_quoted_cell(self, tmp_path: Path) -> None:
        path = ods.write(tmp_path / "cut.csv", [ods.practice("ZA0001"), ods.practice("ZA0002")])
        path.write_bytes(path.read_bytes().rpartition(b"SURGERY")[0])
        (problem,) = problems_of(path)
        assert "line 2: can't be read as CSV" in problem

    def test_cut_off_at_any_byte_it_is_refused_but_between_two_lines(self, tmp_path: Path) -> None:
        """There nothing shows; too many of its type would close (test_too_many.py), and a zip shows all."""
        whole = ods.text([ods.practice("ZA0001"), ods.practice("ZA0002")]).encode()
        path, ends = tmp_path / "cut.csv", {whole.index(b"\n") + 1, whole.index(b"\n"), len(whole) - 1}
        for length in set(range(1, len(whole))) - ends:
            path.write_bytes(whole[:length])
            assert problems_of(path), whole[:length]

    def test_a_zip_cut_off_at_any_byte(self, tmp_path: Path) -> None:
        path = ods.write(tmp_path / "cut.zip", [ods.practice("ZA0001")])
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            assert problems_of(path), length

    def test_a_zip_bomb(self, tmp_path: Path) -> None:
        with (
            zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("a.csv", "w", force_zip64=True) as member,
        ):
            for _ in range(LARGEST // 2**20 + 1):
                member.write(bytes(2**20))
        (problem,) = problems_of(tmp_path / "bomb.zip")
        assert problem == "bomb.zip: unpacks to more than 200 MB: not an ODS file"

    def test_the_code_that_is_kept_for_us(self, tmp_path: Path) -> None:
        (problem,) = problems_of(ods.write(tmp_path / "bad.csv", [ods.practice("UNLISTED")]))
        assert "UNLISTED is kept for parents that no list names" in problem

    def test_a_zip_cut_off(self, tmp_path: Path) -> None:
        path = ods.write(tmp_path / "cut.zip", [ods.practice(f"ZA{number:04}") for number in range(500)])
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        (problem,) = problems_of(path)
        assert problem == "cut.zip: is a cut-off or damaged zip: download it again"

    def test_a_zip_with_a_flipped_byte(self, tmp_path: Path) -> None:
        path = ods.write(tmp_path / "bad.zip", [ods.practice(f"ZA{number:04}") for number in range(500)])
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
        (problem,) = problems_of(path)
        assert "damaged zip" in problem

    def test_a_zip_of_two_files(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
            archive.writestr("a.csv", "")
            archive.writestr("b.csv", "")
        (problem,) = problems_of(tmp_path / "two.zip")
        assert "holds 2 CSV files" in problem

    @pytest.mark.parametrize(("encoding", "line"), [("utf-16", 1), ("latin-1", 2)])
    def test_a_wrong_encoding(self, tmp_path: Path, encoding: str, line: int) -> None:
        rows = [ods.practice("ZA0001"), ods.practice("ZA0002", name="CAFÉ SURGERY")]
        path = tmp_path / "odd.csv"
        path.write_bytes(ods.text(rows).encode(encoding))
        (problem,) = problems_of(path)
        assert problem.startswith(f"odd.csv, line {line}: isn't UTF-8")

    def test_a_file_that_is_not_there_and_an_empty_one_are_told_together(self, tmp_path: Path) -> None:
        (tmp_path / "empty.csv").write_text("\n")
        with pytest.raises(BrokenFiles) as refused:
            load([tmp_path / "none.csv", tmp_path / "empty.csv"])
        assert "none.csv: can't be read" in str(refused.value)
        assert "empty.csv: is empty" in str(refused.value)

    def test_thousands_of_problems_are_counted_not_listed(self, tmp_path: Path) -> None:
        rows = [ods.practice(f"ZA{number:04}", opened="soon") for number in range(2_000)]
        with pytest.raises(BrokenFiles) as refused:
            load([ods.write(tmp_path / "bad.csv", rows)])
        lines = str(refused.value).splitlines()
        assert len(lines) == SHOWN + 1
        assert lines[-1] == "and 1,950 more problems like these"
