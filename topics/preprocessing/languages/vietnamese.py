"""Vietnamese."""

from __future__ import annotations

from topics.core.contracts import Language

_TONED = "áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ"
MARKED_LETTERS = frozenset(_TONED)
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


def stop_words() -> frozenset[str]:
    """Return the list above; entries of several syllables apply to joined words."""
    return STOP_WORDS


def score(words: list[str]) -> float:
    """Return the share of words with a letter that Vietnamese marks (tone, vowel quality, đ)."""
    return sum(not MARKED_LETTERS.isdisjoint(word) for word in words) / len(words)


LANGUAGE = Language(
    code="vi",
    name="Vietnamese",
    stop_words=stop_words,
    stop_words_source="written for this project",
    score=score,
    function_words=FUNCTION_WORDS,
)
