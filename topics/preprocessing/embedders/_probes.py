"""What a model can do, found by trying it: whether it tells Vietnamese words apart, and whether it brings translations together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from topics.core.matrices import Float32, Float64

BLIND_SHARE = 0.5  # of the probed words; models fall far to either side
ALIGNED_SHARE = 0.75  # of the sentences whose translation is the nearest; chance is 1 in 12

# Words of Vietnamese that differ in their diacritics alone, and in all else.
MINIMAL = {
    "vi": (
        ("ma", "má", "mà", "mả", "mã", "mạ"),
        ("bo", "bó", "bò", "bỏ", "bọ", "bô", "bố", "bộ", "bơ", "bờ"),
        ("tu", "tú", "tù", "tủ", "tụ", "tư", "từ", "tự", "tứ"),
        ("can", "cán", "cạn", "căn", "cắn", "cân", "cần", "cận"),
        ("da", "dá", "dạ", "đa", "đá", "đà"),
    )
}
# English and Vietnamese of the same, without names or numbers that both would share.
PARALLEL = (
    ("The river flooded the village after three days of heavy rain.", "Sau ba ngày mưa lớn, nước sông dâng lên làm ngập cả ngôi làng."),
    ("The bank raised its interest rate to slow rising prices.", "Ngân hàng nâng lãi suất để kìm đà tăng giá."),
    ("Doctors treated the patients for a lung infection.", "Các bác sĩ điều trị cho bệnh nhân bị nhiễm trùng phổi."),
    ("The team won the match with a goal in the last minute.", "Đội bóng thắng trận nhờ bàn thắng ở phút cuối."),
    ("Pupils return to school at the beginning of September.", "Học sinh trở lại trường vào đầu tháng chín."),
    ("Police arrested the driver who fled after the accident.", "Cảnh sát bắt người lái xe bỏ trốn sau vụ tai nạn."),
    ("Farmers harvested more rice than in the year before.", "Nông dân thu hoạch được nhiều lúa hơn năm trước."),
    ("The court sentenced the official to prison for taking bribes.", "Tòa án tuyên phạt tù vị quan chức nhận hối lộ."),
    ("The singer gave a concert in front of thousands of fans.", "Ca sĩ biểu diễn trước hàng nghìn người hâm mộ."),
    ("Soldiers practised shooting at the training ground.", "Bộ đội luyện tập bắn súng tại thao trường."),
    ("Scientists discovered a new kind of frog in the forest.", "Các nhà khoa học phát hiện một loài ếch mới trong rừng."),
    ("The airline cancelled its flights because of the storm.", "Hãng hàng không hủy các chuyến bay vì bão."),
)


class Probed(Protocol):
    """What of a model is tried."""

    @property
    def unknown(self) -> int | None:
        """Id of the token for what the vocabulary lacks."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text."""
        ...

    def encode(self, texts: Sequence[str]) -> Float32:
        """Return the vectors (n, n_dims) of texts that fit."""
        ...


def confused_share(model: Probed, groups: Sequence[Sequence[str]]) -> float:
    """Return the share of words that a model reads as another of their group, or as unknown."""
    confused = total = 0
    for words in groups:
        read = [tuple(ids) for ids in model.tokens(words)]
        confused += sum(read.count(ids) > 1 or not ids or model.unknown in ids for ids in read)
        total += len(words)
    return confused / total


def blind_languages(model: Probed) -> tuple[str, ...]:
    """Return the codes of the languages whose words a model cannot tell apart."""
    return tuple(sorted(code for code, groups in MINIMAL.items() if confused_share(model, groups) >= BLIND_SHARE))


def matched_share(model: Probed) -> float:
    """Return the share of probe sentences, in either language, whose translation is the nearest of the other language's sentences."""
    english, vietnamese = (_unit(model.encode(side)) for side in zip(*PARALLEL, strict=True))
    similarity = (english[:, None, :] * vietnamese[None, :, :]).sum(axis=2)
    right = np.arange(len(PARALLEL))
    return float(np.mean(np.concatenate([similarity.argmax(axis=1) == right, similarity.argmax(axis=0) == right])))


def is_aligned(model: Probed) -> bool:
    """Whether vectors of English and Vietnamese texts can be compared."""
    return not blind_languages(model) and matched_share(model) >= ALIGNED_SHARE


def _unit(vectors: Float32) -> Float64:
    wide = vectors.astype(np.float64)
    lengths = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(wide, lengths, out=wide, where=lengths > 0), dtype=np.float64)
