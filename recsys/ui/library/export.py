"""The library as a file."""

from recsys.core.export import to_csv
from recsys.ui.parts.downloads import Download, download_panel
from recsys.ui.parts.fragment import fragment
from recsys.ui.session import ListenerSession


@fragment
def library_file(session: ListenerSession) -> None:
    """The library on the screen, for a spreadsheet."""

    def files() -> list[Download]:
        content = to_csv(session.library, note=session.library_note)
        return [Download("CSV for a spreadsheet", "library_csv", content, "tonearm-library.csv", "text/csv")]

    download_panel("Download my library", "library_file", files)
