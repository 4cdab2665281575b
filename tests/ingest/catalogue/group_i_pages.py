"""Rows 111 to 115 and 117: report and explorer, each with the tests that make them."""

from __future__ import annotations

from catalogue.rows import Row

ROWS = (
    Row(
        111,
        "over 500 hostile strings in titles, sources, ids, addresses, labels, notes, names of events and of files",
        "Shown as text in report, explorer, figures and tables; no node that acts is added, and nothing runs in Chromium.",
        tested=(
            "report/test_report_hostile.py::test_as_many_nodes_can_act_as_with_harmless_strings",
            "report/test_report_hostile.py::test_hundreds_of_them_are_shown_as_they_are",
            "report/test_report_hostile.py::test_nothing_runs_in_chromium",
            "report/test_explorer_hostile.py::test_hostile_strings_add_nothing_that_acts",
        ),
    ),
    Row(
        111,
        "control characters and code points that are no characters in titles, labels, notes and names of events",
        "Each becomes a space; a figure is drawn without them, and the process lives.",
        tested=(
            "core/test_core_labels.py::test_names_of_a_study_are_shown_in_nfc_and_without_escapes",
            "core/test_core_labels.py::test_a_figure_with_control_characters_is_drawn_and_the_process_lives",
        ),
    ),
    Row(
        112,
        "`</script>`, `<!--`, `]]>`, U+2028 and U+2029 in the data of the explorer",
        "Written as escapes; the data parse to the same strings.",
        tested=(
            "report/test_report.py::test_the_explorer_holds_its_data_as_json",
            "report/test_explorer_hostile.py::test_hostile_strings_are_shown_as_they_are",
        ),
    ),
    Row(
        113,
        "more articles, topics and periods than a page holds",
        "The explorer holds an even sample, and of trends those of languages go first; it says so. Tables hold all.",
        tested=(
            "report/test_explorer_data.py::test_a_page_over_its_limit_holds_a_sample_and_says_so",
            "report/test_explorer_data.py::test_where_trends_are_too_many_languages_go_first_and_then_early_periods",
        ),
    ),
    Row(
        114,
        "a reader without JavaScript, network, colour or sight, in print, in the dark, at 320 px",
        "Every number of a figure stands in a table and a text; nothing scrolls sideways; axe-core finds nothing.",
        tested=(
            "report/test_report.py::test_every_figure_has_its_numbers_in_the_page_and_as_a_table",
            "report/test_report_in_browser.py::test_nothing_stands_in_the_way_of_any_reader",
            "report/test_report_in_browser.py::test_a_narrow_screen_needs_no_sideways_scroll",
            "report/test_explorer_data.py::test_without_javascript_the_page_names_where_the_numbers_are",
        ),
    ),
    Row(
        115,
        "labels in decomposed Unicode, fonts without Vietnamese",
        "Labels are NFC; pages name fonts of the system and bring none.",
        tested=(
            "core/test_core_labels.py::test_names_of_a_study_are_shown_in_nfc_and_without_escapes",
            "report/test_report.py::test_nothing_in_the_page_is_fetched",
        ),
    ),
    Row(
        117,
        "the same study run again, elsewhere, another day, with another clock, locale, hash seed or number of threads",
        "The same bytes of every file; nothing reads the clock.",
        tested=(
            "test_determinism.py::test_seeds_of_hashing_zone_locale_threads_folder_and_file_order_change_no_byte",
            "test_architecture.py::test_the_package_keeps_the_rule",
        ),
    ),
)
