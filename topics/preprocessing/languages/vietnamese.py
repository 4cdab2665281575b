"""Vietnamese."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from topics.core.contracts import Language

_LETTERS = frozenset("abcdeghiklmnopqrstuvxyáàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ")
# Syllables without their marks: a beginning and a rhyme.
_ONSETS = ("", *"b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split())
_RHYMES = frozenset(
    "a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot u ua uan uang uat uay uc ue uech "
    "uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yet yeu".split()
)
# Written for this project: grammatical words and the reporting words of news; syllables that carry topics in compounds are
# dropped only when they stand alone, since compounds are joined first.
STOP_WORDS = frozenset(
    " ".join(word.split())
    for word in """
    và, là, của, có, được, các, cho, trong, với, những, một, đã, không, này, đến, để, về, khi, người, từ, tại, ra, vào, theo,
    nhiều, như, cũng, trên, đó, phải, sẽ, ở, lại, do, bị, hơn, sau, thì, còn, nhưng, hay, nếu, vì, mà, rằng, đang, chỉ, rất, thể,
    có thể, cùng, việc, nên, lên, qua, làm, năm, ngày, tháng, nay, trước, vẫn, mới, đây, ông, bà, anh, chị, em, tôi, họ, chúng,
    chúng tôi, mình, gì, nào, sao, thế, cái, con, chiếc, vị, sự, cuộc, nơi, lúc, giờ, hôm, hôm nay, hôm qua, sáng, trưa,
    chiều, tối, đêm, quý, tuần, thứ, lần, hai, ba, bốn, sáu, bảy, tám, chín, mười, trăm, nghìn, triệu, tỷ, khoảng, gần, hơn nữa,
    đầu, cuối, giữa, dưới, ngoài, bên, cạnh, bên cạnh, đối với, thuộc, bằng, đều, mọi, mỗi, từng, cả, tất cả, toàn, riêng, chung,
    khác, nhau, lẫn, hoặc, tuy, tuy nhiên, dù, mặc dù, song, bởi, tức, ngay, vừa, liền, luôn, thường, đi, đưa, lấy, cần, muốn,
    biết, thấy, nói, cho biết, cho hay, cho rằng, chia sẻ, phát biểu, trả lời, theo đó, trong đó, sau đó, trước đó, do đó, vì
    vậy, như vậy, ngoài ra, đồng thời, hiện, hiện nay, hiện tại, thời gian, thời điểm, tới, đạt, số, giúp, gồm, tự, vụ, nhằm,
    xuống, ít, quá, bao, bao giờ, bấy, kể, hết, xong, rồi, chưa, đừng, hãy, à, ạ, nhé, nha, thôi, vậy, kia, ấy, nọ, đâu, cứ,
    chính, ngay cả, thậm chí, hầu, hầu hết, phần, phần lớn, một số, nhất, tiếp, tiếp tục, thêm, khiến, trở, trở thành, xảy ra,
    bắt đầu, ý
    """.split(",")
)
# Syllables that are grammar wherever they stand. Many stop words are not here: "chính", "số", "thế" begin content words.
FUNCTION_WORDS = frozenset(
    "và là của có được các cho với những một đã này đến để về khi từ tại vào theo như cũng trên đó phải sẽ ở do thì còn nhưng nếu vì "
    "mà rằng đang rất cùng nên vẫn đây tôi họ ai gì nào bằng mỗi mọi nhiều trong giữa dưới ngoài tới hoặc tuy dù vừa đều rồi chưa "
    "đừng hãy".split()
)
# Those of them that, without their marks, are words of no other language that is often met.
PLAIN_FUNCTION_WORDS = frozenset(
    "va cua duoc cac cho voi nhung mot nay khi tai vao theo nhu cung tren phai se thi con neu rang dang rat cung nen van day toi gi nao "
    "bang moi nhieu trong giua duoi ngoai toi hoac tuy vua deu roi chua dung hay khong nguoi truoc viec ong ngay".split()
)
MIN_PLAIN, MIN_PLAIN_GRAMMAR = 0.75, 0.06  # running English is a quarter such syllables
PLAIN_ALONE, PLAIN_ALONE_WORDS = 0.9, 5  # so many of them are no other language, whatever they mean


def stop_words() -> frozenset[str]:
    """Return the list above; entries of several syllables apply to joined words."""
    return STOP_WORDS


@lru_cache(maxsize=1 << 16)
def plain(word: str) -> str:
    """Return a small-letter word without tone and vowel marks, empty where it is no Vietnamese syllable."""
    if not _LETTERS.issuperset(word):
        return ""
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char)).replace("đ", "d")
    return bare if any(bare[n:] in _RHYMES and bare[:n] in _ONSETS for n in range(4)) else ""


@lru_cache(maxsize=1 << 16)
def is_marked(word: str) -> bool:
    """Return whether a small-letter word is a syllable with a letter that Vietnamese marks (tone, vowel quality, đ)."""
    return not word.isascii() and bool(plain(word))


@lru_cache(maxsize=1 << 16)
def is_plain(word: str) -> bool:
    """Return whether a small-letter word without any mark is a Vietnamese syllable once its marks are put back."""
    return word.isascii() and bool(plain(word))


def score(words: list[str]) -> float:
    """Return the share of words that are Vietnamese syllables with a mark."""
    return 0.0 if "".join(words).isascii() else sum(map(is_marked, words)) / len(words)


def plain_score(words: list[str]) -> float:
    """Return the share of words that are syllables without any mark, where these are nearly all and grammatical words are among them."""
    found = sum(map(is_plain, words)) / len(words)
    if found < MIN_PLAIN:
        return 0.0
    grammar = sum(map(PLAIN_FUNCTION_WORDS.__contains__, words)) / len(words)
    return found if grammar >= MIN_PLAIN_GRAMMAR or (found >= PLAIN_ALONE and len(words) >= PLAIN_ALONE_WORDS) else 0.0


LANGUAGE = Language(
    code="vi",
    name="Vietnamese",
    stop_words=stop_words,
    stop_words_source="written for this project",
    score=score,
    function_words=FUNCTION_WORDS,
    spaced_syllables=True,
    plain_score=plain_score,
)
