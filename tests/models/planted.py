"""A seeded corpus whose themes are known: short documents, each mostly of one theme's words, in English and Vietnamese."""

from __future__ import annotations

import random

import numpy as np
from scipy import sparse

from tests.conftest import corpus_from, make_document
from topics.core.documents import Corpus, Document
from topics.core.matrices import DocTermMatrix, PreparedCorpus, Vocabulary
from topics.preprocessing.prepare import EmbeddingConfig, Preparation, PreprocessingConfig, fit_preparation

SEED = 7
PER_LANGUAGE = 72
BLEED = 0.2  # share of words that come from any theme; 0.35 makes themes hard to tell apart
WORDS = {
    "en": {
        "training": "recruits rifle drill instructor barracks marksmanship platoon manoeuvre obstacle cadet".split(),
        "industry": "factory shipyard assembly machinery supplier export turbine engineers warehouse contract".split(),
        "relief": "flood evacuation rescue landslide sandbags shelter typhoon embankment survivors helicopter".split(),
        "software": "database portal software encryption server digital signature network citizens platform".split(),
    },
    "vi": {
        "training": "huấn luyện,tân binh,bắn đạn,thao trường,giáo án,kỷ luật,điều lệnh,võ thuật,trung đội,học viên".split(","),
        "industry": "nhà máy,đóng tàu,dây chuyền,xuất khẩu,cơ khí,linh kiện,kỹ sư,hợp đồng,tuốc bin,sản phẩm".split(","),
        "relief": "lũ quét,sơ tán,cứu hộ,sạt lở,bao cát,lều bạt,siêu bão,đê điều,trực thăng,thiên tai".split(","),
        "software": "dữ liệu,phần mềm,máy chủ,chữ ký,trực tuyến,mã hóa,hồ sơ,mạng lưới,nền tảng,chuyển đổi".split(","),
    },
}
COMMON = {
    "en": "province officials meeting report region plan budget committee visit program".split(),
    "vi": "địa phương,lãnh đạo,báo cáo,kế hoạch,ngân sách,ủy ban,khu vực,chương trình,đại biểu,văn phòng".split(","),
}
JOINTS = {"en": "the and of in with for to by".split(), "vi": "và của trong với cho được các những".split()}
CORPORA = {"english": ("en",), "vietnamese": ("vi",), "mixed": ("en", "vi")}


def _sentence(rng: random.Random, language: str, theme: str, bleed: float) -> str:
    pieces: list[str] = []
    for _ in range(rng.randint(6, 9)):
        pool = WORDS[language][theme] if rng.random() < 0.55 else COMMON[language]
        if rng.random() < bleed:
            pool = WORDS[language][rng.choice(sorted(WORDS[language]))]
        pieces += [rng.choice(pool), rng.choice(JOINTS[language])]
    return " ".join(pieces[:-1]).capitalize() + "."


def planted_documents(corpus: str, n: int = PER_LANGUAGE, seed: int = SEED, bleed: float = BLEED) -> list[Document]:
    """`n` documents a language; the theme is written in each one's source."""
    rng = random.Random(f"{corpus} {seed}")
    made: list[Document] = []
    for language in CORPORA[corpus]:
        for number in range(n):
            theme = sorted(WORDS[language])[number % len(WORDS[language])]
            text = " ".join(_sentence(rng, language, theme, bleed) for _ in range(rng.randint(2, 4)))
            made.append(make_document(text, language=language, source=theme))
    return made


def odd_documents() -> list[Document]:
    """New documents: empty, unknown words only, one known word, one theme, two languages at once."""
    texts = {
        "empty": "",
        "unknown": "qwzx vbnmk zzyx",
        "one": "flood",
        "english": "The flood and the rescue of survivors by helicopter with sandbags in a typhoon",
        "vietnamese": "Huấn luyện tân binh tại thao trường, kỷ luật và điều lệnh",
        "both": "Flood rescue sơ tán cứu hộ sạt lở evacuation landslide lũ quét",
    }
    languages = {"empty": "und", "unknown": "und", "vietnamese": "vi", "both": "mixed"}
    return [make_document(text, language=languages.get(name, "en"), source=name) for name, text in texts.items()]


def prepare(corpus: Corpus, **options: object) -> Preparation:
    """Fit the preparation as a study does."""
    embedding = EmbeddingConfig(dimensions=30)
    return fit_preparation(corpus, PreprocessingConfig(**options), embedding, (), seed=SEED)


def prepared(corpus: str, bleed: float = BLEED) -> tuple[Preparation, PreparedCorpus]:
    """The preparation of a planted corpus and the corpus prepared by it."""
    documents = corpus_from(planted_documents(corpus, bleed=bleed))
    preparation = prepare(documents)
    return preparation, preparation.apply(documents)


def generated(n_topics: int, *, n_docs: int = 300, n_terms: int = 200, length: int = 60, seed: int = 0) -> PreparedCorpus:
    """Counts drawn as LDA says that documents come about, from a known number of topics."""
    generator = np.random.default_rng(seed)
    topics = generator.dirichlet(np.full(n_terms, 0.05), n_topics)
    shares = generator.dirichlet(np.full(n_topics, 0.1), n_docs) @ topics
    counts = np.stack([generator.multinomial(length, row / row.sum()) for row in shares]).astype(np.int32)
    counts = counts[:, counts.any(axis=0)]
    return prepared_of(counts)


def prepared_of(counts: np.ndarray) -> PreparedCorpus:
    """A prepared corpus of counts (n_docs, n_terms) alone."""
    corpus = corpus_from([make_document(f"document {number}") for number in range(len(counts))])
    terms = tuple(f"t{number:04d}" for number in range(counts.shape[1]))
    dtm = DocTermMatrix(sparse.csr_array(counts.astype(np.int32)), corpus.ids, Vocabulary(terms, ("en",) * len(terms)))
    return PreparedCorpus(corpus, dtm, None, np.zeros(len(counts), dtype=np.float32), "generated")
