"""What is encrypted can be read with the right secret only; the app makes itself a secret when it has none."""

import stat
import subprocess
import sys

import pytest

from recsys.auth.encryption import KEY_FILE, Cipher, app_secret, cipher_for
from recsys.errors import SettingsProblem, StorageProblem

SECRET = "one secret of more than 32 characters"
OTHER = "another secret, longer than the first one"


def test_what_was_encrypted_can_be_read_again():
    cipher = Cipher(SECRET)

    for text in ("BQD-token", "", "夜 🎧", "x" * 10_000):
        assert cipher.decrypt(cipher.encrypt(text)) == text


def test_a_ciphertext_says_its_scheme_hides_its_text_and_differs_every_time():
    cipher = Cipher(SECRET)

    first, second = cipher.encrypt("BQD-token"), cipher.encrypt("BQD-token")

    assert first.startswith("enc:v1:")
    assert "token" not in first
    assert first != second


def test_what_the_first_release_encrypted_can_still_be_read():
    ciphertext = (
        "enc:v1:gAAAAABrA-byjKTns3p6ZyaUNvi4xjfphf0qSwt8Muj_6jj9hHdKU0fgZ4i8ONfp2Q0lzEKrLirXIMNMblU4N61xeW-ZQog3Kg=="
    )

    assert Cipher(SECRET).decrypt(ciphertext) == "BQD-token"


def test_another_secret_reads_nothing():
    with pytest.raises(StorageProblem, match="another APP_SECRET_KEY"):
        Cipher(OTHER).decrypt(Cipher(SECRET).encrypt("BQD-token"))


@pytest.mark.parametrize("wrong", ["", "BQD-token", "enc:v1:", "enc:v1:x", "enc:v1:é"])
def test_what_is_no_ciphertext_is_a_sentence(wrong):
    with pytest.raises(StorageProblem, match="another APP_SECRET_KEY"):
        Cipher(SECRET).decrypt(wrong)


def test_a_changed_ciphertext_is_noticed():
    ciphertext = Cipher(SECRET).encrypt("BQD-token")
    changed = ciphertext[:60] + ("A" if ciphertext[60] != "A" else "B") + ciphertext[61:]

    with pytest.raises(StorageProblem):
        Cipher(SECRET).decrypt(changed)


def test_a_secret_can_be_changed():
    old = Cipher(SECRET).encrypt("BQD-token")
    changed = Cipher(OTHER, SECRET)

    assert changed.decrypt(old) == "BQD-token"
    assert Cipher(OTHER).decrypt(changed.encrypt("BQD-token")) == "BQD-token"


def test_a_short_secret_is_refused_without_showing_it():
    with pytest.raises(SettingsProblem, match="at least 32 characters") as caught:
        Cipher("hunter2")
    with pytest.raises(SettingsProblem):
        Cipher(SECRET, "hunter2")

    assert "hunter2" not in str(caught.value)


def test_the_configured_secret_is_used_and_no_file_is_made(tmp_path):
    assert app_secret(SECRET, tmp_path) == SECRET
    assert list(tmp_path.iterdir()) == []


def test_a_short_configured_secret_names_the_setting(tmp_path):
    with pytest.raises(SettingsProblem, match="APP_SECRET_KEY"):
        app_secret("hunter2", tmp_path)


def test_without_one_a_secret_is_made_once_for_its_owner_only(tmp_path):
    folder = tmp_path / "new" / "folder"

    made = app_secret(None, folder)

    assert len(made) == 43
    assert app_secret("", folder) == made
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_every_folder_has_a_secret_of_its_own(tmp_path):
    assert app_secret(None, tmp_path / "a") != app_secret(None, tmp_path / "b")


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    script = (
        "import sys; from pathlib import Path; from recsys.auth.encryption import app_secret; "
        "print(flush=True); sys.stdin.readline(); print(app_secret(None, Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(4)]
    for process in started:
        process.stdout.readline()  # ready
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    said = {process.communicate(timeout=60)[0].strip() for process in started}

    assert said == {app_secret(None, tmp_path)}


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe"])
def test_a_damaged_secret_file_is_a_sentence_and_is_not_replaced(tmp_path, content):
    (tmp_path / KEY_FILE).write_bytes(content)

    with pytest.raises(StorageProblem, match="APP_SECRET_KEY"):
        app_secret(None, tmp_path)

    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageProblem, match="cannot be made or read"):
        app_secret(None, tmp_path / "file")


def test_what_a_former_secret_encrypted_is_read_and_written_again_with_the_current_one(tmp_path):
    for former in (OTHER, f"{'second-secret' * 3} {'third-secret' * 3}"):
        cipher = cipher_for(SECRET, former, tmp_path)
        for old in {former, former.split()[-1]} if former != OTHER else {OTHER}:
            assert cipher.decrypt(Cipher(old).encrypt("BQD-token")) == "BQD-token"
        assert Cipher(SECRET).decrypt(cipher.encrypt("BQD-token")) == "BQD-token"
    with pytest.raises(StorageProblem, match="APP_SECRET_KEY_FORMER"):
        cipher_for(SECRET, None, tmp_path).decrypt(Cipher(OTHER).encrypt("BQD-token"))


def test_the_secret_made_in_the_data_folder_still_reads_after_another_was_configured(tmp_path):
    old = cipher_for(None, None, tmp_path).encrypt("BQD-token")

    assert cipher_for(SECRET, None, tmp_path).decrypt(old) == "BQD-token"


def test_a_former_secret_that_is_too_short_names_its_own_setting(tmp_path):
    with pytest.raises(SettingsProblem, match="APP_SECRET_KEY_FORMER"):
        cipher_for(SECRET, "hunter2", tmp_path)
