"""Rows 125 to 134: machines and faults, each with the tests that make them."""

from __future__ import annotations

from catalogue.rows import Row

ROWS = (
    Row(
        125,
        "no space at any write",
        "One line with the path; earlier artefacts and the earlier report are byte for byte as they were, and a repeated run ends well.",
        tested=(
            "artifacts/test_faults.py::test_a_run_leaves_the_earlier_report_as_it_was_whichever_call_fails",
            "artifacts/test_faults.py::test_libraries_that_write_by_themselves_fail_in_the_same_words",
            "artifacts/test_faults.py::test_a_first_run_that_finds_no_space_can_be_repeated",
        ),
    ),
    Row(
        126,
        "memory that runs out",
        "One line and exit code 2; finished stages stay, and no table is left half written.",
        tested=("test_cli.py::test_memory_that_runs_out_is_said_in_one_line", "test_reuse.py::test_a_failure_half_way_leaves_no_table"),
    ),
    Row(127, "64 open files at most", "It works.", tested=("test_hard_machines.py::test_64_open_files_are_enough",)),
    Row(
        128,
        "a clock that jumps, summer time, another year of the system",
        "Nothing depends on it: no module reads the clock, and the day of the data is an argument or comes from them.",
        tested=(
            "test_architecture.py::test_the_package_keeps_the_rule",
            "test_determinism.py::test_seeds_of_hashing_zone_locale_threads_folder_and_file_order_change_no_byte",
        ),
    ),
    Row(
        129,
        "no home, or one that cannot be written",
        "It works, and nothing is written there.",
        tested=("test_hard_machines.py::test_no_home_is_needed", "test_hard_machines.py::test_a_run_needs_no_home_and_few_files"),
    ),
    Row(
        129,
        "no other process may start, and there is no shared memory",
        "It works in the one process, with the same bytes.",
        tested=("test_hard_machines.py::test_a_run_needs_no_other_process_and_no_shared_memory",),
    ),
    Row(
        130,
        "a run killed at any moment",
        "The same command goes on and ends with the bytes of an undisturbed run.",
        tested=(
            "artifacts/test_kills.py::test_runs_that_are_killed_leave_what_an_undisturbed_run_leaves",
            "artifacts/test_faults.py::test_a_process_killed_between_two_moves_leaves_what_the_next_one_puts_back",
        ),
    ),
    Row(
        130,
        "a run that is stopped for a while (SIGSTOP, a laptop that sleeps)",
        "It goes on and ends with the same bytes; meanwhile a second run in its folder is refused.",
        tested=("test_hard_machines.py::test_a_run_that_is_stopped_for_a_while_ends_as_ever_and_keeps_its_folder",),
    ),
    Row(
        131,
        "two runs in one output folder",
        "The second is refused with process and machine of the first; what a killed one left is taken over.",
        tested=(
            "test_cli.py::test_two_runs_cannot_write_in_one_place",
            "artifacts/test_folder_lock.py::test_a_live_process_is_named_and_a_killed_one_is_followed",
            "artifacts/test_folder_lock.py::test_a_run_on_another_machine_is_left_alone_and_the_way_out_is_told",
        ),
    ),
    Row(
        132,
        "a file system that loses or mixes what was written",
        "What differs from its hash counts as absent and is computed again; `--dry-run` names it.",
        tested=("test_plan.py::test_damage_is_named", "artifacts/test_artifact_verify.py::test_damage_is_refused_and_counts_as_absent"),
    ),
    Row(
        133,
        "a machine or libraries that round otherwise",
        "Other bytes, but an artefact that differs only by rounding answers; one that says something else is refused.",
        tested=(
            "artifacts/test_attacks.py::test_small_rounding_is_no_other_answer",
            "artifacts/test_attacks.py::test_a_model_that_answers_otherwise_is_refused",
        ),
    ),
    Row(
        134,
        "a damaged cache: kept corpus, kept vectors",
        "Found by its hash, and only what is damaged is computed again.",
        tested=(
            "ingest/test_incremental.py::test_a_damaged_store_is_read_over",
            "preprocessing/test_model_embedders.py::test_a_damaged_shard_is_computed_again",
        ),
    ),
)
