"""Rows 99 to 110: artefacts, each with the tests that make its input."""

from __future__ import annotations

from catalogue.rows import Row

ATTACK = "artifacts/test_attacks.py::test_an_attack_with_fitting_hashes_is_refused"
DAMAGE = "artifacts/test_artifact_verify.py::test_damage_is_refused_and_counts_as_absent"

ROWS = (
    Row(
        99,
        "a pickle, joblib or torch file given as a model, or put into one",
        "Refused by its name, with the reason; it is never opened.",
        tested=("test_transform_bad_inputs.py::test_a_file_given_as_model_is_refused_and_not_opened", ATTACK),
    ),
    Row(100, "one flipped bit in any file of an artefact", "Refused by its sha256; the file is named.", tested=(DAMAGE,)),
    Row(
        101,
        "files cut, grown, missing, or more than the manifest lists",
        "Refused; the file is named. A hard link is a file like any other: what is read are the bytes that were hashed.",
        tested=(
            DAMAGE,
            "test_cli.py::test_a_damaged_artefact_is_refused_by_file",
            "artifacts/test_artifact_verify.py::test_a_hard_link_is_a_file_like_any_other",
        ),
    ),
    Row(
        102,
        "files of two models in one folder",
        "Refused, whatever hashes they carry.",
        tested=("artifacts/test_attacks.py::test_parts_of_two_models_do_not_mix",),
    ),
    Row(
        103,
        "a newer format, a format that never was, an older one",
        "The newer is refused with what to update; older ones are read as they are and answer as they did.",
        tested=(
            "artifacts/test_artifact_verify.py::test_a_newer_format_says_so_and_asks_for_an_update",
            "artifacts/test_artifact_verify.py::test_a_format_that_never_was_asks_for_no_update",
            "artifacts/test_golden.py::test_an_artefact_of_an_earlier_release_answers_as_it_did",
        ),
    ),
    Row(
        104,
        "symbolic links, pipes, `..`, absolute paths, drives, names that differ in capitals alone",
        "Refused; the file is named and nothing is followed.",
        tested=(
            DAMAGE,
            "artifacts/test_attacks.py::test_paths_that_lead_out_are_refused",
            "artifacts/test_attacks.py::test_names_that_differ_in_capitals_alone_are_refused",
        ),
    ),
    Row(
        105,
        "headers that promise terabytes, 20,000 arrays, a manifest of many megabytes, JSON nested deeper than 32, keys that stand twice",
        "Refused before anything of that size is made.",
        tested=(
            ATTACK,
            "artifacts/test_attacks.py::test_a_huge_manifest_is_not_read",
            "core/test_core_codecs.py::test_json_is_nested_no_deeper_than_32",
        ),
    ),
    Row(
        106,
        "weights that are NaN, infinite or negative, rows that do not sum to 1, a vocabulary that does not fit or holds a term twice",
        "Refused with the array, the value and its place, whatever hashes they carry.",
        tested=(
            ATTACK,
            "artifacts/test_attacks.py::test_arrays_that_cannot_be_are_refused",
            "artifacts/test_attacks.py::test_numbers_out_of_range_are_refused_before_anything_is_asked",
        ),
    ),
    Row(
        107,
        "another version of the segmenter, or another way to read words, than the model was fitted with",
        "Refused: it would answer otherwise.",
        tested=(
            "test_transform_bad_inputs.py::test_another_version_of_the_segmenter_is_refused",
            "artifacts/test_attacks.py::test_another_way_to_read_words_is_noticed",
        ),
    ),
    Row(
        108,
        "an artefact on read-only media",
        "It works, and no file is written there.",
        tested=("test_transform_bad_inputs.py::test_a_model_on_read_only_media_works_and_gets_no_file",),
    ),
    Row(
        109,
        "two processes that publish under one name",
        "One wins, the other stops with a message or comes after it; never a mixture.",
        tested=("artifacts/test_artifact_store.py::test_of_two_processes_that_publish_at_once_one_wins_and_nothing_mixes",),
    ),
    Row(
        110,
        "a full or failing disk, or a kill, while an artefact is saved",
        "The earlier one is as it was; what was left aside goes at the next start.",
        tested=(
            "artifacts/test_faults.py::test_an_artefact_is_the_old_or_the_new_one_whichever_call_fails",
            "artifacts/test_artifact_store.py::test_remains_of_a_killed_run_are_cleared",
            "artifacts/test_kills.py::test_runs_that_are_killed_leave_what_an_undisturbed_run_leaves",
        ),
    ),
)
