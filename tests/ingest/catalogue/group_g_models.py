"""Rows 91 to 98: models, each with the tests that make its input."""

from __future__ import annotations

from catalogue.rows import Row

ROWS = (
    Row(
        91,
        "no topic, one topic, fewer than none, more than the vocabulary; priors that are no numbers",
        "Refused; the message names the setting, its value and what is allowed.",
        tested=(
            "models/test_lda_gensim.py::test_a_setting_out_of_range_is_named_with_value_and_range",
            "models/test_model_laws.py::test_every_legal_setting_gives_topics_or_says_why_not",
            "models/test_model_laws.py::test_too_few_documents_are_refused",
            "models/test_bertopic.py::test_impossible_numbers_of_topics_are_refused",
        ),
    ),
    Row(
        92,
        "LDA that does not settle, or is stopped midway; topics without a number",
        "The card says that it had not settled; a stopped fit goes on from its state to the same bytes; NaN is refused.",
        tested=(
            "models/test_lda.py::test_the_card_says_whether_inference_settled",
            "models/test_lda_options.py::test_an_interrupted_fit_goes_on_from_its_file_to_the_same_bytes",
            "models/test_lda_gensim.py::test_topics_without_a_number_are_refused",
        ),
    ),
    Row(
        93,
        "articles that HDBSCAN calls outliers, all of them",
        "Refused with advice; no topic is invented.",
        tested=("models/test_bertopic.py::test_where_everything_is_an_outlier_nothing_is_invented",),
    ),
    Row(
        94,
        "vectors with NaN or infinity, rows of zeros, another width or number of rows, float16 that runs over",
        "Refused with the document or row; lengths that are only very small or large are taken.",
        tested=(
            "core/test_core_vectors.py::test_what_is_no_number_names_its_document",
            "core/test_core_vectors.py::test_a_row_of_zeros_names_its_document",
            "core/test_core_vectors.py::test_other_shapes_are_refused",
            "core/test_core_vectors.py::test_tiny_and_huge_rows_have_unit_length_too",
            "preprocessing/test_static_models.py::test_a_bad_vector_is_named_by_its_row_in_the_file",
            "test_transform_bad_inputs.py::test_vectors_that_cannot_be_used_are_refused",
        ),
    ),
    Row(
        95,
        "the folder of an embedding model is not there",
        "Refused before anything costly, with the path and how to name it; nothing is fetched.",
        tested=(
            "test_embedding_study.py::test_a_folder_that_is_not_there_is_refused_before_anything_costly",
            "preprocessing/test_static_models.py::test_a_missing_folder_of_vectors_is_no_missing_model",
        ),
    ),
    Row(
        96,
        "a worker process is killed, or runs out of memory",
        "It is replaced, and what it had is made again: the same result. A record that ends every process that reads it is "
        "quarantined; any other work that does stops the command with one line, and finished stages stay.",
        tested=(
            "test_engine.py::test_a_worker_that_dies_once_costs_nothing_but_time",
            "ingest/test_ingest.py::test_a_record_that_ends_every_process_is_quarantined_and_no_other",
            "test_engine.py::test_a_chunk_that_ends_every_worker_is_named_and_nothing_waits_for_it",
        ),
    ),
    Row(
        97,
        "another number of threads or workers, hash seed, order of documents, size of parts",
        "The same bytes.",
        tested=(
            "test_determinism.py::test_seeds_of_hashing_zone_locale_threads_folder_and_file_order_change_no_byte",
            "test_determinism.py::test_worker_processes_change_no_byte",
            "models/test_model_laws.py::test_any_number_of_threads_gives_the_same_bytes",
            "test_reuse.py::test_a_document_gets_the_same_answer_in_any_part_and_order",
        ),
    ),
    Row(
        98,
        "kernels that were never compiled on the machine",
        "Compiled once, which is said, and kept on disk; the process that compiles has the bytes of the others.",
        tested=(
            "models/test_same_bytes_compiled.py::test_the_process_that_compiles_has_the_bytes_of_those_that_do_not",
            "models/test_bertopic.py::test_umap_kernels_are_kept_between_processes_and_the_first_says_that_it_compiles",
        ),
    ),
    Row(
        98,
        "compiled kernels that can be kept nowhere",
        "A passing folder is used, and the wait is said in every process.",
        tested=(
            "test_hard_machines.py::test_umap_works_where_compiled_kernels_can_be_kept_nowhere",
            "models/test_bertopic.py::test_where_nothing_can_be_kept_the_wait_is_said_too",
        ),
    ),
)
