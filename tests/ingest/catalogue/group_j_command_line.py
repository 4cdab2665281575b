"""Rows 116 and 118 to 124: the command line, the study file and what surrounds them, each with the tests that make them."""

from __future__ import annotations

from catalogue.rows import Row

REFUSED = "test_cli.py::test_a_refusal_has_a_code_one_message_and_writes_nothing"
ROWS = (
    Row(
        116,
        "a report path that cannot be written, that is a file, or that holds something else",
        "Refused before any work; what is there stays as it is.",
        tested=(REFUSED, "test_cli.py::test_run_never_replaces_folders_of_something_else"),
    ),
    Row(
        118,
        "an unknown option, command, key, model, theme, topic, table or language",
        "Refused with the nearest name and those there are; never ignored. In Python as on the command line.",
        tested=(
            REFUSED,
            "test_config.py::test_an_unknown_key_is_named_with_the_nearest_one",
            "test_people.py::test_an_unknown_name_is_answered_with_the_nearest",
            "test_people.py::test_what_is_wrong_with_a_call_is_said_with_the_nearest_name",
        ),
    ),
    Row(
        119,
        "options that contradict each other, values out of range or of a wrong type, nan, 1e400",
        "Refused by the key, with what was found and what is allowed.",
        tested=(
            "test_config.py::test_a_wrong_value_is_refused_by_its_key",
            "test_config.py::test_a_value_of_the_wrong_type_or_range_is_told",
            "test_config.py::test_contradicting_themes_are_refused",
        ),
    ),
    Row(
        120,
        "an output folder inside the input folder",
        "Refused: a later run would read its own output.",
        tested=(
            REFUSED,
            "test_cli.py::test_fit_refuses_a_folder_inside_the_source",
            "test_cli.py::test_transform_refuses_an_output_folder_inside_its_input",
        ),
    ),
    Row(
        121,
        "a study in YAML, with anchors that grow a billionfold",
        "Refused as no TOML; YAML is never read.",
        tested=("test_shell.py::test_a_study_in_yaml_is_refused_and_never_expanded",),
    ),
    Row(
        122,
        "a console of cp1252 or ASCII, the locale C, a pipe that closes early, no terminal",
        "UTF-8 goes out; a closed pipe ends the command quietly; no bar is drawn.",
        tested=(
            "test_shell.py::test_any_console_gets_utf_8",
            "test_cli.py::test_a_reader_that_leaves_early_is_no_bug",
            "test_shell.py::test_no_bar_without_a_terminal",
        ),
    ),
    Row(
        123,
        "Ctrl-C, or a polite kill (SIGTERM)",
        "Exit code 130 and one line that says how to go on; nothing half-written.",
        tested=(
            "test_shell.py::test_a_signal_ends_with_a_message_and_nothing_half_written",
            "test_cli.py::test_an_interruption_has_its_own_code",
        ),
    ),
    Row(
        124,
        "secrets and proxies in the environment",
        "Written nowhere, neither into results nor onto the terminal; nothing opens a connection.",
        tested=(
            "test_shell.py::test_what_stands_in_the_environment_is_written_nowhere",
            "test_architecture.py::test_the_package_keeps_the_rule",
        ),
    ),
)
