"""Files in: the uploader, the import with its progress, and the report whose numbers add up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile

from recsys.core.insights.wording import counted
from recsys.errors import Erased, UnreadableFile
from recsys.importers.any_file import ENDINGS, read_files
from recsys.importers.report import FileReport, Imported
from recsys.services.erasure import noticing_erasure
from recsys.services.import_queue import memory_needed
from recsys.services.library import ERASED, forget_import, save_import, unfinished_imports
from recsys.services.start import FILE
from recsys.storage.store import Store
from recsys.ui.parts import problems
from recsys.ui.parts.look_up import look_up_new
from recsys.ui.parts.text import plain
from recsys.ui.session import ListenerSession
from recsys.web.upload_room import REFUSED

MOST_SAID: Final = 500
"""Bytes of the sentence in place of a file that was refused."""


RESTARTED: Final = (
    "In another tab everything was erased, or somebody signed in or out. Choose your files again: those chosen here "
    "before are not kept."
)

NO_LIMIT: Final = 1_000_000
"""Megabytes that the browser lets through: its own refusal is gone with the next run, the server's sentence stays."""


def held_bytes(tab: str | None) -> int:
    """Bytes of the uploaded files in memory: those of a tab by the id of its Streamlit session, or of all for None."""
    files = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if not isinstance(files, MemoryUploadedFileManager):
        return 0
    held = list(files.file_storage.values()) if tab is None else [files.file_storage.get(tab, {})]
    return sum(len(file.data) for session in held for file in list(session.values()))


def accepted(file: UploadedFile | None) -> UploadedFile | None:
    """The file that was chosen; None where there is none, or where the server refused it, which is said."""
    if file is None or file.type != REFUSED:
        return file
    said = file.getvalue()[:MOST_SAID].decode("utf-8", "replace")
    st.error(f"“{plain(file.name)}” was not read. {plain(said)}", icon=":material/error:")
    return None


def _files_key(session: ListenerSession, key: str) -> str:
    """Another one after each restart: the browser would send the files again that were read before."""
    return f"{key}_files_{session.restarts}"


def has_files(session: ListenerSession, key: str) -> bool:
    """Whether files are chosen in a panel, whose report is to be seen."""
    return bool(st.session_state.get(_files_key(session, key)))


def import_panel(session: ListenerSession, key: str) -> bool:
    """Take files, import new ones at once, show the report; True when this panel has imported something."""
    files = st.file_uploader(
        f"CSV, JSON, Excel or ZIP, one or several, up to {st.get_option('server.maxUploadSize'):,} MB each",
        type=ENDINGS,
        accept_multiple_files=True,
        key=_files_key(session, key),
        max_upload_size=NO_LIMIT,
    )
    done: dict[str, list[FileReport]] = st.session_state.setdefault(f"{key}_reports", {})
    refused: dict[str, str] = st.session_state.setdefault(f"{key}_refused", {})
    was_done = len(done)
    files = [file for file in files or [] if accepted(file)]
    if session.restarts and not files:
        st.info(RESTARTED, icon=":material/info:")
    for file in files:
        if file.file_id not in done:
            with problems.shown(again=file.file_id):
                if file.file_id in refused:  # what cannot be read is not read again on every run
                    raise UnreadableFile(refused[file.file_id])
                try:
                    done[file.file_id] = _import(session, file)
                except UnreadableFile as problem:
                    refused[file.file_id] = str(problem)
                    raise
                except Erased as problem:  # the next run draws what is left, and does not import the file again
                    refused[file.file_id] = str(problem)
                    st.rerun()
    if len(done) > was_done:
        with problems.shown():
            look_up_new(session)
        st.rerun()  # what was drawn before, the sidebar above all, still shows the library as it was
    current = [report for file in files for report in done.get(file.file_id, [])]
    for report in current:
        show_report(report)
    return any(report.tracks for report in current)


def unfinished_import_notes(session: ListenerSession) -> None:
    """Imports that were interrupted, by the end of this process or by a store that failed, and what to do."""
    noted = session.known("imports", lambda: unfinished_imports(session.store, session.listener))
    for number, (origin, (stored, everything)) in enumerate(noted.items()):
        name = origin.removeprefix(FILE)
        missing = f"{stored:,} of {counted(everything, 'track')} are stored"
        if stored == everything:
            missing = "its listening history is not stored"
        st.warning(
            f"“{plain(name)}” was not imported to its end: {missing}. "
            "Unless another tab is still reading it, choose the file again; no song is stored twice.",
            icon=":material/info:",
        )
        if st.button("Leave it as it is", key=f"unfinished_import_{number}"):
            with problems.shown():
                forget_import(session.store, session.listener, origin)
                session.forget("imports")
                st.rerun()


@contextmanager
def reading(session: ListenerSession, file: UploadedFile) -> Iterator[Imported]:
    """
    The import of an uploaded file, read in its turn of the import queue; the turn lasts as long as the block.

    Raises
    ------
    UnreadableFile
    ServerBusy
        Others' files took too long.
    """
    place = st.empty()
    with session.app.imports.turn(memory_needed(file), place.caption):
        with place, st.spinner(f"Reading {plain(file.name)} …"):
            imported = read_files([(file, file.name)])
        yield imported


def _import(session: ListenerSession, file: UploadedFile) -> list[FileReport]:
    """
    Read a file and store what is in it.

    Raises
    ------
    UnreadableFile, ServerBusy, StorageProblem
    Erased
        Everything of the listener's was erased while the file was read or stored; nothing of the file is left.
    """
    noticing = noticing_erasure(session.store, session.listener, ERASED)
    with noticing as store, reading(session, file) as imported:
        _save(session, store, imported, file.name)
        return list(imported.reports)


def _save(session: ListenerSession, store: Store, imported: Imported, name: str) -> None:
    total = max(len(imported.tracks), 1)
    bar = st.progress(0.0, "Saving your songs …")
    session.forget("imports")
    saving = save_import(
        store,
        session.listener,
        imported.tracks,
        FILE + name,
        session.now(),
        imported.plays,
        imported.liked,
    )
    for stored, _ in saving:
        bar.progress(stored / total, f"{stored:,} of {counted(total, 'track')} saved")
    bar.empty()
    session.show_own()


def show_report(report: FileReport) -> None:
    """One file's report: what it was, what came of every row, and which values were ignored as impossible."""
    came = (
        f"**{plain(report.file)}** ({plain(report.format)}): {counted(report.tracks, 'track')} from "
        f"{counted(report.rows, 'row')}, {report.with_features:,} with audio features."
    )
    if report.tracks:
        st.success(came, icon=":material/check:")
    else:
        st.warning(came, icon=":material/info:")
    left_out = [f"{count:,} × {plain(reason)}" for reason, count in report.skipped.items()]
    if report.duplicates:
        left_out.insert(0, counted(report.duplicates, "duplicate"))
    if left_out:
        st.caption("Left out: " + ", ".join(left_out) + ".")
    for note in report.notes:
        st.caption(plain(note))
    if report.problems:
        doubted = counted(report.problem_count, "value ignored as impossible", "values ignored as impossible")
        with st.expander(doubted + (", the first hundred" if report.problem_count > len(report.problems) else "")):
            st.dataframe(pd.DataFrame(report.problems), hide_index=True, alt="Values ignored as impossible")
