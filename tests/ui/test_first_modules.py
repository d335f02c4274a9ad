"""What the first screen waits for is named in the page, and is there before anything was drawn."""

from pathlib import Path

import pytest
import streamlit as st

from recsys.ui.first_modules import COMPONENTS, FIRST, first_modules

STATIC = Path(st.__file__).parent / "static"


def test_every_module_named_is_one_that_there_is():
    found = first_modules("", STATIC)

    assert found.keys() == FIRST.keys()
    for path, addresses in found.items():
        assert len(set(addresses)) == len(addresses)
        for address in addresses:
            name = address.rsplit("/", 1)[1]
            folder = STATIC / "static" / "js" if address.startswith("/static/js/") else COMPONENTS
            assert (folder / name).exists(), (path, address)


def test_a_component_brings_what_it_imports_and_streamlits_part_that_draws_it():
    names = [address.removeprefix("/_stcore/bidi-components/") for address in first_modules("", STATIC)["/recommend"]]

    assert {"tonearm.list/list.js", "tonearm.list/hold.js", "tonearm.list/drawing.js"} < set(names)
    assert any(name.startswith("/static/js/BidiComponent.") for name in names)


def test_what_streamlits_page_names_already_is_not_named_again():
    bidi = next(name for name in first_modules("", STATIC)["/"] if "BidiComponent" in name)

    assert bidi not in first_modules(f'<link href=".{bidi}">', STATIC)["/"]


def test_a_streamlit_without_these_files_leaves_only_our_own(tmp_path):
    assert not any("/static/" in address for address in first_modules("", tmp_path)["/taste"])


@pytest.mark.parametrize("path", FIRST)
def test_components_of_a_first_screen_are_files(path):
    assert all((COMPONENTS / f"{name}.js").exists() for name in FIRST[path])
